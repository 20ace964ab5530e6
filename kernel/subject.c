// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who raises an event.
 *
 * The table of subjects is small (one row a listener, a few for helpers) and
 * almost always read, so readers walk it under RCU and writers share one lock.
 * A row keeps its struct pid until no reader can compare against it any more:
 * else a new process could be born with that address and pass for a helper.
 */
#include <linux/hashtable.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "limits.h"
#include "subject.h"

DEFINE_HASHTABLE(fang_subjects, FANG_SUBJECT_HASH_BITS);
static DEFINE_SPINLOCK(subjects_lock);

struct fang_subject *fang_subject_add(struct pid *pid, enum pid_type type,
				      const struct fang_rank *rank)
{
	struct fang_subject *subject = kmalloc(sizeof(*subject), GFP_KERNEL_ACCOUNT);

	if (!subject) {
		put_pid(pid);
		return NULL;
	}
	subject->pid = pid;
	subject->type = type;
	subject->rank = rank;
	INIT_LIST_HEAD(&subject->link);
	spin_lock(&subjects_lock);
	hash_add_rcu(fang_subjects, &subject->node, (unsigned long)pid);
	spin_unlock(&subjects_lock);
	return subject;
}

static void fang_subject_free(struct rcu_head *rcu)
{
	struct fang_subject *subject = container_of(rcu, struct fang_subject, rcu);

	put_pid(subject->pid);
	kfree(subject);
}

void fang_subject_remove(struct fang_subject *subject)
{
	spin_lock(&subjects_lock);
	hash_del_rcu(&subject->node);
	spin_unlock(&subjects_lock);
	call_rcu(&subject->rcu, fang_subject_free);
}

static bool fang_pid_is_exempt(struct pid *pid, enum pid_type type, const struct fang_rank *rank,
			       bool blocking)
{
	struct fang_subject *subject;

	hash_for_each_possible_rcu(fang_subjects, subject, node, (unsigned long)pid) {
		if (subject->pid != pid || subject->type != type)
			continue;
		if (subject->rank == rank)
			return true;
		if (blocking && READ_ONCE(subject->rank->blocking) &&
		    READ_ONCE(subject->rank->priority) <= rank->priority)
			return true;
	}
	return false;
}

bool fang_subjects_exempt_current(const struct fang_rank *rank, bool blocking)
{
	bool exempt;

	rcu_read_lock();
	exempt = fang_pid_is_exempt(task_tgid(current), PIDTYPE_TGID, rank, blocking) ||
		 fang_pid_is_exempt(task_pgrp(current), PIDTYPE_PGID, rank, blocking);
	rcu_read_unlock();
	return exempt;
}

/*
 * io_uring's workers, SQPOLL among them, do wait: they act for a process, and
 * to let them pass would let every process pass that submits through a ring.
 */
bool fang_task_can_wait(void)
{
	return current->mm && !is_global_init(current) && !fatal_signal_pending(current) &&
	       !(current->flags &
		 (PF_KTHREAD | PF_WQ_WORKER | PF_MEMALLOC | PF_KSWAPD | PF_EXITING | PF_DUMPCORE));
}

bool fang_process_is_ending(struct pid *process)
{
	struct task_struct *task;
	bool ending;

	rcu_read_lock();
	task = pid_task(process, PIDTYPE_TGID);
	ending = !task || !atomic_read(&task->signal->live) ||
		 (READ_ONCE(task->signal->flags) & SIGNAL_GROUP_EXIT) ||
		 READ_ONCE(task->signal->core_state);
	rcu_read_unlock();
	return ending;
}
