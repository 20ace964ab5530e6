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
 * group outlives the items below it.
 *
 * A request lives on its waiter's stack (request.h). Listeners and responders
 * find it in lists and in the table, under the group lock, and use it only under
 * the lock; what they need afterwards (event, path) they take references to.
 * The waiter holds a reference to the group and to the event.
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
#include "listener.h"
#include "work.h"

DEFINE_MUTEX(fang_config_mutex);
LIST_HEAD(fang_groups);
bool fang_enforce = true;
bool fang_waits_outside_srcu;

static const struct fang_hearing_ops *hearing;
static const struct fang_node_ops *nodes;

/* One counter for records of all groups; 0 is never used. */
static atomic64_t last_id;

static u64 fang_next_id(void)
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

static void fang_group_release_paths(struct work_struct *work);

static void fang_group_set_defaults(struct fang_group *group)
{
	group->report = FANG_REPORT_PATH;
	group->timeout_ms = FANG_TIMEOUT_MS_DEFAULT;
	group->max_extensions = FANG_EXTENSIONS_DEFAULT;
	group->max_deliveries = FANG_DELIVERIES_DEFAULT;
	group->queue_max = FANG_QUEUE_DEFAULT;
	group->queue_bytes = FANG_QUEUE_BYTES_DEFAULT;
	group->access_max = FANG_ACCESS_DEFAULT;
	if (!fang_waits_outside_srcu) {
		group->timeout_ms = FANG_TIMEOUT_MS_INSIDE_SRCU;
		group->max_extensions = 0;
	}
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
	error = fang_fastpath_init(&group->fastpath);
	if (error)
		goto destroy_queue;

	error = nodes->create(group);
	if (error)
		goto destroy_fastpath;

	mutex_lock(&fang_config_mutex);
	list_add_tail(&group->link, &fang_groups);
	mutex_unlock(&fang_config_mutex);
	return group;

destroy_fastpath:
	fang_fastpath_destroy(&group->fastpath);
destroy_queue:
	fang_queue_destroy(&group->queue);
free_stats:
	free_percpu(group->stats);
free_group:
	kfree(group);
	return ERR_PTR(error);
}

bool fang_group_get(struct fang_group *group)
{
	return refcount_inc_not_zero(&group->refs);
}

static void fang_group_free(struct work_struct *work)
{
	struct fang_group *group = container_of(to_rcu_work(work), struct fang_group, free_work);

	cancel_delayed_work_sync(&group->hold_work);
	fang_queue_destroy(&group->queue);
	free_percpu(group->stats);
	kfree(group);
}

void fang_group_put(struct fang_group *group)
{
	if (!refcount_dec_and_test(&group->refs))
		return;
	fang_fastpath_destroy(&group->fastpath);
	INIT_RCU_WORK(&group->free_work, fang_group_free);
	queue_rcu_work(fang_workqueue, &group->free_work);
}

void fang_group_remove(struct fang_group *group)
{
	LIST_HEAD(dropped);

	mutex_lock(&fang_config_mutex);
	list_del_init(&group->link);
	mutex_unlock(&fang_config_mutex);
	nodes->remove(group);

	fang_group_lock(group);
	group->removed = true;
	fang_queue_drop(&group->queue, &dropped);
	fang_group_unlock(group);
	wake_up_all(&group->readers);
	fang_queue_free_dropped(&dropped);
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
		fang_group_warn_of_waits(group);
	return error;
}

void fang_group_disable(struct fang_group *group)
{
	struct fang_scope *scope;

	lockdep_assert_held(&fang_config_mutex);
	fang_group_lock(group);
	group->enabled = false;
	fang_group_set_blocking(group);
	fang_group_settle_abandoned(group);
	fang_group_unlock(group);
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

static struct fang_event *fang_group_event(struct fang_group *group, struct fang_scope *scope,
					   const struct fang_occurrence *occurrence)
{
	const struct dentry *dentry = occurrence->dentry;
	bool wanted = dentry && (READ_ONCE(group->report) & FANG_REPORT_PATH);
	size_t size = 0;
	size_t used = 0;
	int tries = FANG_PATH_TRIES;
	struct fang_event *event;
	u16 flags = 0;

	if (wanted)
		size = min_t(size_t, fang_scope_path(scope, dentry, NULL, 0, &flags),
			     FANG_PATH_TEXT_MAX);
	for (;;) {
		event = fang_event_create(occurrence->kind, occurrence->inode,
					  occurrence->open_flags, size);
		if (!event || !wanted)
			return event;
		used = fang_scope_path(scope, dentry, event->text, size, &flags);
		if (used <= size || size == FANG_PATH_TEXT_MAX || !--tries)
			break;
		/* Renamed to something longer meanwhile. */
		fang_event_put(event);
		size = min_t(size_t, used, FANG_PATH_TEXT_MAX);
	}
	event->flags = flags;
	event->text_start = size - min(used, size);
	return event;
}

static void fang_group_lose(struct fang_group *group)
{
	fang_group_lock(group);
	if (group->joined)
		fang_queue_lose(&group->queue, 1, fang_next_id(), ktime_get_boottime_ns());
	fang_group_unlock(group);
	fang_stats_inc(group->stats, FANG_STAT_LOST);
	wake_up_interruptible(&group->readers);
}

static bool fang_group_has_room(const struct fang_group *group, const struct fang_event *event)
{
	return group->queue.count < READ_ONCE(group->queue_max) &&
	       group->queue.bytes + event->size <= READ_ONCE(group->queue_bytes);
}

void fang_group_notify(struct fang_group *group, struct fang_scope *scope,
		       const struct fang_occurrence *occurrence)
{
	struct fang_event *event;
	bool wanted, queued = false;

	if (!READ_ONCE(group->joined))
		return;
	event = fang_group_event(group, scope, occurrence);
	if (!event) {
		fang_group_lose(group);
		return;
	}
	if ((READ_ONCE(group->report) & FANG_REPORT_FD) && occurrence->path) {
		event->path = *occurrence->path;
		path_get(&event->path);
		/* Never 0, which means that there was no path. */
		event->held_since = jiffies | 1;
	}

	fang_group_lock(group);
	wanted = group->enabled && group->joined;
	if (wanted && fang_group_has_room(group, event)) {
		event->id = fang_next_id();
		fang_queue_add(&group->queue, event);
		queued = true;
		if (event->path.dentry)
			queue_delayed_work(fang_workqueue, &group->hold_work,
					   msecs_to_jiffies(FANG_HOLD_MS));
	}
	fang_group_unlock(group);

	if (queued) {
		fang_stats_inc(group->stats, FANG_STAT_QUEUED);
		wake_up_interruptible(&group->readers);
		return;
	}
	fang_event_put(event);
	if (wanted)
		fang_group_lose(group);
}

/* Paths whose time is over are taken out in turn, because path_put() sleeps. */
static bool fang_group_release_path(struct fang_group *group, unsigned long *next)
{
	unsigned long held = msecs_to_jiffies(FANG_HOLD_MS);
	struct path path = {};
	struct fang_event *event;

	*next = 0;
	fang_group_lock(group);
	list_for_each_entry(event, &group->queue.events, link) {
		if (!event->path.dentry)
			continue;
		if (time_before(jiffies, event->held_since + held)) {
			*next = max_t(unsigned long, event->held_since + held - jiffies, 1);
			break;
		}
		swap(path, event->path);
		break;
	}
	fang_group_unlock(group);
	path_put(&path);
	return path.dentry;
}

static void fang_group_release_paths(struct work_struct *work)
{
	struct fang_group *group =
		container_of(to_delayed_work(work), struct fang_group, hold_work);
	unsigned long next;

	while (fang_group_release_path(group, &next))
		cond_resched();
	if (next)
		queue_delayed_work(fang_workqueue, &group->hold_work, next);
}

/* What the default says, after permissive has had its say. */
static int fang_group_result(struct fang_group *group, bool deny)
{
	if (!deny)
		return 0;
	if (!READ_ONCE(group->permissive))
		return -EPERM;
	fang_stats_inc(group->stats, FANG_STAT_WOULD_DENY);
	return 0;
}

static int fang_group_default(struct fang_group *group, enum fang_stat stat, u32 on)
{
	fang_stats_inc(group->stats, stat);
	return fang_group_result(group, on == FANG_DEFAULT_DENY);
}

bool fang_group_decides(struct fang_group *group, int *result)
{
	u32 on_no_listener = READ_ONCE(group->on_no_listener);

	if (!READ_ONCE(fang_enforce)) {
		fang_stats_inc(group->stats, FANG_STAT_NOT_ENFORCED);
		*result = 0;
		return true;
	}
	if (!fang_task_can_wait()) {
		u32 on = fang_task_is_untouchable() ? FANG_DEFAULT_ALLOW :
						      READ_ONCE(group->on_cannot_wait);

		*result = fang_group_default(group, FANG_STAT_NOT_WAITED, on);
		return true;
	}
	if (!READ_ONCE(group->joined) && on_no_listener != FANG_DEFAULT_WAIT) {
		*result = fang_group_default(group, FANG_STAT_NO_LISTENER, on_no_listener);
		return true;
	}
	return false;
}

void fang_group_settle(struct fang_group *group, struct fang_request *request,
		       enum fang_outcome outcome, bool deny)
{
	BUILD_BUG_ON(FANG_STAT_INTERRUPTED - FANG_STAT_ALLOWED != FANG_OUTCOME_INTERRUPTED);
	fang_request_settle(&group->requests, request, outcome, deny);
	fang_stats_inc(group->stats, FANG_STAT_SETTLED);
	fang_stats_inc(group->stats, FANG_STAT_ALLOWED + outcome);
}

void fang_group_settle_abandoned(struct fang_group *group)
{
	bool deny = READ_ONCE(group->on_no_listener) == FANG_DEFAULT_DENY;
	struct fang_request *request, *next;

	list_for_each_entry_safe(request, next, &group->requests.all, all)
		fang_group_settle(group, request, FANG_OUTCOME_ABANDONED, deny);
}

static u64 fang_timeout_ns(const struct fang_group *group)
{
	return (u64)READ_ONCE(group->timeout_ms) * NSEC_PER_MSEC;
}

/* Put the request on the list, unless the settings decide after all. */
static bool fang_group_queue_request(struct fang_group *group, struct fang_request *request,
				     int *result)
{
	u32 on_no_listener = READ_ONCE(group->on_no_listener);
	bool queued = false;

	*result = 0;
	fang_group_lock(group);
	if (!group->enabled)
		goto unlock;
	if (!group->joined && on_no_listener != FANG_DEFAULT_WAIT) {
		*result = fang_group_default(group, FANG_STAT_NO_LISTENER, on_no_listener);
		goto unlock;
	}
	if (group->requests.open >= READ_ONCE(group->access_max)) {
		*result = fang_group_default(group, FANG_STAT_ACCESS_OVERFLOW,
					     READ_ONCE(group->on_overflow));
		goto unlock;
	}
	request->event->id = fang_next_id();
	request->deadline_ns = ktime_get_ns() + fang_timeout_ns(group);
	fang_request_queue(&group->requests, request);
	fang_stats_inc(group->stats, FANG_STAT_ASKED);
	queued = true;
unlock:
	fang_group_unlock(group);
	if (queued)
		wake_up_interruptible(&group->readers);
	return queued;
}

static bool fang_request_is_settled(const struct fang_request *request)
{
	return READ_ONCE(request->state) == FANG_REQUEST_SETTLED;
}

/* How long to sleep: to the deadline, but look at the listeners in between. */
static long fang_request_slice(const struct fang_request *request)
{
	u64 deadline = READ_ONCE(request->deadline_ns);
	u64 now = ktime_get_ns();
	u64 left = deadline > now ? deadline - now : 0;

	return min_t(u64, nsecs_to_jiffies64(left) + 1, msecs_to_jiffies(FANG_LIVENESS_MS));
}

/*
 * Settle what the waiter itself can settle. Takes the lock in any case: whoever
 * settled the request may still be waking us.
 */
static bool fang_group_look_after(struct fang_group *group, struct fang_request *request,
				  bool killed)
{
	LIST_HEAD(dropped);
	bool settled;

	fang_group_lock(group);
	if (!fang_request_is_settled(request)) {
		if (killed)
			fang_group_settle(group, request, FANG_OUTCOME_INTERRUPTED, true);
		else if (!READ_ONCE(fang_enforce))
			fang_group_settle(group, request, FANG_OUTCOME_ABANDONED, false);
		else if (ktime_get_ns() >= request->deadline_ns)
			fang_group_settle(group, request, FANG_OUTCOME_TIMED_OUT,
					  READ_ONCE(group->on_timeout) == FANG_DEFAULT_DENY);
		else
			fang_listeners_check(group, &dropped);
	}
	settled = fang_request_is_settled(request);
	fang_group_unlock(group);
	fang_queue_free_dropped(&dropped);
	return settled;
}

int fang_group_ask(struct fang_group *group, struct fang_scope *scope,
		   const struct fang_occurrence *occurrence, struct fang_memory *memory)
{
	struct fang_request request;
	int result;
	long woken;

	fang_request_init(&request);
	request.inode = occurrence->inode;
	request.path = occurrence->path;
	request.memory = memory;
	if (memory)
		request.memo = fang_memo_take(&group->fastpath, memory, request.inode);
	request.event = fang_group_event(group, scope, occurrence);
	if (!request.event)
		return fang_group_default(group, FANG_STAT_ACCESS_OVERFLOW,
					  READ_ONCE(group->on_overflow));

	if (fang_group_queue_request(group, &request, &result)) {
		do {
			woken = wait_event_killable_timeout(request.wait,
							    fang_request_is_settled(&request),
							    fang_request_slice(&request));
		} while (!fang_group_look_after(group, &request, woken < 0));
		result = request.outcome == FANG_OUTCOME_INTERRUPTED ?
				 -EINTR :
				 fang_group_result(group, request.deny);
	}
	fang_event_put(request.event);
	return result;
}

static int fang_response_check(const struct fang_response *response, bool privileged)
{
	u32 known = FANG_FASTPATH | FANG_SURVIVE;

	if (response->response < FANG_ALLOW || response->response > FANG_MORE_TIME ||
	    (response->flags & ~known) || (response->kinds & ~FANG_ALL_KINDS) || response->result ||
	    response->zero)
		return -EINVAL;
	if ((response->flags & FANG_FASTPATH) && response->response != FANG_ALLOW)
		return -EINVAL;
	if (!(response->flags & FANG_FASTPATH) && (response->flags || response->kinds))
		return -EINVAL;
	if ((response->flags & FANG_FASTPATH) && !privileged)
		return -EPERM;
	return 0;
}

static void fang_group_remember(struct fang_group *group, struct fang_request *request,
				const struct fang_response *response)
{
	u32 kinds = response->kinds ?: FANG_BIT(request->event->kind);
	int error = -EOPNOTSUPP;

	if (response->flags & FANG_SURVIVE)
		kinds |= FANG_ENTRY_SURVIVE;
	if (request->memory)
		error = fang_memory_add(request->memory, &group->fastpath, request->inode, kinds,
					&request->memo);
	fang_stats_inc(group->stats, error ? FANG_STAT_FASTPATH_REFUSED : FANG_STAT_FASTPATH_ADDED);
}

int fang_group_respond(struct fang_group *group, const struct fang_response *response,
		       bool privileged)
{
	struct fang_request *request;
	int error = fang_response_check(response, privileged);

	if (error)
		return error;
	fang_group_lock(group);
	request = fang_request_find(&group->requests, response->id);
	if (!request) {
		error = -ENOENT;
	} else if (response->response == FANG_MORE_TIME) {
		error = fang_request_extend(&group->requests, request, READ_ONCE(group->timeout_ms),
					    READ_ONCE(group->max_extensions));
		if (!error)
			fang_stats_inc(group->stats, FANG_STAT_EXTENDED);
	} else {
		bool deny = response->response == FANG_DENY;

		if (response->flags & FANG_FASTPATH)
			fang_group_remember(group, request, response);
		fang_group_settle(group, request, deny ? FANG_OUTCOME_DENIED : FANG_OUTCOME_ALLOWED,
				  deny);
	}
	fang_group_unlock(group);
	return error;
}

/* Room for the last line, which tells what was left out. */
#define FANG_PENDING_REST 32

static size_t fang_request_show(const struct fang_request *request, u64 now, char *text,
				size_t size)
{
	const struct fang_listener *holder = request->holder;
	const struct fang_event *event = request->event;
	char held_by[12] = "-";

	if (holder)
		snprintf(held_by, sizeof(held_by), "%d", pid_vnr(holder->process));
	return scnprintf(text, size, "%llu %s %d %llu %s\n", event->id,
			 fang_word_of(&fang_kind_words, FANG_BIT(event->kind)),
			 pid_vnr(event->thread), (now - event->time_ns) / NSEC_PER_MSEC, held_by);
}

ssize_t fang_group_show_pending(struct fang_group *group, char *text, size_t size)
{
	const struct fang_request *request;
	u64 now;
	size_t shown = 0;
	u32 lines = 0;

	fang_group_lock(group);
	now = ktime_get_boottime_ns();
	list_for_each_entry(request, &group->requests.all, all) {
		char line[96];
		size_t length = fang_request_show(request, now, line, sizeof(line));

		if (shown + length + FANG_PENDING_REST > size)
			break;
		memcpy(text + shown, line, length);
		shown += length;
		lines++;
	}
	if (lines < group->requests.open)
		shown += scnprintf(text + shown, size - shown, "... and %u more\n",
				   group->requests.open - lines);
	fang_group_unlock(group);
	return shown;
}
