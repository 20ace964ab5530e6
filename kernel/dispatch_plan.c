// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plans: who wants what on one file system, and which of that a file may concern.
 *
 * Most groups care for a few directories. So that one more of them costs nothing
 * elsewhere, each want hangs in a table at what its scope goes by: a directory, or
 * the file system as a whole. One walk from a file to the root of its file system
 * looks every directory up and picks the wants found there.
 *
 * Why none is missed, nor one too many found. A want hangs at the inode that its
 * scope's anchor keeps: as long as the anchor has it, no other has that address, and
 * the walk that meets the directory finds the want. Afterwards another directory may
 * be found in its place; so what is picked is looked at again, see fang_pick_covers().
 * The walk is inside rename_lock's sequence, like those in match.c: it sees the file
 * where it is at one moment, which is the same for all groups. And it outlives no
 * event, so that there is nothing to be kept in step with renames.
 */
#include <linux/dcache.h>
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/seqlock.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "dispatch_internal.h"

/* Ends a chain. */
#define FANG_NO_WANT U32_MAX

static bool fang_scope_is_wanted(const struct fang_scope *scope,
				 const struct fang_superblock *superblock)
{
	return scope->enabled && scope->superblock == superblock;
}

static unsigned int fang_plan_count(const struct fang_superblock *superblock)
{
	const struct fang_group *group;
	const struct fang_scope *scope;
	unsigned int wants = 0;

	list_for_each_entry(group, &fang_groups, link) {
		if (!group->enabled)
			continue;
		list_for_each_entry(scope, &group->scopes, link)
			if (fang_scope_is_wanted(scope, superblock))
				wants += hweight32(group->mask);
	}
	return wants;
}

static int fang_want_compare(const void *a, const void *b)
{
	const struct fang_want *left = a, *right = b;

	if (left->priority != right->priority)
		return left->priority < right->priority ? -1 : 1;
	return 0;
}

/* What a walk has to meet for the scope to cover a file; NULL if it covers none any more. */
static const void *fang_scope_root(const struct fang_scope *scope,
				   const struct fang_superblock *superblock)
{
	const void *root;

	if (scope->type == FANG_SCOPE_FILESYSTEM)
		return superblock;
	rcu_read_lock();
	root = fang_scope_inode(scope);
	rcu_read_unlock();
	return root;
}

static unsigned int fang_plan_fill(struct fang_plan *plan, unsigned int at, u32 kind_bit,
				   const struct fang_superblock *superblock)
{
	struct fang_group *group;
	struct fang_scope *scope;

	list_for_each_entry(group, &fang_groups, link) {
		if (!group->enabled || !(group->mask & kind_bit))
			continue;
		list_for_each_entry(scope, &group->scopes, link)
			if (fang_scope_is_wanted(scope, superblock))
				plan->want[at++] = (struct fang_want){
					.group = group,
					.scope = scope,
					.root = fang_scope_root(scope, superblock),
					.priority = group->rank.priority,
				};
	}
	return at;
}

static u32 *fang_plan_bucket(u32 *bucket, unsigned int bits, int kind, const void *root)
{
	return &bucket[hash_long((unsigned long)root + kind, bits)];
}

/* Backwards, so that chains go forwards. */
static void fang_plan_hang(struct fang_plan *plan, int kind)
{
	unsigned int i;

	for (i = plan->start[kind + 1]; i-- > plan->start[kind];) {
		struct fang_want *want = &plan->want[i];
		u32 *bucket = fang_plan_bucket(plan->bucket, plan->bucket_bits, kind, want->root);

		if (!want->root)
			continue;
		want->next = *bucket;
		*bucket = i;
	}
}

static struct fang_plan *fang_plan_alloc(unsigned int wants)
{
	/* At least eight times as many buckets as wants: few that a walk looks up are taken. */
	unsigned int bits = order_base_2(wants + 1) + 3;
	struct fang_plan *plan;

	/* A thousand groups take more than a few pages, which may not be had in one piece. */
	plan = kvmalloc(size_add(struct_size(plan, want, wants), sizeof(u32) << bits),
			GFP_KERNEL_ACCOUNT);
	if (!plan)
		return NULL;
	plan->bucket_bits = bits;
	plan->bucket = (u32 *)&plan->want[wants];
	memset32(plan->bucket, FANG_NO_WANT, 1U << bits);
	return plan;
}

struct fang_plan *fang_plan_create(const struct fang_superblock *superblock)
{
	struct fang_plan *plan = fang_plan_alloc(fang_plan_count(superblock));
	unsigned int at = 0;
	int kind;

	if (!plan)
		return NULL;
	for (kind = 0; kind < FANG_KINDS; kind++) {
		plan->start[kind] = at;
		at = fang_plan_fill(plan, at, FANG_BIT(kind), superblock);
		plan->start[kind + 1] = at;
		sort(&plan->want[plan->start[kind]], at - plan->start[kind], sizeof(plan->want[0]),
		     fang_want_compare, NULL);
		fang_plan_hang(plan, kind);
		plan->only[kind] = at - plan->start[kind] == 1 ? plan->want[at - 1].group : NULL;
	}
	return plan;
}

u32 fang_plan_kinds(const struct fang_plan *plan)
{
	u32 kinds = 0;
	int kind;
	unsigned int i;

	for (kind = 0; kind < FANG_KINDS; kind++)
		for (i = plan->start[kind]; i < plan->start[kind + 1]; i++)
			if (plan->want[i].group)
				kinds |= FANG_BIT(kind);
	return kinds;
}

void fang_plan_clear(struct fang_plan *plan, const struct fang_scope *scope)
{
	unsigned int i;
	int kind;

	for (kind = 0; kind < FANG_KINDS; kind++)
		for (i = plan->start[kind]; i < plan->start[kind + 1]; i++)
			if (plan->want[i].scope == scope) {
				WRITE_ONCE(plan->want[i].group, NULL);
				WRITE_ONCE(plan->only[kind], NULL);
			}
}

/* What to do with each want that a walk meets; false ends the walk. */
typedef bool (*fang_meet)(void *with, const struct fang_plan *plan, u32 want);

/* The wants that hang at @root, from @i on; mostly there is nothing. */
static __always_inline bool fang_plan_meet(const struct fang_plan *plan, int kind, const void *root,
					   u32 i, fang_meet meet, void *with)
{
	for (; unlikely(i != FANG_NO_WANT); i = plan->want[i].next) {
		/* Another kind's, or another root's, may hang there, too. */
		if (plan->want[i].root != root || i < plan->start[kind] ||
		    i >= plan->start[kind + 1])
			continue;
		if (!meet(with, plan, i))
			return false;
	}
	return true;
}

/* Inside rename_lock's sequence. */
static __always_inline bool fang_plan_walk(const struct fang_plan *plan, int kind,
					   const struct fang_superblock *superblock,
					   const struct dentry *dentry, fang_meet meet, void *with)
{
	unsigned int bits = plan->bucket_bits;
	u32 *bucket = plan->bucket;
	const struct dentry *parent;
	const void *root;

	for (; dentry; dentry = parent) {
		parent = READ_ONCE(dentry->d_parent);
		if (parent == dentry)
			break;
		root = d_inode_rcu(parent);
		if (!fang_plan_meet(plan, kind, root, *fang_plan_bucket(bucket, bits, kind, root),
				    meet, with))
			return false;
	}
	root = superblock;
	return fang_plan_meet(plan, kind, root, *fang_plan_bucket(bucket, bits, kind, root), meet,
			      with);
}

/* Into its place by priority, which is that in the plan; false: there is no room for all. */
static bool fang_pick_add(void *with, const struct fang_plan *plan, u32 want)
{
	struct fang_pick *pick = with;
	unsigned int at = pick->count;

	if (at == FANG_PICK_MAX)
		return false;
	for (; at && pick->want[at - 1] > want; at--)
		pick->want[at] = pick->want[at - 1];
	pick->want[at] = want;
	pick->count++;
	return true;
}

static bool fang_pick_above(struct fang_pick *pick, const struct fang_plan *plan, int kind,
			    const struct fang_superblock *superblock, const struct dentry *dentry)
{
	pick->count = 0;
	return fang_plan_walk(plan, kind, superblock, dentry, fang_pick_add, pick);
}

static bool fang_pick_concerned(struct fang_pick *pick, const struct fang_plan *plan, int kind,
				const struct fang_superblock *superblock,
				const struct dentry *dentry)
{
	bool fits;
	int tries;

	for (tries = 0; tries < FANG_WALK_TRIES; tries++) {
		unsigned int seq = read_seqbegin(&rename_lock);

		fits = fang_pick_above(pick, plan, kind, superblock, dentry);
		if (!read_seqretry(&rename_lock, seq))
			return fits;
	}
	read_seqlock_excl(&rename_lock);
	fits = fang_pick_above(pick, plan, kind, superblock, dentry);
	read_sequnlock_excl(&rename_lock);
	return fits;
}

void fang_plan_pick(struct fang_pick *pick, const struct fang_plan *plan,
		    const struct fang_superblock *superblock, int kind, const struct dentry *dentry)
{
	pick->first = &plan->want[0];
	pick->all = !fang_pick_concerned(pick, plan, kind, superblock, dentry);
	if (!pick->all)
		return;
	pick->first = &plan->want[plan->start[kind]];
	pick->count = plan->start[kind + 1] - plan->start[kind];
}

/**
 * struct fang_allowing - the groups that a walk has met, all of which allow
 * @memory: of the inode
 * @inode: accessed
 * @kind_bit: of the access
 * @one: a group, or NULL
 * @other: another one, or NULL
 */
struct fang_allowing {
	const struct fang_memory *memory;
	const struct inode *inode;
	u32 kind_bit;
	const struct fang_group *one;
	const struct fang_group *other;
};

static __always_inline bool fang_allowing_add(void *with, const struct fang_plan *plan, u32 want)
{
	const struct fang_group *group = READ_ONCE(plan->want[want].group);
	struct fang_allowing *allowing = with;

	/* The want has ended; or the group wants this by several scopes. */
	if (!group || group == allowing->one || group == allowing->other)
		return true;
	if (allowing->other || !fang_group_may_allow_at_once(group, allowing->kind_bit) ||
	    !fang_memory_allows(allowing->memory, &group->fastpath, allowing->inode,
				allowing->kind_bit))
		return false;
	if (allowing->one)
		allowing->other = group;
	else
		allowing->one = group;
	return true;
}

bool fang_plan_allows(const struct fang_superblock *superblock, const struct fang_memory *memory,
		      const struct dentry *dentry, u32 kind)
{
	struct fang_allowing allowing = {
		.memory = memory,
		.inode = d_inode_rcu(dentry),
		.kind_bit = FANG_BIT(kind),
	};
	const struct fang_plan *plan;
	unsigned int seq;
	bool allows;

	/* Where spinlocks sleep, so may who meets a rename here. */
	rcu_read_lock();
	plan = rcu_dereference(superblock->plan);
	seq = read_seqbegin(&rename_lock);
	/* Should a rename spoil it, there is the long way. */
	allows = plan &&
		 fang_plan_walk(plan, kind, superblock, dentry, fang_allowing_add, &allowing) &&
		 !read_seqretry(&rename_lock, seq);
	if (allows && allowing.one)
		fang_stats_inc(allowing.one->stats, FANG_STAT_FASTPATH_HITS);
	if (allows && allowing.other)
		fang_stats_inc(allowing.other->stats, FANG_STAT_FASTPATH_HITS);
	rcu_read_unlock();
	return allows;
}
