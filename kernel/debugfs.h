/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /sys/kernel/debug/fang/<group>/: whole lists, where configfs has but a page.
 */
#ifndef FANG_DEBUGFS_H
#define FANG_DEBUGFS_H

/* Before the first group. Without debugfs nothing is shown, which is no error. */
void fang_debugfs_init(void);

/* After the last group was removed. */
void fang_debugfs_exit(void);

#endif /* FANG_DEBUGFS_H */
