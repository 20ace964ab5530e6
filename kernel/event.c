// SPDX-License-Identifier: GPL-2.0-only
/*
 * One event and its record on the wire.
 */
#include <linux/align.h>
#include <linux/build_bug.h>
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "event.h"
#include "limits.h"
#include "mask.h"

#define FANG_RECORD_ALIGN 8

static void fang_event_check_layout(void)
{
	BUILD_BUG_ON(sizeof(struct fang_record) != 80);
	BUILD_BUG_ON(sizeof(struct fang_addition) != 8);
	BUILD_BUG_ON(sizeof(struct fang_response) != 32);
	BUILD_BUG_ON(sizeof(struct fang_exempt) != 16);
	BUILD_BUG_ON(sizeof(struct fang_open) != 16);
	BUILD_BUG_ON(sizeof(struct fang_remember) != 16);
	BUILD_BUG_ON(sizeof(struct fang_exchange) != 48);
	BUILD_BUG_ON(offsetof(struct fang_record, id) != 8);
	BUILD_BUG_ON(offsetof(struct fang_record, dev) != 48);
	BUILD_BUG_ON(offsetof(struct fang_record, deadline_ns) != 72);
	BUILD_BUG_ON(sizeof(struct fang_record) + FANG_ADDITIONS_MAX * 16 + FANG_PATH_TEXT_MAX +
			     TASK_COMM_LEN + 2 * FANG_EXTRA_TEXT_MAX >
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
	kfree(event->extra);
	put_pid(event->thread);
	put_pid(event->process);
	kfree(event);
}

size_t fang_event_length(const struct fang_event *event, const struct fang_view *view)
{
	size_t length = sizeof(struct fang_record);
	struct fang_addition addition;
	const char *payload;
	unsigned int i;

	for (i = 0; i < FANG_ADDITIONS_MAX; i++)
		if (fang_event_addition(event, view, i, &addition, &payload))
			length += ALIGN(addition.length, FANG_RECORD_ALIGN);
	return length;
}

void fang_event_encode(const struct fang_event *event, const struct fang_view *view,
		       struct fang_record *record)
{
	fang_event_check_layout();
	*record = (struct fang_record){
		.length = fang_event_length(event, view),
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

static bool fang_fill_addition(struct fang_addition *addition, u16 type, size_t length)
{
	*addition = (struct fang_addition){
		.type = type,
		.length = sizeof(*addition) + length,
	};
	return length;
}

bool fang_event_addition(const struct fang_event *event, const struct fang_view *view,
			 unsigned int i, struct fang_addition *addition, const char **payload)
{
	static const u16 types[FANG_EXTRAS] = {
		[FANG_EXTRA_COMM] = FANG_ADDITION_COMM,
		[FANG_EXTRA_EXE] = FANG_ADDITION_EXE,
		[FANG_EXTRA_CGROUP] = FANG_ADDITION_CGROUP,
	};
	enum fang_extra_kind kind, before;

	if (!i) {
		*payload = event->text + event->text_start;
		return fang_fill_addition(addition, FANG_ADDITION_PATH,
					  fang_event_text_length(event));
	}
	kind = i - 1;
	if (!event->extra || (kind != FANG_EXTRA_COMM && !view->privileged))
		return false;
	*payload = event->extra->text;
	for (before = 0; before < kind; before++)
		*payload += event->extra->length[before];
	return fang_fill_addition(addition, types[kind], event->extra->length[kind]);
}

/* The end of the text in @page, as far as a record may have it. */
static size_t fang_bound_text(char **text)
{
	size_t length = strlen(*text);

	if (length > FANG_EXTRA_TEXT_MAX) {
		*text += length - FANG_EXTRA_TEXT_MAX;
		length = FANG_EXTRA_TEXT_MAX;
	}
	return length;
}

static char *fang_task_exe(char *page)
{
	struct file *file = current->mm ? fang_get_exe_file(current->mm) : NULL;
	char *text;

	if (!file)
		return "";
	text = d_path(&file->f_path, page, PAGE_SIZE);
	fput(file);
	return IS_ERR(text) ? "" : text;
}

static char *fang_task_cgroup(char *page)
{
	int length = -EOPNOTSUPP;

#ifdef CONFIG_CGROUPS
	rcu_read_lock();
	length = cgroup_path(task_dfl_cgroup(current), page, PAGE_SIZE);
	rcu_read_unlock();
#endif
	return length < 0 ? "" : page;
}

void fang_event_describe_task(struct fang_event *event, u32 report)
{
	char *pages = (char *)__get_free_pages(GFP_KERNEL, 1);
	char *text[FANG_EXTRAS] = { "", "", "" };
	char comm[TASK_COMM_LEN];
	size_t length[FANG_EXTRAS];
	struct fang_extra *extra;
	size_t size = 0;
	char *to;
	int i;

	if (!pages)
		return;
	if (report & FANG_REPORT_COMM)
		text[FANG_EXTRA_COMM] = get_task_comm(comm, current);
	if (report & FANG_REPORT_EXE)
		text[FANG_EXTRA_EXE] = fang_task_exe(pages);
	if (report & FANG_REPORT_CGROUP)
		text[FANG_EXTRA_CGROUP] = fang_task_cgroup(pages + PAGE_SIZE);
	for (i = 0; i < FANG_EXTRAS; i++) {
		length[i] = fang_bound_text(&text[i]);
		size += length[i];
	}
	extra = kmalloc(struct_size(extra, text, size), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (extra) {
		to = extra->text;
		for (i = 0; i < FANG_EXTRAS; i++) {
			extra->length[i] = length[i];
			memcpy(to, text[i], length[i]);
			to += length[i];
		}
		event->extra = extra;
		event->size += struct_size(extra, text, size);
	}
	free_pages((unsigned long)pages, 1);
}
