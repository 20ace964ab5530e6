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

/**
 * struct fang_event - an event on its way to one listener
 * @link: in the queue of notifications [group lock]
 * @refs: queue or request, and each reader that encodes it
 * @id: set when it is queued, from the counter of the module [group lock]
 * @time_ns: CLOCK_BOOTTIME when it was raised
 * @kind: enum fang_kind
 * @count: events it stands for [group lock]
 * @flags: FANG_PATH_*; immutable
 * @open_flags: of the open file
 * @thread: who, held; NULL in an overflow record
 * @process: its thread group, held
 * @uid: its fsuid
 * @gid: its fsgid
 * @dev: device of the file system
 * @ino: inode number
 * @size: bytes that it takes in memory
 * @extra: NULL if nothing else is told; immutable
 * @path: held for a descriptor, or empty [group lock]
 * @held_since: jiffies when @path was taken
 * @text_start: where the path's text starts in @text
 * @text_size: bytes of @text; the path fills it to its end
 * @text: path, not terminated
 */
struct fang_event {
	struct list_head link;
	refcount_t refs;
	u32 kind;
	u64 id;
	u64 time_ns;
	u32 count;
	u16 flags;
	u32 open_flags;
	struct pid *thread;
	struct pid *process;
	kuid_t uid;
	kgid_t gid;
	dev_t dev;
	u64 ino;
	u32 size;
	struct fang_extra *extra;
	struct path path;
	unsigned long held_since;
	u16 text_start;
	u16 text_size;
	char text[];
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

/*
 * An event of the current task with room for @text_size bytes of path. NULL:
 * no memory. Charged to the memory cgroup of the current task.
 */
struct fang_event *fang_event_create(u32 kind, const struct inode *inode, u32 open_flags,
				     size_t text_size);

/* An overflow record; its count is set later. */
struct fang_event *fang_event_create_overflow(void);

void fang_event_get(struct fang_event *event);

/* May sleep: drops a held path. */
void fang_event_put(struct fang_event *event);

/*
 * Tell comm, exe and cgroup of the current task, as the FANG_REPORT_* in @report
 * say; what cannot be had for want of memory is not told. May sleep.
 */
void fang_event_describe_task(struct fang_event *event, u32 report);

/* Bytes of the whole record, a multiple of 8. */
size_t fang_event_length(const struct fang_event *event, const struct fang_view *view);

/* Fill the head of the record; fd, deadline and further flags are the caller's. */
void fang_event_encode(const struct fang_event *event, const struct fang_view *view,
		       struct fang_record *record);

/* Path, comm, exe, cgroup. */
#define FANG_ADDITIONS_MAX (1 + FANG_EXTRAS)

/*
 * The @i-th addition, from 0: its head and where its payload is. False if the record
 * has no such addition; a later one may be there.
 */
bool fang_event_addition(const struct fang_event *event, const struct fang_view *view,
			 unsigned int i, struct fang_addition *addition, const char **payload);

static inline size_t fang_event_text_length(const struct fang_event *event)
{
	return event->text_size - event->text_start;
}

#endif /* FANG_EVENT_H */
