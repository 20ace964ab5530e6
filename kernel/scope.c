// SPDX-License-Identifier: GPL-2.0-only
/*
 * A scope: files that a group covers.
 *
 * A scope holds no dentry, mount or file system: an admin can unmount and delete
 * what it names. It holds anchors (see struct fang_anchor_ops), which tell when
 * that has happened; the scope is then inactive until its path is written anew.
 */
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fang.h>
#include <linux/fs.h>
#include <linux/namei.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "limits.h"
#include "match.h"
#include "scope.h"
#include "work.h"

struct fang_scope *fang_scope_create(struct fang_group *group, enum fang_scope_type type,
				     struct fang_target *target)
{
	struct fang_scope *scope = kzalloc(sizeof(*scope), GFP_KERNEL_ACCOUNT);

	if (!scope)
		return NULL;
	refcount_set(&scope->refs, 1);
	scope->group = group;
	INIT_LIST_HEAD(&scope->link);
	scope->type = type;
	scope->target = target;
	if (target)
		fang_target_get(target);
	return scope;
}

static void fang_scope_free(struct work_struct *work)
{
	struct fang_scope *scope = container_of(to_rcu_work(work), struct fang_scope, free_work);

	if (scope->target)
		fang_target_put(scope->target);
	kfree(scope);
}

void fang_scope_release(struct fang_scope *scope)
{
	/* Handlers may still look at it under RCU, and letting go of anchors sleeps. */
	INIT_RCU_WORK(&scope->free_work, fang_scope_free);
	queue_rcu_work(fang_workqueue, &scope->free_work);
}

struct inode *fang_scope_inode(const struct fang_scope *scope)
{
	return fang_anchor_inode(fang_scope_anchor(scope));
}

int fang_scope_check(const struct fang_scope *scope)
{
	struct inode *inode;
	int error = 0;

	if (scope->type == FANG_SCOPE_UNSET || !scope->target)
		return -EINVAL;
	if (scope->type == FANG_SCOPE_FILE && !scope->target->path_length)
		return -EINVAL;
	rcu_read_lock();
	inode = fang_scope_inode(scope);
	if (!inode)
		error = -ENOENT;
	else if (scope->type == FANG_SCOPE_SUBTREE && !S_ISDIR(inode->i_mode))
		error = -ENOTDIR;
	rcu_read_unlock();
	return error;
}

bool fang_scope_covers(const struct fang_scope *scope, const struct dentry *dentry)
{
	const struct inode *inode;

	if (scope->type == FANG_SCOPE_FILESYSTEM)
		return true;
	inode = fang_scope_inode(scope);
	if (!inode || !dentry)
		return false;
	if (scope->type == FANG_SCOPE_SUBTREE)
		return fang_match_below(dentry, inode);
	return fang_match_name(dentry, inode, scope->target->name,
			       fang_target_name_length(scope->target));
}

size_t fang_scope_path_room(const struct fang_scope *scope, const struct dentry *dentry)
{
	size_t used = 0;
	bool below = true;

	rcu_read_lock();
	if (scope->type == FANG_SCOPE_SUBTREE)
		used = fang_match_room(dentry, fang_scope_inode(scope), &below);
	else if (scope->type == FANG_SCOPE_FILESYSTEM)
		used = fang_match_room(dentry, NULL, &below);
	rcu_read_unlock();
	if (scope->type == FANG_SCOPE_FILESYSTEM)
		below = scope->target->at_root;
	return used + (below ? scope->target->path_length : 0);
}

size_t fang_scope_path(const struct fang_scope *scope, const struct dentry *dentry, char *buffer,
		       size_t size, u16 *flags)
{
	size_t prefix = scope->target->path_length;
	size_t used = 0;
	size_t room, fits;
	bool below = true;

	*flags = d_unlinked((struct dentry *)dentry) ? FANG_PATH_DELETED : 0;
	rcu_read_lock();
	if (scope->type == FANG_SCOPE_FILESYSTEM) {
		used = fang_match_path(dentry, NULL, buffer, size, &below);
		below = scope->target->at_root;
	} else if (scope->type == FANG_SCOPE_SUBTREE) {
		used = fang_match_path(dentry, fang_scope_inode(scope), buffer, size, &below);
	}
	rcu_read_unlock();
	if (!below) {
		*flags |= FANG_PATH_IN_FS;
		prefix = 0;
	}
	room = used < size ? size - used : 0;
	fits = min(room, prefix);
	memcpy(buffer + room - fits, scope->target->path + prefix - fits, fits);
	if (used + prefix > size)
		*flags |= FANG_PATH_TRUNCATED;
	return used + prefix;
}
