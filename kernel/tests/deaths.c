// SPDX-License-Identifier: GPL-2.0-only
/* Access requests whose listener, opener or group goes away while they are open. */
#include "fang.h"
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#define CORE_PATTERN "/proc/sys/kernel/core_pattern"
/* Does not read; longer than a case takes, and then it is gone. */
#define CORE_READER "|/bin/sleep 120"

/* A listener in a process of its own that reads requests and never responds. */
struct holder {
	struct task task;
	const char *group;
	unsigned int count; /* so many it reads */
	const char *flag; /* and then raises this flag */
	bool leave_child; /* that keeps the device open when this one dies */
	const char *dump; /* a flag at which it dumps core; NULL waits for ever */
};

/* A child that has nothing but the device open, and keeps it. */
static void keep_device_open(int device)
{
	if (fork())
		return;
	for (int fd = 3; fd < 256; fd++) {
		if (fd != device)
			close(fd);
	}
	for (;;)
		pause();
}

static int hold_requests(const void *argument)
{
	const struct holder *holder = argument;
	struct listener *listener = listen_to(holder->group);
	struct event event;

	for (unsigned int i = 0; i < holder->count; i++)
		expect_event(listener, &event, FANG_OPEN_ACCESS, NULL);
	if (holder->leave_child)
		keep_device_open(listener->fd);
	raise_flag(holder->flag);
	if (holder->dump) {
		wait_for_flag(holder->dump);
		raise(SIGQUIT);
	}
	return pause();
}

/* Starts it and waits until it listens: the next listener. */
static void holder_start(struct holder *holder)
{
	u64 listeners = get_number(holder->group, "listeners");

	task_start(&holder->task, hold_requests, holder);
	WAIT_FOR(get_number(holder->group, "listeners") == listeners + 1);
}

static void allow(struct listener *listener, const struct event *event, struct task *opener)
{
	CHECK_OK(respond(listener, event->head.id, FANG_ALLOW));
	CHECK_OK(task_result(opener));
}

CASE(the_requests_of_a_killed_listener_go_to_another_one_in_order)
{
	struct holder holder = { .group = "g", .count = 2, .flag = "held" };
	struct listener *listener;
	struct task openers[3];
	struct event event;
	u64 last_id = 0;

	create_file("a", "");
	group_start("g", "open_access", "timeout_ms", "60000", NULL);
	holder_start(&holder);
	for (int i = 0; i < 3; i++) {
		/* Two are held, and a later one is queued. */
		if (i == 2)
			wait_for_flag("held");
		task_start(&openers[i], do_open, "a");
		WAIT_FOR(pending_count("g") == i + 1u);
	}
	listener = listen_to("g");
	task_kill(&holder.task);
	for (int i = 0; i < 3; i++) {
		expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
		CHECK_EQ(!!(event.head.flags & FANG_REDELIVERED), i < 2);
		CHECK(event.head.id > last_id);
		CHECK_EQ(event.head.pid, openers[i].pid);
		last_id = event.head.id;
		allow(listener, &event, &openers[i]);
	}
	CHECK_EQ(stat_of("g", "requeued"), 2);
}

CASE(a_redelivered_request_keeps_its_id_and_deadline)
{
	struct listener *first, *second;
	struct event before, after;
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", NULL);
	first = listen_to("g");
	second = listen_to("g");
	task_start(&opener, do_open, "a");
	expect_event(first, &before, FANG_OPEN_ACCESS, "a");
	stop_listening(first);
	expect_event(second, &after, FANG_OPEN_ACCESS, "a");
	CHECK_EQ(after.head.id, before.head.id);
	CHECK_EQ(after.head.deadline_ns, before.head.deadline_ns);
	CHECK_EQ(after.head.time_ns, before.head.time_ns);
	CHECK_EQ(before.head.flags & FANG_REDELIVERED, 0);
	CHECK(after.head.flags & FANG_REDELIVERED);
	allow(second, &after, &opener);
}

CASE(a_redelivered_request_has_no_more_extensions_than_before)
{
	struct listener *first, *second;
	struct event before, after;
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", "max_extensions", "1", NULL);
	first = listen_to("g");
	second = listen_to("g");
	task_start(&opener, do_open, "a");
	expect_event(first, &before, FANG_OPEN_ACCESS, "a");
	CHECK_OK(respond(first, before.head.id, FANG_MORE_TIME));
	stop_listening(first);
	expect_event(second, &after, FANG_OPEN_ACCESS, "a");
	CHECK(after.head.deadline_ns >= before.head.deadline_ns);
	CHECK_ERROR(respond(second, after.head.id, FANG_MORE_TIME), -ERANGE);
	CHECK_EQ(stat_of("g", "extended"), 1);
	allow(second, &after, &opener);
}

CASE(a_dead_listener_counts_as_gone_though_a_child_keeps_its_device_open)
{
	struct holder holder = { .group = "g", .count = 1, .flag = "held", .leave_child = true };
	struct listener *listener;
	struct event event;
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", "timeout_ms", "600000", NULL);
	holder_start(&holder);
	task_start(&opener, do_open, "a");
	wait_for_flag("held");
	listener = listen_to("g");
	task_kill(&holder.task);
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK(event.head.flags & FANG_REDELIVERED);
	allow(listener, &event, &opener);
}

/* The kernel writes the core into a pipe that nobody reads, for as long as the case takes. */
CASE(a_listener_that_dumps_core_is_gone_before_the_dump_is_done)
{
	struct holder holder = { .group = "g", .count = 1, .flag = "held", .dump = "dump" };
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	char pattern[128];
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", "timeout_ms", "600000", "on_no_listener", "deny", NULL);
	CHECK(!setrlimit(RLIMIT_CORE, &unlimited));
	holder_start(&holder);
	task_start(&opener, do_open, "a");
	wait_for_flag("held");
	CHECK(file_read(CORE_PATTERN, pattern, sizeof(pattern)) > 0);
	CHECK_OK(file_write(CORE_PATTERN, CORE_READER, strlen(CORE_READER)));
	raise_flag("dump");
	CHECK_EQ(task_result(&opener), -EPERM);
	CHECK_EQ(get_number("g", "listeners"), 0);
	CHECK(!task_is_done(&holder.task));
	CHECK_OK(file_write(CORE_PATTERN, pattern, strlen(pattern)));
	task_kill(&holder.task);
}

static void lose_last_listener(const char *reaction, int expected)
{
	struct holder holder = { .group = "g", .count = 1, .flag = "held" };
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", "timeout_ms", "600000", "on_no_listener", reaction, NULL);
	holder_start(&holder);
	task_start(&opener, do_open, "a");
	wait_for_flag("held");
	CHECK(!task_is_done(&opener));
	task_kill(&holder.task);
	CHECK_ERROR(task_result(&opener), expected);
	CHECK_EQ(stat_of("g", "abandoned"), 1);
}

CASE(when_the_last_listener_dies_the_open_is_allowed)
{
	lose_last_listener("allow", 0);
}

CASE(when_the_last_listener_dies_the_open_is_denied)
{
	lose_last_listener("deny", -EPERM);
}

CASE(when_the_last_listener_dies_the_open_waits_for_the_next)
{
	struct holder holder = { .group = "g", .count = 1, .flag = "held" };
	struct listener *listener;
	struct event event;
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", "timeout_ms", "600000", "on_no_listener", "wait", NULL);
	holder_start(&holder);
	task_start(&opener, do_open, "a");
	wait_for_flag("held");
	task_kill(&holder.task);
	CHECK_EQ(get_number("g", "listeners"), 0);
	CHECK_EQ(pending_count("g"), 1);
	listener = listen_to("g");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK(event.head.flags & FANG_REDELIVERED);
	allow(listener, &event, &opener);
}

CASE(an_unread_request_survives_the_death_of_a_listener_that_never_read_it)
{
	struct holder holder = { .group = "g", .count = 1, .flag = "held" };
	struct listener *listener;
	struct task openers[2];
	struct event event;

	create_file("a", "");
	create_file("b", "");
	group_start("g", "open_access", "timeout_ms", "600000", "max_deliveries", "1", NULL);
	holder_start(&holder);
	task_start(&openers[0], do_open, "a");
	wait_for_flag("held");
	listener = listen_to("g");
	task_start(&openers[1], do_open, "b");
	WAIT_FOR(pending_count("g") == 2);
	task_kill(&holder.task);
	/* "a" killed its one listener, and "b" has nothing to do with that. */
	CHECK_OK(task_result(&openers[0]));
	CHECK_EQ(stat_of("g", "poisoned"), 1);
	expect_event(listener, &event, FANG_OPEN_ACCESS, "b");
	CHECK_EQ(event.head.flags & FANG_REDELIVERED, 0);
	allow(listener, &event, &openers[1]);
}

CASE(a_file_that_kills_listeners_is_settled_before_it_kills_them_all)
{
	struct holder holders[2] = {
		{ .group = "g", .count = 1, .flag = "held0" },
		{ .group = "g", .count = 1, .flag = "held1" },
	};
	struct listener *idle;
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", "timeout_ms", "600000", "on_timeout", "deny", NULL);
	idle = listen_to("g");
	task_start(&opener, do_open, "a");
	for (int i = 0; i < 2; i++) {
		holder_start(&holders[i]);
		wait_for_flag(holders[i].flag);
		CHECK(!task_is_done(&opener));
		task_kill(&holders[i].task);
	}
	CHECK_ERROR(task_result(&opener), -EPERM);
	CHECK_EQ(stat_of("g", "poisoned"), 1);
	CHECK_EQ(get_number("g", "listeners"), 1);
	CHECK(!next_event(idle, &(struct event){ 0 }, 0));
}

static void disable_meanwhile(const char *reaction, int expected)
{
	struct listener *listener;
	struct event event;
	struct task openers[2];

	create_file("a", "");
	group_start("g", "open_access", "timeout_ms", "600000", "on_no_listener", reaction, NULL);
	listener = listen_to("g");
	task_start(&openers[0], do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	task_start(&openers[1], do_open, "a"); /* this one is not read */
	WAIT_FOR(pending_count("g") == 2);
	CHECK_OK(set("g", "enabled", "0"));
	CHECK_ERROR(task_result(&openers[0]), expected);
	CHECK_ERROR(task_result(&openers[1]), expected);
	CHECK_EQ(stat_of("g", "abandoned"), 2);
	CHECK_EQ(pending_count("g"), 0);
	CHECK_ERROR(respond(listener, event.head.id, FANG_ALLOW), -ENOENT);
	CHECK_EQ(get_number("g", "listeners"), 1);
}

CASE(disabling_the_group_allows_what_waits)
{
	disable_meanwhile("allow", 0);
}

CASE(disabling_the_group_denies_what_waits)
{
	disable_meanwhile("deny", -EPERM);
}

CASE(disabling_the_group_does_not_leave_what_would_wait_for_a_listener)
{
	disable_meanwhile("wait", 0);
}

CASE(listeners_stay_joined_while_the_group_is_disabled)
{
	struct listener *listener;

	create_file("a", "");
	group_start("g", "open", NULL);
	listener = listen_to("g");
	CHECK_STRING(heard_of(listener, do_open, "a"), "open:a");
	CHECK_OK(set("g", "enabled", "0"));
	CHECK_OK(task_run(do_open, "a"));
	CHECK_OK(set("g", "enabled", "1"));
	CHECK_STRING(heard_of(listener, do_open, "a"), "open:a");
}

CASE(a_killed_opener_ends_at_once_and_its_request_is_gone)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", "timeout_ms", "600000", "max_extensions", "0", NULL);
	listener = listen_to("g");
	task_start(&opener, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	task_kill(&opener);
	CHECK_EQ(opener.result, TASK_DIED);
	CHECK_EQ(pending_count("g"), 0);
	CHECK_EQ(stat_of("g", "interrupted"), 1);
	CHECK_ERROR(respond(listener, event.head.id, FANG_ALLOW), -ENOENT);
}

CASE(a_killed_openers_unread_request_is_not_delivered)
{
	struct listener *listener;
	struct task opener;

	create_file("a", "");
	create_file("b", "");
	group_start("g", "open_access", "timeout_ms", "600000", NULL);
	listener = listen_to("g");
	task_start(&opener, do_open, "a");
	WAIT_FOR(pending_count("g") == 1);
	task_kill(&opener);
	CHECK_STRING(heard_of(listener, do_open, "b"), "open_access:b");
}

static volatile sig_atomic_t alarms;

static void count_alarm(int signal)
{
	(void)signal;
	alarms++;
}

static int open_with_alarms(const void *path)
{
	struct sigaction action = { .sa_handler = count_alarm, .sa_flags = SA_RESTART };
	struct itimerval timer = { { 0, 20000 }, { 0, 20000 } };
	int error;

	CHECK(!sigaction(SIGALRM, &action, NULL));
	CHECK(!setitimer(ITIMER_REAL, &timer, NULL));
	error = do_open(path);
	CHECK(alarms > 0);
	return error;
}

/* Has the process a signal that it did not take yet? */
static bool has_pending_signal(pid_t pid)
{
	char path[64], text[4097], *line;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	CHECK(file_read(path, text, sizeof(text)) > 0);
	line = strstr(text, "\nShdPnd:");
	return line && strtoull(line + strlen("\nShdPnd:"), NULL, 16);
}

CASE(a_signal_that_does_not_kill_neither_ends_the_wait_nor_gives_eintr)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", "timeout_ms", "600000", NULL);
	listener = listen_to("g");
	task_start(&opener, open_with_alarms, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	WAIT_FOR(has_pending_signal(opener.pid));
	CHECK_EQ(pending_count("g"), 1);
	allow(listener, &event, &opener);
	CHECK_EQ(stat_of("g", "asked"), 1);
	CHECK_EQ(stat_of("g", "interrupted"), 0);
}

CASE(removing_the_scope_lets_what_waits_be_settled_as_before)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	task_start(&opener, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK_OK(scope_set("g", "here", "enabled", "0"));
	CHECK_OK(scope_remove("g", "here"));
	CHECK_OK(respond(listener, event.head.id, FANG_DENY));
	CHECK_ERROR(task_result(&opener), -EPERM);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(stat_of("g", "asked"), 1);
}
