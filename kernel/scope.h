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

#include "target.h"

struct fang_superblock;
struct fang_group;

enum fang_scope_type {
	FANG_SCOPE_UNSET,
	FANG_SCOPE_FILESYSTEM,
	FANG_SCOPE_SUBTREE,
	FANG_SCOPE_FILE,
};

/**
 * struct fang_scope - one item of groups/<group>/scopes/
 * @refs: configfs item, and events that build their path from it
 * @group: whose it is; the configfs item keeps it
 * @link: in the group's list [config mutex]
 * @type: immutable
 * @enabled: [config mutex]
 * @target: its path, held; NULL if it has none yet; immutable
 * @superblock: where the group hears it; NULL while inactive [config mutex]
 * @free_work: frees it after an RCU grace period, where it may sleep
 *
 * An access that waits has its scope, whatever becomes of the item meanwhile. So another
 * type or path makes another scope, which takes its place.
 */
struct fang_scope {
	refcount_t refs;
	struct fang_group *group;
	struct list_head link;
	enum fang_scope_type type;
	bool enabled;
	struct fang_target *target;
	struct fang_superblock *superblock;
	struct rcu_work free_work;
};

/* @target may be NULL; it gets a reference of its own. */
struct fang_scope *fang_scope_create(struct fang_group *group, enum fang_scope_type type,
				     struct fang_target *target);

/* False if it is on its way out; for readers under RCU. */
static inline bool fang_scope_get(struct fang_scope *scope)
{
	return refcount_inc_not_zero(&scope->refs);
}

/* Nobody refers to it any more. */
void fang_scope_release(struct fang_scope *scope);

static inline void fang_scope_put(struct fang_scope *scope)
{
	if (refcount_dec_and_test(&scope->refs))
		fang_scope_release(scope);
}

/* The anchor that the scope's type goes by, or NULL. It has a path. */
static inline struct fang_anchor *fang_scope_anchor(const struct fang_scope *scope)
{
	return scope->type == FANG_SCOPE_FILE ? scope->target->directory : scope->target->whole;
}

/* The inode it goes by: root, directory, or NULL when gone. Under RCU. */
struct inode *fang_scope_inode(const struct fang_scope *scope);

/* Is it complete? 0, or the errno that enabling it gives. */
int fang_scope_check(const struct fang_scope *scope);

/* Does it cover this file of its file system? Under RCU; @dentry may be NULL. */
bool fang_scope_covers(const struct fang_scope *scope, const struct dentry *dentry);

/* Bytes of that path, unless something is renamed meanwhile. */
size_t fang_scope_path_room(const struct fang_scope *scope, const struct dentry *dentry);

/*
 * The path of a covered file, as by fang_match_path(), with the scope's own path
 * before it; sets FANG_PATH_* flags.
 */
size_t fang_scope_path(const struct fang_scope *scope, const struct dentry *dentry, char *buffer,
		       size_t size, u16 *flags);

#endif /* FANG_SCOPE_H */
