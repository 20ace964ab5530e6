// SPDX-License-Identifier: GPL-2.0-only
/*
 * A group.
 *
 * Locks, outermost first:
 *
 * fang_config_mutex	every change of groups, scopes and what is heard. Taken
 *			in configfs callbacks only; never while a path is
 *			resolved, never by a task that raises an event, and
 *			nothing waits for a listener under it.
 * group lock		(requests.lock, a spinlock) queue, requests, listeners.
 * memory lock		entries of one inode.
 * fastpath lock	count and key of one group.
 *
 * Lifetimes:
 *
 * A group is referred to by its configfs item, by each open of its device node,
 * and by dispatch while it raises one event. Dispatch finds it through plans
 * that hold no reference, under RCU; the group is taken out of every plan when
 * it is disabled, which configfs demands before rmdir, and freed an RCU grace
 * period after the last reference.
 *
 * A scope is referred to by its configfs item and by dispatch while it raises
 * one event; found and freed likewise. It points to its group without a
 * reference: whoever uses that pointer comes from configfs, whose item for the
 * group outlives the items below it. An access may wait with its scope long after
 * that was disabled, so type and path of a scope never change: its item gets another
 * scope, which shares what the write did not change.
 *
 * A rule or exemption is like a scope: found in a table under RCU, which is
 * replaced or has it cleared before its item goes, and referred to by dispatch
 * only while its deny is acted upon, for its name. So its conditions are used under
 * RCU alone, and change once it is disabled and a grace period is over, as do its
 * other settings. Its anchors are let go with it.
 *
 * A denial keeps its event, until a hundred newer ones have come or the group is
 * freed; the event holds pids, never a path.
 *
 * A request lives on its waiter's stack (request.h). Listeners and responders
 * find it in lists and in the table, under the group lock, and use it only under
 * the lock; what they need afterwards (event, path) they take references to.
 * The waiter holds a reference to the group and to the event. An event that tells
 * no more than all do is in the request itself, and is copied under the lock.
 *
 * An outstanding write record (writes.h) is the group's until it is cleared, its
 * listener goes or the group is disabled. It is found under RCU, and names its
 * file by number.
 *
 * A queued event is the queue's; whoever takes it out owns it. It holds pids, and
 * a path only if descriptors are reported, and that at most FANG_HOLD_MS.
 *
 * A waiter holds nothing but these references: see dispatch_wait.c for what is
 * released before it sleeps.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/moduleparam.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "group.h"
#include "group_internal.h"
#include "listener.h"
#include "work.h"

DEFINE_MUTEX(fang_config_mutex);
LIST_HEAD(fang_groups);
bool fang_enforce = true;
bool fang_waits_outside_srcu;

static const struct fang_hearing_ops *hearing;
static const struct fang_node_ops *nodes;
static const struct fang_list_ops *lists;

/* One counter for records of all groups; 0 is never used. */
static atomic64_t last_id;

u64 fang_next_id(void)
{
	return atomic64_inc_return(&last_id);
}

void fang_group_set_hearing_ops(const struct fang_hearing_ops *ops)
{
	hearing = ops;
}

void fang_group_set_node_ops(const struct fang_node_ops *ops)
{
	nodes = ops;
}

void fang_group_set_list_ops(const struct fang_list_ops *ops)
{
	lists = ops;
}

static void fang_group_set_defaults(struct fang_group *group)
{
	group->report = FANG_REPORT_PATH;
	group->timeout_ms = FANG_TIMEOUT_MS_DEFAULT;
	group->max_extensions = FANG_EXTENSIONS_DEFAULT;
	group->max_deliveries = FANG_DELIVERIES_DEFAULT;
	group->max_timeouts = FANG_TIMEOUTS_DEFAULT;
	group->queue_max = FANG_QUEUE_DEFAULT;
	group->queue_bytes = FANG_QUEUE_BYTES_DEFAULT;
	group->access_max = FANG_ACCESS_DEFAULT;
	if (!fang_waits_outside_srcu) {
		group->timeout_ms = FANG_TIMEOUT_MS_INSIDE_SRCU;
		group->max_extensions = 0;
	}
}

/* Nothing comes any more to those that have it open. */
static void fang_group_end(struct fang_group *group)
{
	LIST_HEAD(dropped);

	fang_group_lock(group);
	group->removed = true;
	fang_queue_drop(&group->queue, &dropped);
	fang_group_unlock(group);
	wake_up_all(&group->readers);
	fang_queue_free_dropped(&dropped);
}

struct fang_group *fang_group_create(const char *name)
{
	struct fang_group *group = kzalloc(sizeof(*group), GFP_KERNEL_ACCOUNT);
	int error = -ENOMEM;

	if (!group)
		return ERR_PTR(-ENOMEM);
	refcount_set(&group->refs, 1);
	strscpy(group->name, name, sizeof(group->name));
	INIT_LIST_HEAD(&group->link);
	INIT_LIST_HEAD(&group->scopes);
	INIT_LIST_HEAD(&group->rules);
	INIT_LIST_HEAD(&group->exemptions);
	INIT_LIST_HEAD(&group->listeners);
	init_waitqueue_head(&group->readers);
	INIT_DELAYED_WORK(&group->hold_work, fang_group_release_paths);
	fang_requests_init(&group->requests);
	fang_group_set_defaults(group);

	group->stats = alloc_percpu(struct fang_stats);
	if (!group->stats)
		goto free_group;
	error = fang_queue_init(&group->queue, &group->requests.lock);
	if (error)
		goto free_stats;
	error = fang_writes_init(&group->writes, &group->requests.lock);
	if (error)
		goto destroy_queue;
	error = fang_fastpath_init(&group->fastpath);
	if (error)
		goto destroy_writes;

	error = nodes->create(group);
	if (error)
		goto put_group;
	lists->add(group);

	mutex_lock(&fang_config_mutex);
	list_add_tail(&group->link, &fang_groups);
	mutex_unlock(&fang_config_mutex);
	return group;

put_group:
	/* Its minor was there for a moment, by which somebody may have opened it. */
	fang_group_end(group);
	fang_group_put(group);
	return ERR_PTR(error);
destroy_writes:
	fang_writes_destroy(&group->writes);
destroy_queue:
	fang_queue_destroy(&group->queue);
free_stats:
	free_percpu(group->stats);
free_group:
	kfree(group);
	return ERR_PTR(error);
}

static void fang_group_forget_late(struct fang_group *group)
{
	unsigned int i;

	for (i = 0; i < FANG_LATE_TASKS; i++)
		put_pid(group->late[i].thread);
}

static void fang_group_free(struct work_struct *work)
{
	struct fang_group *group = container_of(to_rcu_work(work), struct fang_group, free_work);

	cancel_delayed_work_sync(&group->hold_work);
	fang_queue_destroy(&group->queue);
	fang_writes_destroy(&group->writes);
	fang_group_forget_late(group);
	fang_denials_free(group);
	fang_rules_free(&group->rules_in_force);
	fang_rules_free(&group->exemptions_in_force);
	free_percpu(group->stats);
	kfree(group);
}

void fang_group_release(struct fang_group *group)
{
	fang_fastpath_destroy(&group->fastpath);
	INIT_RCU_WORK(&group->free_work, fang_group_free);
	queue_rcu_work(fang_workqueue, &group->free_work);
}

void fang_group_remove(struct fang_group *group)
{
	mutex_lock(&fang_config_mutex);
	list_del_init(&group->link);
	mutex_unlock(&fang_config_mutex);
	lists->remove(group);
	nodes->remove(group);
	fang_group_end(group);
}

u64 fang_group_max_wait_ms(const struct fang_group *group)
{
	return (u64)READ_ONCE(group->timeout_ms) * (1 + (u64)READ_ONCE(group->max_extensions));
}

static int fang_group_check(const struct fang_group *group)
{
	const struct fang_group *other;

	lockdep_assert_held(&fang_config_mutex);
	if (!group->priority_set || !group->mask)
		return -EINVAL;
	list_for_each_entry(other, &fang_groups, link)
		if (other->enabled && other->rank.priority == group->rank.priority)
			return -EEXIST;
	return 0;
}

static void fang_group_set_blocking(struct fang_group *group)
{
	WRITE_ONCE(group->rank.blocking, group->enabled && (group->mask & FANG_BLOCKING));
}

static void fang_group_warn_of_waits(const struct fang_group *group)
{
	u64 max_wait_ms = fang_group_max_wait_ms(group);

	if (group->rank.blocking && max_wait_ms > FANG_WAIT_WARN_MS)
		pr_warn("fang: group %s may hold up an access for %llu s (timeout_ms x (1 + max_extensions))\n",
			group->name, max_wait_ms / MSEC_PER_SEC);
}

static void fang_group_started(struct fang_group *group)
{
	fang_group_lock(group);
	fang_listeners_tell_state(group, FANG_STATE_ENABLED);
	fang_group_unlock(group);
	fang_group_warn_of_waits(group);
}

int fang_group_enable(struct fang_group *group)
{
	int error = fang_group_check(group);

	if (error)
		return error;
	fang_group_lock(group);
	group->enabled = true;
	fang_group_set_blocking(group);
	fang_group_unlock(group);
	error = hearing->cover(group);
	if (error)
		fang_group_disable(group);
	else
		fang_group_started(group);
	return error;
}

void fang_group_disable(struct fang_group *group)
{
	struct fang_scope *scope;
	LIST_HEAD(dropped);

	lockdep_assert_held(&fang_config_mutex);
	fang_group_lock(group);
	group->enabled = false;
	fang_group_set_blocking(group);
	fang_group_settle_abandoned(group);
	fang_group_clear_for(group, NULL, &dropped);
	fang_group_restart(group);
	fang_listeners_tell_state(group, FANG_STATE_DISABLED);
	fang_group_unlock(group);
	fang_queue_free_dropped(&dropped);
	list_for_each_entry(scope, &group->scopes, link)
		hearing->leave(scope);
	fang_fastpath_flush(&group->fastpath);
}

int fang_group_set_mask(struct fang_group *group, u32 mask)
{
	u32 old = group->mask;
	int error = 0;

	lockdep_assert_held(&fang_config_mutex);
	if (group->enabled && !mask)
		return -EINVAL;
	if (mask == old)
		return 0;
	WRITE_ONCE(group->mask, mask);
	fang_group_set_blocking(group);
	if (group->enabled)
		error = hearing->cover(group);
	if (error) {
		WRITE_ONCE(group->mask, old);
		fang_group_set_blocking(group);
		return error;
	}
	fang_fastpath_flush(&group->fastpath);
	return 0;
}

int fang_scope_enable(struct fang_scope *scope)
{
	int error;

	lockdep_assert_held(&fang_config_mutex);
	error = fang_scope_check(scope);
	if (!error)
		error = hearing->accepts(scope);
	if (error)
		return error;
	scope->enabled = true;
	if (scope->group->enabled)
		error = hearing->cover(scope->group);
	if (error)
		fang_scope_disable(scope);
	else
		fang_fastpath_flush(&scope->group->fastpath);
	return error;
}

void fang_scope_disable(struct fang_scope *scope)
{
	lockdep_assert_held(&fang_config_mutex);
	scope->enabled = false;
	hearing->leave(scope);
	fang_fastpath_flush(&scope->group->fastpath);
}

/* An exemption is of no set: it is in force whenever it is enabled. */
static int fang_group_publish(struct fang_group *group, const struct fang_rule *rule)
{
	if (rule->is_exemption)
		return fang_rules_publish(&group->exemptions_in_force, &group->exemptions, 0);
	return fang_rules_publish(&group->rules_in_force, &group->rules, group->active_set);
}

static int fang_rule_check(const struct fang_rule *rule)
{
	if (rule->is_exemption)
		return rule->condition[0].type == FANG_CONDITION_UNSET ? -EINVAL : 0;
	return rule->respond_set ? 0 : -EINVAL;
}

int fang_rule_enable(struct fang_rule *rule)
{
	int error = fang_rule_check(rule);

	lockdep_assert_held(&fang_config_mutex);
	if (error)
		return error;
	rule->enabled = true;
	error = fang_group_publish(rule->group, rule);
	if (error)
		rule->enabled = false;
	else
		fang_fastpath_flush(&rule->group->fastpath);
	return error;
}

void fang_rule_disable(struct fang_rule *rule)
{
	struct fang_group *group = rule->group;

	lockdep_assert_held(&fang_config_mutex);
	rule->enabled = false;
	fang_rules_end(rule->is_exemption ? &group->exemptions_in_force : &group->rules_in_force,
		       rule);
	fang_fastpath_flush(&group->fastpath);
}

int fang_group_set_active_set(struct fang_group *group, u32 set)
{
	int error;

	lockdep_assert_held(&fang_config_mutex);
	error = fang_rules_publish(&group->rules_in_force, &group->rules, set);
	if (error)
		return error;
	WRITE_ONCE(group->active_set, set);
	fang_fastpath_flush(&group->fastpath);
	return 0;
}

int fang_group_remember_inode(struct fang_group *group, struct inode *inode, u32 kinds)
{
	int error = hearing->remember(group, inode, kinds);

	if (!error)
		fang_stats_inc(group->stats, FANG_STAT_FASTPATH_ADDED);
	return error;
}

int fang_group_forget_inode(struct fang_group *group, struct inode *inode)
{
	return hearing->forget(group, inode);
}

void fang_inode_was_opened_for_writing(struct inode *inode)
{
	hearing->modified(inode);
}
