// SPDX-License-Identifier: GPL-2.0-only
/* Forked children that report one number, see task.h. */
#include "task.h"
#include "fang.h"
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int closed_in_children[256];
static unsigned int closed_count;

void task_closes(int fd)
{
	CHECK(closed_count < sizeof(closed_in_children) / sizeof(closed_in_children[0]));
	closed_in_children[closed_count++] = fd;
}

void task_keeps(int fd)
{
	for (unsigned int i = 0; i < closed_count; i++) {
		if (closed_in_children[i] == fd)
			closed_in_children[i] = closed_in_children[--closed_count];
	}
}

void task_start(struct task *task, task_function function, const void *argument)
{
	int ends[2];

	CHECK(!pipe2(ends, O_CLOEXEC));
	task->started_ms = now_ms();
	task->done = false;
	task->pid = fork();
	CHECK(task->pid >= 0);
	if (!task->pid) {
		int result;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[0]);
		for (unsigned int i = 0; i < closed_count; i++)
			close(closed_in_children[i]);
		closed_count = 0;
		result = function(argument);
		_exit(write(ends[1], &result, sizeof(result)) != sizeof(result));
	}
	close(ends[1]);
	task->fd = ends[0];
}

/* Takes the result, or the end of a task that gave none. */
static void finish(struct task *task)
{
	int status;

	if (read(task->fd, &task->result, sizeof(task->result)) != sizeof(task->result))
		task->result = TASK_DIED;
	close(task->fd);
	while (waitpid(task->pid, &status, 0) < 0 && errno == EINTR)
		;
	task->done = true;
}

static bool wait_for(struct task *task, int limit_ms)
{
	struct pollfd ready = { .fd = task->fd, .events = POLLIN };

	if (!task->done && poll(&ready, 1, limit_ms) > 0)
		finish(task);
	return task->done;
}

bool task_is_done(struct task *task)
{
	return wait_for(task, 0);
}

int task_result(struct task *task)
{
	if (!wait_for(task, LIMIT_MS))
		FAIL("process %d does not end", task->pid);
	return task->result;
}

int task_run(task_function function, const void *argument)
{
	struct task task;

	task_start(&task, function, argument);
	return task_result(&task);
}

/* The next process gets this number, if nobody else is faster. */
static bool start_with_pid(struct task *task, pid_t pid, task_function function,
			   const void *argument)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid - 1);
	if (file_write("/proc/sys/kernel/ns_last_pid", text, strlen(text)))
		skip("numbers of processes cannot be chosen here");
	task_start(task, function, argument);
	return task->pid == pid;
}

void task_start_as(struct task *task, pid_t pid, task_function function, const void *argument)
{
	int tries = 0;

	while (!start_with_pid(task, pid, function, argument)) {
		CHECK(tries++ < 100);
		task_kill(task);
	}
}

long long task_age_ms(const struct task *task)
{
	return now_ms() - task->started_ms;
}

void task_kill(struct task *task)
{
	kill(task->pid, SIGKILL);
	task_result(task);
}

static int close_after(int fd, ssize_t outcome)
{
	int error = outcome < 0 ? -errno : 0;

	close(fd);
	return error;
}

int do_open(const void *path)
{
	int fd = open(path, O_RDONLY);

	return fd < 0 ? -errno : close_after(fd, 0);
}

int do_read(const void *path)
{
	int fd = open(path, O_RDONLY);
	char byte;

	return fd < 0 ? -errno : close_after(fd, read(fd, &byte, 1));
}

int do_write(const void *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0644);

	return fd < 0 ? -errno : close_after(fd, write(fd, "w", 1));
}

int do_open_rw(const void *path)
{
	int fd = open(path, O_RDWR);

	return fd < 0 ? -errno : close_after(fd, 0);
}

int do_truncate(const void *path)
{
	return truncate(path, 0) ? -errno : 0;
}

/* execve() reports through a descriptor that a successful one closes. */
int do_exec(const void *path)
{
	int ends[2], error = 0;
	pid_t pid;

	CHECK(!pipe2(ends, O_CLOEXEC));
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl(path, path, "--exit", NULL);
		error = -errno;
		_exit(write(ends[1], &error, sizeof(error)) != sizeof(error));
	}
	close(ends[1]);
	if (read(ends[0], &error, sizeof(error)) < 0)
		error = -errno;
	close(ends[0]);
	waitpid(pid, NULL, 0);
	return error;
}

void raise_flag(const char *name)
{
	if (mkdir(name, 0700))
		FAIL("%s: %s", name, strerror(errno));
}

void wait_for_flag(const char *name)
{
	WAIT_FOR(!access(name, F_OK));
}

void create_file(const char *path, const char *content)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, content, strlen(content)) != (ssize_t)strlen(content))
		FAIL("%s: %s", path, strerror(errno));
	close(fd);
}
