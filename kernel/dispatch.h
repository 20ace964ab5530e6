/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Dispatch hears files through fsnotify and raises events in the groups that
 * want them. dispatch*.c are the only users of fsnotify.
 */
#ifndef FANG_DISPATCH_H
#define FANG_DISPATCH_H

/* Before the first group exists. -ENOMEM. */
int fang_dispatch_init(void);

/*
 * After the last group was removed: hear nothing any more, and wait until no task
 * is on its way through our code. May sleep.
 */
void fang_dispatch_stop(void);

/* After that, and after the last scope is freed. May sleep. */
void fang_dispatch_exit(void);

#endif /* FANG_DISPATCH_H */
