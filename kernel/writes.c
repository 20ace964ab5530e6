// SPDX-License-Identifier: GPL-2.0-only
/*
 * Coalesced writes.
 *
 * A write of a file that has an unread record, or an event aside, takes no lock:
 * it finds the outstanding record under RCU and counts itself, unless @more was
 * closed by whoever reads or removes it. Counting comes after the write and
 * closing before the record reaches the listener, both with full barriers: a
 * listener that looks at the file after it has read the record sees all the
 * writes that were counted in it, and those that were not make another event.
 */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/jhash.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "event.h"
#include "writes.h"

/* Nothing can be counted: the record was read, or removed. */
#define FANG_MORE_CLOSED (-1)

static const struct rhashtable_params by_file_params = {
	.key_len = sizeof(struct fang_file_id),
	.key_offset = offsetof(struct fang_outstanding, file),
	.head_offset = offsetof(struct fang_outstanding, file_link),
	.automatic_shrinking = true,
};

static const struct rhashtable_params by_id_params = {
	.key_len = sizeof(u64),
	.key_offset = offsetof(struct fang_outstanding, id),
	.head_offset = offsetof(struct fang_outstanding, id_link),
	.automatic_shrinking = true,
};

static struct fang_file_id fang_file_id_of(const struct inode *inode)
{
	BUILD_BUG_ON(sizeof(struct fang_file_id) != 16);
	return (struct fang_file_id){
		.ino = inode->i_ino,
		.dev = inode->i_sb->s_dev,
		.generation = inode->i_generation,
	};
}

int fang_writes_init(struct fang_writes *writes, spinlock_t *lock)
{
	int error;

	writes->lock = lock;
	INIT_LIST_HEAD(&writes->all);
	INIT_LIST_HEAD(&writes->aside);
	writes->count = 0;
	error = rhashtable_init(&writes->by_file, &by_file_params);
	if (error)
		return error;
	error = rhashtable_init(&writes->by_id, &by_id_params);
	if (error)
		rhashtable_destroy(&writes->by_file);
	return error;
}

void fang_writes_destroy(struct fang_writes *writes)
{
	rhashtable_destroy(&writes->by_id);
	rhashtable_destroy(&writes->by_file);
}

/* Stays where it is rather than overflow. */
static bool fang_outstanding_count(struct fang_outstanding *outstanding)
{
	int more = atomic_read(&outstanding->more);

	do {
		if (more < 0)
			return false;
	} while (!atomic_try_cmpxchg(&outstanding->more, &more, more == INT_MAX ? more : more + 1));
	return true;
}

bool fang_writes_join(struct fang_writes *writes, const struct inode *inode)
{
	struct fang_file_id file = fang_file_id_of(inode);
	struct fang_outstanding *outstanding;
	bool joined;

	rcu_read_lock();
	outstanding = rhashtable_lookup(&writes->by_file, &file, by_file_params);
	joined = outstanding && fang_outstanding_count(outstanding);
	rcu_read_unlock();
	return joined;
}

struct fang_outstanding *fang_outstanding_create(const struct inode *inode)
{
	struct fang_outstanding *outstanding =
		kzalloc(sizeof(*outstanding), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);

	if (outstanding)
		outstanding->file = fang_file_id_of(inode);
	return outstanding;
}

void fang_outstanding_free(struct fang_outstanding *outstanding)
{
	kfree(outstanding);
}

/* False if a table cannot take it, for want of memory. */
static bool fang_writes_insert(struct fang_writes *writes, struct fang_outstanding *outstanding,
			       struct fang_event *event)
{
	outstanding->id = event->id;
	outstanding->event = event;
	if (rhashtable_insert_fast(&writes->by_id, &outstanding->id_link, by_id_params))
		return false;
	if (rhashtable_insert_fast(&writes->by_file, &outstanding->file_link, by_file_params)) {
		rhashtable_remove_fast(&writes->by_id, &outstanding->id_link, by_id_params);
		return false;
	}
	list_add_tail(&outstanding->link, &writes->all);
	WRITE_ONCE(writes->count, writes->count + 1);
	return true;
}

enum fang_place fang_writes_place(struct fang_writes *writes, struct fang_outstanding **fresh,
				  struct fang_event *event, bool room)
{
	struct fang_outstanding *outstanding;

	lockdep_assert_held(writes->lock);
	outstanding = rhashtable_lookup_fast(&writes->by_file, &(*fresh)->file, by_file_params);
	if (!outstanding) {
		if (room && fang_writes_insert(writes, *fresh, event))
			*fresh = NULL;
		return FANG_PLACE_QUEUE;
	}
	if (fang_outstanding_count(outstanding))
		return FANG_PLACE_JOINED;
	outstanding->event = event;
	list_add_tail(&event->link, &writes->aside);
	atomic_set_release(&outstanding->more, 0);
	return FANG_PLACE_ASIDE;
}

struct fang_outstanding *fang_writes_find(struct fang_writes *writes, u64 id)
{
	lockdep_assert_held(writes->lock);
	return rhashtable_lookup_fast(&writes->by_id, &id, by_id_params);
}

u32 fang_outstanding_read(struct fang_outstanding *outstanding, struct fang_listener *holder)
{
	outstanding->holder = holder;
	outstanding->event = NULL;
	return 1 + atomic_xchg(&outstanding->more, FANG_MORE_CLOSED);
}

struct fang_event *fang_outstanding_give_back(struct fang_outstanding *outstanding,
					      struct fang_event *event, u32 count)
{
	struct fang_event *aside = outstanding->event;
	int more = atomic_xchg(&outstanding->more, FANG_MORE_CLOSED);

	if (aside)
		list_del_init(&aside->link);
	outstanding->holder = NULL;
	outstanding->event = event;
	/* Of the event aside 1 + more writes; without it more is -1. */
	atomic_set_release(&outstanding->more, min_t(u64, INT_MAX, (u64)count + more));
	return aside;
}

/* Out of the tables: nobody finds it any more but those who do already, under RCU. */
static void fang_writes_take_out(struct fang_writes *writes, struct fang_outstanding *outstanding)
{
	rhashtable_remove_fast(&writes->by_file, &outstanding->file_link, by_file_params);
	list_del(&outstanding->link);
	WRITE_ONCE(writes->count, writes->count - 1);
	if (outstanding->event)
		outstanding->event->count +=
			max(atomic_xchg(&outstanding->more, FANG_MORE_CLOSED), 0);
	kfree_rcu(outstanding, rcu);
}

void fang_writes_renew(struct fang_writes *writes, struct fang_outstanding *outstanding, u64 id)
{
	struct fang_event *event = outstanding->event;

	lockdep_assert_held(writes->lock);
	list_del_init(&event->link);
	rhashtable_remove_fast(&writes->by_id, &outstanding->id_link, by_id_params);
	event->id = id;
	outstanding->id = id;
	outstanding->holder = NULL;
	if (rhashtable_insert_fast(&writes->by_id, &outstanding->id_link, by_id_params))
		fang_writes_take_out(writes, outstanding);
}

struct fang_event *fang_writes_remove(struct fang_writes *writes,
				      struct fang_outstanding *outstanding)
{
	struct fang_event *event = outstanding->event;

	lockdep_assert_held(writes->lock);
	if (event && outstanding->holder)
		list_del_init(&event->link);
	rhashtable_remove_fast(&writes->by_id, &outstanding->id_link, by_id_params);
	fang_writes_take_out(writes, outstanding);
	return event;
}
