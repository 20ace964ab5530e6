// SPDX-License-Identifier: GPL-2.0-only
/* Records of FANG_STATE, and what `report` tells about the task. */
#include "fang.h"
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static struct listener *listen_for_state(const char *group)
{
	struct listener *listener = listen_to(group);

	listener->wants_state = true;
	return listener;
}

static void expect_state(struct listener *listener, unsigned int flags, unsigned int count)
{
	struct event event;

	expect_event(listener, &event, FANG_STATE, NULL);
	CHECK_EQ(event.head.flags, flags);
	CHECK_EQ(event.head.count, count);
	CHECK_EQ(event.head.fd, -1);
	CHECK_EQ(event.head.length, sizeof(event.head));
}

CASE(every_listener_is_told_when_the_group_is_enabled_and_disabled)
{
	struct listener *one, *two;

	group_make("g", "open", NULL);
	one = listen_for_state("g");
	two = listen_for_state("g");
	CHECK_OK(set("g", "enabled", "1"));
	expect_state(one, FANG_STATE_ENABLED, 0);
	expect_state(two, FANG_STATE_ENABLED, 0);
	CHECK_OK(set("g", "enabled", "0"));
	expect_state(one, FANG_STATE_DISABLED, 0);
	CHECK_OK(set("g", "enabled", "1"));
	expect_state(one, FANG_STATE_ENABLED, 0);
	/* Of several changes the last is told. */
	expect_state(two, FANG_STATE_ENABLED, 0);
}

CASE(the_state_comes_before_notifications)
{
	struct listener *listener;
	struct event event;

	create_file("a", "");
	group_start("g", "open", NULL);
	listener = listen_for_state("g");
	CHECK_OK(task_run(do_open, "a"));
	CHECK_OK(set("g", "enabled", "0"));
	expect_state(listener, FANG_STATE_DISABLED, 0);
	expect_event(listener, &event, FANG_OPEN, "a");
}

CASE(the_first_listener_is_told_how_much_nobody_heard)
{
	struct listener *first, *second;

	create_file("a", "");
	group_start("g", "open", NULL);
	for (int i = 0; i < 3; i++)
		CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(stat_of("g", "missed"), 3);
	first = listen_for_state("g");
	second = listen_for_state("g");
	expect_state(first, 0, 3);
	CHECK_STRING(heard(second), "");
	stop_listening(first);
	stop_listening(second);
	CHECK_OK(task_run(do_open, "a"));
	expect_state(listen_for_state("g"), 0, 1);
}

static int open_named(const void *name)
{
	CHECK(!prctl(PR_SET_NAME, "a name"));
	return do_open(name);
}

CASE(comm_exe_and_cgroup_are_told)
{
	char self[4096] = "", line[4200], *cgroup;
	struct listener *listener;
	struct event event;

	create_file("a", "");
	CHECK(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	CHECK(file_read("/proc/self/cgroup", line, sizeof(line)) > 0);
	/* Hierarchies of version 1 have lines of their own, and stand before. */
	cgroup = strstr(line, "0::");
	CHECK(cgroup);
	cgroup[strcspn(cgroup, "\n")] = 0;
	group_start("g", "open", "report", "path comm exe cgroup", NULL);
	CHECK_STRING(get("g", "report"), "path comm exe cgroup");
	listener = listen_to("g");
	CHECK_OK(task_run(open_named, "a"));
	expect_event(listener, &event, FANG_OPEN, "a");
	CHECK_STRING(event.comm, "a name");
	CHECK_STRING(event.exe, self);
	CHECK_STRING(event.cgroup, cgroup + 3);
}

CASE(what_is_not_reported_is_not_told)
{
	struct listener *listener;
	struct event event;

	create_file("a", "");
	group_start("g", "open", "report", "comm", NULL);
	listener = listen_to("g");
	CHECK_OK(task_run(open_named, "a"));
	expect_event(listener, &event, FANG_OPEN, NULL);
	CHECK_STRING(event.comm, "a name");
	CHECK_EQ(event.path_length, 0);
	CHECK_STRING(event.exe, "");
	CHECK_STRING(event.cgroup, "");
}

static int listen_without_privilege(const void *group)
{
	struct listener *listener;
	struct event event;

	CHECK(!setgid(1000) && !setuid(1000));
	listener = listen_to(group);
	expect_event(listener, &event, FANG_OPEN, "a");
	CHECK_STRING(event.comm, "a name");
	CHECK_STRING(event.exe, "");
	CHECK_STRING(event.cgroup, "");
	return 0;
}

CASE(programs_and_cgroups_are_not_for_the_unprivileged)
{
	struct task listener;

	create_file("a", "");
	CHECK(!chmod(".", 0755));
	group_start("g", "open", "report", "path comm exe cgroup", NULL);
	CHECK(!chown("/dev/fang/g", 1000, 1000));
	task_start(&listener, listen_without_privilege, "g");
	WAIT_FOR(get_number("g", "listeners") == 1);
	CHECK_OK(task_run(open_named, "a"));
	CHECK_OK(task_result(&listener));
}
