// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting without holding up others.
 *
 * fsnotify calls us inside its SRCU read section. Sleeping there would delay
 * every close of an inotify or fanotify descriptor in the system, because that
 * waits for the section. Mainline's way out is not exported to modules, but all
 * it needs is: pin the marks from which the walk will go on, leave the section,
 * wait, enter it again, unpin.
 *
 * Two differences to mainline. Marks of other groups are pinned by their count
 * only, not by user_waits of their group: so a watch on the very file that is
 * waited for can be closed at once. That is safe because a mark holds its group,
 * and whoever finds a group shut down queues nothing to it. And a mark of our own
 * that is on its way out is left behind rather than ending the walk, so that
 * nobody can make requests pass by destroying marks in a loop.
 *
 * The only thing that is not public is the address of fsnotify_mark_srcu. A
 * kprobe sees it as the first argument of __srcu_read_lock() while we ourselves
 * make fsnotify take it; the symbol table must agree. Without it waits happen
 * inside the section, and are kept short (see FANG_TIMEOUT_MS_INSIDE_SRCU).
 */
#include <linux/fsnotify_backend.h>
#include <linux/kprobes.h>
#include <linux/namei.h>
#include <linux/sched.h>
#include <linux/srcu.h>
#include <linux/string.h>

#include "dispatch_internal.h"
#include "selftest/selftest.h"

static struct srcu_struct *mark_srcu;

#if defined(CONFIG_KPROBES) && defined(CONFIG_HAVE_FUNCTION_ARG_ACCESS_API)

static struct task_struct *seeker;
static unsigned long seen;

static int fang_see_argument(struct kprobe *probe, struct pt_regs *regs)
{
	if (current == seeker && !seen)
		seen = regs_get_kernel_argument(regs, 0);
	return 0;
}

NOKPROBE_SYMBOL(fang_see_argument);

static void fang_provoke(void)
{
	struct fsnotify_mark *mark;
	struct path root;

	if (kern_path("/", 0, &root))
		return;
	mark = fang_find_inode_mark(d_inode(root.dentry), fang_ear);
	if (mark)
		fsnotify_put_mark(mark);
	path_put(&root);
}

static struct srcu_struct *fang_find_srcu(void)
{
	struct kprobe probe = {
		.symbol_name = "__srcu_read_lock",
		.pre_handler = fang_see_argument,
	};
	char symbol[KSYM_SYMBOL_LEN];

	seeker = current;
	if (register_kprobe(&probe))
		return NULL;
	fang_provoke();
	unregister_kprobe(&probe);
	snprintf(symbol, sizeof(symbol), "%pS", (void *)seen);
	if (!strstarts(symbol, "fsnotify_mark_srcu+0x0/"))
		return NULL;
	return (struct srcu_struct *)seen;
}

#else

static struct srcu_struct *fang_find_srcu(void)
{
	return NULL;
}

#endif

void fang_wait_init(void)
{
	mark_srcu = fang_control_hides_srcu() ? NULL : fang_find_srcu();
	fang_waits_outside_srcu = mark_srcu;
	if (!mark_srcu)
		pr_warn("fang: fsnotify's SRCU was not found; time-outs are limited to %d ms\n",
			FANG_TIMEOUT_MS_INSIDE_SRCU);
}

/* The next mark of the same object; the section is held, so it is still there. */
static struct fsnotify_mark *fang_next_mark(struct fsnotify_mark *mark)
{
	struct hlist_node *next = srcu_dereference(hlist_next_rcu(&mark->obj_list), mark_srcu);

	return hlist_entry_safe(next, struct fsnotify_mark, obj_list);
}

bool fang_wait_begin(struct fsnotify_iter_info *iter_info)
{
	struct fsnotify_mark *mark = iter_info->marks[FSNOTIFY_ITER_TYPE_SB];
	int type;

	if (!mark_srcu)
		return true;
	fang_control_await_end(&mark->refcnt);
	if (!refcount_inc_not_zero(&mark->refcnt))
		return false;
	for (type = 0; type < FSNOTIFY_ITER_TYPE_COUNT; type++) {
		if (type == FSNOTIFY_ITER_TYPE_SB)
			continue;
		mark = iter_info->marks[type];
		/* One whose count is zero is off the list and will never be met again. */
		while (mark && !refcount_inc_not_zero(&mark->refcnt))
			mark = fang_next_mark(mark);
		iter_info->marks[type] = mark;
	}
	/* For sparse: fsnotify entered the section. */
	__acquire(mark_srcu);
	srcu_read_unlock(mark_srcu, iter_info->srcu_idx);
	return true;
}

void fang_wait_end(struct fsnotify_iter_info *iter_info)
{
	int type;

	if (!mark_srcu)
		return;
	iter_info->srcu_idx = srcu_read_lock(mark_srcu);
	/* For sparse: fsnotify leaves it. */
	__release(mark_srcu);
	for (type = 0; type < FSNOTIFY_ITER_TYPE_COUNT; type++)
		if (iter_info->marks[type])
			fang_mark_put(iter_info->marks[type]);
}
