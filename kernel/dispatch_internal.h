/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of dispatch share.
 */
#ifndef FANG_DISPATCH_INTERNAL_H
#define FANG_DISPATCH_INTERNAL_H

#include <linux/fsnotify_backend.h>
#include <linux/list.h>
#include <linux/rcupdate.h>

#include "group.h"
#include "match.h"

/**
 * struct fang_want - one scope of one group on one file system
 * @group: NULL once it does not want any more; no reference, RCU
 * @scope: likewise
 * @root: what it hangs at: the inode that its scope goes by, or the &struct
 *	fang_superblock; only to compare; NULL if it covers nothing any more
 * @priority: the group's
 * @next: of those in the same bucket
 */
struct fang_want {
	struct fang_group *group;
	struct fang_scope *scope;
	const void *root;
	u32 priority;
	u32 next;
};

/**
 * struct fang_plan - who wants what on one file system
 * @rcu: frees it
 * @start: the wants of kind k are @want[@start[k]] to @want[@start[k + 1]]
 * @only: per kind the group of the only want; NULL if it does not want any more, or
 *	there are none or more; no reference, RCU
 * @bucket_bits: log2 of the number of buckets
 * @bucket: of each root and kind the first want, behind the wants
 * @want: for each kind ascending by priority
 *
 * Replaced as a whole, but for wants that end: those are cleared in place, which
 * cannot fail.
 */
struct fang_plan {
	struct rcu_head rcu;
	struct fang_group *only[FANG_KINDS];
	unsigned int start[FANG_KINDS + 1];
	unsigned int bucket_bits;
	u32 *bucket;
	struct fang_want want[];
};

/**
 * struct fang_pick - the wants of one kind that a file may concern
 * @all: all of them
 * @count: how many
 * @first: @want counts from here
 * @want: their places, ascending by priority; unused if it is all
 */
struct fang_pick {
	bool all;
	unsigned int count;
	const struct fang_want *first;
	u32 want[FANG_PICK_MAX];
};

/**
 * struct fang_anchor - keeps an inode for a scope
 * @mark: on the inode
 * @inode: NULL once it is gone; RCU
 */
struct fang_anchor {
	struct fsnotify_mark mark;
	struct inode *inode;
};

/**
 * struct fang_superblock - a file system on which somebody wants something
 * @mark: on the file system; its mask is the union of the plan
 * @sb: only to compare, unless the file system is otherwise held
 * @gone: the file system is being unmounted; never reset
 * @plan: [config mutex, RCU]
 * @link: in the list of all [config mutex]
 * @scopes: attached scopes [config mutex]
 */
struct fang_superblock {
	struct fsnotify_mark mark;
	struct super_block *sb;
	bool gone;
	struct fang_plan __rcu *plan;
	struct list_head link;
	unsigned int scopes;
};

/**
 * struct fang_inode - an inode about which some group may remember something
 * @mark: on the inode, which it does not hold: reclaim may evict both
 * @memory: what is remembered
 */
struct fang_inode {
	struct fsnotify_mark mark;
	struct fang_memory memory;
};

/* The fsnotify group that hears; NULL outside init and exit. */
extern struct fsnotify_group *fang_ear;

/* The fsnotify group of anchors, which hears nothing. */
extern struct fsnotify_group *fang_anchorage;

extern const struct fang_anchor_ops fang_anchor_ops;
extern const struct fang_hearing_ops fang_hearing_ops;

/* Init a mark that counts as live: unloading waits for the last to die. */
void fang_mark_init(struct fsnotify_mark *mark, struct fsnotify_group *group);
void fang_mark_died(const struct fsnotify_group *group);

/* As fsnotify_put_mark(), sooner where others hold it still. */
static inline void fang_mark_put(struct fsnotify_mark *mark)
{
	if (!refcount_dec_not_one(&mark->refcnt))
		fsnotify_put_mark(mark);
}

/* dispatch_sb.c: */
void fang_superblock_freeing(struct fang_superblock *superblock);
void fang_superblock_free(struct fang_superblock *superblock);

/* dispatch_plan.c: */

/* Config mutex held. NULL without memory. */
struct fang_plan *fang_plan_create(const struct fang_superblock *superblock);

/* Kinds that somebody wants. */
u32 fang_plan_kinds(const struct fang_plan *plan);

/* The scope's wants end. */
void fang_plan_clear(struct fang_plan *plan, const struct fang_scope *scope);

/*
 * Under RCU: which wants of a kind that several have need to be looked at for the file at
 * @dentry, which may be NULL. Each that covers it is among them.
 */
void fang_plan_pick(struct fang_pick *pick, const struct fang_plan *plan,
		    const struct fang_superblock *superblock, int kind,
		    const struct dentry *dentry);

static inline const struct fang_want *fang_pick_want(const struct fang_pick *pick, unsigned int i)
{
	return &pick->first[pick->all ? i : pick->want[i]];
}

/* Under RCU: does the scope cover the file? @met: a walk has met what the want hangs at. */
static __always_inline bool fang_want_covers(const struct fang_want *want, bool met,
					     const struct dentry *dentry)
{
	const struct fang_scope *scope = want->scope;

	if (scope->type == FANG_SCOPE_FILESYSTEM)
		return true;
	if (scope->type != FANG_SCOPE_SUBTREE)
		return fang_scope_covers(scope, dentry);
	/* It hangs at an address, where another directory may be by now. */
	if (!want->root || READ_ONCE(fang_scope_anchor(scope)->inode) != want->root)
		return false;
	return met || (dentry && fang_match_below(dentry, want->root));
}

/* May what a group remembers be asked before anything else? See fang_want_step(). Under RCU. */
static __always_inline bool fang_group_may_allow_at_once(const struct fang_group *group,
							 u32 kind_bit)
{
	return (READ_ONCE(group->mask) & kind_bit) && !rcu_access_pointer(group->rules_in_force);
}

/*
 * True: all groups that may want the access of the file at @dentry, and they are few,
 * remember to allow it.
 */
bool fang_plan_allows(const struct fang_superblock *superblock, const struct fang_memory *memory,
		      const struct dentry *dentry, u32 kind);

/* dispatch_inode.c: */
int fang_anchorage_init(void);

/*
 * Recompute what fsnotify believes our marks on @sb to want, by the coming and
 * going of an anchor made in advance; consumes it.
 */
struct fang_anchor *fang_anchor_alloc(void);
struct fsnotify_mark *fang_anchor_mark(struct fang_anchor *anchor);
void fang_recalculate(struct super_block *sb, struct fang_anchor *anchor);

/* Memory of @inode, made if need be, with a reference to its mark; or NULL. */
struct fang_inode *fang_inode_obtain(struct inode *inode);

/*
 * Inside fsnotify's SRCU section: the same where @memory is at hand. NULL if it is on
 * its way out.
 */
static inline struct fang_inode *fang_inode_get(struct fang_memory *memory)
{
	struct fang_inode *remembered = container_of(memory, struct fang_inode, memory);

	return refcount_inc_not_zero(&remembered->mark.refcnt) ? remembered : NULL;
}

/* The same, but never made. */
struct fang_inode *fang_inode_find(struct inode *inode);
void fang_inode_put(struct fang_inode *remembered);
void fang_inode_free(struct fang_inode *remembered);

/* dispatch_wait.c: */

/* Learn where fsnotify's SRCU is; sets fang_waits_outside_srcu. */
void fang_wait_init(void);

/*
 * Release fsnotify's SRCU while every mark that the walk goes on from is pinned.
 * False: our superblock mark is going away, nothing was released.
 */
bool fang_wait_begin(struct fsnotify_iter_info *iter_info);
void fang_wait_end(struct fsnotify_iter_info *iter_info);

#endif /* FANG_DISPATCH_INTERNAL_H */
