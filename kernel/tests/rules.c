// SPDX-License-Identifier: GPL-2.0-only
/* Rules: standing instructions, which hold without a listener. */
#include "fang.h"
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

static void start(const char *on_no_listener)
{
	create_file("a", "content");
	group_start("g", "open_access read_access", "on_no_listener", on_no_listener, NULL);
}

static int open_as_1234(const void *path)
{
	setfsuid(1234);
	return do_open(path);
}

/* The program that this one runs. */
static const char *own_program(void)
{
	static char path[512];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	CHECK(length > 0);
	path[length] = 0;
	return path;
}

CASE(a_rule_denies_whoever_listens)
{
	start("allow");
	item_add("g", "rules/r", "respond", "deny", NULL);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(stat_of("g", "rule_denied"), 1);
	listen_to("g");
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(item_hits("g", "rules/r"), 2);
	CHECK_EQ(stat_of("g", "asked"), 0);
	CHECK_EQ(stat_of("g", "no_listener"), 0);
}

CASE(a_rule_allows_whoever_does_not_listen)
{
	start("deny");
	item_add("g", "rules/r", "respond", "allow", NULL);
	CHECK_OK(task_run(do_read, "a"));
	CHECK_EQ(stat_of("g", "rule_allowed"), 2);
	CHECK_OK(item_set("g", "rules/r", "enabled", "0"));
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
}

CASE(a_rule_that_asks_ends_the_search)
{
	struct listener *listener;

	start("deny");
	item_add("g", "rules/first", "respond", "ask", "order", "1", NULL);
	item_add("g", "rules/second", "respond", "deny", "order", "2", NULL);
	listener = listen_to("g");
	CHECK_STRING(heard_of(listener, do_open, "a"), "open_access:a");
	CHECK_EQ(item_hits("g", "rules/second"), 0);
}

CASE(rules_are_tried_by_order_and_then_by_name)
{
	start("deny");
	item_add("g", "rules/b", "respond", "deny", "order", "10", NULL);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	item_add("g", "rules/a", "respond", "allow", "order", "10", NULL);
	CHECK_OK(task_run(do_open, "a"));
	item_add("g", "rules/z", "respond", "deny", "order", "9", NULL);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(item_hits("g", "rules/b"), 1);
	CHECK_EQ(item_hits("g", "rules/a"), 1);
	CHECK_EQ(item_hits("g", "rules/z"), 1);
}

CASE(a_set_of_rules_replaces_another_by_one_write)
{
	start("deny");
	item_add("g", "rules/old", "respond", "deny", NULL);
	item_add("g", "rules/new", "respond", "allow", "set", "7", NULL);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_OK(set("g", "rules/active_set", "7"));
	CHECK_OK(task_run(do_open, "a"));
	CHECK_OK(set("g", "rules/active_set", "8"));
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(item_hits("g", "rules/old"), 1);
	CHECK_EQ(stat_of("g", "no_listener"), 1);
}

CASE(kinds_narrow_a_rule)
{
	start("allow");
	item_add("g", "rules/r", "respond", "deny", "kinds", "read_access", NULL);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_ERROR(task_run(do_read, "a"), -EPERM);
	CHECK_EQ(item_hits("g", "rules/r"), 1);
}

CASE(subtree_narrows_a_rule)
{
	char path[100];

	start("allow");
	CHECK(!mkdir("sub", 0755) && !mkdir("subway", 0755));
	create_file("sub/b", "");
	create_file("subway/c", "");
	snprintf(path, sizeof(path), "%s/sub", case_dir());
	item_add("g", "rules/r", "respond", "deny", "subtree", path, NULL);
	CHECK_ERROR(task_run(do_open, "sub/b"), -EPERM);
	CHECK_OK(task_run(do_open, "subway/c"));
	CHECK_OK(task_run(do_open, "a"));
	CHECK_STRING(get("g", "rules/r/active"), "1");
	CHECK(!rename("sub", "moved"));
	CHECK_ERROR(task_run(do_open, "moved/b"), -EPERM);
	CHECK(!unlink("moved/b") && !rmdir("moved"));
	CHECK_STRING(get("g", "rules/r/active"), "0");
	CHECK_OK(task_run(do_open, "a"));
}

CASE(uid_narrows_a_rule)
{
	start("allow");
	item_add("g", "rules/r", "respond", "deny", "uid", "1234", NULL);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_ERROR(task_run(open_as_1234, "a"), -EPERM);
}

CASE(exe_narrows_a_rule)
{
	start("allow");
	item_add("g", "rules/r", "respond", "deny", "exe", own_program(), NULL);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_OK(item_set("g", "rules/r", "enabled", "0"));
	CHECK_OK(item_set("g", "rules/r", "exe", "/bin/some-other-program"));
	CHECK_OK(item_set("g", "rules/r", "enabled", "1"));
	CHECK_OK(task_run(do_open, "a"));
}

CASE(all_conditions_of_a_rule_must_hold)
{
	start("allow");
	item_add("g", "rules/r", "respond", "deny", "uid", "1234", "exe", "/bin/some-other-program",
		 NULL);
	CHECK_OK(task_run(open_as_1234, "a"));
	CHECK_OK(item_set("g", "rules/r", "enabled", "0"));
	CHECK_OK(item_set("g", "rules/r", "exe", "\n"));
	CHECK_OK(item_set("g", "rules/r", "enabled", "1"));
	CHECK_ERROR(task_run(open_as_1234, "a"), -EPERM);
}

CASE(a_rule_is_checked_and_fixed_while_enabled)
{
	static const char *const attributes[] = { "set", "order",   "kinds",  "uid",
						  "exe", "subtree", "respond" };
	static const char *const values[] = {
		"1", "1", "open_access", "1", "/bin/sh", "/", "allow"
	};

	start("allow");
	CHECK_OK(item_make("g", "rules/r"));
	CHECK_ERROR(item_set("g", "rules/r", "enabled", "1"), -EINVAL);
	CHECK_ERROR(item_set("g", "rules/r", "respond", "maybe"), -EINVAL);
	CHECK_ERROR(item_set("g", "rules/r", "kinds", "open"), -EINVAL);
	CHECK_ERROR(item_set("g", "rules/r", "uid", "root"), -EINVAL);
	CHECK_ERROR(item_set("g", "rules/r", "exe", "sh"), -EINVAL);
	CHECK_ERROR(item_set("g", "rules/r", "order", "4294967296"), -ERANGE);
	CHECK_ERROR(item_set("g", "rules/r", "cgroup", "/no/such/cgroup"), -ENOENT);
	CHECK_OK(item_set("g", "rules/r", "respond", "deny"));
	CHECK_OK(item_set("g", "rules/r", "enabled", "1"));
	for (size_t i = 0; i < 7; i++)
		CHECK_ERROR(item_set("g", "rules/r", attributes[i], values[i]), -EBUSY);
	CHECK(rmdir(FANG_GROUPS "/g/rules/r") && errno == EBUSY);
	CHECK_ERROR(item_make("g", "rules/.r"), -EINVAL);
}

CASE(permissive_holds_for_rules)
{
	start("allow");
	CHECK_OK(set("g", "permissive", "1"));
	item_add("g", "rules/r", "respond", "deny", NULL);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(stat_of("g", "would_deny"), 1);
}

CASE(enforce_off_holds_for_rules)
{
	start("allow");
	item_add("g", "rules/r", "respond", "deny", NULL);
	CHECK_OK(file_write(FANG_ENFORCE, "N", 1));
	CHECK_OK(task_run(do_open, "a"));
	CHECK_OK(file_write(FANG_ENFORCE, "Y", 1));
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
}

CASE(denials_tell_who_was_denied_what_and_why)
{
	char expected[200], line[400];
	unsigned long long time;
	struct task opener;
	int used;

	CHECK(!mkdir("with blank", 0755));
	create_file("with blank/b", "");
	start("allow");
	item_add("g", "rules/r", "respond", "deny", NULL);
	CHECK_STRING(get("g", "denials"), "");
	task_start(&opener, do_open, "with blank/b");
	CHECK_ERROR(task_result(&opener), -EPERM);
	snprintf(line, sizeof(line), "%.399s", get("g", "denials"));
	CHECK(sscanf(line, "%llu %n", &time, &used) == 1);
	snprintf(expected, sizeof(expected), "open_access %d 0 rule r %s/with\\040blank/b",
		 opener.pid, case_dir());
	CHECK_STRING(line + used, expected);
	CHECK_OK(item_set("g", "rules/r", "enabled", "0"));
	CHECK_OK(set("g", "on_no_listener", "deny"));
	CHECK_ERROR(task_run(open_as_1234, "a"), -EPERM);
	snprintf(line, sizeof(line), "%.399s", get("g", "denials"));
	/* The newest first. */
	CHECK(strstr(line, " 1234 no_listener - "));
	CHECK(strstr(line, " 1234 no_listener - ") < strstr(line, " 0 rule r "));
}
