/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A path in a setting: as it was written, and the inodes that it led to then.
 */
#ifndef FANG_TARGET_H
#define FANG_TARGET_H

#include <linux/fs.h>
#include <linux/path.h>
#include <linux/refcount.h>
#include <linux/types.h>

struct config_item;
struct fang_anchor;

/**
 * struct fang_anchor_ops - how an inode is kept while a scope names it
 * @cast: anchor the inode of @path: its address stays its own until the anchor
 *	says that it is gone, yet neither umount nor deletion is held up. ERR_PTR.
 * @inode: the inode, or NULL once it was deleted or its file system is unmounted; RCU
 * @weigh: let go; may sleep
 *
 * Made by the layer that hears files, which is above this one.
 */
struct fang_anchor_ops {
	struct fang_anchor *(*cast)(const struct path *path);
	struct inode *(*inode)(const struct fang_anchor *anchor);
	void (*weigh)(struct fang_anchor *anchor);
};

/**
 * struct fang_target - a path in a setting
 * @refs: scopes that have it; unused in a condition, whose part it is
 * @at_root: it led to the root of its file system
 * @path: as written, unescaped, no trailing slash; NULL if there is none
 * @path_length: bytes of @path; 0 for "/"
 * @name: its last component, within @path
 * @resolved: what it led to, for people; may be NULL
 * @whole: anchor of what it names; NULL if nothing
 * @directory: anchor of the directory that holds its last name; NULL for "/"
 *
 * Immutable while the setting is in force.
 */
struct fang_target {
	refcount_t refs;
	bool at_root;
	char *path;
	u16 path_length;
	const char *name;
	char *resolved;
	struct fang_anchor *whole;
	struct fang_anchor *directory;
};

/* Set once by the layer above, before the first target exists. */
void fang_target_set_anchor_ops(const struct fang_anchor_ops *ops);

/*
 * Resolve an absolute, unescaped path that is written to an attribute of @item, as
 * the current task sees it. May wait, see fang_look_up(). Errors are those of the
 * look-up, EINVAL for a relative path, E2BIG for one that cannot be kept. If it
 * @may_be_missing, its directory suffices.
 */
int fang_target_resolve(struct config_item *item, struct fang_target *target, const char *path,
			bool may_be_missing);

/* May sleep. */
void fang_target_release(struct fang_target *target);

/* The same by itself, for scopes to share; or ERR_PTR. */
struct fang_target *fang_target_create(struct config_item *item, const char *path,
				       bool may_be_missing);
void fang_target_get(struct fang_target *target);

/* May sleep. */
void fang_target_put(struct fang_target *target);

/* The inode of an anchor, NULL without one or when it is gone. Under RCU. */
struct inode *fang_anchor_inode(const struct fang_anchor *anchor);

/* Bytes of the last name. */
size_t fang_target_name_length(const struct fang_target *target);

#endif /* FANG_TARGET_H */
