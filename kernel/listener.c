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
#include "trace.h"
#include "work.h"

/* The first to come is told how much nobody heard. */
static void fang_listener_take_missed(struct fang_listener *listener)
{
	struct fang_group *group = listener->group;
	u64 missed = fang_stats_sum(group->stats, FANG_STAT_MISSED);

	listener->missed = min_t(u64, missed - group->missed_told, U32_MAX);
	group->missed_told = missed;
}

static void fang_listener_join(struct fang_listener *listener)
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

/* May this listener have descriptors; -1: none are reported. */
static s32 fang_delivery_fd(const struct fang_listener *listener)
{
	if (!(listener->group->report & FANG_REPORT_FD))
		return -1;
	return listener->view.privileged ? 0 : -EPERM;
}

static void fang_delivery_hold(struct fang_delivery *delivery, const struct path *path)
{
	if (delivery->told.fd || !path || !path->dentry)
		return;
	delivery->path = *path;
	path_get(&delivery->path);
	delivery->fd_wanted = true;
}

static void fang_take_request(struct fang_listener *listener, struct fang_request *request,
			      struct fang_delivery *delivery)
{
	struct fang_group *group = listener->group;

	fang_event_get(request->event);
	delivery->event = request->event;
	delivery->told.count = 1;
	delivery->told.deadline_ns = request->deadline_ns;
	if (request->deliveries)
		delivery->told.flags = FANG_REDELIVERED;
	delivery->is_request = true;
	delivery->told.fd = fang_delivery_fd(listener);
	fang_delivery_hold(delivery, request->path);
	/* It may have been found dead while this thread was reading: it must leave again. */
	fang_listener_join(listener);
	fang_request_deliver(&group->requests, request, listener, &listener->held);
}

/* It may be one that must be cleared. */
static void fang_take_write(struct fang_listener *listener, struct fang_delivery *delivery)
{
	struct fang_outstanding *outstanding =
		fang_writes_find(&listener->group->writes, delivery->event->id);

	if (!outstanding)
		return;
	/* As for a request. */
	fang_listener_join(listener);
	delivery->told.flags = FANG_OUTSTANDING;
	delivery->told.count = fang_outstanding_read(outstanding, listener);
}

static void fang_take_event(struct fang_listener *listener, struct fang_event *event,
			    struct fang_delivery *delivery)
{
	struct fang_queue *queue = &listener->group->queue;

	fang_queue_take(queue, event);
	delivery->event = event;
	delivery->told.count = event->count;
	delivery->told.fd = -1;
	if (event == queue->overflow) {
		delivery->own = *event;
		delivery->own.parts = 0;
		delivery->event = &delivery->own;
		return;
	}
	if (event->kind == FANG_WRITE && listener->group->writes.count)
		fang_take_write(listener, delivery);
	delivery->told.fd = fang_delivery_fd(listener);
	fang_delivery_hold(delivery, fang_event_path(event));
	if (!delivery->told.fd && !delivery->fd_wanted)
		/* Truncate by path has none; others were let go after FANG_HOLD_MS. */
		delivery->told.fd = fang_event_path(event) ? -ESTALE : -1;
}

static bool fang_listener_has_state(const struct fang_listener *listener)
{
	return listener->state || listener->missed;
}

/* Nobody's doing: root's, as far as there is one for the listener. */
static void fang_take_state(struct fang_listener *listener, struct fang_delivery *delivery)
{
	delivery->own = (struct fang_event){
		.id = fang_next_id(),
		.time_ns = ktime_get_boottime_ns(),
		.kind = FANG_STATE,
		.uid = make_kuid(listener->view.users, 0),
		.gid = make_kgid(listener->view.users, 0),
	};
	delivery->event = &delivery->own;
	delivery->told.flags = listener->state;
	delivery->told.count = listener->missed;
	delivery->told.fd = -1;
	listener->state = 0;
	listener->missed = 0;
}

int fang_listener_take(struct fang_listener *listener, size_t room, struct fang_delivery *delivery)
{
	struct fang_group *group = listener->group;
	struct fang_request *request;
	struct fang_event *event;
	int error = 0;

	delivery->length = sizeof(struct fang_record);
	delivery->told = (struct fang_told){};
	delivery->path = (struct path){};
	delivery->fd_wanted = false;
	delivery->is_request = false;
	fang_group_lock(group);
	request = fang_request_first(&group->requests);
	event = request ? request->event : fang_queue_first(&group->queue);
	if (!request && fang_listener_has_state(listener))
		event = NULL;
	if (event)
		delivery->length = fang_event_length(event, &listener->view);
	if (!event && !fang_listener_has_state(listener))
		error = group->removed ? -ENODEV : -EAGAIN;
	else if (delivery->length > room)
		error = -EINVAL;
	else if (request)
		fang_take_request(listener, request, delivery);
	else if (event)
		fang_take_event(listener, event, delivery);
	else
		fang_take_state(listener, delivery);
	fang_group_unlock(group);
	/* The wakeup was ours alone: somebody else may have a larger buffer. */
	if (error == -EINVAL)
		wake_up_interruptible(&group->readers);
	return error;
}

/* Is the event the delivery's, or was it copied? */
static bool fang_delivery_has_event(const struct fang_delivery *delivery)
{
	return delivery->event != &delivery->own;
}

void fang_listener_delivered(struct fang_listener *listener, struct fang_delivery *delivery)
{
	fang_stats_inc(listener->group->stats, FANG_STAT_DELIVERED);
	if (delivery->path.dentry)
		path_put(&delivery->path);
	if (!fang_delivery_has_event(delivery))
		return;
	trace_fang_delivered(listener->group, delivery->event->id, delivery->event->kind);
	fang_event_put(delivery->event);
}

/* Returns an event that is not needed any more, or NULL. */
static struct fang_event *fang_give_back_event(struct fang_group *group, struct fang_event *event,
					       u32 count)
{
	struct fang_outstanding *outstanding = fang_writes_find(&group->writes, event->id);
	struct fang_event *aside = NULL;

	if (outstanding)
		aside = fang_outstanding_give_back(outstanding, event, count);
	else
		event->count = count;
	if (aside)
		group->queue.bytes -= fang_event_size(aside);
	fang_queue_give_back(&group->queue, event);
	if (fang_event_holds_path(event))
		queue_delayed_work(fang_workqueue, &group->hold_work, 0);
	return aside;
}

void fang_listener_give_back(struct fang_listener *listener, struct fang_delivery *delivery)
{
	struct fang_event *event = fang_delivery_has_event(delivery) ? delivery->event : NULL;
	const struct fang_event *own = &delivery->own;
	struct fang_group *group = listener->group;
	u32 count = delivery->told.count;
	struct fang_request *request;

	fang_group_lock(group);
	if (delivery->is_request) {
		request = fang_request_find(&group->requests, event->id);
		if (request && request->holder == listener)
			fang_request_requeue(&group->requests, request);
	} else if (event) {
		event = fang_give_back_event(group, event, count);
	} else if (own->kind == FANG_STATE) {
		/* Unless something newer has happened since. */
		if (!listener->state)
			listener->state = delivery->told.flags;
		listener->missed += count;
	} else {
		fang_queue_give_back_lost(&group->queue, count, own->id, own->time_ns);
	}
	fang_group_unlock(group);
	wake_up_interruptible(&group->readers);
	path_put(&delivery->path);
	if (event)
		fang_event_put(event);
}

bool fang_listener_is_readable(struct fang_listener *listener)
{
	struct fang_group *group = listener->group;
	bool readable;

	fang_group_lock(group);
	readable = group->removed || fang_request_first(&group->requests) ||
		   fang_queue_first(&group->queue) || fang_listener_has_state(listener);
	fang_group_unlock(group);
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
		*path = *request->path;
		path_get(path);
		error = 0;
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
