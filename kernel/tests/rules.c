// SPDX-License-Identifier: GPL-2.0-only
/* What rules decide, and for whom. Their files are in rule_config.c, what precedes what in order.c. */
#include "fang.h"
#include "fastpath.h"
#include "harness.h"
#include "loop.h"
#include "never_waits.h"
#include "subject.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
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

/* ---- what a rule says ---- */

CASE(a_rule_that_denies_is_eperm)
{
	create_file("a", "");
	group_start("g", "open_access", NULL);
	rule_add("g", "r", "deny", NULL);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(stat_of("g", "rule_denied"), 1);
	CHECK_EQ(stat_of("g", "rule_allowed"), 0);
	CHECK_EQ(rule_hits("g", "r"), 1);
}

CASE(a_rule_that_allows_asks_nobody)
{
	struct listener *listener;

	create_file("a", "");
	group_start("g", "open_access", NULL);
	rule_add("g", "r", "allow", NULL);
	listener = listen_to("g");
	CHECK_OK(task_run(do_open, "a"));
	CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(stat_of("g", "rule_allowed"), 2);
	CHECK_EQ(stat_of("g", "rule_denied"), 0);
	CHECK_EQ(stat_of("g", "asked"), 0);
	CHECK_EQ(rule_hits("g", "r"), 2);
	CHECK(!next_event(listener, &(struct event){ 0 }, 0));
}

CASE(a_rule_that_asks_goes_on_to_the_listener)
{
	struct listener *listener;

	create_file("a", "");
	group_start("g", "open_access", NULL);
	rule_add("g", "ask", "ask", "order", "1", NULL);
	rule_add("g", "deny", "deny", "order", "2", NULL);
	listener = listen_to("g");
	CHECK(is_asked(listener, "a"));
	CHECK_EQ(rule_hits("g", "ask"), 1);
	CHECK_EQ(rule_hits("g", "deny"), 0);
	CHECK_EQ(stat_of("g", "rule_allowed") + stat_of("g", "rule_denied"), 0);
}

CASE(a_rule_that_asks_goes_on_to_the_fastpath)
{
	struct listener *listener;

	create_settled("a");
	group_start("g", "open_access", NULL);
	rule_add("g", "r", "ask", NULL);
	listener = listen_to("g");
	remember(listener, "a");
	CHECK(!is_asked(listener, "a"));
	CHECK_EQ(stat_of("g", "fastpath_hits"), 1);
	CHECK_EQ(rule_hits("g", "r"), 2);
}

CASE(a_deny_by_a_rule_ends_the_round_and_an_allow_does_not)
{
	struct listener *listener;

	create_file("a", "");
	group_start("last", "open_access", "priority", "20", NULL);
	group_start("first", "open_access", "priority", "10", NULL);
	rule_add("first", "r", "deny", NULL);
	listener = listen_to("last");
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(stat_of("last", "asked"), 0);
	CHECK_OK(rule_set("first", "r", "enabled", "0"));
	rule_add("first", "s", "allow", NULL);
	CHECK(is_asked(listener, "a"));
	CHECK_EQ(stat_of("first", "rule_allowed"), 1);
}

CASE(rules_of_one_group_do_not_touch_another)
{
	create_file("a", "");
	group_start("g", "open_access", NULL);
	group_start("h", "open_access", "on_no_listener", "deny", NULL);
	rule_add("g", "r", "allow", NULL);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(stat_of("g", "rule_allowed"), 1);
	CHECK_EQ(stat_of("h", "rule_allowed"), 0);
	CHECK_EQ(stat_of("h", "no_listener"), 1);
}

CASE(a_rule_says_nothing_about_files_that_no_scope_covers)
{
	CHECK(!mkdir("x", 0755));
	create_file("a", "");
	create_file("x/a", "");
	CHECK(!chdir("x"));
	group_start("g", "open_access", NULL);
	rule_add("g", "r", "deny", NULL);
	CHECK_OK(task_run(do_open, "../a"));
	CHECK_EQ(rule_hits("g", "r"), 0);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
}

CASE(rules_decide_about_access_requests_only)
{
	struct listener *listener;

	create_file("a", "content");
	group_start("g", "open read close_nowrite", NULL);
	rule_add("g", "r", "deny", NULL);
	listener = listen_to("g");
	CHECK_STRING(heard_of(listener, do_read, "a"), "open:a read:a close_nowrite:a");
	CHECK_EQ(rule_hits("g", "r"), 0);
}

/* ---- which rule ---- */

CASE(the_first_match_by_order_decides)
{
	create_file("a", "");
	group_start("g", "open_access", NULL);
	rule_add("g", "a", "deny", "order", "10", NULL);
	rule_add("g", "b", "allow", "order", "9", NULL);
	rule_add("g", "c", "deny", "order", "4294967295", NULL);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(rule_hits("g", "b"), 1);
	CHECK_OK(rule_set("g", "b", "enabled", "0"));
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(rule_hits("g", "a"), 1);
	CHECK_EQ(rule_hits("g", "b"), 1);
	CHECK_EQ(rule_hits("g", "c"), 0);
}

CASE(rules_of_equal_order_are_tried_by_name)
{
	create_file("a", "");
	group_start("g", "open_access", NULL);
	rule_add("g", "r2", "deny", NULL);
	rule_add("g", "r10", "allow", NULL);
	rule_add("g", "r3", "deny", NULL);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(rule_hits("g", "r10"), 1);
	CHECK_OK(rule_set("g", "r10", "enabled", "0"));
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(rule_hits("g", "r2"), 1);
	CHECK_EQ(rule_hits("g", "r3"), 0);
}

CASE(a_rule_is_in_force_only_while_enabled)
{
	create_file("a", "");
	group_start("g", "open_access", NULL);
	rule_make("g", "r", "deny", NULL);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_OK(rule_set("g", "r", "enabled", "1"));
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_OK(rule_set("g", "r", "enabled", "0"));
	CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(rule_hits("g", "r"), 1);
}

CASE(all_conditions_of_a_rule_must_hold)
{
	struct subject subject = { .path = "x/a", .uid = USER };

	start_with_two_directories();
	rule_add("g", "r", "deny", "subtree", case_path("x"), "uid", "1000", NULL);
	CHECK_ERROR(task_run(do_open_as, &subject), -EPERM);
	subject.uid = USER + 1;
	CHECK_OK(task_run(do_open_as, &subject));
	subject.path = "y/a";
	CHECK_OK(task_run(do_open_as, &subject));
	subject.uid = USER;
	CHECK_OK(task_run(do_open_as, &subject));
	CHECK_EQ(rule_hits("g", "r"), 1);
}

/* ---- conditions ---- */

CASE(kinds_choose_what_a_rule_is_about)
{
	create_file("a", "content");
	group_start("g", "open_access read_access", NULL);
	rule_add("g", "r", "deny", "kinds", "read_access", NULL);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_ERROR(task_run(do_read, "a"), -EPERM);
	CHECK_EQ(rule_hits("g", "r"), 1);
	CHECK_OK(rule_set("g", "r", "enabled", "0"));
	rule_add("g", "s", "deny", "kinds", "open_access", NULL);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(rule_hits("g", "s"), 1);
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
	rule_add("g", "r", "deny", NULL);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	raise_flag("go");
	CHECK_ERROR(task_result(&reader), -EPERM);
	CHECK_EQ(rule_hits("g", "r"), 2);
}

CASE(a_subtree_is_a_directory_and_all_below_it)
{
	start_with_two_directories();
	CHECK(!mkdir("x/z", 0755) && !mkdir("xx", 0755));
	create_file("x/z/a", "");
	create_file("xx/a", "");
	rule_add("g", "r", "deny", "subtree", case_path("x"), NULL);
	CHECK_ERROR(task_run(do_open, "x/a"), -EPERM);
	CHECK_ERROR(task_run(do_open, "x/z/a"), -EPERM);
	CHECK_OK(task_run(do_open, "xx/a"));
	CHECK_OK(task_run(do_open, "y/a"));
	CHECK_EQ(rule_hits("g", "r"), 2);
}

CASE(a_subtree_that_moves_is_still_meant)
{
	start_with_two_directories();
	rule_add("g", "r", "deny", "subtree", case_path("x"), NULL);
	CHECK(!rename("x", "y/moved") && !mkdir("x", 0755));
	create_file("x/a", "");
	CHECK_ERROR(task_run(do_open, "y/moved/a"), -EPERM);
	CHECK_OK(task_run(do_open, "x/a"));
	CHECK_STRING(rule_get("g", "r", "active"), "1");
	CHECK_STRING(rule_get("g", "r", "subtree"), case_path("x"));
}

CASE(a_rule_whose_subtree_was_deleted_is_inactive_and_does_not_match)
{
	start_with_two_directories();
	rule_add("g", "r", "deny", "subtree", case_path("x"), NULL);
	CHECK_STRING(rule_get("g", "r", "active"), "1");
	CHECK(!unlink("x/a") && !rmdir("x"));
	/* It goes with the last user of the inode, which may be the kernel for a moment. */
	WAIT_FOR(!strcmp(rule_get("g", "r", "active"), "0"));
	CHECK(!mkdir("x", 0755));
	create_file("x/a", "");
	CHECK_OK(task_run(do_open, "x/a"));
	CHECK_OK(task_run(do_open, "y/a"));
	CHECK_STRING(rule_get("g", "r", "active"), "0");
	CHECK_STRING(rule_get("g", "r", "enabled"), "1");
	CHECK_EQ(rule_hits("g", "r"), 0);
}

CASE(uid_is_who_opens)
{
	create_file("a", "");
	group_start("g", "open_access", NULL);
	rule_add("g", "r", "deny", "uid", "1000", NULL);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_ERROR(task_run(do_open_as_user, &user), -EPERM);
	CHECK_EQ(rule_hits("g", "r"), 1);
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
	rule_add("g", "r", "deny", "uid", "1000", NULL);
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
	rule_make("g", "r", "deny", NULL);
	task_start(&writer, write_uid_in_namespace, FANG_GROUPS "/g/rules/r/uid");
	WAIT_FOR(!access("unshared", F_OK) || task_is_done(&writer));
	if (task_is_done(&writer))
		skip("no user namespaces: %s", strerror(-writer.result));
	snprintf(map, sizeof(map), "/proc/%d/uid_map", writer.pid);
	CHECK_OK(file_write(map, "0 1000 1", strlen("0 1000 1")));
	raise_flag("mapped");
	CHECK_OK(task_result(&writer));
	CHECK_OK(rule_set("g", "r", "enabled", "1"));
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
	rule_add("g", "r", "deny", "exe", case_path("bin/one"), NULL);
	CHECK_STRING(rule_get("g", "r", "active"), "1");
	CHECK_ERROR(task_run(do_open_as, &subject), -EPERM);
	CHECK_EQ(rule_hits("g", "r"), 1);
	subject.program = "../bin/two";
	CHECK_OK(task_run(do_open_as, &subject));
	CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(rule_hits("g", "r"), 1);
}

CASE(exe_may_be_installed_later)
{
	struct subject subject = { .path = "a", .program = "../bin/one" };

	start_in_directory();
	rule_add("g", "r", "deny", "exe", case_path("bin/one"), NULL);
	CHECK_OK(task_run(do_open, "a"));
	program_create("../bin/one");
	CHECK_ERROR(task_run(do_open_as, &subject), -EPERM);
}

static const char *const program_with_pipe = "a program, and where it waits";

static int run_with_pipe(const void *program)
{
	struct subject subject = { .path = "../pipe", .program = program };

	return do_open_as(&subject);
}

CASE(exe_is_also_the_program_that_was_replaced_by_rename)
{
	struct subject subject = { .path = "a", .program = "../bin/one" };

	(void)program_with_pipe;
	(void)run_with_pipe;
	start_in_directory();
	program_create("../bin/one");
	program_create("../bin/new");
	rule_add("g", "r", "deny", "exe", case_path("bin/one"), NULL);
	CHECK(!rename("../bin/new", "../bin/one"));
	CHECK_ERROR(task_run(do_open_as, &subject), -EPERM);
	CHECK_EQ(rule_hits("g", "r"), 1);
}
