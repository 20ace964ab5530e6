// SPDX-License-Identifier: GPL-2.0-only
/*
 * One event and its record on the wire.
 */
#include <linux/align.h>
#include <linux/build_bug.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/stddef.h>
#include <linux/timekeeping.h>

#include "event.h"
#include "limits.h"

#define FANG_RECORD_ALIGN 8

static void fang_event_check_layout(void)
{
	BUILD_BUG_ON(sizeof(struct fang_record) != 80);
	BUILD_BUG_ON(sizeof(struct fang_addition) != 8);
	BUILD_BUG_ON(sizeof(struct fang_response) != 32);
	BUILD_BUG_ON(sizeof(struct fang_exempt) != 16);
	BUILD_BUG_ON(offsetof(struct fang_record, id) != 8);
	BUILD_BUG_ON(offsetof(struct fang_record, dev) != 48);
	BUILD_BUG_ON(offsetof(struct fang_record, deadline_ns) != 72);
	BUILD_BUG_ON(sizeof(struct fang_record) + sizeof(struct fang_addition) +
			     FANG_PATH_TEXT_MAX + FANG_RECORD_ALIGN >
		     FANG_RECORD_MAX);
}

static struct fang_event *fang_event_alloc(u32 kind, size_t text_size)
{
	size_t size = struct_size_t(struct fang_event, text, text_size);
	struct fang_event *event = kmalloc(size, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);

	if (!event)
		return NULL;
	memset(event, 0, sizeof(*event));
	INIT_LIST_HEAD(&event->link);
	refcount_set(&event->refs, 1);
	event->kind = kind;
	event->count = 1;
	event->time_ns = ktime_get_boottime_ns();
	event->size = size;
	event->text_size = text_size;
	event->text_start = text_size;
	return event;
}

struct fang_event *fang_event_create(u32 kind, const struct inode *inode, u32 open_flags,
				     size_t text_size)
{
	struct fang_event *event = fang_event_alloc(kind, text_size);

	if (!event)
		return NULL;
	event->open_flags = open_flags;
	event->thread = get_pid(task_pid(current));
	event->process = get_pid(task_tgid(current));
	event->uid = current_fsuid();
	event->gid = current_fsgid();
	event->dev = inode->i_sb->s_dev;
	event->ino = inode->i_ino;
	return event;
}

struct fang_event *fang_event_create_overflow(void)
{
	struct fang_event *event = fang_event_alloc(FANG_OVERFLOW, 0);

	if (event) {
		event->uid = GLOBAL_ROOT_UID;
		event->gid = GLOBAL_ROOT_GID;
	}
	return event;
}

void fang_event_get(struct fang_event *event)
{
	refcount_inc(&event->refs);
}

void fang_event_put(struct fang_event *event)
{
	if (!refcount_dec_and_test(&event->refs))
		return;
	path_put(&event->path);
	put_pid(event->thread);
	put_pid(event->process);
	kfree(event);
}

static size_t fang_addition_length(const struct fang_event *event)
{
	return sizeof(struct fang_addition) + fang_event_text_length(event);
}

size_t fang_event_length(const struct fang_event *event)
{
	size_t length = sizeof(struct fang_record);

	if (fang_event_text_length(event))
		length += ALIGN(fang_addition_length(event), FANG_RECORD_ALIGN);
	return length;
}

void fang_event_encode(const struct fang_event *event, const struct fang_view *view,
		       struct fang_record *record)
{
	fang_event_check_layout();
	*record = (struct fang_record){
		.length = fang_event_length(event),
		.head_length = sizeof(*record),
		.flags = event->flags,
		.id = event->id,
		.time_ns = event->time_ns,
		.kind = event->kind,
		.fd = -1,
		.pid = pid_nr_ns(event->thread, view->pids),
		.tgid = pid_nr_ns(event->process, view->pids),
		.uid = from_kuid_munged(view->users, event->uid),
		.gid = from_kgid_munged(view->users, event->gid),
		.dev = new_encode_dev(event->dev),
		.ino = event->ino,
		.open_flags = event->open_flags,
		.count = event->count,
	};
}

bool fang_event_encode_path(const struct fang_event *event, struct fang_addition *addition)
{
	if (!fang_event_text_length(event))
		return false;
	*addition = (struct fang_addition){
		.type = FANG_ADDITION_PATH,
		.length = fang_addition_length(event),
	};
	return true;
}
