// SPDX-License-Identifier: GPL-2.0-only
/*
 * Access requests of a group: who decides, and how long one waits for that.
 *
 * The order: the settings (enforce, a task that cannot wait, no listener), then
 * what was learnt from time-outs (this task waited in vain just now, the group is
 * degraded), then the bounds, then a listener.
 */
#include <linux/freezer.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "denial.h"
#include "group.h"
#include "group_internal.h"
#include "listener.h"
#include "selftest/selftest.h"
#include "trace.h"

/**
 * struct fang_asking - one access on its way through a group
 * @group: asked
 * @scope: that covers the file
 * @occurrence: what happens
 * @event: what listeners and denials are told; NULL until it is needed
 * @placed: what listeners are told instead, if that needs no memory; else NULL
 */
struct fang_asking {
	struct fang_group *group;
	struct fang_scope *scope;
	const struct fang_occurrence *occurrence;
	struct fang_event *event;
	const struct fang_event *placed;
};

static struct fang_event *fang_asking_make_event(struct fang_asking *asking)
{
	if (asking->event)
		return asking->event;
	asking->event = fang_group_event(asking->group, asking->scope, asking->occurrence);
	if (asking->event && asking->placed) {
		asking->event->id = asking->placed->id;
		asking->event->time_ns = asking->placed->time_ns;
	}
	return asking->event;
}

/* False: there is more to tell. */
static bool fang_asking_place_event(struct fang_asking *asking, struct fang_event *event)
{
	u32 more = FANG_REPORT_PATH | FANG_REPORT_COMM | FANG_REPORT_EXE | FANG_REPORT_CGROUP;
	const struct fang_occurrence *occurrence = asking->occurrence;

	if ((READ_ONCE(asking->group->report) & more) ||
	    !fang_event_place(event, occurrence->kind, occurrence->inode, occurrence->open_flags))
		return false;
	asking->placed = event;
	return true;
}

/* The result of a deny, after permissive has had its say; kept for people. */
static int fang_deny(struct fang_asking *asking, enum fang_denial_reason reason, const char *rule)
{
	bool permissive = READ_ONCE(asking->group->permissive);

	if (fang_asking_make_event(asking))
		fang_denial_note(asking->group, asking->event, reason, rule, permissive);
	if (!permissive)
		return -EPERM;
	fang_stats_inc(asking->group->stats, FANG_STAT_WOULD_DENY);
	return 0;
}

/* Do as the setting @on says, because of @reason. */
static int fang_do_default(struct fang_asking *asking, enum fang_denial_reason reason, u32 on)
{
	static const enum fang_stat stats[] = {
		[FANG_DENIAL_NO_LISTENER] = FANG_STAT_NO_LISTENER,
		[FANG_DENIAL_CANNOT_WAIT] = FANG_STAT_NOT_WAITED,
		[FANG_DENIAL_OVERFLOW] = FANG_STAT_ACCESS_OVERFLOW,
		[FANG_DENIAL_DEGRADED] = FANG_STAT_NOT_ASKED_DEGRADED,
		[FANG_DENIAL_LATE] = FANG_STAT_NOT_ASKED_LATE,
	};

	fang_stats_inc(asking->group->stats, stats[reason]);
	return on == FANG_DEFAULT_DENY ? fang_deny(asking, reason, "") : 0;
}

static bool fang_is_unenforced(struct fang_group *group)
{
	if (READ_ONCE(fang_enforce))
		return false;
	fang_stats_inc(group->stats, FANG_STAT_NOT_ENFORCED);
	return true;
}

static bool fang_settings_decide(struct fang_asking *asking, int *result)
{
	struct fang_group *group = asking->group;
	u32 on_no_listener = READ_ONCE(group->on_no_listener);

	*result = 0;
	if (fang_is_unenforced(group))
		return true;
	if (!fang_task_can_wait()) {
		u32 on = fang_task_is_untouchable() ? FANG_DEFAULT_ALLOW :
						      READ_ONCE(group->on_cannot_wait);

		*result = fang_do_default(asking, FANG_DENIAL_CANNOT_WAIT, on);
		return true;
	}
	if (!READ_ONCE(group->joined) && on_no_listener != FANG_DEFAULT_WAIT) {
		*result = fang_do_default(asking, FANG_DENIAL_NO_LISTENER, on_no_listener);
		return true;
	}
	return false;
}

static void fang_asking_end(struct fang_asking *asking)
{
	if (asking->event)
		fang_event_put(asking->event);
}

bool fang_group_decides(struct fang_group *group, struct fang_scope *scope,
			const struct fang_occurrence *occurrence, int *result)
{
	struct fang_asking asking = { group, scope, occurrence };
	bool decided = fang_settings_decide(&asking, result);

	fang_asking_end(&asking);
	return decided;
}

int fang_group_denies_by_rule(struct fang_group *group, struct fang_scope *scope,
			      const struct fang_occurrence *occurrence,
			      const struct fang_rule *rule)
{
	struct fang_asking asking = { group, scope, occurrence };
	int result;

	if (fang_is_unenforced(group))
		return 0;
	fang_stats_inc(group->stats, FANG_STAT_RULE_DENIED);
	result = fang_deny(&asking, FANG_DENIAL_RULE, rule->name);
	fang_asking_end(&asking);
	return result;
}

void fang_group_settle(struct fang_group *group, struct fang_request *request,
		       enum fang_outcome outcome, bool deny)
{
	BUILD_BUG_ON(FANG_STAT_INTERRUPTED - FANG_STAT_ALLOWED != FANG_OUTCOME_INTERRUPTED);
	if (request->probe)
		group->probing = false;
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

void fang_group_recover(struct fang_group *group)
{
	lockdep_assert_held(&group->requests.lock);
	if (group->degraded)
		pr_info_ratelimited("fang: group %s is no longer degraded\n", group->name);
	WRITE_ONCE(group->degraded, false);
	group->timeouts = 0;
}

void fang_group_restart(struct fang_group *group)
{
	unsigned int i;

	fang_group_recover(group);
	group->late_until_ns = 0;
	for (i = 0; i < FANG_LATE_TASKS; i++)
		group->late[i].until_ns = 0;
}

/* A request that a listener had read got no response in time. */
static void fang_group_missed_response(struct fang_group *group)
{
	u32 max_timeouts = READ_ONCE(group->max_timeouts);

	lockdep_assert_held(&group->requests.lock);
	if (!max_timeouts || ++group->timeouts < max_timeouts || group->degraded)
		return;
	WRITE_ONCE(group->degraded, true);
	pr_warn_ratelimited("fang: group %s is degraded: %u time-outs in a row\n", group->name,
			    group->timeouts);
}

/* The current task waited in vain: for a while it need not do so again. */
static void fang_group_note_late(struct fang_group *group)
{
	struct fang_late *late = &group->late[group->late_next];

	lockdep_assert_held(&group->requests.lock);
	group->late_next = (group->late_next + 1) % FANG_LATE_TASKS;
	put_pid(late->thread);
	late->thread = get_pid(task_pid(current));
	late->until_ns = ktime_get_ns() + fang_timeout_ns(group);
	group->late_until_ns = max(group->late_until_ns, late->until_ns);
}

static bool fang_group_is_late(const struct fang_group *group)
{
	unsigned int i;
	u64 now;

	lockdep_assert_held(&group->requests.lock);
	if (!group->late_until_ns)
		return false;
	now = ktime_get_ns();
	if (now >= group->late_until_ns)
		return false;
	for (i = 0; i < FANG_LATE_TASKS; i++)
		if (group->late[i].thread == task_pid(current) && now < group->late[i].until_ns)
			return true;
	return false;
}

/* Why the request cannot be put on the list now, or FANG_DENIAL_NONE. */
static enum fang_denial_reason fang_group_obstacle(const struct fang_group *group, u32 *on)
{
	u32 on_no_listener = READ_ONCE(group->on_no_listener);

	lockdep_assert_held(&group->requests.lock);
	*on = on_no_listener;
	if (!group->joined && on_no_listener != FANG_DEFAULT_WAIT)
		return FANG_DENIAL_NO_LISTENER;
	*on = READ_ONCE(group->on_timeout);
	if (fang_group_is_late(group))
		return FANG_DENIAL_LATE;
	if (group->degraded && group->probing && READ_ONCE(group->max_timeouts))
		return FANG_DENIAL_DEGRADED;
	*on = READ_ONCE(group->on_overflow);
	if (group->requests.open >= READ_ONCE(group->access_max))
		return FANG_DENIAL_OVERFLOW;
	return FANG_DENIAL_NONE;
}

bool fang_request_is_remembered(const struct fang_group *group, const struct fang_request *request)
{
	lockdep_assert_held(&group->requests.lock);
	return request->memory &&
	       fang_memory_allows(request->memory, &group->fastpath, request->inode,
				  FANG_BIT(request->event->kind));
}

static void fang_list_request(struct fang_group *group, struct fang_request *request)
{
	request->event->id = fang_next_id();
	request->asked_ns = ktime_get_ns();
	request->deadline_ns = request->asked_ns + fang_timeout_ns(group);
	request->probe = group->degraded && !group->probing;
	group->probing |= request->probe;
	trace_fang_queued(group, request->event->id, request->event->kind);
	fang_request_queue(&group->requests, request);
	fang_stats_inc(group->stats, FANG_STAT_ASKED);
}

/* Put the request on the list, unless something decides after all. */
static bool fang_queue_request(struct fang_asking *asking, struct fang_request *request,
			       int *result)
{
	enum fang_denial_reason obstacle = FANG_DENIAL_NONE;
	struct fang_group *group = asking->group;
	bool queued = false, awaited = false;
	u32 on;

	*result = 0;
	fang_group_lock(group);
	if (!group->enabled)
		goto unlock;
	/* What answered another request may have been remembered since. */
	if (fang_request_is_remembered(group, request)) {
		fang_stats_inc(group->stats, FANG_STAT_FASTPATH_HITS);
		goto unlock;
	}
	obstacle = fang_group_obstacle(group, &on);
	if (obstacle == FANG_DENIAL_NONE) {
		fang_list_request(group, request);
		queued = true;
		awaited = fang_group_is_awaited(group);
	}
unlock:
	fang_group_unlock(group);
	if (awaited)
		wake_up_interruptible(&group->readers);
	else if (obstacle != FANG_DENIAL_NONE)
		*result = fang_do_default(asking, obstacle, on);
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

static void fang_group_time_out(struct fang_group *group, struct fang_request *request)
{
	if (request->state == FANG_REQUEST_DELIVERED)
		fang_group_missed_response(group);
	fang_group_note_late(group);
	fang_group_settle(group, request, FANG_OUTCOME_TIMED_OUT,
			  READ_ONCE(group->on_timeout) == FANG_DEFAULT_DENY);
}

/*
 * Has this task's process become one that the group does not ask, as the
 * listener of a group that was enabled meanwhile? Else waits could form a ring.
 */
static bool fang_asking_became_exempt(const struct fang_group *group)
{
	bool exempt;

	rcu_read_lock();
	exempt = fang_subject_is_exempt(&group->rank, true);
	rcu_read_unlock();
	return exempt;
}

/*
 * Settle what the waiter itself can settle. Takes the lock in any case: whoever
 * settled the request may still be waking us.
 */
static bool fang_group_look_after(struct fang_group *group, struct fang_request *request)
{
	bool let_go = !fang_request_is_settled(request) &&
		      (!READ_ONCE(fang_enforce) || fang_asking_became_exempt(group));
	LIST_HEAD(dropped);
	bool settled;

	fang_group_lock(group);
	/* A listener that has died did not miss the deadline. */
	if (!fang_request_is_settled(request))
		fang_listeners_check(group, &dropped);
	if (!fang_request_is_settled(request)) {
		if (fatal_signal_pending(current))
			fang_group_settle(group, request, FANG_OUTCOME_INTERRUPTED, true);
		else if (let_go)
			fang_group_settle(group, request, FANG_OUTCOME_ABANDONED, false);
		else if (ktime_get_ns() >= request->deadline_ns)
			fang_group_time_out(group, request);
	}
	settled = fang_request_is_settled(request);
	fang_group_unlock(group);
	fang_queue_free_dropped(&dropped);
	return settled;
}

static int fang_outcome_result(struct fang_asking *asking, const struct fang_request *request)
{
	static const enum fang_denial_reason reasons[FANG_OUTCOMES] = {
		[FANG_OUTCOME_DENIED] = FANG_DENIAL_RESPONSE,
		[FANG_OUTCOME_TIMED_OUT] = FANG_DENIAL_TIMEOUT,
		[FANG_OUTCOME_POISONED] = FANG_DENIAL_POISONED,
		[FANG_OUTCOME_ABANDONED] = FANG_DENIAL_NO_LISTENER,
	};

	if (request->outcome == FANG_OUTCOME_INTERRUPTED)
		return -EINTR;
	return request->deny ? fang_deny(asking, reasons[request->outcome], "") : 0;
}

static void fang_note_wait(const struct fang_group *group, const struct fang_request *request)
{
	u64 waited_ns = ktime_get_ns() - request->asked_ns;

	fang_stats_waited(group->stats, waited_ns / NSEC_PER_USEC);
	trace_fang_settled(group, request->event->id, request->outcome, request->deny, waited_ns);
}

/* Until it is settled, a slice is over or a signal kills the task; perhaps shorter. */
static void fang_request_sleep(const struct fang_request *request)
{
	long slice;

	if (fang_request_is_settled(request))
		return;
	slice = fang_request_slice(request);
	set_current_state(FANG_WAIT_STATE);
	if (!fang_request_is_settled(request))
		schedule_timeout(slice);
	__set_current_state(TASK_RUNNING);
}

static int fang_wait_for_response(struct fang_asking *asking, struct fang_request *request)
{
	fang_selftest_held_locks();
	/*
	 * If the listener was woken to run here, it may respond while this task only gives
	 * way: that spares a timer, going to sleep and being woken.
	 */
	if (fang_should_give_way())
		schedule();
	do {
		fang_request_sleep(request);
		/* Who asks a task to freeze may have found it awake just now, and not ask again. */
		if (FANG_WAITS_FREEZABLE)
			try_to_freeze();
	} while (!fang_group_look_after(asking->group, request));
	fang_note_wait(asking->group, request);
	return fang_outcome_result(asking, request);
}

int fang_group_ask(struct fang_group *group, struct fang_scope *scope,
		   const struct fang_occurrence *occurrence, struct fang_memory *memory)
{
	struct fang_asking asking = { group, scope, occurrence };
	struct fang_request request FANG_FILLED_LATER;
	int result;

	fang_request_init(&request);
	request.inode = occurrence->inode;
	request.path = occurrence->path;
	request.memory = memory;
	if (memory)
		request.memo = fang_memo_take(&group->fastpath, memory, request.inode);
	if (fang_asking_place_event(&asking, &request.placed))
		request.event = &request.placed;
	else
		request.event = fang_asking_make_event(&asking);
	if (!request.event)
		result = fang_do_default(&asking, FANG_DENIAL_OVERFLOW,
					 READ_ONCE(group->on_overflow));
	else if (fang_queue_request(&asking, &request, &result))
		result = fang_wait_for_response(&asking, &request);
	fang_asking_end(&asking);
	return result;
}

static int fang_response_check(const struct fang_response *response, bool privileged)
{
	u32 known = FANG_FASTPATH | FANG_SURVIVE;

	if (response->flags == FANG_CLEAR)
		return response->response || response->kinds || response->result || response->zero ?
			       -EINVAL :
			       0;
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
	if (response->flags & FANG_CLEAR)
		return fang_group_clear(group, response->id);
	fang_group_lock(group);
	request = fang_request_find(&group->requests, response->id);
	if (request)
		trace_fang_responded(group, response);
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
	if (!error)
		fang_group_recover(group);
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

ssize_t fang_group_show_pending(struct fang_group *group, char *text, size_t size, bool *all)
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
	*all = lines == group->requests.open;
	if (!*all)
		shown += scnprintf(text + shown, size - shown, "... and %u more\n",
				   group->requests.open - lines);
	fang_group_unlock(group);
	return shown;
}
