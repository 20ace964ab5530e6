/* SPDX-License-Identifier: GPL-2.0-only */
/* Every attribute of the module, and values for it. */
#ifndef FUZZ_ATTRIBUTES_H
#define FUZZ_ATTRIBUTES_H

#include <stddef.h>

struct attribute {
	const char *name;
	/* What it takes: words, ended by NULL; */
	const char *const *words;
	/* or a number within these bounds; */
	unsigned long long min, max;
	/* or what this makes. */
	size_t (*make)(char *value);
};

enum owner { OF_GROUP, OF_SCOPE, OF_RULE, OF_EXEMPTION, OWNERS };

/* One that can be written. */
const struct attribute *attribute_pick(enum owner owner);
const struct attribute *attribute_find(enum owner owner, const char *name);
/* The name of any, also of those that are only read. */
const char *attribute_pick_name(enum owner owner);

/* A valid value in most cases; length. */
size_t value_valid(const struct attribute *attribute, char *value);
/* Any value. */
size_t value_any(const struct attribute *attribute, char *value);

/* A path that exists, mostly, and mostly in a tree. Length; terminated. */
size_t value_path(char *value);

#endif /* FUZZ_ATTRIBUTES_H */
