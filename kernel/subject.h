/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The task that raises an event: may it wait, and is it itself a listener or a
 * listener's helper.
 */
#ifndef FANG_SUBJECT_H
#define FANG_SUBJECT_H

#include <linux/hashtable.h>
#include <linux/list.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "limits.h"

/**
 * struct fang_rank - where a group stands in the order of asking
 * @priority: fixed while the group is enabled
 * @blocking: the group is enabled and asks
 *
 * Its address stands for the group. Read without locks: whoever changes it does
 * so before the group starts, or after it ceased, to ask.
 */
struct fang_rank {
	u32 priority;
	bool blocking;
};

/**
 * struct fang_subject - a process or process group that serves a group
 * @node: in the table by @pid [table lock, RCU]
 * @pid: held; immutable
 * @type: PIDTYPE_TGID or PIDTYPE_PGID; immutable
 * @rank: the group it serves; immutable
 * @link: in the listener's list of helpers [the listener's mutex]
 * @rcu: frees it and drops @pid
 */
struct fang_subject {
	struct hlist_node node;
	struct pid *pid;
	enum pid_type type;
	const struct fang_rank *rank;
	struct list_head link;
	struct rcu_head rcu;
};

/* Consumes the reference to @pid, also on failure (NULL: no memory). */
struct fang_subject *fang_subject_add(struct pid *pid, enum pid_type type,
				      const struct fang_rank *rank);

void fang_subject_remove(struct fang_subject *subject);

/* All of them, by pid. */
extern struct hlist_head fang_subjects[1 << FANG_SUBJECT_HASH_BITS];
bool fang_subjects_exempt_current(const struct fang_rank *rank, bool blocking);

/* Most tasks are not even near one; @pid is only compared. */
static inline bool fang_may_be_subject(const struct pid *pid)
{
	return !hlist_empty(&fang_subjects[hash_min((unsigned long)pid, FANG_SUBJECT_HASH_BITS)]);
}

/*
 * Is an event of the current task none of the business of the group at @rank?
 * So it is if the task serves that group, and for a blocking event also if it
 * serves a blocking group that is asked no later: a listener that waits is only
 * ever waited for by groups of lower number, so that waits form no ring.
 */
static inline bool fang_subject_is_exempt(const struct fang_rank *rank, bool blocking)
{
	return (fang_may_be_subject(task_tgid(current)) ||
		fang_may_be_subject(task_pgrp(current))) &&
	       fang_subjects_exempt_current(rank, blocking);
}

/* PID 1 and kernel threads: nobody may stop them. */
static inline bool fang_task_is_untouchable(void)
{
	return is_global_init(current) || (current->flags & PF_KTHREAD);
}

/* May the current task sleep for a listener? */
bool fang_task_can_wait(void);

/* Has the process begun to end: killed, exiting, dumping core, or gone? */
bool fang_process_is_ending(struct pid *process);

#endif /* FANG_SUBJECT_H */
