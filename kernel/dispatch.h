/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Dispatch hears files through fsnotify and raises events in the groups that
 * want them. dispatch*.c are the only users of fsnotify.
 */
#ifndef FANG_DISPATCH_H
#define FANG_DISPATCH_H

/* Before the first group exists. -ENOMEM. */
int fang_dispatch_init(void);

/* After the last group is freed. May sleep: waits until fsnotify forgot us. */
void fang_dispatch_exit(void);

#endif /* FANG_DISPATCH_H */
