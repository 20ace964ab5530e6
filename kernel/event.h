/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One event: what happened to which file, by whom; and its record on the wire.
 */
#ifndef FANG_EVENT_H
#define FANG_EVENT_H

#include <linux/fang.h>
#include <linux/list.h>
#include <linux/path.h>
#include <linux/pid.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/uidgid.h>

#include "mask.h"

struct inode;
struct user_namespace;
struct pid_namespace;

/* Additions besides the path, in this order. */
enum fang_extra_kind {
	FANG_EXTRA_COMM,
	FANG_EXTRA_EXE,
	FANG_EXTRA_CGROUP,
	FANG_EXTRAS,
};

/**
 * struct fang_extra - what else is told about the task
 * @length: bytes of each in @text; 0: not told
 * @text: one after the other
 */
struct fang_extra {
	u16 length[FANG_EXTRAS];
	char text[];
};

/* What an event has besides; of fang_event.parts. */
#define FANG_PART_MORE	  BIT(0) /* it is a struct fang_event_more, as with the next three */
#define FANG_PART_PATH	  BIT(1) /* two slots: a struct path for a descriptor */
#define FANG_PART_PROCESS BIT(2) /* a slot: a process that is not its first thread's */
#define FANG_PART_EXTRA	  BIT(3) /* a slot: what else is told about the task */
#define FANG_PART_PLACED  BIT(4) /* it is in memory of somebody else's */

/**
 * struct fang_event - an event on its way to one listener
 * @link: in the queue of notifications [group lock]
 * @id: set when it is queued, from the counter of the module [group lock]
 * @time_ns: CLOCK_BOOTTIME when it was raised
 * @ino: inode number
 * @thread: who, held; NULL in an overflow record
 * @dev: device of the file system
 * @uid: its fsuid
 * @gid: its fsgid
 * @open_flags: of the open file
 * @count: of a notification, which has one owner at a time: events it stands for
 *	[group lock]
 * @refs: of an access request: its waiter, each reader that encodes it, a denial
 * @flags: FANG_PATH_*; immutable
 * @kind: enum fang_kind
 * @parts: FANG_PART_*
 *
 * Queues hold many of these, so what most events lack is not in here.
 */
struct fang_event {
	struct list_head link;
	u64 id;
	u64 time_ns;
	u64 ino;
	struct pid *thread;
	dev_t dev;
	kuid_t uid;
	kgid_t gid;
	u32 open_flags;
	union {
		u32 count;
		refcount_t refs;
	};
	u16 flags;
	u8 kind;
	u8 parts;
};

/**
 * struct fang_event_more - an event with more to tell
 * @event: what all have
 * @text_start: where the path's text starts
 * @text_size: bytes for that text, which fills them to their end
 * @slot: as its parts say, in their order: a struct path, held or empty [group lock];
 *	the struct pid of its thread group, held; a struct fang_extra, or NULL, immutable.
 *	Then the text, not terminated
 */
struct fang_event_more {
	struct fang_event event;
	u16 text_start;
	u16 text_size;
	void *slot[];
};

/**
 * struct fang_view - through whose eyes a record is written
 * @pids: pid namespace of the listener
 * @users: user namespace of the listener
 * @privileged: may see programs and cgroups
 */
struct fang_view {
	struct pid_namespace *pids;
	struct user_namespace *users;
	bool privileged;
};

/**
 * struct fang_told - what a record tells besides the event
 * @flags: FANG_REDELIVERED, FANG_OUTSTANDING
 * @fd: descriptor, or a negated errno
 * @count: events that it stands for
 * @deadline_ns: of an access request
 */
struct fang_told {
	u16 flags;
	s32 fd;
	u32 count;
	u64 deadline_ns;
};

int fang_event_init(void);
void fang_event_exit(void);

/*
 * An event of the current task with these @parts, and if @text_size with room for as
 * many bytes of path. NULL: no memory. Charged to the memory cgroup of the current task,
 * unless it takes the place of one that was charged before.
 */
struct fang_event *fang_event_create(u32 kind, const struct inode *inode, u32 open_flags,
				     unsigned int parts, size_t text_size);

/*
 * The same for an access request that tells nothing else, placed in @event, which the
 * current task has until the request is settled: it holds nothing, and whoever wants to
 * keep it makes a copy meanwhile. False: it takes more room.
 */
bool fang_event_place(struct fang_event *event, u32 kind, const struct inode *inode,
		      u32 open_flags);

/* A copy of a placed one for one owner, who puts it. */
void fang_event_copy(struct fang_event *event, const struct fang_event *placed);

/* An overflow record; its count is set later. */
struct fang_event *fang_event_create_overflow(void);

/* Of an access request. */
void fang_event_get(struct fang_event *event);

/* May sleep: drops a held path. */
void fang_event_put(struct fang_event *event);

/*
 * Tell comm, exe and cgroup of the current task, as the FANG_REPORT_* in @report
 * say, of an event with FANG_PART_EXTRA; what cannot be had for want of memory is not
 * told. May sleep.
 */
void fang_event_describe_task(struct fang_event *event, u32 report);

size_t fang_event_size_with_more(const struct fang_event_more *more);

size_t fang_event_length_with_more(const struct fang_event_more *more,
				   const struct fang_view *view);

/* Write its record, which has room at @to. Its length, or -EFAULT. May sleep. */
ssize_t fang_event_write(const struct fang_event *event, const struct fang_view *view,
			 const struct fang_told *told, char __user *to);

/* NULL: it has no more. */
static inline struct fang_event_more *fang_event_more(const struct fang_event *event)
{
	if (!(event->parts & FANG_PART_MORE))
		return NULL;
	return container_of(event, struct fang_event_more, event);
}

/* Bytes that it takes in memory. */
static inline size_t fang_event_size(const struct fang_event *event)
{
	const struct fang_event_more *more = fang_event_more(event);

	return more ? fang_event_size_with_more(more) : sizeof(*event);
}

/* Bytes of its whole record, a multiple of 8. */
static inline size_t fang_event_length(const struct fang_event *event, const struct fang_view *view)
{
	const struct fang_event_more *more = fang_event_more(event);

	return more ? fang_event_length_with_more(more, view) : sizeof(struct fang_record);
}

/* Where the path for a descriptor is, held or empty; NULL: it never had one. */
static inline struct path *fang_event_path(const struct fang_event *event)
{
	if (!(event->parts & FANG_PART_PATH))
		return NULL;
	return (struct path *)fang_event_more(event)->slot;
}

/* Does it hold a path? */
static inline bool fang_event_holds_path(const struct fang_event *event)
{
	const struct path *path = fang_event_path(event);

	return path && path->dentry;
}

/* How many slots these parts take. */
static inline unsigned int fang_parts_slots(unsigned int parts)
{
	return (parts & FANG_PART_PATH ? 2 : 0) + !!(parts & FANG_PART_PROCESS) +
	       !!(parts & FANG_PART_EXTRA);
}

static inline struct pid **fang_event_process_slot(const struct fang_event *event)
{
	return (struct pid **)&fang_event_more(event)
		->slot[fang_parts_slots(event->parts & FANG_PART_PATH)];
}

static inline struct fang_extra **fang_event_extra_slot(const struct fang_event *event)
{
	unsigned int before = event->parts & (FANG_PART_PATH | FANG_PART_PROCESS);

	return (struct fang_extra **)&fang_event_more(event)->slot[fang_parts_slots(before)];
}

/* NULL: nothing else is told. */
static inline struct fang_extra *fang_event_extra(const struct fang_event *event)
{
	return event->parts & FANG_PART_EXTRA ? *fang_event_extra_slot(event) : NULL;
}

/* Where there is room for a path's text, and at its end the text. */
static inline char *fang_event_room(struct fang_event_more *more)
{
	return (char *)&more->slot[fang_parts_slots(more->event.parts)];
}

/* The path's text, not terminated; returns its length, 0 if there is none. */
static inline size_t fang_event_text(const struct fang_event *event, const char **text)
{
	struct fang_event_more *more = fang_event_more(event);

	if (!more)
		return 0;
	*text = fang_event_room(more) + more->text_start;
	return more->text_size - more->text_start;
}

static inline struct pid *fang_event_process(const struct fang_event *event)
{
	return event->parts & FANG_PART_PROCESS ? *fang_event_process_slot(event) : event->thread;
}

/* How many events its record stands for. */
static inline u32 fang_event_count(const struct fang_event *event)
{
	return fang_kind_is_blocking(event->kind) ? 1 : event->count;
}

#endif /* FANG_EVENT_H */
