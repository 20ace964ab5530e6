// SPDX-License-Identifier: GPL-2.0-only
/* The conditions of rules: each alone, and all together. */
#include "fang.h"
#include "harness.h"
#include "subject.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#define USER 1000

static const uid_t user = USER;

/* A group without listener, and files "x/a" and "y/a". */
static void start_with_two_directories(void)
{
	CHECK(!mkdir("x", 0755) && !mkdir("y", 0755));
	create_file("x/a", "content");
	create_file("y/a", "content");
	group_start("g", "open_access", NULL);
}

CASE(all_conditions_of_a_rule_must_hold)
{
	struct subject subject = { .path = "x/a", .uid = USER };

	start_with_two_directories();
	item_add("g", "rules/r", "respond", "deny", "subtree", case_path("x"), "uid", "1000", NULL);
	CHECK_ERROR(task_run(do_open_as, &subject), -EPERM);
	subject.uid = USER + 1;
	CHECK_OK(task_run(do_open_as, &subject));
	subject.path = "y/a";
	CHECK_OK(task_run(do_open_as, &subject));
	subject.uid = USER;
	CHECK_OK(task_run(do_open_as, &subject));
	CHECK_EQ(item_hits("g", "rules/r"), 1);
}

CASE(kinds_choose_what_a_rule_is_about)
{
	create_file("a", "content");
	group_start("g", "open_access read_access", NULL);
	item_add("g", "rules/r", "respond", "deny", "kinds", "read_access", NULL);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_ERROR(task_run(do_read, "a"), -EPERM);
	CHECK_EQ(item_hits("g", "rules/r"), 1);
	CHECK_OK(item_set("g", "rules/r", "enabled", "0"));
	item_add("g", "rules/s", "respond", "deny", "kinds", "open_access", NULL);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(item_hits("g", "rules/s"), 1);
}

static int open_then_read(const void *path)
{
	int fd = open(path, O_RDONLY);
	char byte;

	CHECK(fd >= 0);
	raise_flag("opened");
	wait_for_flag("go");
	return read(fd, &byte, 1) < 0 ? -errno : 0;
}

CASE(without_kinds_a_rule_is_about_both)
{
	struct task reader;

	create_file("a", "content");
	group_start("g", "open_access read_access", NULL);
	task_start(&reader, open_then_read, "a");
	wait_for_flag("opened");
	item_add("g", "rules/r", "respond", "deny", NULL);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	raise_flag("go");
	CHECK_ERROR(task_result(&reader), -EPERM);
	CHECK_EQ(item_hits("g", "rules/r"), 2);
}

CASE(a_subtree_is_a_directory_and_all_below_it)
{
	start_with_two_directories();
	CHECK(!mkdir("x/z", 0755) && !mkdir("xx", 0755));
	create_file("x/z/a", "");
	create_file("xx/a", "");
	item_add("g", "rules/r", "respond", "deny", "subtree", case_path("x"), NULL);
	CHECK_ERROR(task_run(do_open, "x/a"), -EPERM);
	CHECK_ERROR(task_run(do_open, "x/z/a"), -EPERM);
	CHECK_OK(task_run(do_open, "xx/a"));
	CHECK_OK(task_run(do_open, "y/a"));
	CHECK_EQ(item_hits("g", "rules/r"), 2);
}

CASE(a_subtree_that_moves_is_still_meant)
{
	start_with_two_directories();
	item_add("g", "rules/r", "respond", "deny", "subtree", case_path("x"), NULL);
	CHECK(!rename("x", "y/moved") && !mkdir("x", 0755));
	create_file("x/a", "");
	CHECK_ERROR(task_run(do_open, "y/moved/a"), -EPERM);
	CHECK_OK(task_run(do_open, "x/a"));
	CHECK_STRING(get("g", "rules/r/active"), "1");
	CHECK_STRING(get("g", "rules/r/subtree"), case_path("x"));
}

CASE(a_rule_whose_subtree_was_deleted_is_inactive_and_does_not_match)
{
	start_with_two_directories();
	item_add("g", "rules/r", "respond", "deny", "subtree", case_path("x"), NULL);
	CHECK_STRING(get("g", "rules/r/active"), "1");
	CHECK(!unlink("x/a") && !rmdir("x"));
	/* It goes with the last user of the inode, which may be the kernel for a moment. */
	WAIT_FOR(!strcmp(get("g", "rules/r/active"), "0"));
	CHECK(!mkdir("x", 0755));
	create_file("x/a", "");
	CHECK_OK(task_run(do_open, "x/a"));
	CHECK_OK(task_run(do_open, "y/a"));
	CHECK_STRING(get("g", "rules/r/active"), "0");
	CHECK_STRING(get("g", "rules/r/enabled"), "1");
	CHECK_EQ(item_hits("g", "rules/r"), 0);
}

CASE(uid_is_who_opens)
{
	create_file("a", "");
	group_start("g", "open_access", NULL);
	item_add("g", "rules/r", "respond", "deny", "uid", "1000", NULL);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_ERROR(task_run(do_open_as_user, &user), -EPERM);
	CHECK_EQ(item_hits("g", "rules/r"), 1);
}

static int open_with_fsuid(const void *path)
{
	setfsuid(USER);
	return do_open(path);
}

CASE(uid_is_the_file_system_uid)
{
	create_file("a", "");
	group_start("g", "open_access", NULL);
	item_add("g", "rules/r", "respond", "deny", "uid", "1000", NULL);
	CHECK_ERROR(task_run(open_with_fsuid, "a"), -EPERM);
}

/* Writes "0" where that stands for USER. */
static int write_uid_in_namespace(const void *path)
{
	int fd = open(path, O_WRONLY);

	CHECK(fd >= 0);
	if (unshare(CLONE_NEWUSER))
		return -errno;
	raise_flag("unshared");
	wait_for_flag("mapped");
	CHECK_EQ(write(fd, "0", 1), 1);
	return close(fd);
}

CASE(uid_is_meant_in_the_user_namespace_of_the_writer)
{
	struct task writer;
	char map[64];

	create_file("a", "");
	group_start("g", "open_access", NULL);
	CHECK_OK(item_make("g", "rules/r"));
	CHECK_OK(item_set("g", "rules/r", "respond", "deny"));
	task_start(&writer, write_uid_in_namespace, FANG_GROUPS "/g/rules/r/uid");
	WAIT_FOR(!access("unshared", F_OK) || task_is_done(&writer));
	if (task_is_done(&writer))
		skip("no user namespaces: %s", strerror(-writer.result));
	snprintf(map, sizeof(map), "/proc/%d/uid_map", writer.pid);
	CHECK_OK(file_write(map, "0 1000 1", strlen("0 1000 1")));
	raise_flag("mapped");
	CHECK_OK(task_result(&writer));
	CHECK_OK(item_set("g", "rules/r", "enabled", "1"));
	CHECK_OK(task_run(do_open, "a"));
	CHECK_ERROR(task_run(do_open_as_user, &user), -EPERM);
}

/* A group of directory "in", where "a" is; programs lie outside, so that to start them is free. */
static void start_in_directory(void)
{
	CHECK(!mkdir("in", 0755) && !mkdir("bin", 0755) && !chdir("in"));
	create_file("a", "content");
	group_start("g", "open_access", NULL);
}

CASE(exe_is_the_program_that_the_task_runs)
{
	struct subject subject = { .path = "a", .program = "../bin/one" };

	start_in_directory();
	program_create("../bin/one");
	program_create("../bin/two");
	item_add("g", "rules/r", "respond", "deny", "exe", case_path("bin/one"), NULL);
	CHECK_STRING(get("g", "rules/r/active"), "1");
	CHECK_ERROR(task_run(do_open_as, &subject), -EPERM);
	CHECK_EQ(item_hits("g", "rules/r"), 1);
	subject.program = "../bin/two";
	CHECK_OK(task_run(do_open_as, &subject));
	CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(item_hits("g", "rules/r"), 1);
}

CASE(exe_may_be_installed_later)
{
	struct subject subject = { .path = "a", .program = "../bin/one" };

	start_in_directory();
	item_add("g", "rules/r", "respond", "deny", "exe", case_path("bin/one"), NULL);
	CHECK_OK(task_run(do_open, "a"));
	program_create("../bin/one");
	CHECK_ERROR(task_run(do_open_as, &subject), -EPERM);
}

CASE(exe_is_also_what_replaced_it_by_rename)
{
	struct subject subject = { .path = "a", .program = "../bin/one" };

	start_in_directory();
	program_create("../bin/one");
	program_create("../bin/new");
	item_add("g", "rules/r", "respond", "deny", "exe", case_path("bin/one"), NULL);
	CHECK(!rename("../bin/new", "../bin/one"));
	CHECK_ERROR(task_run(do_open_as, &subject), -EPERM);
	CHECK_EQ(item_hits("g", "rules/r"), 1);
}

CASE(exe_is_also_the_replaced_program_while_that_runs)
{
	struct subject subject = { .path = "a", .program = "../bin/one", .pipe = "../pipe" };
	struct task old;
	int pipe;

	start_in_directory();
	program_create("../bin/one");
	program_create("../bin/new");
	item_add("g", "rules/r", "respond", "deny", "exe", case_path("bin/one"), NULL);
	CHECK(!mkfifo(subject.pipe, 0600));
	task_start(&old, do_open_as, &subject);
	/* Goes on when the program is at the other end. */
	pipe = open(subject.pipe, O_WRONLY | O_CLOEXEC);
	CHECK(pipe >= 0);
	CHECK(!rename("../bin/new", "../bin/one"));
	close(pipe);
	CHECK_ERROR(task_result(&old), -EPERM);
	CHECK_EQ(item_hits("g", "rules/r"), 1);
}

CASE(exe_may_be_written_with_a_symlinked_directory)
{
	struct subject subject = { .path = "a", .program = "../bin/one" };

	start_in_directory();
	program_create("../bin/one");
	CHECK(!symlink("bin", "../link"));
	item_add("g", "rules/r", "respond", "deny", "exe", case_path("link/one"), NULL);
	CHECK_STRING(get("g", "rules/r/exe"), case_path("link/one"));
	CHECK_ERROR(task_run(do_open_as, &subject), -EPERM);
	subject.program = "../link/one";
	CHECK_ERROR(task_run(do_open_as, &subject), -EPERM);
	CHECK_EQ(item_hits("g", "rules/r"), 2);
}

CASE(exe_is_not_a_symlink_to_the_program)
{
	struct subject subject = { .path = "a", .program = "../bin/link" };

	start_in_directory();
	program_create("../bin/one");
	CHECK(!symlink("one", "../bin/link"));
	item_add("g", "rules/link", "respond", "deny", "exe", case_path("bin/link"), NULL);
	CHECK_OK(task_run(do_open_as, &subject));
	item_add("g", "rules/one", "respond", "deny", "exe", case_path("bin/one"), NULL);
	CHECK_ERROR(task_run(do_open_as, &subject), -EPERM);
	CHECK_EQ(item_hits("g", "rules/link"), 0);
}

CASE(a_rule_whose_exe_directory_was_deleted_is_inactive)
{
	struct subject subject = { .path = "a", .program = "../bin/one" };

	start_in_directory();
	item_add("g", "rules/r", "respond", "deny", "exe", case_path("bin/one"), NULL);
	CHECK_STRING(get("g", "rules/r/active"), "1");
	CHECK(!rmdir("../bin"));
	WAIT_FOR(!strcmp(get("g", "rules/r/active"), "0"));
	CHECK(!mkdir("../bin", 0755));
	program_create("../bin/one");
	CHECK_OK(task_run(do_open_as, &subject));
	CHECK_EQ(item_hits("g", "rules/r"), 0);
}

CASE(cgroup_is_the_one_of_the_task_or_above_it)
{
	struct subject subject = { .path = "a", .cgroup = "/fang-tests" };

	create_file("a", "content");
	cgroup_create("/fang-tests");
	cgroup_create("/fang-tests/child");
	cgroup_create("/fang-tests-too");
	group_start("g", "open_access", NULL);
	item_add("g", "rules/r", "respond", "deny", "cgroup", "/fang-tests", NULL);
	CHECK_ERROR(task_run(do_open_as, &subject), -EPERM);
	subject.cgroup = "/fang-tests/child";
	CHECK_ERROR(task_run(do_open_as, &subject), -EPERM);
	CHECK_EQ(item_hits("g", "rules/r"), 2);
	subject.cgroup = "/fang-tests-too";
	CHECK_OK(task_run(do_open_as, &subject));
	CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(item_hits("g", "rules/r"), 2);
	cgroup_remove("/fang-tests-too");
	cgroup_remove("/fang-tests/child");
	cgroup_remove("/fang-tests");
}

/* "/child" of "/fang-tests", where that is the root. */
static int write_cgroup_in_namespace(const void *unused)
{
	(void)unused;
	CHECK_OK(file_write("/sys/fs/cgroup/fang-tests/cgroup.procs", "0", 1));
	if (unshare(CLONE_NEWCGROUP))
		return -errno;
	return item_set("g", "rules/r", "cgroup", "/child");
}

CASE(cgroup_is_meant_in_the_cgroup_namespace_of_the_writer)
{
	struct subject subject = { .path = "a", .cgroup = "/fang-tests/child" };

	create_file("a", "content");
	cgroup_create("/fang-tests");
	cgroup_create("/fang-tests/child");
	group_start("g", "open_access", NULL);
	CHECK_OK(item_make("g", "rules/r"));
	CHECK_OK(item_set("g", "rules/r", "respond", "deny"));
	CHECK_OK(task_run(write_cgroup_in_namespace, NULL));
	CHECK_OK(item_set("g", "rules/r", "enabled", "1"));
	CHECK_ERROR(task_run(do_open_as, &subject), -EPERM);
	subject.cgroup = "/fang-tests";
	CHECK_OK(task_run(do_open_as, &subject));
	CHECK_STRING(get("g", "rules/r/active"), "1");
	cgroup_remove("/fang-tests/child");
	CHECK_STRING(get("g", "rules/r/active"), "0");
	cgroup_remove("/fang-tests");
}

CASE(a_rule_whose_cgroup_was_removed_is_inactive)
{
	struct subject subject = { .path = "a", .cgroup = "/fang-tests" };

	create_file("a", "content");
	cgroup_create("/fang-tests");
	group_start("g", "open_access", NULL);
	item_add("g", "rules/r", "respond", "deny", "cgroup", "/fang-tests", NULL);
	CHECK_STRING(get("g", "rules/r/active"), "1");
	cgroup_remove("/fang-tests");
	CHECK_STRING(get("g", "rules/r/active"), "0");
	/* Another one of the same name is not what was meant. */
	cgroup_create("/fang-tests");
	CHECK_STRING(get("g", "rules/r/active"), "0");
	CHECK_OK(task_run(do_open_as, &subject));
	CHECK_EQ(item_hits("g", "rules/r"), 0);
	cgroup_remove("/fang-tests");
}
