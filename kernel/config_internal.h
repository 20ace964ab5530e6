/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of config share. No logic here: parse, lock, check, call.
 */
#ifndef FANG_CONFIG_INTERNAL_H
#define FANG_CONFIG_INTERNAL_H

#include <linux/configfs.h>

#include "group.h"

/**
 * struct fang_group_item - groups/<group>/ and its fixed children
 * @dir: groups/<group>/
 * @scopes: scopes/
 * @exemptions: exemptions/
 * @rules: rules/
 * @fastpath: fastpath/
 * @stats: stats/
 * @group: held
 */
struct fang_group_item {
	struct config_group dir;
	struct config_group scopes;
	struct config_group exemptions;
	struct config_group rules;
	struct config_group fastpath;
	struct config_group stats;
	struct fang_group *group;
};

extern struct configfs_subsystem fang_subsystem;
extern const struct config_item_type fang_scopes_type;
extern const struct config_item_type fang_exemptions_type;
extern const struct config_item_type fang_rules_type;
extern const struct config_item_type fang_fastpath_type;
extern const struct config_item_type fang_stats_type;

/* Of an attribute in groups/<group>/ itself. */
struct fang_group *fang_item_group(struct config_item *item);

/*
 * Call @set with the text that was written: bounded, without its last newline,
 * terminated, its own copy. Returns what the store is to return.
 */
ssize_t fang_store(struct config_item *item, const char *page, size_t count,
		   int (*set)(struct config_item *item, char *text));

/* Show a value and a newline. */
ssize_t fang_show_text(char *page, const char *text);
ssize_t fang_show_number(char *page, u64 number);
ssize_t fang_show_words(char *page, const struct fang_words *words, u32 bits);
/* Escaped; an empty path is "/", NULL an empty line. */
ssize_t fang_show_path(char *page, const char *path, size_t length);

/* A store function for the attribute @_name that calls @_set. */
#define FANG_STORE(_prefix, _name, _set)                                                  \
	static ssize_t _prefix##_name##_store(struct config_item *item, const char *page, \
					      size_t count)                               \
	{                                                                                 \
		return fang_store(item, page, count, _set);                               \
	}

#endif /* FANG_CONFIG_INTERNAL_H */
