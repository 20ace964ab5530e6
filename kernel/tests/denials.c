// SPDX-License-Identifier: GPL-2.0-only
/* The list of the last denials: one line for each, whatever denied. */
#include "fang.h"
#include "harness.h"
#include "never_waits.h"
#include "subject.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DENIALS 100

static const uid_t user = 1000;

struct denial {
	u64 time_ns;
	char kind[32];
	int pid;
	unsigned int uid;
	char reason[32];
	char rule[80];
	char path[4097];
};

static u64 boottime_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* TIME_NS KIND PID UID REASON RULE PATH, with one blank between. */
static void parse_denial(const char *line, struct denial *denial)
{
	char again[sizeof(*denial) + 100];

	CHECK_EQ(sscanf(line, "%llu %31s %d %u %31s %79s %4096s", &denial->time_ns, denial->kind,
			&denial->pid, &denial->uid, denial->reason, denial->rule, denial->path),
		 7);
	snprintf(again, sizeof(again), "%llu %s %d %u %s %s %s", denial->time_ns, denial->kind,
		 denial->pid, denial->uid, denial->reason, denial->rule, denial->path);
	CHECK(!strncmp(line, again, strlen(again)));
	CHECK(!line[strlen(again)] || line[strlen(again)] == '\n');
}

/* The only one there is, or the newest. */
static void newest_denial(struct denial *denial)
{
	parse_denial(get("g", "denials"), denial);
}

static unsigned int denial_count(void)
{
	const char *line = get("g", "denials");
	unsigned int count = *line != 0;

	while ((line = strchr(line, '\n'))) {
		line++;
		count++;
	}
	return count;
}

/* There is one denial, for this reason, of the file "a". */
static void check_denial(const char *reason, const char *rule)
{
	struct denial denial;

	CHECK_EQ(denial_count(), 1);
	newest_denial(&denial);
	CHECK_STRING(denial.reason, reason);
	CHECK_STRING(denial.rule, rule);
	CHECK_STRING(denial.path, case_path("a"));
	CHECK_STRING(denial.kind, "open_access");
}

static void start_group(const char *attribute, const char *value)
{
	create_file("a", "content");
	create_file("b", "");
	group_start("g", "open_access", "on_timeout", "deny", attribute, value, NULL);
	CHECK_STRING(get("g", "denials"), "");
}

/* An open of the file waits; its request, which the listener has read. */
static struct listener *start_and_hold(struct task *opener, const char *path, struct event *event)
{
	struct listener *listener = listen_to("g");

	task_start(opener, do_open, path);
	expect_event(listener, event, FANG_OPEN_ACCESS, path);
	return listener;
}

/* ---- what a line says ---- */

CASE(a_denial_tells_when_and_who)
{
	u64 before = boottime_ns();
	struct denial denial;
	struct task opener;

	start_group("on_no_listener", "deny");
	task_start(&opener, do_open_as_user, &user);
	CHECK_ERROR(task_result(&opener), -EPERM);
	check_denial("no_listener", "-");
	newest_denial(&denial);
	CHECK(denial.time_ns >= before && denial.time_ns <= boottime_ns());
	CHECK_EQ(denial.pid, opener.pid);
	CHECK_EQ(denial.uid, user);
}

CASE(a_denied_read_is_told_as_such)
{
	struct denial denial;

	start_group("mask", "read_access");
	CHECK_OK(set("g", "on_no_listener", "deny"));
	CHECK_ERROR(task_run(do_read, "a"), -EPERM);
	newest_denial(&denial);
	CHECK_STRING(denial.kind, "read_access");
}

CASE(the_path_of_a_denial_is_escaped)
{
	static const char *const name = "blank newline\nbackslash\\delete\177";
	struct denial denial;

	start_group("on_no_listener", "deny");
	CHECK(!rename("a", name));
	CHECK_ERROR(task_run(do_open, name), -EPERM);
	CHECK_EQ(denial_count(), 1);
	newest_denial(&denial);
	CHECK_STRING(denial.path, case_path("blank\\040newline\\012backslash\\134delete\\177"));
}

CASE(a_group_that_does_not_report_paths_has_none_in_its_denials)
{
	struct denial denial;

	start_group("report", "fd");
	CHECK_OK(set("g", "on_no_listener", "deny"));
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	newest_denial(&denial);
	CHECK_STRING(denial.path, "-");
	CHECK_STRING(denial.reason, "no_listener");
}

/* ---- reasons ---- */

CASE(a_response_is_a_reason)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	start_group("report", "path");
	listener = start_and_hold(&opener, "a", &event);
	CHECK_OK(respond(listener, event.head.id, FANG_DENY));
	CHECK_ERROR(task_result(&opener), -EPERM);
	check_denial("response", "-");
}

CASE(a_rule_is_a_reason_and_told_by_name)
{
	start_group("report", "path");
	item_add("g", "rules/no.body-may_1", "respond", "deny", NULL);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	check_denial("rule", "no.body-may_1");
	/* It stays when the rule is gone. */
	CHECK_OK(item_set("g", "rules/no.body-may_1", "enabled", "0"));
	CHECK_OK(item_remove("g", "rules/no.body-may_1"));
	check_denial("rule", "no.body-may_1");
}

CASE(a_timeout_is_a_reason)
{
	start_group("timeout_ms", "100");
	listen_to("g");
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	check_denial("timeout", "-");
}

CASE(a_request_that_kills_listeners_is_a_reason)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	start_group("max_deliveries", "1");
	listener = start_and_hold(&opener, "a", &event);
	stop_listening(listener);
	CHECK_ERROR(task_result(&opener), -EPERM);
	check_denial("poisoned", "-");
}

CASE(a_listener_that_leaves_is_a_reason)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	start_group("on_no_listener", "deny");
	listener = start_and_hold(&opener, "a", &event);
	stop_listening(listener);
	CHECK_ERROR(task_result(&opener), -EPERM);
	check_denial("no_listener", "-");
}

CASE(not_to_be_able_to_wait_is_a_reason)
{
	struct denial denial;

	start_group("on_cannot_wait", "deny");
	CHECK(!dump_core_here());
	CHECK_EQ(denial_count(), 1);
	newest_denial(&denial);
	CHECK_STRING(denial.reason, "cannot_wait");
}

CASE(a_full_list_is_a_reason)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	start_group("access_max", "1");
	CHECK_OK(set("g", "on_overflow", "deny"));
	listener = start_and_hold(&opener, "b", &event);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	check_denial("overflow", "-");
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
	CHECK_EQ(denial_count(), 1);
}

CASE(a_degraded_group_is_a_reason)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	start_group("max_timeouts", "1");
	CHECK_OK(set("g", "on_timeout", "allow"));
	CHECK_OK(set("g", "timeout_ms", "1500"));
	listener = start_and_hold(&opener, "b", &event);
	CHECK_OK(task_result(&opener));
	CHECK_EQ(get_number("g", "degraded"), 1);
	CHECK_OK(set("g", "timeout_ms", "60000"));
	CHECK_OK(set("g", "on_timeout", "deny"));
	task_start(&opener, do_open, "b");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "b");
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	check_denial("degraded", "-");
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
}

static int open_twice(const void *unused)
{
	(void)unused;
	do_open("b");
	raise_flag("late");
	wait_for_flag("go");
	return do_open("a");
}

CASE(to_be_late_is_a_reason)
{
	struct task task;

	start_group("on_timeout", "allow");
	CHECK_OK(set("g", "timeout_ms", "1500"));
	listen_to("g");
	task_start(&task, open_twice, NULL);
	WAIT_FOR(pending_count("g") == 1);
	CHECK_OK(set("g", "timeout_ms", "60000"));
	wait_for_flag("late");
	CHECK_STRING(get("g", "denials"), "");
	CHECK_OK(set("g", "on_timeout", "deny"));
	raise_flag("go");
	CHECK_ERROR(task_result(&task), -EPERM);
	check_denial("late", "-");
}

CASE(what_permissive_allowed_is_told_as_what_would_have_been)
{
	struct listener *listener;
	struct denial denial;
	struct event event;
	struct task opener;

	start_group("permissive", "1");
	item_add("g", "rules/r", "respond", "deny", NULL);
	CHECK_OK(task_run(do_open, "a"));
	check_denial("would_rule", "r");
	CHECK_OK(item_set("g", "rules/r", "enabled", "0"));
	CHECK_OK(set("g", "on_no_listener", "deny"));
	CHECK_OK(task_run(do_open, "a"));
	newest_denial(&denial);
	CHECK_STRING(denial.reason, "would_no_listener");
	CHECK_STRING(denial.rule, "-");
	listener = start_and_hold(&opener, "a", &event);
	CHECK_OK(respond(listener, event.head.id, FANG_DENY));
	CHECK_OK(task_result(&opener));
	newest_denial(&denial);
	CHECK_STRING(denial.reason, "would_response");
	CHECK_EQ(denial_count(), 3);
}

CASE(what_was_allowed_is_no_denial)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	start_group("on_no_listener", "allow");
	CHECK_OK(task_run(do_open, "a"));
	item_add("g", "rules/r", "respond", "allow", NULL);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_OK(item_set("g", "rules/r", "enabled", "0"));
	listener = start_and_hold(&opener, "a", &event);
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
	/* Nor is a wait that a kill ended, or what enforce allowed. */
	task_start(&opener, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	task_kill(&opener);
	item_add("g", "rules/s", "respond", "deny", NULL);
	CHECK_OK(file_write(FANG_ENFORCE, "N", 1));
	CHECK_OK(task_run(do_open, "a"));
	CHECK_OK(file_write(FANG_ENFORCE, "Y", 1));
	CHECK_STRING(get("g", "denials"), "");
}

/* ---- the list ---- */

CASE(the_newest_denial_comes_first)
{
	const char *line;
	struct denial denial;
	u64 time_ns = ~0ULL;
	char name[16];

	start_group("on_no_listener", "allow");
	for (int i = 0; i < 5; i++) {
		snprintf(name, sizeof(name), "file-%d", i);
		create_file(name, "");
	}
	CHECK_OK(set("g", "on_no_listener", "deny"));
	for (int i = 0; i < 5; i++) {
		snprintf(name, sizeof(name), "file-%d", i);
		CHECK_ERROR(task_run(do_open, name), -EPERM);
	}
	line = get("g", "denials");
	for (int i = 4; i >= 0; i--) {
		CHECK(line);
		parse_denial(line, &denial);
		snprintf(name, sizeof(name), "file-%d", i);
		CHECK_STRING(denial.path, case_path(name));
		CHECK(denial.time_ns < time_ns);
		time_ns = denial.time_ns;
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	CHECK(!line);
}

static int open_all(const void *count)
{
	char name[160];

	for (int i = 0; i < *(const int *)count; i++) {
		snprintf(name, sizeof(name), "%0100d", i);
		CHECK_ERROR(do_open(name), -EPERM);
	}
	return 0;
}

/* All lines that a page holds, then how many it does not: together 100. */
CASE(a_hundred_denials_are_kept_and_what_a_page_does_not_hold_is_counted)
{
	const int count = DENIALS + 20;
	int shown = 0, more = -1;
	struct denial denial;
	const char *line;
	char name[160];

	start_group("on_no_listener", "allow");
	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "%0100d", i);
		create_file(name, "");
	}
	CHECK_OK(set("g", "on_no_listener", "deny"));
	CHECK_OK(task_run(open_all, &count));
	for (line = get("g", "denials"); line; line = line ? line + 1 : NULL) {
		CHECK_EQ(more, -1);
		if (sscanf(line, "... and %d more", &more) != 1) {
			parse_denial(line, &denial);
			snprintf(name, sizeof(name), "%0100d", count - 1 - shown++);
			CHECK_STRING(denial.path, case_path(name));
		}
		line = strchr(line, '\n');
	}
	CHECK(shown >= 10);
	CHECK_EQ(shown + more, DENIALS);
}

/* Its line alone would be longer than a page. */
CASE(a_denial_of_a_long_path_does_not_hide_the_others)
{
	const char *list;
	char name[201];
	int more;

	start_group("on_no_listener", "deny");
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	memset(name, ' ', 200);
	name[200] = 0;
	for (int i = 0; i < 10; i++)
		CHECK(!mkdir(name, 0755) && !chdir(name));
	CHECK_OK(set("g", "on_no_listener", "allow"));
	create_file("long", "");
	CHECK_OK(set("g", "on_no_listener", "deny"));
	CHECK_ERROR(task_run(do_open, "long"), -EPERM);
	CHECK(!chdir(case_dir()));
	list = get("g", "denials");
	CHECK(strstr(list, "... and "));
	CHECK_EQ(sscanf(strstr(list, "... and "), "... and %d more", &more), 1);
	CHECK_EQ(denial_count() - 1 + more, 2);
	CHECK_ERROR(task_run(do_open, "b"), -EPERM);
	CHECK(strstr(get("g", "denials"), case_path("b")));
}

static int read_denials_as_user(const void *unused)
{
	(void)unused;
	CHECK(!setresuid(user, user, user));
	return open(FANG_GROUPS "/g/denials", O_RDONLY) < 0 ? -errno : 0;
}

CASE(only_root_reads_denials)
{
	struct stat status;

	CHECK_OK(group_create("g"));
	CHECK(!stat(FANG_GROUPS "/g/denials", &status));
	CHECK_EQ(status.st_mode & 07777, 0400);
	CHECK_ERROR(task_run(read_denials_as_user, NULL), -EACCES);
}

CASE(each_group_keeps_its_own_denials)
{
	start_group("on_no_listener", "deny");
	group_start("h", "open_access", "priority", "1", "on_no_listener", "allow", NULL);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	check_denial("no_listener", "-");
	CHECK_STRING(get("h", "denials"), "");
}
