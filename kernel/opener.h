/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Opening a file for a listener, of which no group hears.
 *
 * Where the kernel can open a file in silence that is all. Where it cannot (see
 * fang_open_unheard() in compat.h), the task is noted while it opens, and dispatch
 * raises nothing for it; other watchers do hear of the open.
 */
#ifndef FANG_OPENER_H
#define FANG_OPENER_H

#include <linux/fs.h>
#include <linux/list.h>

/* dentry_open(); what is done with the file later raises no events either. */
struct file *fang_opener_open(const struct path *path, int flags, const struct cred *cred);

/* Tasks that are in the middle of it. */
extern struct list_head fang_openers;
bool fang_openers_have_current(void);

/* Is the current task in the middle of it? From process context. */
static inline bool fang_opener_is_current(void)
{
	/* A task always sees what it added itself. */
	return !FANG_OPENS_UNHEARD && !list_empty(&fang_openers) && fang_openers_have_current();
}

#endif /* FANG_OPENER_H */
