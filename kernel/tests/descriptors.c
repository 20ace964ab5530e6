// SPDX-License-Identifier: GPL-2.0-only
/* `report fd`: descriptors that come with records. */
#include "fang.h"
#include "harness.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define ALL "open read write close_write close_nowrite"

CASE(a_reported_descriptor_works)
{
	struct stat status, file;
	struct listener *listener;
	struct event event;
	char bytes[8];

	create_file("a", "content");
	group_start("g", "open", "report", "fd path", NULL);
	listener = listen_to("g");
	CHECK_OK(task_run(do_open, "a"));
	expect_event(listener, &event, FANG_OPEN, "a");
	CHECK(event.head.fd >= 0);
	CHECK(!stat("a", &file) && !fstat(event.head.fd, &status));
	CHECK_EQ(status.st_ino, file.st_ino);
	CHECK_EQ(read(event.head.fd, bytes, sizeof(bytes)), 7);
	CHECK(!memcmp(bytes, "content", 7));
	CHECK(fcntl(event.head.fd, F_GETFD) & FD_CLOEXEC);
	CHECK_EQ(fcntl(event.head.fd, F_GETFL) & O_ACCMODE, O_RDONLY);
	CHECK(write(event.head.fd, "x", 1) < 0 && errno == EBADF);
}

CASE(fd_mode_rw_gives_writable_descriptors)
{
	struct listener *listener;
	struct event event;

	create_file("a", "content");
	group_start("g", "open", "report", "fd", "fd_mode", "rw", NULL);
	listener = listen_to("g");
	CHECK_OK(task_run(do_open, "a"));
	expect_event(listener, &event, FANG_OPEN, NULL);
	CHECK(event.head.fd >= 0);
	CHECK_EQ(fcntl(event.head.fd, F_GETFL) & O_ACCMODE, O_RDWR);
	CHECK_EQ(pwrite(event.head.fd, "x", 1, 0), 1);
}

/* A listener in its own process: takes the first open, and uses what comes with it. */
static int use_descriptor(const void *group)
{
	struct listener *listener = listen_to(group);
	struct event event;
	char byte;

	do {
		expect_event(listener, &event, FANG_OPEN, NULL);
	} while (event.head.fd < 0);
	CHECK_EQ(pread(event.head.fd, &byte, 1, 0), 1);
	CHECK_EQ(pwrite(event.head.fd, "x", 1, 0), 1);
	return close(event.head.fd);
}

CASE(opening_and_using_a_reported_descriptor_raises_no_events_anywhere)
{
	struct listener *witness;
	struct task user;

	create_file("a", "content");
	group_start("g", "open", "report", "fd", "fd_mode", "rw", NULL);
	group_start("h", ALL, NULL);
	witness = listen_to("h");
	task_start(&user, use_descriptor, "g");
	WAIT_FOR(get_number("g", "listeners") == 1);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_OK(task_result(&user));
	CHECK_STRING(heard(witness), "open:a close_nowrite:a");
}

static int read_inherited(const void *fd)
{
	char byte;

	CHECK_EQ(pread(*(const int *)fd, &byte, 1, 0), 1);
	return close(*(const int *)fd);
}

CASE(a_reported_descriptor_is_silent_in_other_processes_too)
{
	struct listener *listener;
	struct event event;
	int fd;

	create_file("a", "content");
	group_start("g", ALL, "report", "fd path", NULL);
	listener = listen_to("g");
	CHECK_OK(task_run(do_open, "a"));
	expect_event(listener, &event, FANG_OPEN, "a");
	fd = event.head.fd;
	expect_event(listener, &event, FANG_CLOSE_NOWRITE, "a");
	CHECK_OK(task_run(read_inherited, &fd));
	close(fd);
	CHECK_STRING(heard(listener), "");
}

static unsigned int count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int count = 0;

	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

/* The lowest descriptor that is free. */
static int next_descriptor(void)
{
	int fd = dup(STDOUT_FILENO);

	close(fd);
	return fd;
}

static void limit_descriptors(rlim_t limit)
{
	struct rlimit limits;

	CHECK(!getrlimit(RLIMIT_NOFILE, &limits));
	limits.rlim_cur = limit;
	CHECK(!setrlimit(RLIMIT_NOFILE, &limits));
}

static void queue_two_opens(struct listener **listener)
{
	create_file("a", "content");
	create_file("b", "content");
	group_start("g", "open", "report", "fd path", NULL);
	*listener = listen_to("g");
	CHECK_OK(task_run(do_open, "a"));
	CHECK_OK(task_run(do_open, "b"));
}

CASE(without_a_free_descriptor_the_event_stays_queued)
{
	static char buffer[2 * FANG_RECORD_MAX] __attribute__((aligned(8)));
	struct listener *listener;
	struct event event;
	size_t offset = 0;
	ssize_t length;

	queue_two_opens(&listener);
	limit_descriptors(next_descriptor());
	CHECK(read(listener->fd, buffer, sizeof(buffer)) < 0 && errno == EMFILE);
	limit_descriptors(1024);
	limit_descriptors(next_descriptor() + 1);
	length = read(listener->fd, buffer, sizeof(buffer));
	CHECK(length > 0);
	parse_event(buffer, length, &offset, &event);
	CHECK_STRING(event_name(&event), "a");
	CHECK_EQ(offset, length);
	CHECK(read(listener->fd, buffer, sizeof(buffer)) < 0 && errno == EMFILE);
	CHECK(!close(event.head.fd));
	expect_event(listener, &event, FANG_OPEN, "b");
	CHECK(event.head.fd >= 0);
}

CASE(a_bad_buffer_leaks_no_descriptor_and_loses_no_event)
{
	struct listener *listener;
	struct event event;
	unsigned int before;

	queue_two_opens(&listener);
	before = count_descriptors();
	CHECK(read(listener->fd, bad_address(), 4096) < 0 && errno == EFAULT);
	CHECK(read(listener->fd, bad_address(), 4096) < 0 && errno == EFAULT);
	CHECK_EQ(count_descriptors(), before);
	expect_event(listener, &event, FANG_OPEN, "a");
	expect_event(listener, &event, FANG_OPEN, "b");
	CHECK_EQ(count_descriptors(), before + 2);
}

CASE(a_request_comes_with_a_descriptor_before_its_open_completes)
{
	struct listener *listener;
	struct event event;
	struct task opener;
	char byte;

	create_file("a", "content");
	group_start("g", "open_access", "report", "fd path", NULL);
	listener = listen_to("g");
	task_start(&opener, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK(event.head.fd >= 0);
	CHECK_EQ(read(event.head.fd, &byte, 1), 1);
	CHECK(!task_is_done(&opener));
	close(event.head.fd);
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
}
