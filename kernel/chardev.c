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
#include "chardev_internal.h"
#include "listener.h"

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
	struct fang_handle *handle = kzalloc(sizeof(*handle), GFP_KERNEL_ACCOUNT);
	int error = -ENODEV;

	if (!handle)
		return -ENOMEM;
	handle->privileged = capable(CAP_SYS_ADMIN);
	handle->group = fang_minor_group(iminor(inode));
	if (!handle->group)
		goto free_handle;
	if (file->f_mode & FMODE_READ) {
		handle->listener = fang_listener_create(handle->group, file->f_cred);
		error = PTR_ERR_OR_ZERO(handle->listener);
		if (error)
			goto put_group;
	}
	file->private_data = handle;
	return stream_open(inode, file);

put_group:
	fang_group_put(handle->group);
free_handle:
	kfree(handle);
	return error;
}

static int fang_chardev_release(struct inode *inode, struct file *file)
{
	struct fang_handle *handle = file->private_data;

	if (handle->listener)
		fang_listener_destroy(handle->listener);
	else
		fang_group_put(handle->group);
	kfree(handle);
	return 0;
}

static __poll_t fang_chardev_poll(struct file *file, poll_table *table)
{
	struct fang_handle *handle = file->private_data;
	struct fang_group *group = handle->group;
	__poll_t mask = EPOLLOUT | EPOLLWRNORM;

	poll_wait(file, &group->readers, table);
	/* Who polls is alive, whatever became of another process that reads from it. */
	if (handle->listener && !READ_ONCE(handle->listener->joined))
		fang_listener_touch(handle->listener);
	if (handle->listener && fang_listener_is_readable(handle->listener))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (READ_ONCE(group->removed))
		mask |= EPOLLHUP;
	return mask;
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
