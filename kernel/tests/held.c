// SPDX-License-Identifier: GPL-2.0-only
/* Tasks that wait, see held.h. */
#include "held.h"
#include "harness.h"
#include "loop.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Looks at a sleeping task, a nap apart, until it is taken for one that waits. */
#define LOOKS 40

static void ask(const char *mask, const char *type, const char *path)
{
	group_make("g", mask, "timeout_ms", "600000", NULL);
	scope_add("g", "s", type, case_path(path));
	CHECK_OK(set("g", "enabled", "1"));
}

void ask_about(const char *mask, const char *file)
{
	ask(mask, "file", file);
}

void ask_below(const char *mask, const char *directory)
{
	ask(mask, "subtree", directory);
}

void hold_next(struct held *held, enum fang_kind kind)
{
	expect_event(held->listener, &held->event, kind, NULL);
	CHECK_EQ(pending_count("g"), 1);
	CHECK(!task_is_done(&held->task));
}

void hold(struct held *held, enum fang_kind kind, task_function function, const void *argument)
{
	held->listener = listen_to("g");
	task_start(&held->task, function, argument);
	hold_next(held, kind);
}

void allow_one(struct held *held)
{
	CHECK(!task_is_done(&held->task));
	CHECK_OK(respond(held->listener, held->event.head.id, FANG_ALLOW));
}

void let_go(struct held *held, int expected)
{
	allow_one(held);
	while (!task_is_done(&held->task)) {
		if (next_event(held->listener, &held->event, 20))
			CHECK_OK(respond(held->listener, held->event.head.id, FANG_ALLOW));
		CHECK(task_age_ms(&held->task) < 3 * LIMIT_MS);
	}
	CHECK_ERROR(task_result(&held->task), expected);
}

void check_killed(struct held *held)
{
	CHECK(!task_is_done(&held->task));
	task_kill(&held->task);
	CHECK_EQ(held->task.result, TASK_DIED);
	CHECK_EQ(pending_count("g"), 0);
	CHECK_EQ(stat_of("g", "interrupted"), 1);
	CHECK_ERROR(respond(held->listener, held->event.head.id, FANG_ALLOW), -ENOENT);
}

/* How often it went to sleep, or -1 while it does not. */
static long long sleeps(pid_t pid)
{
	char path[64], status[4096], *state, *switches;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	if (file_read(path, status, sizeof(status)) <= 0)
		return -1;
	state = strstr(status, "\nState:\t");
	switches = strstr(status, "\nvoluntary_ctxt_switches:\t");
	CHECK(state && switches);
	if (!strchr("DS", state[strlen("\nState:\t")]))
		return -1;
	return strtoll(switches + strlen("\nvoluntary_ctxt_switches:\t"), NULL, 10);
}

void check_waits(const char *file, int line, struct task *task)
{
	long long end = now_ms() + LIMIT_MS, before = -1;

	for (int same = 0; same < LOOKS; nap()) {
		long long now = sleeps(task->pid);

		if (task_is_done(task))
			fail_at(file, line, "the task did not wait, it gives %s",
				error_name(task->result));
		same = now >= 0 && now == before ? same + 1 : 0;
		before = now;
		CHECK(now_ms() < end);
	}
}

bool kernel_is_before(unsigned int major, unsigned int minor)
{
	unsigned int here_major, here_minor;
	struct utsname name;

	CHECK(!uname(&name));
	CHECK_EQ(sscanf(name.release, "%u.%u", &here_major, &here_minor), 2);
	return here_major < major || (here_major == major && here_minor < minor);
}

void ext4_start(void)
{
	CHECK(!mkdir("m", 0755));
	ext4_mount("m");
	CHECK(!mkdir("m/d", 0755));
	create_file("m/d/a", "content");
	create_file("m/d/other", "content");
}

int do_use_directory(const void *directory)
{
	struct stat status;
	DIR *dir;

	if (chdir(directory))
		return -errno;
	create_file("new", "content");
	CHECK_OK(do_read("other"));
	CHECK_OK(do_write("other"));
	CHECK(!stat("a", &status));
	CHECK(stat("missing", &status) && errno == ENOENT);
	dir = opendir(".");
	CHECK(dir && readdir(dir));
	closedir(dir);
	CHECK(!chmod("a", 0640));
	CHECK(!link("a", "link"));
	CHECK(!rename("a", "renamed") && !rename("renamed", "a"));
	CHECK(!rename("new", "newer"));
	CHECK(!unlink("newer") && !unlink("link"));
	CHECK(!mkdir("sub", 0755) && !rmdir("sub"));
	return 0;
}

int do_freeze(const void *directory)
{
	int fd = open(directory, O_RDONLY | O_DIRECTORY), error = 0;

	CHECK(fd >= 0);
	if (ioctl(fd, FIFREEZE, 0))
		error = -errno;
	else if (ioctl(fd, FITHAW, 0))
		error = -errno;
	close(fd);
	return error;
}

static int result_of(ssize_t outcome, int fd)
{
	int error = outcome < 0 ? -errno : 0;

	close(fd);
	return error;
}

int do_open_truncating(const void *path)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	return fd < 0 ? -errno : close(fd);
}

int do_open_tmpfile(const void *directory)
{
	int fd = open(directory, O_TMPFILE | O_RDWR, 0600);

	return fd < 0 ? -errno : close(fd);
}

int do_pread(const void *path)
{
	int fd = open(path, O_RDONLY);
	char byte;

	return fd < 0 ? -errno : result_of(pread(fd, &byte, 1, 3), fd);
}

int do_aio_read(const void *path)
{
	int fd = open(path, O_RDONLY);
	struct io_event done;
	aio_context_t context = 0;
	char byte;
	struct iocb block = {
		.aio_lio_opcode = IOCB_CMD_PREAD,
		.aio_fildes = fd,
		.aio_buf = (unsigned long)&byte,
		.aio_nbytes = 1,
	}, *blocks = &block;

	if (fd < 0)
		return -errno;
	if (syscall(SYS_io_setup, 1, &context))
		return -errno;
	if (syscall(SYS_io_submit, context, 1, &blocks) != 1)
		return result_of(-1, fd);
	CHECK_EQ(syscall(SYS_io_getevents, context, 1, 1, &done, NULL), 1);
	close(fd);
	return done.res < 0 ? done.res : 0;
}

int do_send_to_socket(const void *path)
{
	int fd = open(path, O_RDONLY), ends[2];

	if (fd < 0)
		return -errno;
	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	return result_of(sendfile(ends[0], fd, NULL, 4), fd);
}

int do_splice_to_pipe(const void *path)
{
	int fd = open(path, O_RDONLY), ends[2];

	if (fd < 0)
		return -errno;
	CHECK(!pipe(ends));
	return result_of(splice(fd, NULL, ends[1], NULL, 4, 0), fd);
}

int do_chmod(const void *path)
{
	return chmod(path, 0600) ? -errno : 0;
}
