// SPDX-License-Identifier: GPL-2.0-only
/*
 * Marks on inodes: anchors of scopes, and memories of the fastpath.
 *
 * An anchor's mark holds its inode, so that the address stays the inode's own.
 * fsnotify drops that hold when the inode is deleted or its file system is
 * unmounted, and says so before. A memory's mark does not hold its inode:
 * reclaim evicts both.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/slab.h>

#include "dispatch_internal.h"

struct fsnotify_group *fang_anchorage;

struct fang_anchor *fang_anchor_alloc(void)
{
	struct fang_anchor *anchor = kzalloc(sizeof(*anchor), GFP_KERNEL_ACCOUNT);

	if (anchor)
		fang_mark_init(&anchor->mark, fang_anchorage);
	return anchor;
}

struct fsnotify_mark *fang_anchor_mark(struct fang_anchor *anchor)
{
	return &anchor->mark;
}

static void fang_anchor_destroy(struct fang_anchor *anchor)
{
	fsnotify_destroy_mark(&anchor->mark, fang_anchorage);
	fsnotify_put_mark(&anchor->mark);
}

static struct fang_anchor *fang_anchor_cast(const struct path *path)
{
	struct fang_anchor *anchor = fang_anchor_alloc();
	int error;

	if (!anchor)
		return ERR_PTR(-ENOMEM);
	anchor->inode = d_inode(path->dentry);
	error = fsnotify_add_inode_mark(&anchor->mark, anchor->inode, 0);
	if (!error)
		return anchor;
	fsnotify_put_mark(&anchor->mark);
	return ERR_PTR(error);
}

static struct inode *fang_anchor_get_inode(const struct fang_anchor *anchor)
{
	return READ_ONCE(anchor->inode);
}

const struct fang_anchor_ops fang_anchor_ops = {
	.cast = fang_anchor_cast,
	.inode = fang_anchor_get_inode,
	.weigh = fang_anchor_destroy,
};

static void fang_anchor_freeing(struct fsnotify_mark *mark, struct fsnotify_group *group)
{
	WRITE_ONCE(container_of(mark, struct fang_anchor, mark)->inode, NULL);
}

static void fang_anchor_free(struct fsnotify_mark *mark)
{
	kfree(container_of(mark, struct fang_anchor, mark));
	fang_mark_died(fang_anchorage);
}

/* Anchors want nothing; this is here because a group must have a handler. */
static int fang_anchor_hear(struct fsnotify_mark *mark, u32 mask, struct inode *inode,
			    struct inode *dir, const struct qstr *file_name, u32 cookie)
{
	return 0;
}

static const struct fsnotify_ops anchor_fsnotify_ops = {
	.handle_inode_event = fang_anchor_hear,
	.freeing_mark = fang_anchor_freeing,
	.free_mark = fang_anchor_free,
};

int fang_anchorage_init(void)
{
	/* Several scopes may name one inode. */
	fang_anchorage =
		fsnotify_alloc_group(&anchor_fsnotify_ops, FSNOTIFY_GROUP_DUPS | FANG_GROUP_NOFS);
	return PTR_ERR_OR_ZERO(fang_anchorage);
}

/*
 * fsnotify recomputes the union whenever a mark comes or goes. Where we have a
 * mark already nothing is allocated, so only a file system that is going fails.
 */
void fang_recalculate(struct super_block *sb, struct fang_anchor *anchor)
{
	if (fang_add_sb_mark(&anchor->mark, sb))
		fsnotify_put_mark(&anchor->mark);
	else
		fang_anchor_destroy(anchor);
}

struct fang_inode *fang_inode_find(struct inode *inode)
{
	struct fsnotify_mark *mark = fang_find_inode_mark(inode, fang_ear);

	return mark ? container_of(mark, struct fang_inode, mark) : NULL;
}

static struct fang_inode *fang_inode_create(struct inode *inode)
{
	struct fang_inode *remembered = kmalloc(sizeof(*remembered), GFP_KERNEL_ACCOUNT);
	int error;

	if (!remembered)
		return ERR_PTR(-ENOMEM);
	fang_mark_init(&remembered->mark, fang_ear);
	fang_memory_init(&remembered->memory);
	remembered->mark.mask = FS_MODIFY | FS_CLOSE_WRITE;
	remembered->mark.flags |= FANG_MARK_EVICTABLE;
	error = fsnotify_add_inode_mark(&remembered->mark, inode, 0);
	if (!error)
		return remembered;
	fsnotify_put_mark(&remembered->mark);
	return ERR_PTR(error);
}

struct fang_inode *fang_inode_obtain(struct inode *inode)
{
	struct fang_inode *remembered;

	if (!fang_can_remember(inode))
		return NULL;
	remembered = fang_inode_find(inode);
	if (remembered)
		return remembered;
	remembered = fang_inode_create(inode);
	/* Another task was faster; should it be gone again, go without. */
	if (remembered == ERR_PTR(-EEXIST))
		return fang_inode_find(inode);
	return IS_ERR(remembered) ? NULL : remembered;
}

void fang_inode_put(struct fang_inode *remembered)
{
	if (remembered)
		fang_mark_put(&remembered->mark);
}

void fang_inode_free(struct fang_inode *remembered)
{
	fang_memory_destroy(&remembered->memory);
	kfree(remembered);
}
