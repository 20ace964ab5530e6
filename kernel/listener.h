/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A listener: one open of /dev/fang/<group>.
 */
#ifndef FANG_LISTENER_H
#define FANG_LISTENER_H

#include <linux/list.h>
#include <linux/mutex.h>

#include "event.h"

struct cred;
struct fang_group;
struct fang_subject;

/**
 * struct fang_listener - one open of the device for reading
 * @group: held
 * @link: in the group's list while joined [group lock]
 * @joined: counts as present [group lock]
 * @state: FANG_STATE_* that it was not told yet [group lock]
 * @missed: notifications before it came that it was not told of yet [group lock]
 * @held: requests that it read and that are open [group lock]
 * @process: who last opened or read; held [group lock to change with @mutex]
 * @view: of the opener, its namespaces held; privileged if it had CAP_SYS_ADMIN in
 *	the initial user namespace
 * @cred: of the open file, which holds it
 * @mutex: orders changes of @process, @self and @helpers
 * @self: the row that exempts @process [@mutex]
 * @helpers: rows that exempt others [@mutex]
 * @helper_count: how many [@mutex]
 */
struct fang_listener {
	struct fang_group *group;
	struct list_head link;
	bool joined;
	u16 state;
	u32 missed;
	struct list_head held;
	struct pid *process;
	struct fang_view view;
	const struct cred *cred;
	struct mutex mutex;
	struct fang_subject *self;
	struct list_head helpers;
	unsigned int helper_count;
};

/**
 * struct fang_delivery - a record on its way to user space
 * @event: with a reference; or @own
 * @own: of an overflow or state record, or a copy of a placed event
 * @length: of the record
 * @told: the rest of the record, complete but for the descriptor
 * @path: to be opened for the listener; of a request held, else the event holds it
 * @fd_wanted: there is a path
 * @is_request: names an access request
 * @last: nothing else was to be read when it was taken
 */
struct fang_delivery {
	struct fang_event *event;
	struct fang_event own;
	size_t length;
	struct fang_told told;
	struct path path;
	bool fd_wanted;
	bool is_request;
	bool last;
};

/* Joins the group, unless @group is removed (-ENODEV). Takes over a reference to it. */
struct fang_listener *fang_listener_create(struct fang_group *group, const struct cred *cred);

/* Leaves; its requests go back to the list. */
void fang_listener_destroy(struct fang_listener *listener);

/* The calling process now is the listener. -ENOMEM. May sleep. */
int fang_listener_touch(struct fang_listener *listener);

/* Group lock held: it counts as present. */
void fang_listener_join(struct fang_listener *listener);

/* Group lock held: is there something about the group that it was not told yet? */
static inline bool fang_listener_has_state(const struct fang_listener *listener)
{
	return READ_ONCE(listener->state) || READ_ONCE(listener->missed);
}

/* Exempt the process or process group @pid, consuming the reference. */
int fang_listener_exempt(struct fang_listener *listener, struct pid *pid, enum pid_type type);

/*
 * Take the next record that fits into @room: requests first. 0; -EAGAIN: none;
 * -EINVAL: the next does not fit; -ENODEV: the group is removed and nothing is left.
 */
int fang_listener_take(struct fang_listener *listener, size_t room, struct fang_delivery *delivery);

/* It reached user space. */
void fang_listener_delivered(struct fang_listener *listener, struct fang_delivery *delivery);

/* It did not: it is the next again. */
void fang_listener_give_back(struct fang_listener *listener, struct fang_delivery *delivery);

/*
 * Take as many notifications as fit into @room, in their order, of which nothing needs
 * to be told but the event. False: the next record is none of these.
 */
bool fang_listener_take_batch(struct fang_listener *listener, size_t room, struct list_head *batch);

/* They reached user space. */
void fang_listener_delivered_batch(struct fang_listener *listener, struct list_head *batch);

/* They did not: they are the next again. */
void fang_listener_give_back_batch(struct fang_listener *listener, struct list_head *batch);

/* Would fang_listener_take() return something other than -EAGAIN? */
bool fang_listener_is_readable(struct fang_listener *listener);

/* The same, asked without the lock: what changes just now may be missed. */
bool fang_listener_seems_readable(const struct fang_listener *listener);

/* Group lock held: tell every listener that the group was enabled or disabled. */
void fang_listeners_tell_state(struct fang_group *group, u16 state);

/*
 * The file of a request that was delivered and is open, with a reference. -ENOENT.
 */
int fang_group_request_path(struct fang_group *group, u64 id, struct path *path);

/*
 * Group lock held: those whose process is ending count as gone from now on. Free
 * @dropped with fang_queue_free_dropped() after the lock is released.
 */
void fang_listeners_check(struct fang_group *group, struct list_head *dropped);

#endif /* FANG_LISTENER_H */
