// SPDX-License-Identifier: GPL-2.0-only
/*
 * A listener: one open of /dev/fang/<group>.
 *
 * Its process is whoever opened or last read, so that a device handed to another
 * process exempts that one, and so that its death is noticed even if a child or
 * a core dump keeps the file open.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>

#include "group.h"
#include "group_internal.h"
#include "listener.h"

/* The first to come is told how much nobody heard. */
static void fang_listener_take_missed(struct fang_listener *listener)
{
	struct fang_group *group = listener->group;
	u64 missed = fang_stats_sum(group->stats, FANG_STAT_MISSED);

	listener->missed = min_t(u64, missed - group->missed_told, U32_MAX);
	group->missed_told = missed;
}

void fang_listener_join(struct fang_listener *listener)
{
	struct fang_group *group = listener->group;

	lockdep_assert_held(&group->requests.lock);
	if (listener->joined)
		return;
	WRITE_ONCE(listener->joined, true);
	list_add_tail(&listener->link, &group->listeners);
	WRITE_ONCE(group->joined, group->joined + 1);
	fang_listener_take_missed(listener);
	fang_group_restart(group);
}

/* A request whose listener went away: to another one, or poisoned. */
static void fang_listener_let_go(struct fang_group *group, struct fang_request *request)
{
	if (++request->deliveries >= READ_ONCE(group->max_deliveries)) {
		fang_group_settle(group, request, FANG_OUTCOME_POISONED,
				  READ_ONCE(group->on_timeout) == FANG_DEFAULT_DENY);
		return;
	}
	fang_request_requeue(&group->requests, request);
	fang_stats_inc(group->stats, FANG_STAT_REQUEUED);
}

/* Events that were dropped come back in @dropped, to be freed without the lock. */
static void fang_listener_leave(struct fang_listener *listener, struct list_head *dropped)
{
	struct fang_group *group = listener->group;
	struct fang_request *request, *next;

	lockdep_assert_held(&group->requests.lock);
	if (!listener->joined)
		return;
	WRITE_ONCE(listener->joined, false);
	list_del_init(&listener->link);
	WRITE_ONCE(group->joined, group->joined - 1);
	list_for_each_entry_safe(request, next, &listener->held, link)
		fang_listener_let_go(group, request);
	fang_group_clear_for(group, group->joined ? listener : NULL, dropped);
	if (!group->joined) {
		if (READ_ONCE(group->on_no_listener) != FANG_DEFAULT_WAIT)
			fang_group_settle_abandoned(group);
		fang_stats_add(group->stats, FANG_STAT_LOST, group->queue.count);
		fang_queue_drop(&group->queue, dropped);
	}
	wake_up_interruptible_all(&group->readers);
}

struct fang_listener *fang_listener_create(struct fang_group *group, const struct cred *cred)
{
	struct fang_listener *listener = kzalloc(sizeof(*listener), GFP_KERNEL_ACCOUNT);
	int error;

	if (!listener)
		return ERR_PTR(-ENOMEM);
	listener->group = group;
	INIT_LIST_HEAD(&listener->link);
	INIT_LIST_HEAD(&listener->held);
	INIT_LIST_HEAD(&listener->helpers);
	mutex_init(&listener->mutex);
	listener->cred = cred;
	listener->view.privileged = capable(CAP_SYS_ADMIN);
	listener->view.pids = get_pid_ns(task_active_pid_ns(current));
	listener->view.users = get_user_ns(cred->user_ns);

	error = fang_listener_touch(listener);
	if (!error && READ_ONCE(group->removed))
		error = -ENODEV;
	if (!error)
		return listener;
	fang_group_get(group);
	fang_listener_destroy(listener);
	return ERR_PTR(error);
}

void fang_listener_destroy(struct fang_listener *listener)
{
	struct fang_group *group = listener->group;
	struct fang_subject *helper, *next;
	LIST_HEAD(dropped);

	fang_group_lock(group);
	fang_listener_leave(listener, &dropped);
	fang_group_unlock(group);
	fang_queue_free_dropped(&dropped);

	list_for_each_entry_safe(helper, next, &listener->helpers, link)
		fang_subject_remove(helper);
	if (listener->self)
		fang_subject_remove(listener->self);
	put_pid(listener->process);
	put_pid_ns(listener->view.pids);
	put_user_ns(listener->view.users);
	mutex_destroy(&listener->mutex);
	kfree(listener);
	fang_group_put(group);
}

/* The row is there before the listener counts, so that it is never asked about itself. */
static int fang_listener_become(struct fang_listener *listener)
{
	struct pid *process = get_pid(task_tgid(current));
	struct fang_subject *self =
		fang_subject_add(get_pid(process), PIDTYPE_TGID, &listener->group->rank);
	struct pid *old;

	if (!self) {
		put_pid(process);
		return -ENOMEM;
	}
	if (listener->self)
		fang_subject_remove(listener->self);
	listener->self = self;
	fang_group_lock(listener->group);
	old = listener->process;
	listener->process = process;
	fang_group_unlock(listener->group);
	put_pid(old);
	return 0;
}

int fang_listener_touch(struct fang_listener *listener)
{
	struct fang_group *group = listener->group;
	int error = 0;

	if (READ_ONCE(listener->process) == task_tgid(current) && READ_ONCE(listener->joined))
		return 0;
	mutex_lock(&listener->mutex);
	if (listener->process != task_tgid(current))
		error = fang_listener_become(listener);
	if (!error) {
		fang_group_lock(group);
		if (!group->removed)
			fang_listener_join(listener);
		fang_group_unlock(group);
	}
	mutex_unlock(&listener->mutex);
	return error;
}

int fang_listener_exempt(struct fang_listener *listener, struct pid *pid, enum pid_type type)
{
	struct fang_subject *helper;
	int error = 0;

	mutex_lock(&listener->mutex);
	list_for_each_entry(helper, &listener->helpers, link)
		if (helper->pid == pid && helper->type == type)
			goto put;
	error = -ENOSPC;
	if (listener->helper_count == FANG_EXEMPT_MAX)
		goto put;
	/* Consumes the reference. */
	error = -ENOMEM;
	helper = fang_subject_add(pid, type, &listener->group->rank);
	if (helper) {
		list_add(&helper->link, &listener->helpers);
		listener->helper_count++;
		error = 0;
	}
	mutex_unlock(&listener->mutex);
	return error;
put:
	mutex_unlock(&listener->mutex);
	put_pid(pid);
	return error;
}

bool fang_listener_seems_readable(const struct fang_listener *listener)
{
	const struct fang_group *group = listener->group;

	return !list_empty(&group->requests.queued) || !list_empty(&group->queue.events) ||
	       READ_ONCE(group->removed) || fang_listener_has_state(listener);
}

bool fang_listener_is_readable(struct fang_listener *listener)
{
	bool readable;

	fang_group_lock(listener->group);
	readable = fang_listener_seems_readable(listener);
	fang_group_unlock(listener->group);
	return readable;
}

void fang_listeners_tell_state(struct fang_group *group, u16 state)
{
	struct fang_listener *listener;

	lockdep_assert_held(&group->requests.lock);
	list_for_each_entry(listener, &group->listeners, link)
		listener->state = state;
	wake_up_interruptible_all(&group->readers);
}

int fang_group_request_path(struct fang_group *group, u64 id, struct path *path)
{
	struct fang_request *request;
	int error = -ENOENT;

	fang_group_lock(group);
	request = fang_request_find(&group->requests, id);
	if (request && request->state == FANG_REQUEST_DELIVERED) {
		/* What answered another request was remembered since: nobody need look. */
		if (fang_request_is_remembered(group, request)) {
			fang_group_settle(group, request, FANG_OUTCOME_ALLOWED, false);
		} else {
			*path = *request->path;
			path_get(path);
			error = 0;
		}
	}
	fang_group_unlock(group);
	return error;
}

void fang_listeners_check(struct fang_group *group, struct list_head *dropped)
{
	struct fang_listener *listener, *next;

	lockdep_assert_held(&group->requests.lock);
	list_for_each_entry_safe(listener, next, &group->listeners, link)
		if (fang_process_is_ending(listener->process))
			fang_listener_leave(listener, dropped);
}
