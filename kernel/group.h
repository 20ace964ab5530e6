/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A group: a named set of listeners with a priority and a mask of event kinds.
 */
#ifndef FANG_GROUP_H
#define FANG_GROUP_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "event.h"
#include "fastpath.h"
#include "limits.h"
#include "mask.h"
#include "queue.h"
#include "request.h"
#include "rule.h"
#include "scope.h"
#include "stats.h"
#include "subject.h"
#include "writes.h"

struct fang_group;
struct fang_listener;

/**
 * struct fang_hearing_ops - what groups ask of the layer that hears files
 * @cover: hear what the group's mask and enabled scopes want, while the group
 *	is enabled; 0, -ENOMEM, or -EOPNOTSUPP
 * @leave: hear nothing for this scope any more; cannot fail
 * @accepts: can this scope's file system be watched? 0 or -EOPNOTSUPP
 * @remember: make a fastpath entry for a file; 0, -EOPNOTSUPP, -ETXTBSY, -ENOSPC,
 *	-EAGAIN (changed just now), -ENOMEM
 * @forget: end its entry; 0 or -ENOENT
 * @modified: count a change that raises no event, while the file is open for writing
 *
 * The first three are called with fang_config_mutex held.
 */
struct fang_hearing_ops {
	int (*cover)(struct fang_group *group);
	void (*leave)(struct fang_scope *scope);
	int (*accepts)(struct fang_scope *scope);
	int (*remember)(struct fang_group *group, struct inode *inode, u32 kinds);
	int (*forget)(struct fang_group *group, struct inode *inode);
	void (*modified)(struct inode *inode);
};

/**
 * struct fang_node_ops - what groups ask of the layer that has their device nodes
 * @create: make /dev/fang/<name>; 0 or an errno
 * @remove: undo that
 */
struct fang_node_ops {
	int (*create)(struct fang_group *group);
	void (*remove)(struct fang_group *group);
};

/**
 * struct fang_late - a task whose wait just timed out
 * @thread: held; NULL if the place is free
 * @until_ns: CLOCK_MONOTONIC until which it does not wait again
 */
struct fang_late {
	struct pid *thread;
	u64 until_ns;
};

/**
 * struct fang_group - one directory below groups/
 * @mask: kinds wanted [config mutex; READ_ONCE]
 * @rules_in_force: NULL if there are none [config mutex, RCU]
 * @exemptions_in_force: likewise
 * @stats: counters
 * @fastpath: which allows are remembered
 * @refs: configfs item, listeners, and dispatch while it raises an event
 * @free_work: frees it after an RCU grace period
 * @name: of the directory
 * @link: in fang_groups [config mutex]
 * @scopes: struct fang_scope [config mutex]
 * @rules: struct fang_rule [config mutex]
 * @exemptions: struct fang_rule [config mutex]
 * @active_set: the set of rules in force [config mutex]
 * @minor: of its device node
 * @lists: its directory in debugfs; may be NULL or an error
 * @rank: priority and whether it asks; priority is fixed while enabled
 * @enabled: [config mutex and group lock to write; either to read]
 * @removed: rmdir came; listeners read end-of-file [group lock]
 * @priority_set: [config mutex]
 * @label: [config mutex]
 * @report: FANG_REPORT_*; fixed while enabled
 * @fd_mode: 1 for rw; fixed while enabled
 * @write_events: enum fang_write_events; fixed while enabled
 * @permissive: and the others below: [config mutex; READ_ONCE]
 * @requests: access requests, and the group lock
 * @queue: notifications [group lock]
 * @writes: outstanding write records [group lock]
 * @listeners: those that are joined [group lock]
 * @joined: how many [group lock; READ_ONCE]
 * @readers: listeners that wait for a record
 * @timeouts: requests that were read and timed out since the last response [group lock]
 * @degraded: so many that only probes wait [group lock; READ_ONCE]
 * @probing: a probe waits [group lock]
 * @late: tasks that waited in vain, a ring [group lock]
 * @late_next: place for the next one [group lock]
 * @missed_told: of stats/missed so many were told to a listener [group lock]
 * @denials: ring of the last denials; NULL until the first [group lock]
 * @late_until_ns: no place is in force after that [group lock]
 * @hold_work: lets go of paths that were held too long
 */
struct fang_group {
	/* All that an open or read looks at which is remembered: one cache line. */
	u32 mask;
	struct fang_rules __rcu *rules_in_force;
	struct fang_rules __rcu *exemptions_in_force;
	struct fang_stats __percpu *stats;
	struct fang_fastpath fastpath;

	refcount_t refs;
	struct rcu_work free_work;
	char name[FANG_NAME_MAX + 1];
	struct list_head link;
	struct list_head scopes;
	struct list_head rules;
	struct list_head exemptions;
	u32 active_set;
	int minor;
	struct dentry *lists;

	struct fang_rank rank;
	bool enabled;
	bool removed;
	bool priority_set;
	char label[FANG_LABEL_MAX + 1];

	u32 report;
	u32 fd_mode;
	u32 write_events;
	bool permissive;
	u32 timeout_ms;
	u32 max_extensions;
	u32 max_deliveries;
	u32 max_timeouts;
	u32 on_timeout;
	u32 on_no_listener;
	u32 on_overflow;
	u32 on_cannot_wait;
	u32 queue_max;
	u32 queue_bytes;
	u32 access_max;

	struct fang_requests requests;
	struct fang_queue queue;
	struct fang_writes writes;
	struct list_head listeners;
	u32 joined;
	wait_queue_head_t readers;
	u32 timeouts;
	bool degraded;
	bool probing;
	struct fang_late late[FANG_LATE_TASKS];
	unsigned int late_next;
	u64 late_until_ns;
	u64 missed_told;
	struct fang_denials *denials;
	struct delayed_work hold_work;
};

/**
 * struct fang_occurrence - what the layer that hears files saw
 * @kind: enum fang_kind
 * @open_flags: of the open file, 0 without one
 * @inode: the regular file
 * @dentry: where it stands; may be NULL
 * @path: the open file's; NULL for truncate by path
 */
struct fang_occurrence {
	u32 kind;
	u32 open_flags;
	struct inode *inode;
	const struct dentry *dentry;
	const struct path *path;
};

/**
 * struct fang_list_ops - what groups ask of the layer that shows whole lists
 * @add: show the group's lists; failure just means that they are not shown
 * @remove: undo that; nobody looks at them any more afterwards
 */
struct fang_list_ops {
	void (*add)(struct fang_group *group);
	void (*remove)(struct fang_group *group);
};

/* Held for every change of configuration; never while paths are resolved. */
extern struct mutex fang_config_mutex;
extern struct list_head fang_groups;

/* Module parameter: N allows every request at once. */
extern bool fang_enforce;

/* Does a wait hold up nobody else? Set before the first group. */
extern bool fang_waits_outside_srcu;

/* Set once, before the first group. */
void fang_group_set_hearing_ops(const struct fang_hearing_ops *ops);
void fang_group_set_node_ops(const struct fang_node_ops *ops);
void fang_group_set_list_ops(const struct fang_list_ops *ops);

/* With its device node. ERR_PTR on failure. */
struct fang_group *fang_group_create(const char *name);

/* Under RCU: false if the group is on its way out. */
static inline bool fang_group_get(struct fang_group *group)
{
	return refcount_inc_not_zero(&group->refs);
}

/* Nobody refers to it any more. */
void fang_group_release(struct fang_group *group);

static inline void fang_group_put(struct fang_group *group)
{
	if (refcount_dec_and_test(&group->refs))
		fang_group_release(group);
}

/* rmdir: listeners read end-of-file. The group is disabled and without scopes. */
void fang_group_remove(struct fang_group *group);

/* Config mutex held. */
int fang_group_enable(struct fang_group *group);
void fang_group_disable(struct fang_group *group);
int fang_group_set_mask(struct fang_group *group, u32 mask);
int fang_scope_enable(struct fang_scope *scope);
void fang_scope_disable(struct fang_scope *scope);
int fang_rule_enable(struct fang_rule *rule);
void fang_rule_disable(struct fang_rule *rule);
int fang_group_set_active_set(struct fang_group *group, u32 set);

/* Fastpath entries by hand; @kinds may have FANG_ENTRY_SURVIVE. Errors: see the ops. */
int fang_group_remember_inode(struct fang_group *group, struct inode *inode, u32 kinds);
int fang_group_forget_inode(struct fang_group *group, struct inode *inode);

/* A listener got it open for writing, which raises no event: entries end. */
void fang_inode_was_opened_for_writing(struct inode *inode);

/* Longest wait of one access for this group, in ms. */
u64 fang_group_max_wait_ms(const struct fang_group *group);

/* Queue a copy of the event if somebody listens. May sleep. */
void fang_group_notify(struct fang_group *group, struct fang_scope *scope,
		       const struct fang_occurrence *occurrence);

/*
 * Can the group's settings alone decide? True: *@result is 0 or -EPERM. False:
 * a listener must be asked with fang_group_ask(). May sleep.
 */
bool fang_group_decides(struct fang_group *group, struct fang_scope *scope,
			const struct fang_occurrence *occurrence, int *result);

/* What follows from a rule that denies: 0 or -EPERM. May sleep. */
int fang_group_denies_by_rule(struct fang_group *group, struct fang_scope *scope,
			      const struct fang_occurrence *occurrence,
			      const struct fang_rule *rule);

/*
 * Ask a listener and wait, at most for max_wait_ms. 0 or -EPERM; -EINTR if the
 * task is being killed. Nothing may be held that others need.
 */
int fang_group_ask(struct fang_group *group, struct fang_scope *scope,
		   const struct fang_occurrence *occurrence, struct fang_memory *memory);

/*
 * Settle or extend the request named in @response, or clear the write record. 0,
 * -EINVAL (malformed), -ENOENT (no such open request, or outstanding record that was
 * read), -ERANGE (no more extensions), -EPERM (@privileged is needed to remember).
 */
int fang_group_respond(struct fang_group *group, const struct fang_response *response,
		       bool privileged);

/*
 * The lines of the attributes denials, newest first, and pending, as the current task
 * sees pids: as many as fit, and a last one about the others. @all: there are none.
 */
ssize_t fang_group_show_denials(struct fang_group *group, char *text, size_t size, bool *all);
ssize_t fang_group_show_pending(struct fang_group *group, char *text, size_t size, bool *all);

/*
 * Group lock held: the listener that read these outstanding records has gone; NULL:
 * nobody clears records any more. What they kept back is queued.
 */
void fang_group_clear_for(struct fang_group *group, const struct fang_listener *listener,
			  struct list_head *dropped);

/* Would the access not be raised if it began now? Under the group lock. */
bool fang_request_is_remembered(const struct fang_group *group, const struct fang_request *request);

/* Group lock held: */
void fang_group_settle(struct fang_group *group, struct fang_request *request,
		       enum fang_outcome outcome, bool deny);
void fang_group_settle_abandoned(struct fang_group *group);
/* Somebody responds: leave the degraded state. */
void fang_group_recover(struct fang_group *group);
/* Somebody new is there, or nobody asks: forget who waited in vain, too. */
void fang_group_restart(struct fang_group *group);

static inline void fang_group_lock(struct fang_group *group)
{
	spin_lock(&group->requests.lock);
}

static inline void fang_group_unlock(struct fang_group *group)
{
	spin_unlock(&group->requests.lock);
}

/*
 * Group lock held: does a listener sleep or poll, who must be woken? One who comes to
 * sleep later looks under the lock first, and sees what was queued.
 */
static inline bool fang_group_is_awaited(struct fang_group *group)
{
	lockdep_assert_held(&group->requests.lock);
	/* No barrier: the lock orders it. */
	return waitqueue_active(&group->readers);
}

#endif /* FANG_GROUP_H */
