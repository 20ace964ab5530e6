/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The module's own workqueue, so that unloading can wait for all of its work.
 */
#ifndef FANG_WORK_H
#define FANG_WORK_H

#include <linux/workqueue.h>

/* Made before, and destroyed after, everything that uses it. */
extern struct workqueue_struct *fang_workqueue;

#endif /* FANG_WORK_H */
