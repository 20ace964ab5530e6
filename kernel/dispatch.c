// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dispatch: from one fsnotify event to the groups that want it, in their order.
 *
 * Nothing is held while a group is told or asked but references to the group,
 * the scope and the inode's memory. The walk over the plan runs under RCU, which
 * ends before anything can sleep; afterwards it goes on in the plan of that
 * moment, at the next priority.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/fsnotify_backend.h>
#include <linux/slab.h>

#include "dispatch.h"
#include "dispatch_internal.h"
#include "opener.h"
#include "trace.h"

struct fsnotify_group *fang_ear;

/* Live marks of the ear and of the anchorage. */
static atomic_t ear_marks = ATOMIC_INIT(0);
static atomic_t anchor_marks = ATOMIC_INIT(0);

static atomic_t *fang_live_marks(const struct fsnotify_group *group)
{
	return group == fang_ear ? &ear_marks : &anchor_marks;
}

void fang_mark_init(struct fsnotify_mark *mark, struct fsnotify_group *group)
{
	atomic_inc(fang_live_marks(group));
	fsnotify_init_mark(mark, group);
}

void fang_mark_died(const struct fsnotify_group *group)
{
	atomic_dec(fang_live_marks(group));
}

/**
 * struct fang_raising - one fsnotify event on its way through the groups
 * @occurrence: what happened
 * @superblock: whose plan is walked
 * @memory: of the inode, or NULL
 * @obtained: the same with a reference, once a request needed it
 * @iter_info: fsnotify's walk, in which we are
 * @group: at hand, with a reference
 * @scope: of that group, by which it wants this; with a reference
 * @rule: that denies for the group at hand, with a reference; else NULL
 * @ended: whose fastpath entries the change ended; NULL: nobody's
 * @implied: no write was seen, but the file may have been changed
 * @last: nothing comes after the want at hand, in the plan of that moment
 * @from: lowest priority that was not visited yet; beyond u32 at the end
 */
struct fang_raising {
	struct fang_occurrence occurrence;
	struct fang_superblock *superblock;
	struct fang_memory *memory;
	struct fang_inode *obtained;
	struct fsnotify_iter_info *iter_info;
	struct fang_group *group;
	struct fang_scope *scope;
	struct fang_rule *rule;
	const struct fang_ended *ended;
	bool implied;
	bool last;
	u64 from;
};

static void fang_raising_drop_rule(struct fang_raising *raising)
{
	if (raising->rule)
		fang_rule_put(raising->rule);
	raising->rule = NULL;
}

/* What to do about a want. */
enum fang_step {
	FANG_STEP_ON, /* to the next want, perhaps of the same group */
	FANG_STEP_PAST, /* past this group, which is content */
	FANG_STEP_ACT, /* tell or ask the group, or deny by raising->rule */
};

static __always_inline bool fang_is_remembered(const struct fang_raising *raising,
					       struct fang_group *group)
{
	if (!raising->memory ||
	    !fang_memory_allows(raising->memory, &group->fastpath, raising->occurrence.inode,
				FANG_BIT(raising->occurrence.kind)))
		return false;
	fang_stats_inc(group->stats, FANG_STAT_FASTPATH_HITS);
	return true;
}

/* Of a write: is it one that the group wants to hear of? */
static bool fang_is_wanted_write(const struct fang_raising *raising, const struct fang_group *group)
{
	if (READ_ONCE(group->write_events) == FANG_WRITES_STATE_CHANGE)
		return raising->ended && fang_ended_has(raising->ended, &group->fastpath);
	return !raising->implied;
}

static __always_inline bool fang_is_exempt(const struct fang_raising *raising,
					   struct fang_group *group)
{
	const struct fang_occurrence *occurrence = &raising->occurrence;
	const struct fang_rules *exemptions = rcu_dereference(group->exemptions_in_force);

	if (!fang_subject_is_exempt(&group->rank, fang_kind_is_blocking(occurrence->kind)) &&
	    !(exemptions &&
	      fang_rules_find(exemptions, FANG_BIT(occurrence->kind), occurrence->dentry)))
		return false;
	fang_stats_inc(group->stats, FANG_STAT_EXEMPTED);
	return true;
}

/* Act without a rule, as with one that says ask. */
static __always_inline enum fang_step fang_step_by_rule(struct fang_raising *raising,
							struct fang_group *group,
							const struct fang_rules *rules)
{
	const struct fang_occurrence *occurrence = &raising->occurrence;
	struct fang_rule *rule;

	rule = fang_rules_find(rules, FANG_BIT(occurrence->kind), occurrence->dentry);
	if (!rule || rule->respond == FANG_RULE_ASK)
		return FANG_STEP_ACT;
	if (rule->respond == FANG_ALLOW) {
		fang_stats_inc(group->stats, FANG_STAT_RULE_ALLOWED);
		return FANG_STEP_PAST;
	}
	/* One that is just being removed does not decide any more. */
	if (fang_rule_get(rule))
		raising->rule = rule;
	return FANG_STEP_ACT;
}

/*
 * In the order exemption, rule, fastpath. Where no rule is in force the fastpath
 * comes first: it says the same as what it overtakes, only sooner. Under RCU. @met: a
 * walk has met what the want hangs at.
 */
static __always_inline enum fang_step fang_want_step(const struct fang_want *want, bool met,
						     struct fang_group *group,
						     struct fang_raising *raising)
{
	const struct fang_occurrence *occurrence = &raising->occurrence;
	const struct fang_rules *rules = NULL;

	if (!(READ_ONCE(group->mask) & FANG_BIT(occurrence->kind)))
		return FANG_STEP_ON;
	if (occurrence->kind == FANG_WRITE && !fang_is_wanted_write(raising, group))
		return FANG_STEP_ON;
	if (fang_kind_is_blocking(occurrence->kind))
		rules = rcu_dereference(group->rules_in_force);
	if (!rules && fang_is_remembered(raising, group))
		return FANG_STEP_PAST;
	if (!fang_want_covers(want, met, occurrence->dentry))
		return FANG_STEP_ON;
	if (fang_is_exempt(raising, group))
		return FANG_STEP_PAST;
	if (!rules)
		return FANG_STEP_ACT;
	if (!fang_task_is_untouchable() &&
	    fang_step_by_rule(raising, group, rules) == FANG_STEP_PAST)
		return FANG_STEP_PAST;
	if (!raising->rule && fang_is_remembered(raising, group))
		return FANG_STEP_PAST;
	return FANG_STEP_ACT;
}

/* References for acting; false if the group or scope is just going away. */
static __always_inline bool fang_raising_hold(struct fang_raising *raising,
					      struct fang_group *group, struct fang_scope *scope)
{
	if (!fang_group_get(group))
		return false;
	if (!fang_scope_get(scope)) {
		fang_group_put(group);
		return false;
	}
	raising->group = group;
	raising->scope = scope;
	return true;
}

/* Under RCU: does this want's group have to be told or asked? Then with references. */
static __always_inline bool fang_raising_try(struct fang_raising *raising,
					     const struct fang_want *want, bool met)
{
	struct fang_group *group = READ_ONCE(want->group);
	enum fang_step step;
	bool found = false;

	if (!group || want->priority < raising->from)
		return false;
	step = fang_want_step(want, met, group, raising);
	if (step == FANG_STEP_ACT) {
		found = fang_raising_hold(raising, group, want->scope);
		if (!found)
			fang_raising_drop_rule(raising);
	}
	if (found || step == FANG_STEP_PAST)
		raising->from = (u64)want->priority + 1;
	return found;
}

static noinline bool fang_raising_next_among(struct fang_raising *raising,
					     const struct fang_plan *plan)
{
	const struct fang_occurrence *occurrence = &raising->occurrence;
	struct fang_pick pick FANG_FILLED_LATER;
	bool found = false;
	unsigned int i;

	fang_plan_pick(&pick, plan, raising->superblock, occurrence->kind, occurrence->dentry);
	for (i = 0; !found && i < pick.count; i++)
		found = fang_raising_try(raising, fang_pick_want(&pick, i), !pick.all);
	raising->last = i == pick.count;
	return found;
}

/* The next group that has to be told or asked, with references; false at the end. */
static __always_inline bool fang_raising_next(struct fang_raising *raising)
{
	u32 kind = raising->occurrence.kind;
	const struct fang_plan *plan;
	unsigned int wants;
	bool found = false;

	rcu_read_lock();
	plan = rcu_dereference(raising->superblock->plan);
	wants = plan ? plan->start[kind + 1] - plan->start[kind] : 0;
	raising->last = true;
	if (wants == 1)
		found = fang_raising_try(raising, &plan->want[plan->start[kind]], false);
	else if (wants)
		found = fang_raising_next_among(raising, plan);
	rcu_read_unlock();
	return found;
}

static void fang_raising_obtain_memory(struct fang_raising *raising, const struct fang_group *group)
{
	if (raising->obtained || !READ_ONCE(group->fastpath.max))
		return;
	if (raising->memory)
		raising->obtained = fang_inode_get(raising->memory);
	if (!raising->obtained)
		raising->obtained = fang_inode_obtain(raising->occurrence.inode);
	if (raising->obtained)
		raising->memory = &raising->obtained->memory;
}

static noinline int fang_raising_ask(struct fang_raising *raising)
{
	struct fang_group *group = raising->group;
	struct fang_scope *scope = raising->scope;
	int result;

	if (raising->rule) {
		result = fang_group_denies_by_rule(group, scope, &raising->occurrence,
						   raising->rule);
		fang_raising_drop_rule(raising);
		return result;
	}
	if (fang_group_decides(group, scope, &raising->occurrence, &result))
		return result;
	fang_raising_obtain_memory(raising, group);
	if (!fang_wait_begin(raising->iter_info)) {
		fang_stats_inc(group->stats, FANG_STAT_SCOPE_GONE);
		return 0;
	}
	result = fang_group_ask(group, scope, &raising->occurrence,
				raising->obtained ? &raising->obtained->memory : NULL);
	fang_wait_end(raising->iter_info);
	/* Only a memory with a reference is still there for certain. */
	raising->memory = raising->obtained ? &raising->obtained->memory : NULL;
	return result;
}

static int fang_raise(struct fang_raising *raising)
{
	bool blocking = fang_kind_is_blocking(raising->occurrence.kind);
	int result = 0;

	raising->obtained = NULL;
	raising->rule = NULL;
	raising->from = 0;
	while (!result && fang_raising_next(raising)) {
		trace_fang_raised(raising->group, raising->scope, &raising->occurrence);
		if (blocking)
			result = fang_raising_ask(raising);
		else
			fang_group_notify(raising->group, raising->scope, &raising->occurrence);
		fang_scope_put(raising->scope);
		fang_group_put(raising->group);
		/* After a wait the plan may be another by far. */
		if (raising->last && !blocking)
			break;
	}
	if (raising->obtained)
		fang_inode_put(raising->obtained);
	return result;
}

static __always_inline void fang_occurrence_take(struct fang_occurrence *occurrence,
						 const void *data, int data_type)
{
	const struct path *path = fsnotify_data_path(data, data_type);

	occurrence->path = path;
	occurrence->open_flags = fang_open_flags(path);
	occurrence->dentry = path ? path->dentry : fsnotify_data_dentry(data, data_type);
	occurrence->inode = path ? d_inode(path->dentry) : fsnotify_data_inode(data, data_type);
}

/* What fsnotify saw, as each of the kinds that it is. */
static noinline int fang_hear_kinds(u32 kinds, const void *data, int data_type,
				    struct fsnotify_iter_info *iter_info,
				    const struct fang_ended *ended)
{
	struct fsnotify_mark *on_inode = fsnotify_iter_mark(iter_info, FSNOTIFY_ITER_TYPE_INODE);
	struct fsnotify_mark *on_sb = fsnotify_iter_mark(iter_info, FSNOTIFY_ITER_TYPE_SB);
	struct fang_raising raising FANG_FILLED_LATER;
	int result = 0;

	/* Nobody is told of what is opened for a listener. */
	if (!on_sb || fang_opener_is_current())
		return 0;
	fang_occurrence_take(&raising.occurrence, data, data_type);
	if (!raising.occurrence.inode || !S_ISREG(raising.occurrence.inode->i_mode))
		return 0;
	raising.superblock = container_of(on_sb, struct fang_superblock, mark);
	raising.iter_info = iter_info;
	raising.ended = ended;
	raising.implied = !(kinds & FANG_BIT(FANG_WRITE));
	/* The last one that had it open for writing may have stored through a mapping. */
	if (ended && ended->count)
		kinds |= FANG_BIT(FANG_WRITE);
	for (; kinds && !result; kinds &= kinds - 1) {
		raising.occurrence.kind = __ffs(kinds);
		raising.memory =
			on_inode ? &container_of(on_inode, struct fang_inode, mark)->memory : NULL;
		result = fang_raise(&raising);
	}
	return result;
}

/* Only regular files have memories. */
static noinline int fang_hear_change(u32 events, const void *data, int data_type,
				     struct fsnotify_iter_info *iter_info)
{
	struct fsnotify_mark *on_inode = fsnotify_iter_mark(iter_info, FSNOTIFY_ITER_TYPE_INODE);
	struct fang_ended ended;

	ended.count = 0;
	fang_memory_changed(&container_of(on_inode, struct fang_inode, mark)->memory, &ended);
	return fang_hear_kinds(fang_mask_from_fsnotify(events), data, data_type, iter_info, &ended);
}

/* Of FS_OPEN_PERM or FS_ACCESS_PERM. */
static __always_inline u32 fang_access_of(u32 events)
{
	return events == FS_OPEN_PERM ? FANG_OPEN_ACCESS : FANG_READ_ACCESS;
}

/* Several groups want such an access somewhere on the file system. */
static noinline int fang_hear_among(u32 events, const void *data, int data_type,
				    struct fsnotify_iter_info *iter_info)
{
	const struct fsnotify_mark *on_inode =
		fsnotify_iter_mark(iter_info, FSNOTIFY_ITER_TYPE_INODE);
	const struct fsnotify_mark *on_sb = fsnotify_iter_mark(iter_info, FSNOTIFY_ITER_TYPE_SB);
	const struct dentry *dentry = fsnotify_data_dentry(data, data_type);

	if (dentry && fang_plan_allows(container_of(on_sb, struct fang_superblock, mark),
				       &container_of(on_inode, struct fang_inode, mark)->memory,
				       dentry, fang_access_of(events)))
		return 0;
	return fang_hear_kinds(FANG_BIT(fang_access_of(events)), data, data_type, iter_info, NULL);
}

/*
 * The shortest way comes first: one group wants the access, and remembers to allow it.
 * Where it answers the long one would answer the same. It calls nothing, so that few
 * registers have to be saved.
 */
static int fang_hear(struct fsnotify_group *fsnotify_group, u32 events, const void *data,
		     int data_type, struct inode *dir, const struct qstr *file_name, u32 cookie,
		     struct fsnotify_iter_info *iter_info)
{
	const struct fsnotify_mark *on_inode =
		fsnotify_iter_mark(iter_info, FSNOTIFY_ITER_TYPE_INODE);
	const struct fsnotify_mark *on_sb = fsnotify_iter_mark(iter_info, FSNOTIFY_ITER_TYPE_SB);

	if (on_inode && on_sb && (events == FS_OPEN_PERM || events == FS_ACCESS_PERM)) {
		const struct fang_superblock *superblock =
			container_of(on_sb, struct fang_superblock, mark);
		const struct fang_memory *memory =
			&container_of(on_inode, struct fang_inode, mark)->memory;
		u32 kind = fang_access_of(events);
		const struct fang_group *group;
		const struct fang_plan *plan;
		bool allows;

		/* This flavour of RCU is inline. */
		rcu_read_lock_sched();
		plan = rcu_dereference_sched(superblock->plan);
		group = plan ? READ_ONCE(plan->only[kind]) : NULL;
		allows = group && fang_group_may_allow_at_once(group, FANG_BIT(kind)) &&
			 fang_memory_first_allows(memory, &group->fastpath,
						  fsnotify_data_inode(data, data_type),
						  FANG_BIT(kind));
		if (allows)
			fang_stats_inc(group->stats, FANG_STAT_FASTPATH_HITS);
		rcu_read_unlock_sched();
		if (allows)
			return 0;
		if (!group)
			return fang_hear_among(events, data, data_type, iter_info);
		return fang_hear_kinds(FANG_BIT(kind), data, data_type, iter_info, NULL);
	}
	if (on_inode && (events & (FS_MODIFY | FS_CLOSE_WRITE)))
		return fang_hear_change(events, data, data_type, iter_info);
	return fang_hear_kinds(fang_mask_from_fsnotify(events), data, data_type, iter_info, NULL);
}

/* Our ear has marks of two shapes; the connector tells which. */
static bool fang_mark_is_on_inode(const struct fsnotify_mark *mark)
{
	return mark->flags & FANG_MARK_EVICTABLE;
}

static void fang_ear_freeing(struct fsnotify_mark *mark, struct fsnotify_group *group)
{
	if (!fang_mark_is_on_inode(mark))
		fang_superblock_freeing(container_of(mark, struct fang_superblock, mark));
}

static void fang_ear_free(struct fsnotify_mark *mark)
{
	if (fang_mark_is_on_inode(mark))
		fang_inode_free(container_of(mark, struct fang_inode, mark));
	else
		fang_superblock_free(container_of(mark, struct fang_superblock, mark));
	fang_mark_died(fang_ear);
}

static const struct fsnotify_ops ear_fsnotify_ops = {
	.handle_event = fang_hear,
	.freeing_mark = fang_ear_freeing,
	.free_mark = fang_ear_free,
};

int fang_dispatch_init(void)
{
	int error;

	fang_ear = fsnotify_alloc_group(&ear_fsnotify_ops, FANG_GROUP_NOFS);
	if (IS_ERR(fang_ear))
		return PTR_ERR(fang_ear);
	/* Before the first mark: permission events may go by the highest priority. */
	fang_ear->priority = FANG_PRIORITY_CONTENT;
	error = fang_anchorage_init();
	if (error) {
		fsnotify_put_group(fang_ear);
		return error;
	}
	fang_wait_init();
	fang_target_set_anchor_ops(&fang_anchor_ops);
	fang_group_set_hearing_ops(&fang_hearing_ops);
	return 0;
}

/* Memories of inodes are all that can be left: groups and scopes are gone. */
static struct fsnotify_mark *fang_any_mark(void)
{
	struct fsnotify_mark *mark;

	fsnotify_group_lock(fang_ear);
	mark = list_first_entry_or_null(&fang_ear->marks_list, struct fsnotify_mark, g_list);
	if (mark)
		refcount_inc(&mark->refcnt);
	fsnotify_group_unlock(fang_ear);
	return mark;
}

static void fang_destroy_marks(void)
{
	struct fsnotify_mark *mark;

	while ((mark = fang_any_mark())) {
		fsnotify_destroy_mark(mark, fang_ear);
		fsnotify_put_mark(mark);
		cond_resched();
	}
	fsnotify_wait_marks_destroyed();
}

/*
 * A task in our code is inside fsnotify's SRCU section, or waits and pins our mark
 * on the file system until it is inside again. A mark is freed only after its last
 * pin and a grace period; so when all are freed, no such task is left. Until then
 * one of them may still put a mark on its inode.
 *
 * A mark that somebody else pins dies later than it was destroyed. And the last to
 * die still runs our code when it is counted: hence once more at the end.
 */
void fang_dispatch_stop(void)
{
	fang_destroy_marks();
	while (atomic_read(&ear_marks)) {
		msleep(FANG_UNLOAD_POLL_MS);
		fang_destroy_marks();
	}
	fsnotify_wait_marks_destroyed();
}

/* Anchors are destroyed by those that have them. */
void fang_dispatch_exit(void)
{
	fsnotify_wait_marks_destroyed();
	while (atomic_read(&anchor_marks)) {
		msleep(FANG_UNLOAD_POLL_MS);
		fsnotify_wait_marks_destroyed();
	}
	fsnotify_wait_marks_destroyed();
	fsnotify_put_group(fang_anchorage);
	fsnotify_put_group(fang_ear);
}
