// SPDX-License-Identifier: GPL-2.0-only
/*
 * Notifications of a group: made, queued, and lost where there is no room.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched.h>

#include "group.h"
#include "group_internal.h"
#include "trace.h"
#include "work.h"

/* An event with room for the path, and the path in it. */
static struct fang_event *fang_event_with_text(struct fang_scope *scope,
					       const struct fang_occurrence *occurrence,
					       unsigned int parts)
{
	const struct dentry *dentry = occurrence->dentry;
	int tries = FANG_PATH_TRIES;
	struct fang_event_more *more;
	struct fang_event *event;
	size_t size, used;
	u16 flags = 0;

	used = fang_scope_path_room(scope, dentry);
	do {
		size = min_t(size_t, used, FANG_PATH_TEXT_MAX);
		event = fang_event_create(occurrence->kind, occurrence->inode,
					  occurrence->open_flags, parts | FANG_PART_MORE, size);
		if (!event)
			return NULL;
		more = fang_event_more(event);
		used = fang_scope_path(scope, dentry, fang_event_room(more), size, &flags);
		if (used <= size || size == FANG_PATH_TEXT_MAX || !--tries)
			break;
		/* Renamed to something longer meanwhile. */
		fang_event_put(event);
	} while (true);
	event->flags = flags;
	more->text_start = size - min(used, size);
	return event;
}

/* An event as the group reports it, with these @parts at least. NULL: no memory. */
static struct fang_event *fang_group_event_with(struct fang_group *group, struct fang_scope *scope,
						const struct fang_occurrence *occurrence,
						unsigned int parts)
{
	u32 of_task = FANG_REPORT_COMM | FANG_REPORT_EXE | FANG_REPORT_CGROUP;
	u32 report = READ_ONCE(group->report);
	struct fang_event *event;

	if (report & of_task)
		parts |= FANG_PART_EXTRA;
	if (occurrence->dentry && (report & FANG_REPORT_PATH))
		event = fang_event_with_text(scope, occurrence, parts);
	else
		event = fang_event_create(occurrence->kind, occurrence->inode,
					  occurrence->open_flags, parts, 0);
	if (event && (report & of_task))
		fang_event_describe_task(event, report);
	return event;
}

struct fang_event *fang_group_event(struct fang_group *group, struct fang_scope *scope,
				    const struct fang_occurrence *occurrence)
{
	return fang_group_event_with(group, scope, occurrence, 0);
}

static void fang_group_lose(struct fang_group *group, u32 count)
{
	lockdep_assert_held(&group->requests.lock);
	if (group->joined)
		fang_queue_lose(&group->queue, count, fang_next_id(), ktime_get_boottime_ns());
	fang_stats_add(group->stats, FANG_STAT_LOST, count);
}

static bool fang_group_has_room(const struct fang_group *group, const struct fang_event *event)
{
	return group->queue.count < READ_ONCE(group->queue_max) &&
	       group->queue.bytes + fang_event_size(event) <= READ_ONCE(group->queue_bytes);
}

/* The event is the queue's afterwards. */
static inline void fang_group_queue(struct fang_group *group, struct fang_event *event)
{
	trace_fang_queued(group, event->id, event->kind);
	fang_queue_add(&group->queue, event);
	fang_stats_inc(group->stats, FANG_STAT_QUEUED);
}

/* A write, of which each file has one outstanding record. True: the event is not the caller's. */
static bool fang_group_coalesce(struct fang_group *group, struct fang_outstanding **fresh,
				struct fang_event *event)
{
	bool room = group->writes.count < READ_ONCE(group->queue_max);
	enum fang_place place = fang_writes_place(&group->writes, fresh, event, room);

	if (place == FANG_PLACE_QUEUE) {
		fang_group_queue(group, event);
		return true;
	}
	fang_stats_inc(group->stats, FANG_STAT_COALESCED);
	if (place == FANG_PLACE_JOINED)
		return false;
	group->queue.bytes += fang_event_size(event);
	return true;
}

/* True: the event is not the caller's any more. */
static bool fang_group_accept(struct fang_group *group, struct fang_outstanding **fresh,
			      struct fang_event *event)
{
	bool accepted = true;

	lockdep_assert_held(&group->requests.lock);
	if (!group->enabled || !group->joined)
		return false;
	if (!fang_group_has_room(group, event)) {
		fang_group_lose(group, 1);
		return false;
	}
	event->id = fang_next_id();
	if (*fresh)
		accepted = fang_group_coalesce(group, fresh, event);
	else
		fang_group_queue(group, event);
	if (accepted && fang_event_holds_path(event))
		queue_delayed_work(fang_workqueue, &group->hold_work,
				   msecs_to_jiffies(FANG_HOLD_MS));
	return accepted;
}

/* Truncate by path has no path to hold. */
static __always_inline struct fang_event *
fang_group_event_with_fd(struct fang_group *group, struct fang_scope *scope,
			 const struct fang_occurrence *occurrence)
{
	u32 report = READ_ONCE(group->report);
	struct fang_event *event;
	struct path *path;

	if (!report)
		return fang_event_create(occurrence->kind, occurrence->inode,
					 occurrence->open_flags, 0, 0);
	if (!(report & FANG_REPORT_FD) || !occurrence->path)
		return fang_group_event(group, scope, occurrence);
	event = fang_group_event_with(group, scope, occurrence, FANG_PART_PATH);
	if (!event)
		return NULL;
	path = fang_event_path(event);
	*path = *occurrence->path;
	path_get(path);
	return event;
}

void fang_group_notify(struct fang_group *group, struct fang_scope *scope,
		       const struct fang_occurrence *occurrence)
{
	bool coalesced = occurrence->kind == FANG_WRITE &&
			 READ_ONCE(group->write_events) == FANG_WRITES_COALESCED;
	struct fang_outstanding *fresh = NULL;
	struct fang_event *event;
	bool accepted = false, awaited;

	if (!READ_ONCE(group->joined)) {
		fang_stats_inc(group->stats, FANG_STAT_MISSED);
		return;
	}
	if (coalesced && fang_writes_join(&group->writes, occurrence->inode)) {
		fang_stats_inc(group->stats, FANG_STAT_COALESCED);
		return;
	}
	event = fang_group_event_with_fd(group, scope, occurrence);
	/* Without memory for it a write is just not coalesced. */
	if (event && coalesced)
		fresh = fang_outstanding_create(occurrence->inode);

	fang_group_lock(group);
	if (event)
		accepted = fang_group_accept(group, &fresh, event);
	else
		fang_group_lose(group, 1);
	awaited = fang_group_is_awaited(group);
	fang_group_unlock(group);

	if (awaited)
		wake_up_interruptible(&group->readers);
	if (fresh)
		fang_outstanding_free(fresh);
	if (event && !accepted)
		fang_event_put(event);
}

/*
 * The record was dealt with, or will never be: what was put aside comes next,
 * and is outstanding if @renew. Returns it if there is no room for it.
 */
static struct fang_event *fang_group_clear_one(struct fang_group *group,
					       struct fang_outstanding *outstanding, bool renew)
{
	struct fang_queue *queue = &group->queue;
	struct fang_event *event = outstanding->event;

	if (!outstanding->holder || !event) {
		fang_writes_remove(&group->writes, outstanding);
		return NULL;
	}
	queue->bytes -= fang_event_size(event);
	if (queue->count >= READ_ONCE(group->queue_max)) {
		fang_writes_remove(&group->writes, outstanding);
		fang_group_lose(group, event->count);
		return event;
	}
	event->id = fang_next_id();
	if (renew)
		fang_writes_renew(&group->writes, outstanding, event->id);
	else
		fang_writes_remove(&group->writes, outstanding);
	fang_group_queue(group, event);
	return NULL;
}

void fang_group_clear_for(struct fang_group *group, const struct fang_listener *listener,
			  struct list_head *dropped)
{
	struct fang_outstanding *outstanding, *next;

	lockdep_assert_held(&group->requests.lock);
	list_for_each_entry_safe(outstanding, next, &group->writes.all, link) {
		struct fang_event *event = NULL;

		if (!listener || outstanding->holder == listener)
			event = fang_group_clear_one(group, outstanding, listener);
		if (event)
			list_add(&event->link, dropped);
	}
}

int fang_group_clear(struct fang_group *group, u64 id)
{
	struct fang_outstanding *outstanding;
	struct fang_event *event = NULL;
	int error = -ENOENT;

	fang_group_lock(group);
	outstanding = fang_writes_find(&group->writes, id);
	if (outstanding && outstanding->holder) {
		event = fang_group_clear_one(group, outstanding, true);
		fang_stats_inc(group->stats, FANG_STAT_CLEARED);
		error = 0;
	}
	fang_group_unlock(group);
	wake_up_interruptible(&group->readers);
	if (event)
		fang_event_put(event);
	return error;
}

/* Paths that are let go of in one go: path_put() sleeps, so they are taken out under the lock. */
#define FANG_RELEASE_BATCH 16

/**
 * struct fang_release - paths whose time is over
 * @count: how many
 * @path: they
 * @next_ns: until the time of the next one is over; 0 if there is none
 */
struct fang_release {
	unsigned int count;
	struct path path[FANG_RELEASE_BATCH];
	u64 next_ns;
};

static void fang_release_collect(struct fang_release *release, struct list_head *events)
{
	u64 now = ktime_get_boottime_ns();
	struct fang_event *event;

	list_for_each_entry(event, events, link) {
		u64 end = event->time_ns + FANG_HOLD_MS * NSEC_PER_MSEC;

		if (!fang_event_holds_path(event))
			continue;
		if (now < end) {
			release->next_ns = min(release->next_ns ?: U64_MAX, end - now);
		} else if (release->count < FANG_RELEASE_BATCH) {
			release->path[release->count++] = *fang_event_path(event);
			*fang_event_path(event) = (struct path){};
		}
	}
}

void fang_group_release_paths(struct work_struct *work)
{
	struct fang_group *group =
		container_of(to_delayed_work(work), struct fang_group, hold_work);
	struct fang_release release;
	unsigned int i;

	do {
		release.count = 0;
		release.next_ns = 0;
		fang_group_lock(group);
		fang_release_collect(&release, &group->queue.events);
		fang_release_collect(&release, &group->writes.aside);
		fang_group_unlock(group);
		for (i = 0; i < release.count; i++)
			path_put(&release.path[i]);
		cond_resched();
	} while (release.count == FANG_RELEASE_BATCH);
	/* A jiffy more than it is at least, so that it is over then. */
	if (release.next_ns)
		queue_delayed_work(fang_workqueue, &group->hold_work,
				   nsecs_to_jiffies(release.next_ns) + 1);
}
