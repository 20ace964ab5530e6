/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A group's queue of notifications: bounded, and honest about what it lost.
 */
#ifndef FANG_QUEUE_H
#define FANG_QUEUE_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "event.h"

/**
 * struct fang_queue - notifications in the order in which they were raised
 * @lock: the group's lock, here so that it can be asserted
 * @events: [@lock]
 * @count: events queued, without the overflow record [@lock]
 * @bytes: memory they take [@lock]
 * @overflow: the overflow record, made in advance because memory may be short
 *	when it is needed; in @events while @lost is not 0 [@lock]
 * @lost: notifications lost at the place of @overflow [@lock]
 */
struct fang_queue {
	spinlock_t *lock;
	struct list_head events;
	u32 count;
	u64 bytes;
	struct fang_event *overflow;
	u32 lost;
};

/* -ENOMEM */
int fang_queue_init(struct fang_queue *queue, spinlock_t *lock);

/* Drops what is queued; nobody may use the queue any more. May sleep. */
void fang_queue_destroy(struct fang_queue *queue);

/* The queue takes over the caller's reference. */
static inline void fang_queue_add(struct fang_queue *queue, struct fang_event *event)
{
	lockdep_assert_held(queue->lock);
	list_add_tail(&event->link, &queue->events);
	queue->count++;
	queue->bytes += fang_event_size(event);
}

/* @count more are lost; a new overflow record gets @id and @time_ns. */
void fang_queue_lose(struct fang_queue *queue, u32 count, u64 id, u64 time_ns);

/* The next to be read, or NULL. */
struct fang_event *fang_queue_first(struct fang_queue *queue);

/*
 * Take the first one out. The caller owns the queue's reference, but not of the
 * overflow record: that must be copied before the lock is released.
 */
void fang_queue_take(struct fang_queue *queue, struct fang_event *event);

/* A reader could not use what it took: back to the front, with its reference. */
void fang_queue_give_back(struct fang_queue *queue, struct fang_event *event);

/*
 * Take out all up to @last to the empty list @taken: @count notifications of @bytes, none
 * of them the overflow record.
 */
void fang_queue_take_batch(struct fang_queue *queue, struct fang_event *last, u32 count, u64 bytes,
			   struct list_head *taken);

/* The same for what was taken so, in its order. */
void fang_queue_give_back_batch(struct fang_queue *queue, struct list_head *taken);

/* The same for an overflow record. */
void fang_queue_give_back_lost(struct fang_queue *queue, u32 count, u64 id, u64 time_ns);

/* Move all to @dropped, for fang_queue_free_dropped() without the lock. */
void fang_queue_drop(struct fang_queue *queue, struct list_head *dropped);

/* May sleep. */
void fang_queue_free_dropped(struct list_head *dropped);

#endif /* FANG_QUEUE_H */
