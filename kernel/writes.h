/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Coalesced writes: of each file one record is outstanding, and stands for many.
 *
 * A record is outstanding from when it is queued until it is cleared by its id.
 * Writes that come before it is read are counted in it. The first one after
 * that makes another event, which is kept aside, and later ones are counted in
 * that; it is queued when the record is cleared. So there are at most two
 * events of a file, and clearing loses nothing.
 *
 * A file is known by device, inode number and generation: nothing is held, and
 * nothing forgotten when the inode is evicted.
 */
#ifndef FANG_WRITES_H
#define FANG_WRITES_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct fang_event;
struct fang_listener;
struct inode;

/**
 * struct fang_writes - the outstanding records of one group
 * @lock: the group's lock, here so that it can be asserted
 * @by_file: struct fang_outstanding by file [@lock to change, RCU]
 * @by_id: the same by id [@lock]
 * @all: the same [@lock]
 * @count: how many [@lock; READ_ONCE]
 * @aside: events that wait for a record to be cleared [@lock]
 */
struct fang_writes {
	spinlock_t *lock;
	struct rhashtable by_file;
	struct rhashtable by_id;
	struct list_head all;
	u32 count;
	struct list_head aside;
};

/**
 * struct fang_file_id - names a file without holding it
 * @ino: inode number
 * @dev: device of the file system
 * @generation: of the inode, which tells it from an earlier one of that number
 */
struct fang_file_id {
	u64 ino;
	u32 dev;
	u32 generation;
};

/**
 * struct fang_outstanding - a file's outstanding record
 * @file_link: in by_file
 * @id_link: in by_id
 * @link: in all [group lock]
 * @rcu: frees it
 * @file: immutable
 * @id: of the record [group lock]
 * @holder: listener that read it; NULL while it is queued [group lock]
 * @event: the record while it is queued, then the one aside, or NULL [group lock]
 * @more: writes that @event stands for besides its own; negative: none can be added
 */
struct fang_outstanding {
	struct rhash_head file_link;
	struct rhash_head id_link;
	struct list_head link;
	struct rcu_head rcu;
	struct fang_file_id file;
	u64 id;
	struct fang_listener *holder;
	struct fang_event *event;
	atomic_t more;
};

/* -ENOMEM */
int fang_writes_init(struct fang_writes *writes, spinlock_t *lock);

/* Nothing is outstanding any more. May sleep. */
void fang_writes_destroy(struct fang_writes *writes);

/* Count this write in an event that is still to be read, if there is one. No lock. */
bool fang_writes_join(struct fang_writes *writes, const struct inode *inode);

/* For fang_writes_place(). NULL: no memory. */
struct fang_outstanding *fang_outstanding_create(const struct inode *inode);
void fang_outstanding_free(struct fang_outstanding *outstanding);

enum fang_place {
	FANG_PLACE_QUEUE, /* is to be queued */
	FANG_PLACE_ASIDE, /* was put aside: it is not the caller's any more */
	FANG_PLACE_JOINED, /* was counted in another, and is not needed */
};

/*
 * Group lock held: where does a write's event belong? One that is to be queued is
 * outstanding from now on if @fresh was used up, that is set to NULL; @room says whether
 * there may be one more.
 */
enum fang_place fang_writes_place(struct fang_writes *writes, struct fang_outstanding **fresh,
				  struct fang_event *event, bool room);

/* Group lock held. NULL: it is not outstanding. */
struct fang_outstanding *fang_writes_find(struct fang_writes *writes, u64 id);

/* Group lock held: @holder reads the record. Returns how many writes it stands for. */
u32 fang_outstanding_read(struct fang_outstanding *outstanding, struct fang_listener *holder);

/*
 * Group lock held: that failed, @event with @count writes is the record again. Returns
 * the event that was put aside since, which is not needed any more, or NULL.
 */
struct fang_event *fang_outstanding_give_back(struct fang_outstanding *outstanding,
					      struct fang_event *event, u32 count);

/*
 * Group lock held: the event that was put aside becomes the record, with a new id. It is to
 * be queued. If there is no memory it is not outstanding.
 */
void fang_writes_renew(struct fang_writes *writes, struct fang_outstanding *outstanding, u64 id);

/*
 * Group lock held: nothing is outstanding of this file. The count of writes is added to
 * the event, if there is one, which is returned.
 */
struct fang_event *fang_writes_remove(struct fang_writes *writes,
				      struct fang_outstanding *outstanding);

#endif /* FANG_WRITES_H */
