// SPDX-License-Identifier: GPL-2.0-only
/* The path in a record: exact bytes, and not to be forged. */
#include "fang.h"
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opens the file and checks the whole path that the listener gets. */
static void check_path(struct listener *listener, const char *name, const char *expected)
{
	struct event event;

	CHECK_OK(task_run(do_open, name));
	expect_event(listener, &event, FANG_OPEN, NULL);
	CHECK_STRING(event.path, expected);
	CHECK_EQ(event.head.flags, 0);
}

static void check_name(struct listener *listener, const char *name)
{
	char expected[1024];

	create_file(name, "");
	snprintf(expected, sizeof(expected), "%s/%s", case_dir(), name);
	check_path(listener, name, expected);
}

CASE(names_come_byte_by_byte)
{
	struct listener *listener;
	char longest[256];

	memset(longest, 'n', sizeof(longest));
	longest[255] = 0;
	group_start("g", "open", NULL);
	listener = listen_to("g");
	check_name(listener, "plain");
	check_name(listener, " blank s ");
	check_name(listener, "new\nline\n");
	check_name(listener, "\xff\xfe\x80");
	check_name(listener, "back\\slash\\040");
	check_name(listener, "\x01\x1b[0m\x7f");
	check_name(listener, "x (deleted)");
	check_name(listener, longest);
}

/*
 * Makes directories below the current one and goes there, until a file "f" there has a path of
 * so many bytes. Writes that path.
 */
static void go_deep(char *path, size_t length)
{
	size_t at = snprintf(path, length, "%s", case_dir());
	char name[256];

	memset(name, 'd', sizeof(name));
	while (at + 2 < length) {
		size_t left = length - at - 2, step = left > 256 ? 200 : left;

		/* The last directory must leave room for at least one more byte. */
		if (left > 200 && left < 203)
			step = 100;
		name[step - 1] = 0;
		CHECK(!mkdir(name, 0755) && !chdir(name));
		path[at] = '/';
		memcpy(path + at + 1, name, step);
		name[step - 1] = 'd';
		at += step;
	}
	strcpy(path + at, "/f");
	CHECK_EQ(strlen(path), length);
	create_file("f", "");
}

CASE(a_path_of_4095_bytes_comes_whole)
{
	struct listener *listener;
	char path[4096];

	group_start("g", "open", NULL);
	go_deep(path, 4095);
	listener = listen_to("g");
	check_path(listener, "f", path);
}

CASE(a_path_that_is_too_long_comes_with_its_end_and_a_flag)
{
	struct listener *listener;
	static char path[20001];
	struct event event;

	group_start("g", "open", NULL);
	go_deep(path, 20000);
	listener = listen_to("g");
	CHECK_OK(task_run(do_open, "f"));
	expect_event(listener, &event, FANG_OPEN, "f");
	CHECK(event.head.flags & FANG_PATH_TRUNCATED);
	CHECK_EQ(event.path_length, 8192);
	CHECK_STRING(event.path, path + strlen(path) - event.path_length);
}

static int read_unlinked(const void *path)
{
	int fd = open(path, O_RDONLY);
	char byte;

	CHECK(fd >= 0 && !unlink(path));
	CHECK_EQ(read(fd, &byte, 1), 1);
	return close(fd);
}

CASE(the_path_of_a_deleted_file_is_flagged)
{
	struct listener *listener;
	struct event event;
	char path[100];

	snprintf(path, sizeof(path), "%s/a", case_dir());
	create_file("a", "content");
	group_start("g", "open read", NULL);
	listener = listen_to("g");
	CHECK_OK(task_run(read_unlinked, "a"));
	expect_event(listener, &event, FANG_OPEN, "a");
	CHECK_EQ(event.head.flags & FANG_PATH_DELETED, 0);
	expect_event(listener, &event, FANG_READ, NULL);
	CHECK(event.head.flags & FANG_PATH_DELETED);
	CHECK_STRING(event.path, path);
}

static int open_through_bind(const void *unused)
{
	(void)unused;
	CHECK(!unshare(CLONE_NEWNS));
	CHECK(!mount("real/inner", "shown", NULL, MS_BIND, NULL));
	return do_open("shown/f");
}

CASE(a_bind_mount_cannot_forge_the_path)
{
	struct listener *listener;
	struct event event;
	char path[100];

	CHECK(!mkdir("real", 0755) && !mkdir("real/inner", 0755) && !mkdir("shown", 0755));
	create_file("real/inner/f", "");
	group_start("g", "open", NULL);
	listener = listen_to("g");
	CHECK_OK(task_run(open_through_bind, NULL));
	expect_event(listener, &event, FANG_OPEN, "f");
	snprintf(path, sizeof(path), "%s/real/inner/f", case_dir());
	CHECK_STRING(event.path, path);
}

static int open_in_chroot(const void *unused)
{
	(void)unused;
	CHECK(!chroot("real") && !chdir("/"));
	return do_open("/inner/f");
}

CASE(a_chroot_cannot_forge_the_path)
{
	struct listener *listener;
	struct event event;
	char path[100];

	CHECK(!mkdir("real", 0755) && !mkdir("real/inner", 0755));
	create_file("real/inner/f", "");
	group_start("g", "open", NULL);
	listener = listen_to("g");
	CHECK_OK(task_run(open_in_chroot, NULL));
	expect_event(listener, &event, FANG_OPEN, "f");
	snprintf(path, sizeof(path), "%s/real/inner/f", case_dir());
	CHECK_STRING(event.path, path);
}

static void check_filesystem_path(const char *scope, const char *expected, unsigned int flags)
{
	struct listener *listener;
	struct event event;

	CHECK(!mkdir("d", 0755));
	create_file("d/f", "");
	group_make("g", "open", NULL);
	scope_add("g", "s", "filesystem", scope);
	CHECK_OK(set("g", "enabled", "1"));
	listener = listen_to("g");
	CHECK_OK(task_run(do_open, "d/f"));
	expect_event(listener, &event, FANG_OPEN, "f");
	CHECK_STRING(event.path, expected);
	CHECK_EQ(event.head.flags, flags);
}

CASE(a_filesystem_scope_on_its_root_gives_the_whole_path)
{
	char path[100];

	snprintf(path, sizeof(path), "%s/d/f", case_dir());
	check_filesystem_path(case_dir(), path, 0);
}

CASE(a_filesystem_scope_below_its_root_gives_the_path_in_the_file_system)
{
	char path[100];

	snprintf(path, sizeof(path), "%s/d", case_dir());
	check_filesystem_path(path, "/d/f", FANG_PATH_IN_FS);
}

CASE(the_path_begins_with_the_scope_as_it_was_written)
{
	struct listener *listener;
	char path[100];

	CHECK(!mkdir("d", 0755) && !symlink("d", "link"));
	create_file("d/f", "");
	group_make("g", "open", NULL);
	snprintf(path, sizeof(path), "%s/link", case_dir());
	scope_add("g", "s", "subtree", path);
	CHECK_OK(set("g", "enabled", "1"));
	listener = listen_to("g");
	snprintf(path, sizeof(path), "%s/link/f", case_dir());
	check_path(listener, "d/f", path);
}

CASE(a_renamed_directory_shows_in_the_path)
{
	struct listener *listener;
	char path[100];

	CHECK(!mkdir("old", 0755));
	create_file("old/f", "");
	group_start("g", "open", NULL);
	listener = listen_to("g");
	CHECK(!rename("old", "new"));
	snprintf(path, sizeof(path), "%s/new/f", case_dir());
	check_path(listener, "new/f", path);
}

CASE(without_report_path_there_is_none)
{
	struct listener *listener;
	struct event event;
	struct stat status;

	create_file("a", "");
	CHECK(!stat("a", &status));
	group_start("g", "open", "report", "\n", NULL);
	listener = listen_to("g");
	CHECK_OK(task_run(do_open, "a"));
	expect_event(listener, &event, FANG_OPEN, NULL);
	CHECK_EQ(event.head.length, sizeof(event.head));
	CHECK_EQ(event.head.fd, -1);
	CHECK_EQ(event.head.ino, status.st_ino);
}
