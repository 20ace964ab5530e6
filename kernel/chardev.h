/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device nodes /dev/fang/<group>: the only place that copies to and from
 * user space.
 */
#ifndef FANG_CHARDEV_H
#define FANG_CHARDEV_H

/* Before the first group exists. */
int fang_chardev_init(void);

/* After the last group was removed. */
void fang_chardev_exit(void);

#endif /* FANG_CHARDEV_H */
