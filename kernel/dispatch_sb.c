// SPDX-License-Identifier: GPL-2.0-only
/*
 * File systems on which somebody wants something.
 *
 * A scope names an inode through its anchor. When its group is enabled, the file
 * system of that inode is found and held (s_active) just long enough to put our
 * mark on it; from then on fsnotify tells when it is unmounted. All of it runs
 * under fang_config_mutex, but for fang_superblock_freeing().
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "dispatch_internal.h"

static LIST_HEAD(superblocks);

/* From umount, which waits for nothing of ours. */
void fang_superblock_freeing(struct fang_superblock *superblock)
{
	WRITE_ONCE(superblock->gone, true);
}

void fang_superblock_free(struct fang_superblock *superblock)
{
	kvfree(rcu_dereference_protected(superblock->plan, true));
	kfree(superblock);
}

/* The live file system of a scope's inode, held; NULL if it is going or gone. */
static struct super_block *fang_scope_hold_sb(const struct fang_scope *scope)
{
	struct super_block *sb = NULL;
	struct inode *inode;

	rcu_read_lock();
	inode = fang_scope_inode(scope);
	if (inode && atomic_inc_not_zero(&inode->i_sb->s_active))
		sb = inode->i_sb;
	rcu_read_unlock();
	return sb;
}

static struct fang_superblock *fang_superblock_create(struct super_block *sb)
{
	struct fang_superblock *superblock = kzalloc(sizeof(*superblock), GFP_KERNEL_ACCOUNT);
	int error;

	if (!superblock)
		return ERR_PTR(-ENOMEM);
	fang_mark_init(&superblock->mark, fang_ear);
	superblock->sb = sb;
	error = fang_add_sb_mark(&superblock->mark, sb);
	if (error) {
		fsnotify_put_mark(&superblock->mark);
		return ERR_PTR(error);
	}
	list_add(&superblock->link, &superblocks);
	return superblock;
}

static struct fang_superblock *fang_superblock_find(const struct super_block *sb)
{
	struct fang_superblock *superblock;

	list_for_each_entry(superblock, &superblocks, link)
		if (superblock->sb == sb && !READ_ONCE(superblock->gone))
			return superblock;
	return NULL;
}

static void fang_superblock_destroy(struct fang_superblock *superblock)
{
	list_del(&superblock->link);
	fsnotify_destroy_mark(&superblock->mark, fang_ear);
	fsnotify_put_mark(&superblock->mark);
}

/* A file system that is gone leaves the scope inactive, which is no error. */
static int fang_scope_attach(struct fang_scope *scope)
{
	struct fang_superblock *superblock;
	struct super_block *sb;

	if (scope->superblock)
		return 0;
	sb = fang_scope_hold_sb(scope);
	if (!sb)
		return 0;
	superblock = fang_superblock_find(sb);
	if (!superblock)
		superblock = fang_superblock_create(sb);
	/* Its umount, should it have become ours, takes no lock of ours. */
	deactivate_super(sb);
	if (IS_ERR(superblock))
		return PTR_ERR(superblock);
	superblock->scopes++;
	scope->superblock = superblock;
	return 0;
}

static struct fang_plan *fang_superblock_plan(const struct fang_superblock *superblock)
{
	return rcu_dereference_protected(superblock->plan, lockdep_is_held(&fang_config_mutex));
}

/* Tell fsnotify what the plan wants, with an anchor made in advance. */
static void fang_superblock_tune(struct fang_superblock *superblock, struct fang_anchor *anchor)
{
	u32 events = fang_mask_to_fsnotify(fang_plan_kinds(fang_superblock_plan(superblock)));
	struct super_block *sb = NULL;

	/* Held, so that the anchor does not meet an umount. */
	rcu_read_lock();
	if (!READ_ONCE(superblock->gone) && atomic_inc_not_zero(&superblock->sb->s_active))
		sb = superblock->sb;
	rcu_read_unlock();
	if (!sb) {
		fsnotify_put_mark(fang_anchor_mark(anchor));
		return;
	}
	spin_lock(&superblock->mark.lock);
	superblock->mark.mask = events;
	spin_unlock(&superblock->mark.lock);
	fang_recalculate(sb, anchor);
	deactivate_super(sb);
}

/* All or nothing: what is needed is allocated first. */
static int fang_superblock_replan(struct fang_superblock *superblock)
{
	struct fang_plan *old = fang_superblock_plan(superblock);
	struct fang_plan *plan = fang_plan_create(superblock);
	struct fang_anchor *anchor = fang_anchor_alloc();

	if (!plan || !anchor) {
		kvfree(plan);
		if (anchor)
			fsnotify_put_mark(fang_anchor_mark(anchor));
		return -ENOMEM;
	}
	rcu_assign_pointer(superblock->plan, plan);
	if (old)
		kvfree_rcu(old, rcu);
	fang_superblock_tune(superblock, anchor);
	return 0;
}

static int fang_cover(struct fang_group *group)
{
	struct fang_scope *scope;
	int error = 0;

	lockdep_assert_held(&fang_config_mutex);
	list_for_each_entry(scope, &group->scopes, link) {
		if (!scope->enabled)
			continue;
		error = fang_scope_attach(scope);
		if (!error && scope->superblock)
			error = fang_superblock_replan(scope->superblock);
		if (error)
			return error;
	}
	return 0;
}

static void fang_leave(struct fang_scope *scope)
{
	struct fang_superblock *superblock = scope->superblock;
	struct fang_anchor *anchor;
	struct fang_plan *plan;

	lockdep_assert_held(&fang_config_mutex);
	if (!superblock)
		return;
	scope->superblock = NULL;
	plan = fang_superblock_plan(superblock);
	if (plan)
		fang_plan_clear(plan, scope);
	if (!--superblock->scopes) {
		fang_superblock_destroy(superblock);
		return;
	}
	/* Without memory we go on hearing more than the plan wants: slower, not wrong. */
	anchor = plan ? fang_anchor_alloc() : NULL;
	if (anchor)
		fang_superblock_tune(superblock, anchor);
}

/* Why a file system cannot be watched, or NULL. */
static const char *fang_refusal(const struct super_block *sb)
{
	switch (sb->s_magic) {
	case PROC_SUPER_MAGIC:
	case SYSFS_MAGIC:
	case DEBUGFS_MAGIC:
	case TRACEFS_MAGIC:
	case SECURITYFS_MAGIC:
	case SELINUX_MAGIC:
	case SMACK_MAGIC:
	case CGROUP_SUPER_MAGIC:
	case CGROUP2_SUPER_MAGIC:
	case BPF_FS_MAGIC:
	case DEVPTS_SUPER_MAGIC:
	case EFIVARFS_MAGIC:
	case PSTOREFS_MAGIC:
	case RDTGROUP_SUPER_MAGIC:
	case BINFMTFS_MAGIC:
		return "its files are the kernel's own interfaces";
	}
	/* Its magic number is its own secret. */
	if (!strcmp(sb->s_type->name, "configfs"))
		return "Fang itself is configured there";
	if (sb->s_flags & SB_NOUSER)
		return "it is internal to the kernel";
	if (sb->s_type->fs_flags & FS_DISALLOW_NOTIFY_PERM)
		return "it forbids permission events";
	return NULL;
}

static int fang_accepts(struct fang_scope *scope)
{
	struct super_block *sb = fang_scope_hold_sb(scope);
	const char *refusal;

	if (!sb)
		return -ENOENT;
	refusal = fang_refusal(sb);
	if (refusal)
		pr_info("fang: group %s: %s cannot be watched: %s\n", scope->group->name,
			sb->s_type->name, refusal);
	deactivate_super(sb);
	return refusal ? -EOPNOTSUPP : 0;
}

static int fang_remember(struct fang_group *group, struct inode *inode, u32 kinds)
{
	struct fang_inode *remembered;
	struct fang_memo memo;
	int error;

	if (!fang_can_remember(inode))
		return -EOPNOTSUPP;
	remembered = fang_inode_obtain(inode);
	if (!remembered)
		return -ENOMEM;
	memo = fang_memo_take(&group->fastpath, &remembered->memory, inode);
	error = fang_memory_add(&remembered->memory, &group->fastpath, inode, kinds, &memo);
	fang_inode_put(remembered);
	return error == -ESTALE ? -EAGAIN : error;
}

static int fang_forget(struct fang_group *group, struct inode *inode)
{
	struct fang_inode *remembered = fang_inode_find(inode);
	int error;

	if (!remembered)
		return -ENOENT;
	error = fang_memory_remove(&remembered->memory, &group->fastpath);
	fang_inode_put(remembered);
	return error;
}

static void fang_modified(struct inode *inode)
{
	struct fang_inode *remembered = fang_inode_find(inode);

	if (!remembered)
		return;
	fang_memory_changed(&remembered->memory, NULL);
	fang_inode_put(remembered);
}

const struct fang_hearing_ops fang_hearing_ops = {
	.cover = fang_cover,
	.leave = fang_leave,
	.accepts = fang_accepts,
	.remember = fang_remember,
	.forget = fang_forget,
	.modified = fang_modified,
};
