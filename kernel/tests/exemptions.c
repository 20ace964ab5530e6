// SPDX-License-Identifier: GPL-2.0-only
/* Exemptions in configfs: tasks and files for which nothing is raised. */
#include "fang.h"
#include "harness.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct listener *start(void)
{
	create_file("a", "");
	group_start("g", "open open_access", NULL);
	return listen_to("g");
}

static int open_after_go(const void *path)
{
	wait_for_flag("go");
	return do_open(path);
}

static int open_as_1234(const void *path)
{
	setfsuid(1234);
	return do_open(path);
}

CASE(a_process_is_exempt_and_others_are_not)
{
	struct listener *listener = start();
	struct task helper;
	char pid[16];

	task_start(&helper, open_after_go, "a");
	snprintf(pid, sizeof(pid), "%d", helper.pid);
	item_add("g", "exemptions/e", "type", "tgid", "value", pid, NULL);
	CHECK_STRING(get("g", "exemptions/e/active"), "1");
	raise_flag("go");
	CHECK_OK(task_result(&helper));
	CHECK_EQ(stat_of("g", "asked"), 0);
	CHECK(item_hits("g", "exemptions/e") > 0);
	CHECK_STRING(heard_of(listener, do_open, "a"), "open_access:a open:a");
	CHECK_STRING(get("g", "exemptions/e/active"), "0");
}

CASE(a_user_is_exempt)
{
	struct listener *listener = start();

	item_add("g", "exemptions/e", "type", "uid", "value", "1234", NULL);
	CHECK_STRING(heard_of(listener, open_as_1234, "a"), "");
	CHECK_STRING(heard_of(listener, do_open, "a"), "open_access:a open:a");
	CHECK_OK(item_set("g", "exemptions/e", "enabled", "0"));
	CHECK_STRING(heard_of(listener, open_as_1234, "a"), "open_access:a open:a");
}

CASE(a_program_is_exempt)
{
	struct listener *listener = start();
	char path[512];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	CHECK(length > 0);
	path[length] = 0;
	item_add("g", "exemptions/e", "type", "exe", "value", path, NULL);
	/* Markers come from the same program, so nothing at all is heard. */
	CHECK_OK(task_run(do_open, "a"));
	CHECK(!next_event(listener, &(struct event){ 0 }, 0));
	CHECK_EQ(stat_of("g", "queued") + stat_of("g", "asked"), 0);
	CHECK_OK(item_set("g", "exemptions/e", "enabled", "0"));
	CHECK_STRING(heard_of(listener, do_open, "a"), "open_access:a open:a");
}

CASE(a_subtree_is_exempt)
{
	struct listener *listener = start();
	char path[100];

	CHECK(!mkdir("sub", 0755) && !mkdir("subway", 0755));
	create_file("sub/b", "");
	create_file("subway/c", "");
	snprintf(path, sizeof(path), "%s/sub", case_dir());
	item_add("g", "exemptions/e", "type", "subtree", "value", path, NULL);
	CHECK_STRING(heard_of(listener, do_open, "sub/b"), "");
	CHECK_STRING(heard_of(listener, do_open, "subway/c"), "open_access:c open:c");
}

CASE(an_exemption_precedes_rules)
{
	create_file("a", "");
	group_start("g", "open_access", NULL);
	item_add("g", "rules/r", "respond", "deny", NULL);
	CHECK_ERROR(task_run(open_as_1234, "a"), -EPERM);
	item_add("g", "exemptions/e", "type", "uid", "value", "1234", NULL);
	CHECK_OK(task_run(open_as_1234, "a"));
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(item_hits("g", "rules/r"), 2);
}

CASE(an_exemption_holds_in_its_group_only)
{
	struct listener *listener = start(), *other;

	group_start("h", "open", NULL);
	other = listen_to("h");
	item_add("g", "exemptions/e", "type", "uid", "value", "1234", NULL);
	CHECK_OK(task_run(open_as_1234, "a"));
	CHECK(!next_event(listener, &(struct event){ 0 }, 0));
	CHECK_EQ(stat_of("h", "queued"), 1);
	CHECK(next_event(other, &(struct event){ 0 }, LIMIT_MS));
}

CASE(an_exemption_is_checked_and_fixed_while_enabled)
{
	pid_t ended = fork();
	char pid[16];

	if (!ended)
		_exit(0);
	CHECK(ended > 0);
	while (!kill(ended, 0) && waitpid(ended, NULL, 0) < 0)
		;
	start();
	snprintf(pid, sizeof(pid), "%d", ended);
	CHECK_OK(item_make("g", "exemptions/e"));
	CHECK_ERROR(item_set("g", "exemptions/e", "enabled", "1"), -EINVAL);
	CHECK_ERROR(item_set("g", "exemptions/e", "value", "1"), -EINVAL);
	CHECK_ERROR(item_set("g", "exemptions/e", "type", "group"), -EINVAL);
	CHECK_OK(item_set("g", "exemptions/e", "type", "tgid"));
	CHECK_ERROR(item_set("g", "exemptions/e", "enabled", "1"), -EINVAL);
	CHECK_ERROR(item_set("g", "exemptions/e", "value", pid), -ESRCH);
	CHECK_ERROR(item_set("g", "exemptions/e", "value", "x"), -EINVAL);
	CHECK_OK(item_set("g", "exemptions/e", "value", "1"));
	CHECK_OK(item_set("g", "exemptions/e", "type", "uid"));
	CHECK_STRING(get("g", "exemptions/e/value"), "");
	CHECK_OK(item_set("g", "exemptions/e", "value", "1234"));
	CHECK_OK(item_set("g", "exemptions/e", "enabled", "1"));
	CHECK_ERROR(item_set("g", "exemptions/e", "value", "1"), -EBUSY);
	CHECK_ERROR(item_set("g", "exemptions/e", "type", "exe"), -EBUSY);
	CHECK(rmdir(FANG_GROUPS "/g/exemptions/e") && errno == EBUSY);
}
