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

static const struct fang_anchor_ops *anchors;

void fang_scope_set_anchor_ops(const struct fang_anchor_ops *ops)
{
	anchors = ops;
}

struct fang_scope *fang_scope_create(struct fang_group *group)
{
	struct fang_scope *scope = kzalloc(sizeof(*scope), GFP_KERNEL_ACCOUNT);

	if (!scope)
		return NULL;
	refcount_set(&scope->refs, 1);
	scope->group = group;
	INIT_LIST_HEAD(&scope->link);
	return scope;
}

bool fang_scope_get(struct fang_scope *scope)
{
	return refcount_inc_not_zero(&scope->refs);
}

static void fang_scope_free(struct work_struct *work)
{
	struct fang_scope *scope = container_of(to_rcu_work(work), struct fang_scope, free_work);
	struct fang_target target = {};

	fang_scope_swap_target(scope, &target);
	fang_target_release(&target);
	kfree(scope);
}

void fang_scope_put(struct fang_scope *scope)
{
	if (!refcount_dec_and_test(&scope->refs))
		return;
	/* Handlers may still look at it under RCU, and letting go of anchors sleeps. */
	INIT_RCU_WORK(&scope->free_work, fang_scope_free);
	queue_rcu_work(fang_workqueue, &scope->free_work);
}

/* The text of @path for people: as seen by the writer, e.g. without symlinks. */
static char *fang_resolved_text(const struct path *path)
{
	char *page = (char *)__get_free_page(GFP_KERNEL);
	char *text, *copy = NULL;

	if (!page)
		return NULL;
	text = d_path(path, page, PAGE_SIZE);
	if (!IS_ERR(text))
		copy = kstrdup(text, GFP_KERNEL_ACCOUNT);
	free_page((unsigned long)page);
	return copy;
}

static int fang_target_whole(struct fang_target *target)
{
	struct path path;
	int error = kern_path(target->path_length ? target->path : "/", LOOKUP_FOLLOW, &path);

	if (error)
		return error;
	target->at_root = path.dentry == path.dentry->d_sb->s_root;
	target->resolved = fang_resolved_text(&path);
	target->whole = anchors->cast(&path);
	path_put(&path);
	if (!IS_ERR(target->whole))
		return 0;
	error = PTR_ERR(target->whole);
	target->whole = NULL;
	return error;
}

static int fang_target_directory(struct fang_target *target)
{
	size_t length = target->name - target->path;
	char *parent;
	struct path path;
	int error;

	if (!target->path_length)
		return 0;
	parent = kmemdup_nul(target->path, length, GFP_KERNEL);
	if (!parent)
		return -ENOMEM;
	error = kern_path(parent, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path);
	kfree(parent);
	if (error)
		return error;
	target->directory = anchors->cast(&path);
	path_put(&path);
	if (!IS_ERR(target->directory))
		return 0;
	error = PTR_ERR(target->directory);
	target->directory = NULL;
	return error;
}

int fang_target_resolve(struct fang_target *target, const char *path, bool may_be_missing)
{
	size_t length = strlen(path);
	int error;

	if (path[0] != '/')
		return -EINVAL;
	while (length && path[length - 1] == '/')
		length--;
	if (length >= PATH_MAX)
		return -E2BIG;
	*target = (struct fang_target){};
	target->path = kmemdup_nul(path, length, GFP_KERNEL_ACCOUNT);
	if (!target->path)
		return -ENOMEM;
	target->path_length = length;
	target->name = length ? strrchr(target->path, '/') + 1 : target->path;

	error = fang_target_whole(target);
	if (!error || (error == -ENOENT && may_be_missing))
		error = fang_target_directory(target);
	if (error)
		fang_target_release(target);
	return error;
}

void fang_target_release(struct fang_target *target)
{
	if (target->whole)
		anchors->weigh(target->whole);
	if (target->directory)
		anchors->weigh(target->directory);
	kfree(target->resolved);
	kfree(target->path);
	*target = (struct fang_target){};
}

void fang_scope_swap_target(struct fang_scope *scope, struct fang_target *target)
{
	struct fang_target old = {
		.at_root = scope->at_root,
		.path = scope->path,
		.path_length = scope->path_length,
		.name = scope->name,
		.resolved = scope->resolved,
		.whole = scope->whole,
		.directory = scope->directory,
	};

	scope->at_root = target->at_root;
	scope->path = target->path;
	scope->path_length = target->path_length;
	scope->name = target->name;
	scope->resolved = target->resolved;
	scope->whole = target->whole;
	scope->directory = target->directory;
	*target = old;
}

struct fang_anchor *fang_scope_anchor(const struct fang_scope *scope)
{
	return scope->type == FANG_SCOPE_FILE ? scope->directory : scope->whole;
}

struct inode *fang_scope_inode(const struct fang_scope *scope)
{
	struct fang_anchor *anchor = fang_scope_anchor(scope);

	return anchor ? anchors->inode(anchor) : NULL;
}

int fang_scope_check(const struct fang_scope *scope)
{
	struct inode *inode;
	int error = 0;

	if (scope->type == FANG_SCOPE_UNSET || !scope->path)
		return -EINVAL;
	if (scope->type == FANG_SCOPE_FILE && !scope->path_length)
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
	return fang_match_name(dentry, inode, scope->name,
			       scope->path + scope->path_length - scope->name);
}

size_t fang_scope_path(const struct fang_scope *scope, const struct dentry *dentry, char *buffer,
		       size_t size, u16 *flags)
{
	size_t prefix = scope->path_length;
	size_t used = 0;
	size_t room, fits;
	bool below = true;

	*flags = d_unlinked((struct dentry *)dentry) ? FANG_PATH_DELETED : 0;
	if (scope->type == FANG_SCOPE_FILESYSTEM) {
		used = fang_match_path(dentry, NULL, buffer, size, &below);
		below = scope->at_root;
	} else if (scope->type == FANG_SCOPE_SUBTREE) {
		rcu_read_lock();
		used = fang_match_path(dentry, fang_scope_inode(scope), buffer, size, &below);
		rcu_read_unlock();
	}
	if (!below) {
		*flags |= FANG_PATH_IN_FS;
		prefix = 0;
	}
	room = used < size ? size - used : 0;
	fits = min(room, prefix);
	memcpy(buffer + room - fits, scope->path + prefix - fits, fits);
	if (used + prefix > size)
		*flags |= FANG_PATH_TRUNCATED;
	return used + prefix;
}
