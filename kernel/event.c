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
#include <linux/percpu.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>

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
	BUILD_BUG_ON(FANG_RECORD_ALIGN != sizeof(u64));
	BUILD_BUG_ON(sizeof(struct path) != 2 * sizeof(void *));
	BUILD_BUG_ON(offsetof(struct fang_record, id) != 8);
	BUILD_BUG_ON(offsetof(struct fang_record, dev) != 48);
	BUILD_BUG_ON(offsetof(struct fang_record, deadline_ns) != 72);
	BUILD_BUG_ON(sizeof(struct fang_record) + (1 + FANG_EXTRAS) * 16 + FANG_PATH_TEXT_MAX +
			     TASK_COMM_LEN + 2 * FANG_EXTRA_TEXT_MAX >
		     FANG_RECORD_MAX);
}

/* Events that have no more than all have: most of a full queue. */
static struct kmem_cache *fang_event_cache;

/**
 * struct fang_spares - such events that nobody needs at the moment
 * @first: linked by their link.next, which ends with NULL
 * @count: how many
 *
 * Where events are read about as fast as they are raised, the next one takes the place
 * of one that was read, which is several times cheaper than to free and allocate: it is
 * not cleared, and stays charged to whom it was charged first. Only tasks come here, so
 * having preemption off suffices.
 */
struct fang_spares {
	struct list_head *first;
	unsigned int count;
};

static DEFINE_PER_CPU(struct fang_spares, fang_spares);

static struct fang_event *fang_spare_take(void)
{
	struct fang_spares *spares = get_cpu_ptr(&fang_spares);
	struct list_head *link = spares->first;

	if (link) {
		spares->first = link->next;
		spares->count--;
	}
	put_cpu_ptr(&fang_spares);
	return link ? list_entry(link, struct fang_event, link) : NULL;
}

/* False: there are enough. */
static bool fang_spare_keep(struct fang_event *event)
{
	struct fang_spares *spares = get_cpu_ptr(&fang_spares);
	bool keep = spares->count < FANG_SPARE_EVENTS;

	if (keep) {
		event->link.next = spares->first;
		spares->first = &event->link;
		spares->count++;
	}
	put_cpu_ptr(&fang_spares);
	return keep;
}

int fang_event_init(void)
{
	fang_event_cache = KMEM_CACHE(fang_event, SLAB_ACCOUNT);
	return fang_event_cache ? 0 : -ENOMEM;
}

/* Nobody raises events, or has one, any more. */
void fang_event_exit(void)
{
	struct fang_event *event;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct fang_spares *spares = per_cpu_ptr(&fang_spares, cpu);

		while (spares->first) {
			event = list_entry(spares->first, struct fang_event, link);
			spares->first = event->link.next;
			kmem_cache_free(fang_event_cache, event);
		}
	}
	kmem_cache_destroy(fang_event_cache);
}

static size_t fang_event_more_size(unsigned int parts, size_t text_size)
{
	return struct_size_t(struct fang_event_more, slot, fang_parts_slots(parts)) + text_size;
}

/* One that has more; the rest of it is cleared. */
static struct fang_event *fang_event_alloc_more(unsigned int parts, size_t text_size)
{
	struct fang_event_more *more =
		kzalloc(fang_event_more_size(parts, text_size), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);

	if (!more)
		return NULL;
	more->text_size = text_size;
	more->text_start = text_size;
	return &more->event;
}

/* Nothing in it is cleared. */
static struct fang_event *fang_event_alloc(void)
{
	struct fang_event *event = fang_spare_take();

	return event ?: kmem_cache_alloc(fang_event_cache, GFP_KERNEL | __GFP_NOWARN);
}

static void fang_event_begin(struct fang_event *event, u32 kind, unsigned int parts)
{
	INIT_LIST_HEAD(&event->link);
	event->id = 0;
	event->flags = 0;
	event->kind = kind;
	event->parts = parts;
	if (fang_kind_is_blocking(kind))
		refcount_set(&event->refs, 1);
	else
		event->count = 1;
	event->time_ns = ktime_get_boottime_ns();
}

static __always_inline void fang_event_tell_file(struct fang_event *event,
						 const struct inode *inode, u32 open_flags)
{
	const struct cred *cred = current_cred();

	event->ino = inode->i_ino;
	event->dev = inode->i_sb->s_dev;
	event->uid = cred->fsuid;
	event->gid = cred->fsgid;
	event->open_flags = open_flags;
}

struct fang_event *fang_event_create(u32 kind, const struct inode *inode, u32 open_flags,
				     unsigned int parts, size_t text_size)
{
	struct pid *thread = task_pid(current);
	struct pid *process = task_tgid(current);
	struct fang_event *event;

	if (text_size)
		parts |= FANG_PART_MORE;
	if (thread != process)
		parts |= FANG_PART_PROCESS;
	event = parts ? fang_event_alloc_more(parts | FANG_PART_MORE, text_size) :
			fang_event_alloc();
	if (!event)
		return NULL;
	fang_event_begin(event, kind, parts ? parts | FANG_PART_MORE : 0);
	event->thread = get_pid(thread);
	if (thread != process)
		*fang_event_process_slot(event) = get_pid(process);
	fang_event_tell_file(event, inode, open_flags);
	return event;
}

bool fang_event_place(struct fang_event *event, u32 kind, const struct inode *inode, u32 open_flags)
{
	if (task_pid(current) != task_tgid(current))
		return false;
	fang_event_begin(event, kind, FANG_PART_PLACED);
	event->thread = task_pid(current);
	fang_event_tell_file(event, inode, open_flags);
	return true;
}

void fang_event_copy(struct fang_event *event, const struct fang_event *placed)
{
	*event = *placed;
	refcount_set(&event->refs, 1);
	get_pid(event->thread);
}

struct fang_event *fang_event_create_overflow(void)
{
	struct fang_event *event = fang_event_alloc_more(FANG_PART_MORE, 0);

	if (event) {
		fang_event_begin(event, FANG_OVERFLOW, FANG_PART_MORE);
		event->uid = GLOBAL_ROOT_UID;
		event->gid = GLOBAL_ROOT_GID;
	}
	return event;
}

void fang_event_get(struct fang_event *event)
{
	refcount_inc(&event->refs);
}

static void fang_event_free_more(struct fang_event_more *more)
{
	struct path *path = fang_event_path(&more->event);

	if (path)
		path_put(path);
	if (more->event.parts & FANG_PART_PROCESS)
		put_pid(fang_event_process(&more->event));
	kfree(fang_event_extra(&more->event));
	kfree(more);
}

void fang_event_put(struct fang_event *event)
{
	if (fang_kind_is_blocking(event->kind) && !refcount_dec_and_test(&event->refs))
		return;
	put_pid(event->thread);
	if (event->parts & FANG_PART_MORE)
		fang_event_free_more(fang_event_more(event));
	else if (!(event->parts & FANG_PART_PLACED) && !fang_spare_keep(event))
		kmem_cache_free(fang_event_cache, event);
}

static size_t fang_extra_size(const struct fang_extra *extra)
{
	size_t size = sizeof(*extra);
	int i;

	for (i = 0; i < FANG_EXTRAS; i++)
		size += extra->length[i];
	return size;
}

size_t fang_event_size_with_more(const struct fang_event_more *more)
{
	const struct fang_extra *extra = fang_event_extra(&more->event);

	return fang_event_more_size(more->event.parts, more->text_size) +
	       (extra ? fang_extra_size(extra) : 0);
}

/* Bytes that a payload takes in a record; none if there is nothing to tell. */
static size_t fang_addition_room(size_t length)
{
	return length ? ALIGN(sizeof(struct fang_addition) + length, FANG_RECORD_ALIGN) : 0;
}

static bool fang_view_shows(const struct fang_view *view, enum fang_extra_kind kind)
{
	return kind == FANG_EXTRA_COMM || view->privileged;
}

static size_t fang_extra_room(const struct fang_extra *extra, const struct fang_view *view)
{
	enum fang_extra_kind kind;
	size_t room = 0;

	for (kind = 0; kind < FANG_EXTRAS; kind++)
		if (fang_view_shows(view, kind))
			room += fang_addition_room(extra->length[kind]);
	return room;
}

size_t fang_event_length_with_more(const struct fang_event_more *more, const struct fang_view *view)
{
	const struct fang_extra *extra = fang_event_extra(&more->event);
	size_t length =
		sizeof(struct fang_record) + fang_addition_room(more->text_size - more->text_start);

	return extra ? length + fang_extra_room(extra, view) : length;
}

static int fang_addition_write(u16 type, const char *payload, size_t length, char __user *to)
{
	struct fang_addition addition = {
		.type = type,
		.length = sizeof(addition) + length,
	};

	if (copy_to_user(to, &addition, sizeof(addition)) ||
	    copy_to_user(to + sizeof(addition), payload, length) ||
	    clear_user(to + addition.length, fang_addition_room(length) - addition.length))
		return -EFAULT;
	return 0;
}

static int fang_extra_write(const struct fang_extra *extra, const struct fang_view *view,
			    char __user *to)
{
	static const u16 types[FANG_EXTRAS] = {
		[FANG_EXTRA_COMM] = FANG_ADDITION_COMM,
		[FANG_EXTRA_EXE] = FANG_ADDITION_EXE,
		[FANG_EXTRA_CGROUP] = FANG_ADDITION_CGROUP,
	};
	const char *payload = extra->text;
	enum fang_extra_kind kind;

	for (kind = 0; kind < FANG_EXTRAS; kind++) {
		size_t length = extra->length[kind];

		if (length && fang_view_shows(view, kind)) {
			if (fang_addition_write(types[kind], payload, length, to))
				return -EFAULT;
			to += fang_addition_room(length);
		}
		payload += length;
	}
	return 0;
}

/* Most listeners are in the initial namespaces, whose numbers are at hand. */
static pid_t fang_view_pid(const struct fang_view *view, struct pid *pid)
{
	return view->pids == &init_pid_ns ? pid_nr(pid) : pid_nr_ns(pid, view->pids);
}

static uid_t fang_view_uid(const struct fang_view *view, kuid_t uid)
{
	if (view->users == &init_user_ns && uid_valid(uid))
		return __kuid_val(uid);
	return from_kuid_munged(view->users, uid);
}

static gid_t fang_view_gid(const struct fang_view *view, kgid_t gid)
{
	if (view->users == &init_user_ns && gid_valid(gid))
		return __kgid_val(gid);
	return from_kgid_munged(view->users, gid);
}

/*
 * The record and the path's @text, if it is not empty. In one section of access to user
 * memory, in which no function may be called.
 */
static __always_inline ssize_t fang_record_write(const struct fang_event *event,
						 const struct fang_view *view,
						 const struct fang_told *told, struct pid *process,
						 const char *text, size_t text_length,
						 size_t length, char __user *to)
{
	struct fang_record __user *record = (void __user *)to;
	struct fang_addition __user *addition = (void __user *)(record + 1);
	pid_t pid = fang_view_pid(view, event->thread);
	pid_t tgid = process == event->thread ? pid : fang_view_pid(view, process);
	uid_t uid = fang_view_uid(view, event->uid);
	gid_t gid = fang_view_gid(view, event->gid);
	u64 dev = new_encode_dev(event->dev);
	u64 __user *last =
		(void __user *)((char __user *)addition + fang_addition_room(text_length)) -
		sizeof(*last);

	if (!user_access_begin(to, length))
		return -EFAULT;
	unsafe_put_user(length, &record->length, fault);
	unsafe_put_user(sizeof(*record), &record->head_length, fault);
	unsafe_put_user(event->flags | told->flags, &record->flags, fault);
	unsafe_put_user(event->id, &record->id, fault);
	unsafe_put_user(event->time_ns, &record->time_ns, fault);
	unsafe_put_user(event->kind, &record->kind, fault);
	unsafe_put_user(told->fd, &record->fd, fault);
	unsafe_put_user(pid, &record->pid, fault);
	unsafe_put_user(tgid, &record->tgid, fault);
	unsafe_put_user(uid, &record->uid, fault);
	unsafe_put_user(gid, &record->gid, fault);
	unsafe_put_user(dev, &record->dev, fault);
	unsafe_put_user(event->ino, &record->ino, fault);
	unsafe_put_user(event->open_flags, &record->open_flags, fault);
	unsafe_put_user(told->count, &record->count, fault);
	unsafe_put_user(told->deadline_ns, &record->deadline_ns, fault);
	if (text_length) {
		unsafe_put_user(FANG_ADDITION_PATH, &addition->type, fault);
		unsafe_put_user(0, &addition->flags, fault);
		unsafe_put_user(sizeof(*addition) + text_length, &addition->length, fault);
		/* The text's end overwrites its part of this. */
		unsafe_put_user(0, last, fault);
		unsafe_copy_to_user((char __user *)(addition + 1), text, text_length, fault);
	}
	user_access_end();
	return length;

fault:
	user_access_end();
	return -EFAULT;
}

static noinline ssize_t fang_event_write_with_more(const struct fang_event *event,
						   const struct fang_view *view,
						   const struct fang_told *told, char __user *to)
{
	const struct fang_extra *extra = fang_event_extra(event);
	const char *text = NULL;
	size_t text_length = fang_event_text(event, &text);
	ssize_t length = fang_record_write(event, view, told, fang_event_process(event), text,
					   text_length, fang_event_length(event, view), to);

	if (length > 0 && extra &&
	    fang_extra_write(extra, view,
			     to + sizeof(struct fang_record) + fang_addition_room(text_length)))
		return -EFAULT;
	return length;
}

ssize_t fang_event_write(const struct fang_event *event, const struct fang_view *view,
			 const struct fang_told *told, char __user *to)
{
	fang_event_check_layout();
	if (event->parts & FANG_PART_MORE)
		return fang_event_write_with_more(event, view, told, to);
	return fang_record_write(event, view, told, event->thread, NULL, 0,
				 sizeof(struct fang_record), to);
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
		*fang_event_extra_slot(event) = extra;
	}
	free_pages((unsigned long)pages, 1);
}
