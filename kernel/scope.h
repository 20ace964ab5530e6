/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A scope: files that a group covers.
 */
#ifndef FANG_SCOPE_H
#define FANG_SCOPE_H

#include <linux/fs.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct fang_anchor;
struct fang_superblock;
struct fang_group;

enum fang_scope_type {
	FANG_SCOPE_UNSET,
	FANG_SCOPE_FILESYSTEM,
	FANG_SCOPE_SUBTREE,
	FANG_SCOPE_FILE,
};

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
 * struct fang_scope - one item of groups/<group>/scopes/
 * @refs: configfs item, and events that build their path from it
 * @group: whose it is; the configfs item keeps it
 * @link: in the group's list [config mutex]
 * @type: [config mutex]; immutable while enabled
 * @enabled: [config mutex]
 * @at_root: the path led to the root of its file system; immutable while enabled
 * @path: as written, unescaped, no trailing slash; NULL if unset; immutable while enabled
 * @path_length: bytes of @path
 * @name: last component within @path, for type file
 * @resolved: what it led to, for people; may be NULL
 * @whole: anchor of what the path names; NULL if nothing
 * @directory: anchor of the directory that holds its last name
 * @superblock: where the group hears it; NULL while inactive [config mutex]
 * @free_work: frees it after an RCU grace period, where it may sleep
 */
struct fang_scope {
	refcount_t refs;
	struct fang_group *group;
	struct list_head link;
	enum fang_scope_type type;
	bool enabled;
	bool at_root;
	char *path;
	u16 path_length;
	const char *name;
	char *resolved;
	struct fang_anchor *whole;
	struct fang_anchor *directory;
	struct fang_superblock *superblock;
	struct rcu_work free_work;
};

/* Set once by the layer above, before the first scope exists. */
void fang_scope_set_anchor_ops(const struct fang_anchor_ops *ops);

struct fang_scope *fang_scope_create(struct fang_group *group);

/* False if it is on its way out; for readers under RCU. */
bool fang_scope_get(struct fang_scope *scope);

void fang_scope_put(struct fang_scope *scope);

/*
 * A path as it was resolved, to be moved into a scope.
 */
struct fang_target {
	bool at_root;
	char *path;
	u16 path_length;
	const char *name;
	char *resolved;
	struct fang_anchor *whole;
	struct fang_anchor *directory;
};

/*
 * Resolve an absolute, unescaped path as the current task sees it. May wait for
 * file systems: no lock of ours may be held. Errors are those of the look-up,
 * EINVAL for a relative path, E2BIG for one that cannot be kept. If it
 * @may_be_missing, its directory suffices.
 */
int fang_target_resolve(struct fang_target *target, const char *path, bool may_be_missing);

void fang_target_release(struct fang_target *target);

/* Replace the scope's path; afterwards @target holds the old one, to be released. */
void fang_scope_swap_target(struct fang_scope *scope, struct fang_target *target);

/* The anchor that the scope's type goes by, or NULL. */
struct fang_anchor *fang_scope_anchor(const struct fang_scope *scope);

/* The inode it goes by: root, directory, or NULL when gone. Under RCU. */
struct inode *fang_scope_inode(const struct fang_scope *scope);

/* Is it complete? 0, or the errno that enabling it gives. */
int fang_scope_check(const struct fang_scope *scope);

/* Does it cover this file of its file system? Under RCU; @dentry may be NULL. */
bool fang_scope_covers(const struct fang_scope *scope, const struct dentry *dentry);

/*
 * The path of a covered file, as by fang_match_path(), with the scope's own path
 * before it; sets FANG_PATH_* flags.
 */
size_t fang_scope_path(const struct fang_scope *scope, const struct dentry *dentry, char *buffer,
		       size_t size, u16 *flags);

#endif /* FANG_SCOPE_H */
