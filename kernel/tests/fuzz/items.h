/* SPDX-License-Identifier: GPL-2.0-only */
/* Groups and what they contain, made and taken away by steps that mostly fit together. */
#ifndef FUZZ_ITEMS_H
#define FUZZ_ITEMS_H

#include "attributes.h"

/* The directory of scopes, rules or exemptions, below a group's. */
extern const char *const item_directory[OWNERS];

/* Some item of some group, which may exist: its path, terminated. */
void item_path(char *path, enum owner owner);

/* Writes a value to an attribute of an item; enabling a group bounds its waits before. */
void item_write(const char *path, enum owner owner, const struct attribute *attribute,
		const char *value, size_t length);

void group_build(void);
void group_demolish(void);
void item_build(void);
void item_demolish(void);

#endif /* FUZZ_ITEMS_H */
