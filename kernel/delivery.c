// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a listener reads: taken out of the group under its lock, written without.
 */
#include <linux/pid_namespace.h>
#include <linux/timekeeping.h>
#include <linux/user_namespace.h>

#include "group.h"
#include "group_internal.h"
#include "listener.h"
#include "trace.h"
#include "work.h"

/* May this listener have descriptors; -1: none are reported. */
static s32 fang_delivery_fd(const struct fang_listener *listener)
{
	if (!(listener->group->report & FANG_REPORT_FD))
		return -1;
	return listener->view.privileged ? 0 : -EPERM;
}

/* The descriptor is for @path, which is there until the delivery is over. */
static void fang_delivery_want(struct fang_delivery *delivery, const struct path *path)
{
	if (delivery->told.fd || !path || !path->dentry)
		return;
	delivery->path = *path;
	delivery->fd_wanted = true;
}

static void fang_delivery_let_go(struct fang_delivery *delivery)
{
	if (delivery->is_request && delivery->fd_wanted)
		path_put(&delivery->path);
}

static void fang_take_request(struct fang_listener *listener, struct fang_request *request,
			      struct fang_delivery *delivery)
{
	struct fang_group *group = listener->group;

	if (request->event->parts & FANG_PART_PLACED) {
		fang_event_copy(&delivery->own, request->event);
		delivery->event = &delivery->own;
	} else {
		fang_event_get(request->event);
		delivery->event = request->event;
	}
	delivery->told.count = 1;
	delivery->told.deadline_ns = request->deadline_ns;
	if (request->deliveries)
		delivery->told.flags = FANG_REDELIVERED;
	delivery->is_request = true;
	delivery->told.fd = fang_delivery_fd(listener);
	fang_delivery_want(delivery, request->path);
	/* It is the waiter's, who may go at any time. */
	if (delivery->fd_wanted)
		path_get(&delivery->path);
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
	fang_delivery_want(delivery, fang_event_path(event));
	if (!delivery->told.fd && !delivery->fd_wanted)
		/* Truncate by path has none; others were let go after FANG_HOLD_MS. */
		delivery->told.fd = fang_event_path(event) ? -ESTALE : -1;
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

/*
 * The next that must be asked about: what was remembered since it was put on the list is
 * settled here. At most so many at a time, as others wait for the lock; to ask about one
 * more does no harm.
 */
static struct fang_request *fang_take_first_request(struct fang_group *group)
{
	struct fang_request *request;
	unsigned int i;

	for (i = 0; i < FANG_BATCH_MAX; i++) {
		request = fang_request_first(&group->requests);
		if (!request || !fang_request_is_remembered(group, request))
			return request;
		fang_group_settle(group, request, FANG_OUTCOME_ALLOWED, false);
	}
	return fang_request_first(&group->requests);
}

int fang_listener_take(struct fang_listener *listener, size_t room, struct fang_delivery *delivery)
{
	struct fang_group *group = listener->group;
	struct fang_request *request;
	struct fang_event *event;
	int error = 0;

	delivery->length = sizeof(struct fang_record);
	delivery->told = (struct fang_told){};
	delivery->fd_wanted = false;
	delivery->is_request = false;
	fang_group_lock(group);
	request = fang_take_first_request(group);
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
	delivery->last = !fang_listener_seems_readable(listener);
	fang_group_unlock(group);
	/* The wakeup was ours alone: somebody else may have a larger buffer. */
	if (error == -EINVAL)
		wake_up_interruptible(&group->readers);
	return error;
}

/* Is the event to be put, or a mere record about the group? */
static bool fang_delivery_has_event(const struct fang_delivery *delivery)
{
	return delivery->is_request || delivery->event != &delivery->own;
}

void fang_listener_delivered(struct fang_listener *listener, struct fang_delivery *delivery)
{
	fang_stats_inc(listener->group->stats, FANG_STAT_DELIVERED);
	fang_delivery_let_go(delivery);
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
	fang_delivery_let_go(delivery);
	if (event)
		fang_event_put(event);
}

/* Does its record tell just the event? Then it takes no more than to write that. */
static bool fang_event_is_plain(const struct fang_group *group, const struct fang_event *event)
{
	return event != group->queue.overflow &&
	       !(event->kind == FANG_WRITE && group->writes.count);
}

bool fang_listener_take_batch(struct fang_listener *listener, size_t room, struct list_head *batch)
{
	struct fang_group *group = listener->group;
	struct fang_queue *queue = &group->queue;
	struct fang_event *event, *last = NULL;
	unsigned int count = 0;
	u64 bytes = 0;

	if (!READ_ONCE(queue->count) || (group->report & FANG_REPORT_FD))
		return false;
	fang_group_lock(group);
	if (fang_request_first(&group->requests) || fang_listener_has_state(listener))
		goto unlock;
	list_for_each_entry(event, &queue->events, link) {
		size_t length = fang_event_length(event, &listener->view);

		if (length > room || count == FANG_BATCH_MAX || !fang_event_is_plain(group, event))
			break;
		room -= length;
		bytes += fang_event_size(event);
		count++;
		last = event;
	}
	if (last)
		fang_queue_take_batch(queue, last, count, bytes, batch);
unlock:
	fang_group_unlock(group);
	return last;
}

void fang_listener_delivered_batch(struct fang_listener *listener, struct list_head *batch)
{
	struct fang_event *event, *next;
	unsigned int count = 0;

	list_for_each_entry_safe(event, next, batch, link) {
		trace_fang_delivered(listener->group, event->id, event->kind);
		fang_event_put(event);
		count++;
	}
	fang_stats_add(listener->group->stats, FANG_STAT_DELIVERED, count);
}

void fang_listener_give_back_batch(struct fang_listener *listener, struct list_head *batch)
{
	struct fang_group *group = listener->group;

	fang_group_lock(group);
	fang_queue_give_back_batch(&group->queue, batch);
	fang_group_unlock(group);
	wake_up_interruptible(&group->readers);
}
