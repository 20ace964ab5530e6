// SPDX-License-Identifier: GPL-2.0-only
/* In which ways a file may be opened and read so that a group is asked. */
#include "fang.h"
#include "harness.h"
#include "loop.h"
#include "subject.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

/* Runs the task, denies the one request that comes, and gives the task's result. */
static int denied(struct listener *listener, enum fang_kind kind, task_function function,
		  const char *path)
{
	struct event event;
	struct task task;

	task_start(&task, function, path);
	expect_event(listener, &event, kind, path);
	CHECK_OK(respond(listener, event.head.id, FANG_DENY));
	return task_result(&task);
}

CASE(a_denied_read_is_eperm)
{
	struct listener *listener;
	struct event event;
	struct task reader;

	create_file("a", "content");
	group_start("g", "read_access", NULL);
	listener = listen_to("g");
	task_start(&reader, do_read, "a");
	expect_event(listener, &event, FANG_READ_ACCESS, "a");
	CHECK_OK(respond(listener, event.head.id, FANG_DENY));
	CHECK_ERROR(task_result(&reader), -EPERM);
	task_start(&reader, do_read, "a");
	expect_event(listener, &event, FANG_READ_ACCESS, "a");
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&reader));
}

static int read_what_is_open(const void *path)
{
	int fd = open(path, O_RDONLY);
	char byte;

	CHECK(fd >= 0);
	raise_flag("opened");
	wait_for_flag("go");
	return read(fd, &byte, 1) == 1 ? 0 : -errno;
}

/*
 * Some kernels settle at the open whether reads ask; `features` must say so of this one. Of a group
 * that watched already, for something else, 6.12 assumes the worst and asks, 7.2 does not.
 */
static void check_read_of_open_file(struct listener *listener, struct task *reader, bool watched)
{
	struct event event;

	raise_flag("go");
	WAIT_FOR(task_is_done(reader) || pending_count("g") == 1);
	if (pending_count("g")) {
		CHECK(watched || has_feature("read_access_on_open_files"));
		expect_event(listener, &event, FANG_READ_ACCESS, "a");
		CHECK_OK(respond(listener, event.head.id, FANG_DENY));
		CHECK_ERROR(task_result(reader), -EPERM);
	} else {
		CHECK(!has_feature("read_access_on_open_files"));
		CHECK_OK(task_result(reader));
	}
	CHECK_STRING(heard_of(listener, do_read, "a"), "read_access:a");
}

CASE(a_file_open_before_the_group_asks_where_features_says_so)
{
	struct listener *listener;
	struct task reader;

	create_file("a", "content");
	task_start(&reader, read_what_is_open, "a");
	wait_for_flag("opened");
	group_start("g", "read_access", NULL);
	listener = listen_to("g");
	check_read_of_open_file(listener, &reader, false);
}

CASE(a_file_open_before_the_kind_was_wanted_asks_where_features_says_so)
{
	struct listener *listener;
	struct task reader;

	create_file("a", "content");
	group_start("g", "close_write", NULL);
	listener = listen_to("g");
	task_start(&reader, read_what_is_open, "a");
	wait_for_flag("opened");
	CHECK_OK(set("g", "mask", "read_access"));
	check_read_of_open_file(listener, &reader, true);
}

CASE(a_denied_program_does_not_run)
{
	struct listener *listener;
	struct event event;
	struct task runner;

	program_copy("program");
	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	task_start(&runner, do_exec, "program");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "program");
	CHECK_OK(respond(listener, event.head.id, FANG_DENY));
	CHECK_ERROR(task_result(&runner), -EPERM);
	CHECK_STRING(heard_of(listener, do_exec, "program"), "open_access:program");
}

static int open_truncating(const void *path)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	return fd < 0 ? -errno : close(fd);
}

CASE(a_denied_open_does_not_truncate)
{
	struct listener *listener;
	struct stat status;

	create_file("a", "content");
	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	CHECK_ERROR(denied(listener, FANG_OPEN_ACCESS, open_truncating, "a"), -EPERM);
	CHECK(!stat("a", &status));
	CHECK_EQ(status.st_size, 7);
}

CASE(opening_for_writing_asks_too)
{
	struct listener *listener;

	create_file("a", "");
	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	CHECK_ERROR(denied(listener, FANG_OPEN_ACCESS, do_open_rw, "a"), -EPERM);
	CHECK_ERROR(denied(listener, FANG_OPEN_ACCESS, do_write, "a"), -EPERM);
}

static int send_to_pipe(const void *path)
{
	int fd = open(path, O_RDONLY), ends[2], error;

	CHECK(fd >= 0 && !pipe(ends));
	error = sendfile(ends[1], fd, NULL, 7) < 0 ? -errno : 0;
	close(fd);
	return error;
}

static int read_at(const void *path)
{
	int fd = open(path, O_RDONLY), error;
	char byte;

	CHECK(fd >= 0);
	error = pread(fd, &byte, 1, 3) < 0 ? -errno : 0;
	close(fd);
	return error;
}

CASE(every_way_of_reading_asks)
{
	struct listener *listener;

	create_file("a", "content");
	group_start("g", "read_access", NULL);
	listener = listen_to("g");
	CHECK_ERROR(denied(listener, FANG_READ_ACCESS, do_read, "a"), -EPERM);
	CHECK_ERROR(denied(listener, FANG_READ_ACCESS, read_at, "a"), -EPERM);
	CHECK_ERROR(denied(listener, FANG_READ_ACCESS, send_to_pipe, "a"), -EPERM);
}

/* Documented limits: what opens nothing, and what the kernel does not tell. */
CASE(truncating_by_path_asks_nobody)
{
	struct stat status;

	create_file("a", "content");
	group_start("g", "open_access", "on_no_listener", "deny", NULL);
	CHECK_OK(task_run(do_truncate, "a"));
	CHECK(!stat("a", &status));
	CHECK_EQ(status.st_size, 0);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
}

static int read_through_mapping(const void *path)
{
	int fd = open(path, O_RDONLY);
	const char *bytes = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	int byte;

	CHECK(fd >= 0 && bytes != MAP_FAILED);
	byte = *(volatile const char *)bytes;
	close(fd);
	CHECK(!munmap((void *)bytes, 4096));
	return byte == 'c' ? 0 : -EIO;
}

static void check_mapping(void)
{
	struct listener *listener;

	create_file("a", "content");
	group_start("g", "open_access read_access", NULL);
	listener = listen_to("g");
	/* Not in memory yet, so that it has to be read. */
	CHECK_OK(file_write("/proc/sys/vm/drop_caches", "3", 1));
	CHECK_STRING(heard_of(listener, read_through_mapping, "a"), "open_access:a");
}

CASE(reading_through_a_mapping_asks_for_the_open_only)
{
	check_mapping();
}

CASE(reading_through_a_mapping_of_ext4_asks_for_the_open_only)
{
	CHECK(!mkdir("m", 0755));
	ext4_mount("m");
	CHECK(!chdir("m"));
	check_mapping();
}

static int read_twice(const void *path)
{
	int fd = open(path, O_RDONLY), error;
	char byte;

	CHECK(fd >= 0);
	CHECK_EQ(read(fd, &byte, 1), 1);
	error = read(fd, &byte, 1) < 0 ? -errno : 0;
	close(fd);
	return error;
}

CASE(each_read_is_asked_about_anew)
{
	struct listener *listener;
	struct event event;
	struct task reader;

	create_file("a", "content");
	group_start("g", "read_access", NULL);
	listener = listen_to("g");
	task_start(&reader, read_twice, "a");
	expect_event(listener, &event, FANG_READ_ACCESS, "a");
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	expect_event(listener, &event, FANG_READ_ACCESS, "a");
	CHECK_OK(respond(listener, event.head.id, FANG_DENY));
	CHECK_ERROR(task_result(&reader), -EPERM);
}

CASE(an_open_waits_though_the_file_is_unlinked_meanwhile)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	task_start(&opener, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK(!unlink("a"));
	CHECK(!task_is_done(&opener));
	CHECK_OK(respond(listener, event.head.id, FANG_DENY));
	CHECK_ERROR(task_result(&opener), -EPERM);
}
