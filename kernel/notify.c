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
static struct fang_event *fang_event_with_path(struct fang_scope *scope,
					       const struct fang_occurrence *occurrence)
{
	const struct dentry *dentry = occurrence->dentry;
	int tries = FANG_PATH_TRIES;
	struct fang_event *event;
	size_t size, used;
	u16 flags = 0;

	used = fang_scope_path(scope, dentry, NULL, 0, &flags);
	do {
		size = min_t(size_t, used, FANG_PATH_TEXT_MAX);
		event = fang_event_create(occurrence->kind, occurrence->inode,
					  occurrence->open_flags, size);
		if (!event)
			return NULL;
		used = fang_scope_path(scope, dentry, event->text, size, &flags);
		if (used <= size || size == FANG_PATH_TEXT_MAX || !--tries)
			break;
		/* Renamed to something longer meanwhile. */
		fang_event_put(event);
	} while (true);
	event->flags = flags;
	event->text_start = size - min(used, size);
	return event;
}

struct fang_event *fang_group_event(struct fang_group *group, struct fang_scope *scope,
				    const struct fang_occurrence *occurrence)
{
	u32 of_task = FANG_REPORT_COMM | FANG_REPORT_EXE | FANG_REPORT_CGROUP;
	u32 report = READ_ONCE(group->report);
	struct fang_event *event;

	if (occurrence->dentry && (report & FANG_REPORT_PATH))
		event = fang_event_with_path(scope, occurrence);
	else
		event = fang_event_create(occurrence->kind, occurrence->inode,
					  occurrence->open_flags, 0);
	if (event && (report & of_task))
		fang_event_describe_task(event, report);
	return event;
}

static void fang_group_lose(struct fang_group *group)
{
	fang_group_lock(group);
	if (group->joined)
		fang_queue_lose(&group->queue, 1, fang_next_id(), ktime_get_boottime_ns());
	fang_group_unlock(group);
	fang_stats_inc(group->stats, FANG_STAT_LOST);
	wake_up_interruptible(&group->readers);
}

static bool fang_group_has_room(const struct fang_group *group, const struct fang_event *event)
{
	return group->queue.count < READ_ONCE(group->queue_max) &&
	       group->queue.bytes + event->size <= READ_ONCE(group->queue_bytes);
}

void fang_group_notify(struct fang_group *group, struct fang_scope *scope,
		       const struct fang_occurrence *occurrence)
{
	struct fang_event *event;
	bool wanted, queued = false;
	u64 id = 0;

	if (!READ_ONCE(group->joined)) {
		fang_stats_inc(group->stats, FANG_STAT_MISSED);
		return;
	}
	event = fang_group_event(group, scope, occurrence);
	if (!event) {
		fang_group_lose(group);
		return;
	}
	if ((READ_ONCE(group->report) & FANG_REPORT_FD) && occurrence->path) {
		event->path = *occurrence->path;
		path_get(&event->path);
		/* Never 0, which means that there was no path. */
		event->held_since = jiffies | 1;
	}

	fang_group_lock(group);
	wanted = group->enabled && group->joined;
	if (wanted && fang_group_has_room(group, event)) {
		event->id = fang_next_id();
		/* The event is the queue's afterwards. */
		id = event->id;
		fang_queue_add(&group->queue, event);
		queued = true;
		if (event->path.dentry)
			queue_delayed_work(fang_workqueue, &group->hold_work,
					   msecs_to_jiffies(FANG_HOLD_MS));
	}
	fang_group_unlock(group);

	if (queued) {
		trace_fang_queued(group, id, occurrence->kind);
		fang_stats_inc(group->stats, FANG_STAT_QUEUED);
		wake_up_interruptible(&group->readers);
		return;
	}
	fang_event_put(event);
	if (wanted)
		fang_group_lose(group);
}

/* Paths whose time is over are taken out in turn, because path_put() sleeps. */
static bool fang_group_release_path(struct fang_group *group, unsigned long *next)
{
	unsigned long held = msecs_to_jiffies(FANG_HOLD_MS);
	struct path path = {};
	struct fang_event *event;

	*next = 0;
	fang_group_lock(group);
	list_for_each_entry(event, &group->queue.events, link) {
		if (!event->path.dentry)
			continue;
		if (time_before(jiffies, event->held_since + held)) {
			*next = max_t(unsigned long, event->held_since + held - jiffies, 1);
			break;
		}
		swap(path, event->path);
		break;
	}
	fang_group_unlock(group);
	path_put(&path);
	return path.dentry;
}

void fang_group_release_paths(struct work_struct *work)
{
	struct fang_group *group =
		container_of(to_delayed_work(work), struct fang_group, hold_work);
	unsigned long next;

	while (fang_group_release_path(group, &next))
		cond_resched();
	if (next)
		queue_delayed_work(fang_workqueue, &group->hold_work, next);
}
