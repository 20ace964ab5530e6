// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device: its ioctls.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/pid.h>
#include <linux/uaccess.h>

#include "chardev_internal.h"
#include "listener.h"

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

static int fang_ioctl_exempt(const struct fang_handle *handle, void __user *argument)
{
	struct fang_exempt exempt;
	enum pid_type type;
	struct pid *pid;

	if (!handle->listener)
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
	if (!handle->privileged && !fang_pid_is_own(pid, type)) {
		put_pid(pid);
		return -EPERM;
	}
	return fang_listener_exempt(handle->listener, pid, type);
}

static int fang_ioctl_open(const struct fang_handle *handle, void __user *argument)
{
	struct fang_open request;
	struct path path;
	struct file *file;
	int error, fd;

	if (!handle->listener)
		return -EBADF;
	if (copy_from_user(&request, argument, sizeof(request)))
		return -EFAULT;
	if (request.size != sizeof(request) || request.flags)
		return -EINVAL;
	if (!handle->privileged)
		return -EPERM;
	error = fang_group_request_path(handle->group, request.id, &path);
	if (error)
		return error;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		goto put_path;
	file = fang_open_for_listener(handle->listener, &path);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		/* ENOENT is about the request; some file systems say it of a file that is gone. */
		fd = PTR_ERR(file) == -ENOENT ? -ESTALE : PTR_ERR(file);
	} else {
		fd_install(fd, file);
	}
put_path:
	path_put(&path);
	return fd;
}

static int fang_ioctl_fastpath(const struct fang_handle *handle, void __user *argument)
{
	struct fang_remember remember;
	u32 kinds;
	struct fd file;
	int error = -EPERM;

	if (copy_from_user(&remember, argument, sizeof(remember)))
		return -EFAULT;
	if (remember.size != sizeof(remember) || (remember.flags & ~FANG_REMEMBER_SURVIVE) ||
	    !remember.kinds || (remember.kinds & ~FANG_ALL_KINDS))
		return -EINVAL;
	kinds = remember.kinds;
	if (remember.flags & FANG_REMEMBER_SURVIVE)
		kinds |= FANG_ENTRY_SURVIVE;
	file = fdget(remember.fd);
	if (!fang_fd_file(file))
		return -EBADF;
	if (!S_ISREG(file_inode(fang_fd_file(file))->i_mode))
		error = -EINVAL;
	else if (handle->privileged || (fang_fd_file(file)->f_mode & FMODE_WRITE))
		error = fang_group_remember_inode(handle->group, file_inode(fang_fd_file(file)),
						  kinds);
	fdput(file);
	return error;
}

/* Jiffies of a time limit in ms, -1 for none. */
static long fang_exchange_timeout(s32 timeout_ms)
{
	return timeout_ms < 0 ? MAX_SCHEDULE_TIMEOUT : msecs_to_jiffies(timeout_ms);
}

static int fang_exchange(struct fang_handle *handle, struct fang_exchange *exchange)
{
	char __user *records = u64_to_user_ptr(exchange->records);
	size_t done;
	ssize_t result;

	result = fang_write_responses(handle, u64_to_user_ptr(exchange->responses),
				      exchange->responses_length, &done, &exchange->unknown);
	exchange->responses_done = done;
	if (result || !exchange->records_size)
		return done ? 0 : result;
	result = fang_read_records(handle->listener, records, exchange->records_size,
				   fang_exchange_timeout(exchange->timeout_ms));
	if (result >= 0)
		exchange->records_length = result;
	else if (!done)
		return result == -EAGAIN ? -ETIME : result;
	return 0;
}

/* Nothing else of it has changed. */
static int fang_exchange_tell(const struct fang_exchange *exchange, struct fang_exchange __user *to)
{
	if (!user_access_begin(to, sizeof(*to)))
		return -EFAULT;
	unsafe_put_user(exchange->responses_done, &to->responses_done, fault);
	unsafe_put_user(exchange->unknown, &to->unknown, fault);
	unsafe_put_user(exchange->records_length, &to->records_length, fault);
	user_access_end();
	return 0;

fault:
	user_access_end();
	return -EFAULT;
}

static int fang_ioctl_exchange(struct fang_handle *handle, void __user *argument)
{
	struct fang_exchange exchange FANG_FILLED_LATER;
	int error;

	if (!handle->listener)
		return -EBADF;
	if (copy_from_user(&exchange, argument, sizeof(exchange)))
		return -EFAULT;
	if (exchange.size != sizeof(exchange) || exchange.flags || exchange.timeout_ms < -1 ||
	    exchange.responses_length % sizeof(struct fang_response))
		return -EINVAL;
	exchange.responses_done = 0;
	exchange.unknown = 0;
	exchange.records_length = 0;
	error = fang_exchange(handle, &exchange);
	return fang_exchange_tell(&exchange, argument) ?: error;
}

long fang_chardev_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	void __user *pointer = (void __user *)argument;

	switch (command) {
	case FANG_IOC_ABI:
		return fang_ioctl_abi(pointer);
	case FANG_IOC_EXEMPT:
		return fang_ioctl_exempt(file->private_data, pointer);
	case FANG_IOC_OPEN:
		return fang_ioctl_open(file->private_data, pointer);
	case FANG_IOC_FASTPATH:
		return fang_ioctl_fastpath(file->private_data, pointer);
	case FANG_IOC_EXCHANGE:
		return fang_ioctl_exchange(file->private_data, pointer);
	default:
		return -ENOTTY;
	}
}
