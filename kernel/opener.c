// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks that open files for listeners. They are few at a time, and only events
 * that some group wants look for them here.
 */
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include "opener.h"

/**
 * struct fang_opener - a task that opens, on its stack
 * @link: in the list of all [openers_lock]
 * @task: immutable
 */
struct fang_opener {
	struct list_head link;
	const struct task_struct *task;
};

LIST_HEAD(fang_openers);
static DEFINE_SPINLOCK(openers_lock);

struct file *fang_opener_open(const struct path *path, int flags, const struct cred *cred)
{
	struct fang_opener opener = { .task = current };
	struct file *file;

	if (FANG_OPENS_UNHEARD)
		return fang_open_unheard(path, flags, cred);
	spin_lock(&openers_lock);
	list_add(&opener.link, &fang_openers);
	spin_unlock(&openers_lock);
	file = fang_open_unheard(path, flags, cred);
	spin_lock(&openers_lock);
	list_del(&opener.link);
	spin_unlock(&openers_lock);
	return file;
}

bool fang_openers_have_current(void)
{
	const struct fang_opener *opener;
	bool found = false;

	spin_lock(&openers_lock);
	list_for_each_entry(opener, &fang_openers, link)
		found |= opener->task == current;
	spin_unlock(&openers_lock);
	return found;
}
