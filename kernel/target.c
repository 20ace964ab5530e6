// SPDX-License-Identifier: GPL-2.0-only
/*
 * A path in a setting.
 *
 * It holds no dentry, mount or file system: an admin can unmount and delete what
 * it names. It holds anchors, which tell when that has happened; the setting is
 * then inactive until its path is written anew.
 */
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/namei.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "lookup.h"
#include "target.h"

static const struct fang_anchor_ops *anchors;

void fang_target_set_anchor_ops(const struct fang_anchor_ops *ops)
{
	anchors = ops;
}

struct inode *fang_anchor_inode(const struct fang_anchor *anchor)
{
	return anchor ? anchors->inode(anchor) : NULL;
}

size_t fang_target_name_length(const struct fang_target *target)
{
	return target->path + target->path_length - target->name;
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

static int fang_target_whole(struct config_item *item, struct fang_target *target)
{
	struct path path;
	int error =
		fang_look_up(item, target->path_length ? target->path : "/", LOOKUP_FOLLOW, &path);

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

static int fang_target_directory(struct config_item *item, struct fang_target *target)
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
	error = fang_look_up(item, parent, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path);
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

int fang_target_resolve(struct config_item *item, struct fang_target *target, const char *path,
			bool may_be_missing)
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

	error = fang_target_whole(item, target);
	if (!error || (error == -ENOENT && may_be_missing))
		error = fang_target_directory(item, target);
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

struct fang_target *fang_target_create(struct config_item *item, const char *path,
				       bool may_be_missing)
{
	struct fang_target *target = kmalloc(sizeof(*target), GFP_KERNEL_ACCOUNT);
	int error;

	if (!target)
		return ERR_PTR(-ENOMEM);
	error = fang_target_resolve(item, target, path, may_be_missing);
	if (error) {
		kfree(target);
		return ERR_PTR(error);
	}
	refcount_set(&target->refs, 1);
	return target;
}

void fang_target_get(struct fang_target *target)
{
	refcount_inc(&target->refs);
}

void fang_target_put(struct fang_target *target)
{
	if (!refcount_dec_and_test(&target->refs))
		return;
	fang_target_release(target);
	kfree(target);
}
