// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device: records out, responses in.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include "chardev_internal.h"
#include "listener.h"
#include "opener.h"

/* Shortage is the listener's to mend: the event stays; other errors are told in the record. */
static bool fang_is_shortage(int error)
{
	return error == -EMFILE || error == -ENFILE || error == -ENOMEM;
}

struct file *fang_open_for_listener(const struct fang_listener *listener, const struct path *path)
{
	int flags = O_LARGEFILE | O_CLOEXEC | (listener->group->fd_mode ? O_RDWR : O_RDONLY);
	struct file *file = fang_opener_open(path, flags, listener->cred);

	if (!IS_ERR(file) && (file->f_mode & FMODE_WRITE))
		fang_inode_was_opened_for_writing(file_inode(file));
	return file;
}

/* Open the delivery's path; *@file is NULL if the record just carries an errno. */
static int fang_delivery_open(const struct fang_listener *listener, struct fang_delivery *delivery,
			      struct file **file)
{
	int fd;

	*file = NULL;
	if (!delivery->fd_wanted)
		return 0;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	*file = fang_open_for_listener(listener, &delivery->path);
	if (!IS_ERR(*file)) {
		delivery->told.fd = fd;
		return 0;
	}
	put_unused_fd(fd);
	delivery->told.fd = PTR_ERR(*file);
	*file = NULL;
	return fang_is_shortage(delivery->told.fd) ? delivery->told.fd : 0;
}

/* The descriptor becomes visible only when the record has arrived. */
static int fang_deliver(struct fang_listener *listener, struct fang_delivery *delivery,
			char __user *to)
{
	struct file *file;
	int error = fang_delivery_open(listener, delivery, &file);

	if (error)
		return error;
	error = min_t(ssize_t, 0,
		      fang_event_write(delivery->event, &listener->view, &delivery->told, to));
	if (!file)
		return error;
	if (error) {
		put_unused_fd(delivery->told.fd);
		fput(file);
		return error;
	}
	fd_install(delivery->told.fd, file);
	return 0;
}

/*
 * One record: bytes copied, or an errno as of fang_listener_take() or fang_deliver().
 * @last: there was none behind it.
 */
static ssize_t fang_read_one(struct fang_listener *listener, char __user *to, size_t room,
			     bool *last)
{
	struct fang_delivery delivery FANG_FILLED_LATER;
	int error = fang_listener_take(listener, room, &delivery);

	if (error)
		return error;
	error = fang_deliver(listener, &delivery, to);
	if (error) {
		fang_listener_give_back(listener, &delivery);
		return error;
	}
	fang_listener_delivered(listener, &delivery);
	*last = delivery.last;
	return delivery.length;
}

/* Bytes of several records, 0 if there are not several to be had at once, or -EFAULT. */
static ssize_t fang_read_batch(struct fang_listener *listener, char __user *to, size_t room)
{
	struct fang_told told = { .fd = -1 };
	struct fang_event *event;
	LIST_HEAD(batch);
	LIST_HEAD(delivered);
	size_t done = 0;
	ssize_t length;

	if (!fang_listener_take_batch(listener, room, &batch))
		return 0;
	list_for_each_entry(event, &batch, link) {
		told.count = event->count;
		length = fang_event_write(event, &listener->view, &told, to + done);
		if (length < 0) {
			list_cut_before(&delivered, &batch, &event->link);
			fang_listener_give_back_batch(listener, &batch);
			fang_listener_delivered_batch(listener, &delivered);
			return done ?: length;
		}
		done += length;
	}
	fang_listener_delivered_batch(listener, &batch);
	return done;
}

/* It was taken for dead because another process that reads from it too has died. */
static bool fang_listener_must_rejoin(const struct fang_listener *listener)
{
	return !READ_ONCE(listener->joined) && !READ_ONCE(listener->group->removed);
}

/*
 * Sleep until something may be there, for @timeout jiffies at most; what is left of
 * them. Whoever was woken must look: nobody else was.
 */
static long fang_await_record(struct fang_listener *listener, long timeout)
{
	wait_queue_head_t *readers = &listener->group->readers;
	DEFINE_WAIT(wait);

	prepare_to_wait_exclusive(readers, &wait, TASK_INTERRUPTIBLE);
	if (!fang_listener_is_readable(listener) && !fang_listener_must_rejoin(listener))
		timeout = schedule_timeout(timeout);
	finish_wait(readers, &wait);
	return timeout;
}

/* As fang_read_batch() and fang_read_one() say. */
static ssize_t fang_read_some(struct fang_listener *listener, char __user *to, size_t room,
			      bool *last)
{
	*last = false;
	return fang_read_batch(listener, to, room) ?: fang_read_one(listener, to, room, last);
}

ssize_t fang_read_records(struct fang_listener *listener, char __user *to, size_t room,
			  long timeout)
{
	bool last = false;
	size_t done = 0;
	ssize_t result;

	while (!last) {
		/* Again after each sleep: who read meanwhile may have died since. */
		result = fang_listener_touch(listener);
		if (result)
			return done ?: result;
		/* Without the lock, as it is taken once more before sleeping. */
		if (done || !timeout || fang_listener_seems_readable(listener))
			result = fang_read_some(listener, to + done, room - done, &last);
		else
			result = -EAGAIN;
		if (result > 0) {
			done += result;
			continue;
		}
		if (done)
			return done;
		if (result == -ENODEV)
			return 0;
		if (result != -EAGAIN || !timeout)
			return result;
		if (signal_pending(current))
			return -ERESTARTSYS;
		timeout = fang_await_record(listener, timeout);
	}
	return done;
}

ssize_t fang_chardev_read(struct file *file, char __user *to, size_t room, loff_t *pos)
{
	struct fang_handle *handle = file->private_data;
	long timeout = file->f_flags & O_NONBLOCK ? 0 : MAX_SCHEDULE_TIMEOUT;

	return fang_read_records(handle->listener, to, room, timeout);
}

/* In words; copy_from_user() takes bytes. */
static int fang_response_read(struct fang_response *response,
			      const struct fang_response __user *from)
{
	if (!user_access_begin(from, sizeof(*from)))
		return -EFAULT;
	unsafe_get_user(response->id, &from->id, fault);
	unsafe_get_user(response->response, &from->response, fault);
	unsafe_get_user(response->flags, &from->flags, fault);
	unsafe_get_user(response->kinds, &from->kinds, fault);
	unsafe_get_user(response->result, &from->result, fault);
	unsafe_get_user(response->zero, &from->zero, fault);
	user_access_end();
	return 0;

fault:
	user_access_end();
	return -EFAULT;
}

int fang_write_responses(struct fang_handle *handle, const char __user *from, size_t size,
			 size_t *done, u32 *unknown)
{
	struct fang_response response;

	*unknown = 0;
	for (*done = 0; *done < size; *done += sizeof(response)) {
		int error;

		if (fatal_signal_pending(current))
			return -EINTR;
		if (fang_response_read(&response, (const void __user *)(from + *done)))
			return -EFAULT;
		error = fang_group_respond(handle->group, &response, handle->privileged);
		if (error && error != -ENOENT)
			return error;
		*unknown += error == -ENOENT;
		cond_resched();
	}
	return 0;
}

ssize_t fang_chardev_write(struct file *file, const char __user *from, size_t size, loff_t *pos)
{
	u32 unknown;
	size_t done;
	int error;

	if (size % sizeof(struct fang_response))
		return -EINVAL;
	error = fang_write_responses(file->private_data, from, size, &done, &unknown);
	if (error)
		return done ? done : error;
	/* Not one of them did anything. */
	if (done && unknown == done / sizeof(struct fang_response))
		return -ENOENT;
	return done;
}
