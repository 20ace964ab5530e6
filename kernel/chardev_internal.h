/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the device share.
 */
#ifndef FANG_CHARDEV_INTERNAL_H
#define FANG_CHARDEV_INTERNAL_H

#include <linux/fs.h>

#include "group.h"

struct fang_listener;

/**
 * struct fang_handle - one open file
 * @group: held by @listener, or by this if there is none
 * @listener: NULL if the file was opened for writing only
 * @privileged: the opener had CAP_SYS_ADMIN in the initial user namespace
 */
struct fang_handle {
	struct fang_group *group;
	struct fang_listener *listener;
	bool privileged;
};

ssize_t fang_chardev_read(struct file *file, char __user *to, size_t room, loff_t *pos);
ssize_t fang_chardev_write(struct file *file, const char __user *from, size_t size, loff_t *pos);
long fang_chardev_ioctl(struct file *file, unsigned int command, unsigned long argument);

/*
 * Read records, waiting at most @timeout jiffies for the first. Bytes; 0: the group
 * is removed; -EAGAIN: the time is over; -ERESTARTSYS; or what a single record says.
 */
ssize_t fang_read_records(struct fang_listener *listener, char __user *to, size_t room,
			  long timeout);

/*
 * Take responses until one is malformed: that is returned, and @done has the bytes
 * before it. @unknown counts those that named no open request.
 */
int fang_write_responses(struct fang_handle *handle, const char __user *from, size_t size,
			 size_t *done, u32 *unknown);

/* Open the group's way, unheard; an entry of the fastpath ends if it is for writing. */
struct file *fang_open_for_listener(const struct fang_listener *listener, const struct path *path);

#endif /* FANG_CHARDEV_INTERNAL_H */
