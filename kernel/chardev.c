// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device nodes /dev/fang/<group>.
 *
 * A node exists from mkdir to rmdir; an open file outlives it, because it holds
 * its listener, which holds the group.
 */
#include <linux/cdev.h>
#include <linux/compat.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "chardev.h"
#include "group.h"
#include "listener.h"

/**
 * struct fang_open - one open file
 * @group: held by @listener, or by this if there is none
 * @listener: NULL if the file was opened for writing only
 * @privileged: the opener had CAP_SYS_ADMIN in the initial user namespace
 */
struct fang_open {
	struct fang_group *group;
	struct fang_listener *listener;
	bool privileged;
};

static struct class *fang_class;
static struct cdev fang_cdev;
static dev_t fang_first;

/* Minor to group; a node that is gone leads nowhere. */
static DEFINE_IDR(minors);
static DEFINE_MUTEX(minors_mutex);

static struct fang_group *fang_minor_group(unsigned int minor)
{
	struct fang_group *group;

	mutex_lock(&minors_mutex);
	group = idr_find(&minors, minor);
	if (group && !fang_group_get(group))
		group = NULL;
	mutex_unlock(&minors_mutex);
	return group;
}

static int fang_chardev_open(struct inode *inode, struct file *file)
{
	struct fang_open *open = kzalloc(sizeof(*open), GFP_KERNEL_ACCOUNT);
	int error = -ENODEV;

	if (!open)
		return -ENOMEM;
	open->privileged = capable(CAP_SYS_ADMIN);
	open->group = fang_minor_group(iminor(inode));
	if (!open->group)
		goto free_open;
	if (file->f_mode & FMODE_READ) {
		open->listener = fang_listener_create(open->group, file->f_cred);
		error = PTR_ERR_OR_ZERO(open->listener);
		if (error)
			goto put_group;
	}
	file->private_data = open;
	return stream_open(inode, file);

put_group:
	fang_group_put(open->group);
free_open:
	kfree(open);
	return error;
}

static int fang_chardev_release(struct inode *inode, struct file *file)
{
	struct fang_open *open = file->private_data;

	if (open->listener)
		fang_listener_destroy(open->listener);
	else
		fang_group_put(open->group);
	kfree(open);
	return 0;
}

/* Shortage is the listener's to mend: the event stays; other errors are told in the record. */
static bool fang_is_shortage(int error)
{
	return error == -EMFILE || error == -ENFILE || error == -ENOMEM;
}

/* Open the delivery's path; *@file is NULL if the record just carries an errno. */
static int fang_delivery_open(const struct fang_listener *listener, struct fang_delivery *delivery,
			      struct file **file)
{
	int flags = O_LARGEFILE | O_CLOEXEC | (listener->group->fd_mode ? O_RDWR : O_RDONLY);
	int fd;

	*file = NULL;
	if (!delivery->fd_wanted)
		return 0;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	*file = fang_open_unheard(&delivery->path, flags, listener->cred);
	if (!IS_ERR(*file)) {
		if ((*file)->f_mode & FMODE_WRITE)
			fang_inode_was_opened_for_writing(file_inode(*file));
		delivery->record.fd = fd;
		return 0;
	}
	put_unused_fd(fd);
	delivery->record.fd = PTR_ERR(*file);
	*file = NULL;
	return fang_is_shortage(delivery->record.fd) ? delivery->record.fd : 0;
}

static int fang_delivery_copy(const struct fang_delivery *delivery, char __user *to)
{
	const struct fang_record *record = &delivery->record;
	const struct fang_event *event = delivery->event;
	struct fang_addition addition;
	char __user *end = to + record->length;

	if (copy_to_user(to, record, sizeof(*record)))
		return -EFAULT;
	to += sizeof(*record);
	if (!event || !fang_event_encode_path(event, &addition))
		return 0;
	if (copy_to_user(to, &addition, sizeof(addition)))
		return -EFAULT;
	to += sizeof(addition);
	if (copy_to_user(to, event->text + event->text_start, fang_event_text_length(event)))
		return -EFAULT;
	to += fang_event_text_length(event);
	return clear_user(to, end - to) ? -EFAULT : 0;
}

/* The descriptor becomes visible only when the record has arrived. */
static int fang_deliver(struct fang_listener *listener, struct fang_delivery *delivery,
			char __user *to)
{
	struct file *file;
	int error = fang_delivery_open(listener, delivery, &file);

	if (error)
		return error;
	error = fang_delivery_copy(delivery, to);
	if (!file)
		return error;
	if (error) {
		put_unused_fd(delivery->record.fd);
		fput(file);
		return error;
	}
	fd_install(delivery->record.fd, file);
	return 0;
}

/* One record: bytes copied, or an errno as of fang_listener_take() or fang_deliver(). */
static ssize_t fang_read_one(struct fang_listener *listener, char __user *to, size_t room)
{
	struct fang_delivery delivery;
	int error = fang_listener_take(listener, room, &delivery);

	if (error)
		return error;
	error = fang_deliver(listener, &delivery, to);
	if (error) {
		fang_listener_give_back(listener, &delivery);
		return error;
	}
	fang_listener_delivered(listener, &delivery);
	return delivery.record.length;
}

static ssize_t fang_chardev_read(struct file *file, char __user *to, size_t room, loff_t *pos)
{
	struct fang_listener *listener = ((struct fang_open *)file->private_data)->listener;
	struct fang_group *group = listener->group;
	size_t done = 0;
	ssize_t result;

	result = fang_listener_touch(listener);
	if (result)
		return result;
	for (;;) {
		result = fang_read_one(listener, to + done, room - done);
		if (result > 0) {
			done += result;
			continue;
		}
		if (done)
			return done;
		if (result == -ENODEV)
			return 0;
		if (result != -EAGAIN || (file->f_flags & O_NONBLOCK))
			return result;
		result = wait_event_interruptible_exclusive(group->readers,
							    fang_group_is_readable(group));
		if (result)
			return result;
	}
}

static ssize_t fang_chardev_write(struct file *file, const char __user *from, size_t size,
				  loff_t *pos)
{
	struct fang_open *open = file->private_data;
	struct fang_response response;
	bool any_settled = false;
	size_t done;

	if (size % sizeof(response))
		return -EINVAL;
	for (done = 0; done < size; done += sizeof(response)) {
		int error = -EFAULT;

		if (!copy_from_user(&response, from + done, sizeof(response)))
			error = fang_group_respond(open->group, &response, open->privileged);
		if (error && error != -ENOENT)
			return done ? done : error;
		any_settled |= !error;
		if (fatal_signal_pending(current))
			return done + sizeof(response);
		cond_resched();
	}
	return any_settled || !size ? size : -ENOENT;
}

static __poll_t fang_chardev_poll(struct file *file, poll_table *table)
{
	struct fang_open *open = file->private_data;
	struct fang_group *group = open->group;
	__poll_t mask = EPOLLOUT | EPOLLWRNORM;

	poll_wait(file, &group->readers, table);
	if (open->listener && fang_group_is_readable(group))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (READ_ONCE(group->removed))
		mask |= EPOLLHUP;
	return mask;
}

static int fang_ioctl_abi(void __user *argument)
{
	static const struct fang_abi abi = { .min = FANG_ABI_MIN, .max = FANG_ABI_MAX };

	return copy_to_user(argument, &abi, sizeof(abi)) ? -EFAULT : 0;
}

/* The struct pid that the caller names, with a reference; NULL if there is none. */
static struct pid *fang_exempt_pid(s32 number, enum pid_type type)
{
	struct pid *pid;

	rcu_read_lock();
	if (number)
		pid = find_vpid(number);
	else
		pid = type == PIDTYPE_PGID ? task_pgrp(current) : task_tgid(current);
	pid = pid && pid_task(pid, type) ? get_pid(pid) : NULL;
	rcu_read_unlock();
	return pid;
}

static bool fang_pid_is_own(const struct pid *pid, enum pid_type type)
{
	bool own;

	rcu_read_lock();
	own = pid == (type == PIDTYPE_PGID ? task_pgrp(current) : task_tgid(current));
	rcu_read_unlock();
	return own;
}

static int fang_ioctl_exempt(const struct fang_open *open, void __user *argument)
{
	struct fang_exempt exempt;
	enum pid_type type;
	struct pid *pid;

	if (!open->listener)
		return -EBADF;
	if (copy_from_user(&exempt, argument, sizeof(exempt)))
		return -EFAULT;
	if (exempt.size != sizeof(exempt) || (exempt.flags & ~FANG_EXEMPT_PROCESS_GROUP) ||
	    exempt.pid < 0 || exempt.pad)
		return -EINVAL;
	type = exempt.flags & FANG_EXEMPT_PROCESS_GROUP ? PIDTYPE_PGID : PIDTYPE_TGID;
	pid = fang_exempt_pid(exempt.pid, type);
	if (!pid)
		return -ESRCH;
	if (!open->privileged && !fang_pid_is_own(pid, type)) {
		put_pid(pid);
		return -EPERM;
	}
	return fang_listener_exempt(open->listener, pid, type);
}

static long fang_chardev_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	void __user *pointer = (void __user *)argument;

	switch (command) {
	case FANG_IOC_ABI:
		return fang_ioctl_abi(pointer);
	case FANG_IOC_EXEMPT:
		return fang_ioctl_exempt(file->private_data, pointer);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations fang_fops = {
	.owner = THIS_MODULE,
	.open = fang_chardev_open,
	.release = fang_chardev_release,
	.read = fang_chardev_read,
	.write = fang_chardev_write,
	.poll = fang_chardev_poll,
	.unlocked_ioctl = fang_chardev_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

/* Cyclic, so that a minor does not soon mean another group. */
static int fang_minor_alloc(struct fang_group *group)
{
	int minor;

	mutex_lock(&minors_mutex);
	minor = idr_alloc_cyclic(&minors, group, 0, FANG_MINORS, GFP_KERNEL);
	mutex_unlock(&minors_mutex);
	return minor;
}

static void fang_minor_free(int minor)
{
	mutex_lock(&minors_mutex);
	idr_remove(&minors, minor);
	mutex_unlock(&minors_mutex);
}

static int fang_node_create(struct fang_group *group)
{
	int minor = fang_minor_alloc(group);
	struct device *device;

	if (minor < 0)
		return minor;
	group->minor = minor;
	device = device_create(fang_class, NULL, fang_first + minor, NULL, "%s", group->name);
	if (IS_ERR(device))
		fang_minor_free(minor);
	return PTR_ERR_OR_ZERO(device);
}

static void fang_node_remove(struct fang_group *group)
{
	device_destroy(fang_class, fang_first + group->minor);
	fang_minor_free(group->minor);
}

static const struct fang_node_ops fang_node_ops = {
	.create = fang_node_create,
	.remove = fang_node_remove,
};

static char *fang_devnode(FANG_CONST_DEVICE *device, umode_t *mode)
{
	if (mode)
		*mode = 0600;
	return kasprintf(GFP_KERNEL, "fang/%s", dev_name(device));
}

int fang_chardev_init(void)
{
	int error = alloc_chrdev_region(&fang_first, 0, FANG_MINORS, "fang");

	if (error)
		return error;
	fang_class = fang_class_create("fang");
	if (IS_ERR(fang_class)) {
		error = PTR_ERR(fang_class);
		goto unregister;
	}
	fang_class->devnode = fang_devnode;
	cdev_init(&fang_cdev, &fang_fops);
	fang_cdev.owner = THIS_MODULE;
	error = cdev_add(&fang_cdev, fang_first, FANG_MINORS);
	if (error)
		goto destroy_class;
	fang_group_set_node_ops(&fang_node_ops);
	return 0;

destroy_class:
	class_destroy(fang_class);
unregister:
	unregister_chrdev_region(fang_first, FANG_MINORS);
	return error;
}

void fang_chardev_exit(void)
{
	cdev_del(&fang_cdev);
	class_destroy(fang_class);
	unregister_chrdev_region(fang_first, FANG_MINORS);
	idr_destroy(&minors);
}
