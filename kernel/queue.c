// SPDX-License-Identifier: GPL-2.0-only
/*
 * A group's queue of notifications.
 */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/list.h>

#include "event.h"
#include "queue.h"

int fang_queue_init(struct fang_queue *queue, spinlock_t *lock)
{
	queue->lock = lock;
	INIT_LIST_HEAD(&queue->events);
	queue->count = 0;
	queue->bytes = 0;
	queue->lost = 0;
	queue->overflow = fang_event_create_overflow();
	return queue->overflow ? 0 : -ENOMEM;
}

void fang_queue_destroy(struct fang_queue *queue)
{
	LIST_HEAD(dropped);

	spin_lock(queue->lock);
	fang_queue_drop(queue, &dropped);
	spin_unlock(queue->lock);
	fang_queue_free_dropped(&dropped);
	fang_event_put(queue->overflow);
}

/* Never back to 0, which would mean that no overflow record is queued. */
static u32 fang_lost_sum(u32 lost, u32 more)
{
	return lost > U32_MAX - more ? U32_MAX : lost + more;
}

void fang_queue_lose(struct fang_queue *queue, u32 count, u64 id, u64 time_ns)
{
	lockdep_assert_held(queue->lock);
	if (!queue->lost) {
		queue->overflow->id = id;
		queue->overflow->time_ns = time_ns;
		list_add_tail(&queue->overflow->link, &queue->events);
	}
	queue->lost = fang_lost_sum(queue->lost, count);
}

struct fang_event *fang_queue_first(struct fang_queue *queue)
{
	lockdep_assert_held(queue->lock);
	return list_first_entry_or_null(&queue->events, struct fang_event, link);
}

void fang_queue_take(struct fang_queue *queue, struct fang_event *event)
{
	lockdep_assert_held(queue->lock);
	list_del_init(&event->link);
	if (event == queue->overflow) {
		queue->overflow->count = queue->lost;
		queue->lost = 0;
		return;
	}
	queue->count--;
	queue->bytes -= fang_event_size(event);
}

void fang_queue_give_back(struct fang_queue *queue, struct fang_event *event)
{
	lockdep_assert_held(queue->lock);
	list_add(&event->link, &queue->events);
	queue->count++;
	queue->bytes += fang_event_size(event);
}

void fang_queue_take_batch(struct fang_queue *queue, struct fang_event *last, u32 count, u64 bytes,
			   struct list_head *taken)
{
	lockdep_assert_held(queue->lock);
	list_cut_position(taken, &queue->events, &last->link);
	queue->count -= count;
	queue->bytes -= bytes;
}

void fang_queue_give_back_batch(struct fang_queue *queue, struct list_head *taken)
{
	const struct fang_event *event;

	lockdep_assert_held(queue->lock);
	list_for_each_entry(event, taken, link) {
		queue->count++;
		queue->bytes += fang_event_size(event);
	}
	list_splice_init(taken, &queue->events);
}

void fang_queue_give_back_lost(struct fang_queue *queue, u32 count, u64 id, u64 time_ns)
{
	lockdep_assert_held(queue->lock);
	if (!queue->lost)
		list_add(&queue->overflow->link, &queue->events);
	queue->overflow->id = id;
	queue->overflow->time_ns = time_ns;
	queue->lost = fang_lost_sum(queue->lost, count);
}

void fang_queue_drop(struct fang_queue *queue, struct list_head *dropped)
{
	lockdep_assert_held(queue->lock);
	if (queue->lost)
		list_del_init(&queue->overflow->link);
	queue->lost = 0;
	queue->count = 0;
	queue->bytes = 0;
	list_splice_tail_init(&queue->events, dropped);
}

void fang_queue_free_dropped(struct list_head *dropped)
{
	struct fang_event *event, *next;

	list_for_each_entry_safe(event, next, dropped, link) {
		list_del_init(&event->link);
		fang_event_put(event);
	}
}
