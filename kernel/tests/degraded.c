// SPDX-License-Identifier: GPL-2.0-only
/* What a group learns from time-outs: of its listeners (degraded), of one task (late). */
#include "fang.h"
#include "harness.h"
#include "kmsg.h"
#include "never_waits.h"
#include "subject.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* So long waits a request whose time-out is the point; any other one waits for LONG. */
#define SHORT "300"
#define LONG  "60000"

/* The kernel's own limit for messages from one place: so many in so many ms. */
#define MESSAGES    10
#define MESSAGES_MS 5000

static struct listener *start_group(const char *max_timeouts)
{
	create_file("a", "");
	create_file("b", "");
	group_start("g", "open_access", "timeout_ms", SHORT, "on_timeout", "deny", "max_timeouts",
		    max_timeouts, NULL);
	return listen_to("g");
}

/* An open times out. Does the listener read the request meanwhile? It may be too slow. */
static bool try_miss(struct listener *listener)
{
	u64 timed_out = stat_of("g", "timed_out");
	struct event event;
	struct task opener;
	bool read = false;

	task_start(&opener, do_open, "a");
	while (!task_is_done(&opener)) {
		CHECK(task_age_ms(&opener) < LIMIT_MS);
		read |= next_event(listener, &event, 20);
	}
	CHECK_ERROR(task_result(&opener), -EPERM);
	CHECK_EQ(stat_of("g", "timed_out"), timed_out + 1);
	return read;
}

/* The listener reads a request and lets it time out. */
static void miss(struct listener *listener)
{
	while (!try_miss(listener))
		;
}

/* A group that is degraded, and does not let the next request time out. */
static struct listener *start_degraded(void)
{
	struct listener *listener = start_group("1");

	miss(listener);
	CHECK_EQ(get_number("g", "degraded"), 1);
	CHECK_OK(set("g", "timeout_ms", LONG));
	return listener;
}

/* Starts an open that waits, and whose request the listener reads. */
static void start_waiting(struct listener *listener, struct task *opener, const char *path,
			  struct event *event)
{
	task_start(opener, do_open, path);
	expect_event(listener, event, FANG_OPEN_ACCESS, path);
	CHECK(!task_is_done(opener));
}

/* Two opens wait at the same time: so the group is not degraded. */
static void check_two_wait(struct listener *listener)
{
	u64 not_asked = stat_of("g", "not_asked_degraded");
	struct task openers[2];
	struct event events[2];

	CHECK_EQ(get_number("g", "degraded"), 0);
	start_waiting(listener, &openers[0], "a", &events[0]);
	start_waiting(listener, &openers[1], "b", &events[1]);
	for (int i = 0; i < 2; i++) {
		CHECK_OK(respond(listener, events[i].head.id, FANG_ALLOW));
		CHECK_OK(task_result(&openers[i]));
	}
	CHECK_EQ(stat_of("g", "not_asked_degraded"), not_asked);
}

/* ---- how it comes ---- */

CASE(so_many_timeouts_in_a_row_degrade_a_group)
{
	struct listener *listener = start_group("3");
	int log = kmsg_open();

	miss(listener);
	miss(listener);
	CHECK_EQ(get_number("g", "degraded"), 0);
	CHECK(!kmsg_tells(log, "group g is degraded"));
	miss(listener);
	CHECK_EQ(get_number("g", "degraded"), 1);
	CHECK(kmsg_tells(log, "group g is degraded"));
	CHECK_OK(set("g", "enabled", "0"));
	CHECK(kmsg_tells(log, "group g is no longer degraded"));
}

CASE(timeouts_of_requests_that_nobody_read_do_not_count)
{
	struct listener *listener = start_group("2");

	for (int i = 0; i < 4; i++)
		CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(stat_of("g", "timed_out"), 4);
	CHECK_EQ(get_number("g", "degraded"), 0);
	CHECK(!next_event(listener, &(struct event){ 0 }, 0));
}

static void respond_between(unsigned int response, int expected)
{
	struct listener *listener = start_group("2");
	struct event event;
	struct task opener;

	miss(listener);
	CHECK_OK(set("g", "timeout_ms", LONG));
	start_waiting(listener, &opener, "a", &event);
	CHECK_OK(respond(listener, event.head.id, response));
	CHECK_ERROR(task_result(&opener), expected);
	CHECK_OK(set("g", "timeout_ms", SHORT));
	miss(listener);
	CHECK_EQ(get_number("g", "degraded"), 0);
	miss(listener);
	CHECK_EQ(get_number("g", "degraded"), 1);
}

CASE(an_allow_in_between_starts_the_count_anew)
{
	respond_between(FANG_ALLOW, 0);
}

CASE(a_deny_in_between_starts_the_count_anew)
{
	respond_between(FANG_DENY, -EPERM);
}

CASE(a_response_to_no_open_request_does_not_start_the_count_anew)
{
	struct listener *listener = start_group("2");

	miss(listener);
	CHECK_ERROR(respond(listener, 1ULL << 60, FANG_ALLOW), -ENOENT);
	CHECK_ERROR(set("g", "respond", "18446744073709551615 allow"), -ENOENT);
	miss(listener);
	CHECK_EQ(get_number("g", "degraded"), 1);
}

CASE(with_max_timeouts_0_a_group_is_never_degraded)
{
	struct listener *listener = start_group("0");

	for (int i = 0; i < 5; i++)
		miss(listener);
	CHECK_EQ(get_number("g", "degraded"), 0);
	CHECK_EQ(stat_of("g", "not_asked_degraded"), 0);
}

CASE(one_group_being_degraded_does_not_touch_another)
{
	struct listener *listener = start_degraded(), *other;
	struct event events[2];
	struct task probe, opener;

	start_waiting(listener, &probe, "a", &events[0]);
	group_start("h", "open_access", "priority", "1", NULL);
	other = listen_to("h");
	CHECK_EQ(get_number("h", "degraded"), 0);
	task_start(&opener, do_open, "b");
	expect_event(other, &events[1], FANG_OPEN_ACCESS, "b");
	CHECK_OK(respond(other, events[1].head.id, FANG_ALLOW));
	CHECK_ERROR(task_result(&opener), -EPERM);
	CHECK_EQ(stat_of("g", "not_asked_degraded"), 1);
	CHECK_EQ(stat_of("h", "not_asked_degraded"), 0);
	task_kill(&probe);
}

/* ---- what it does ---- */

CASE(while_a_probe_waits_others_are_denied_at_once)
{
	struct listener *listener = start_degraded();
	struct event event;
	struct task probe;
	u64 asked;

	start_waiting(listener, &probe, "a", &event);
	asked = stat_of("g", "asked");
	CHECK_ERROR(task_run(do_open, "b"), -EPERM);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(stat_of("g", "not_asked_degraded"), 2);
	CHECK_EQ(stat_of("g", "asked"), asked);
	CHECK(!task_is_done(&probe));
	CHECK_EQ(get_number("g", "degraded"), 1);
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&probe));
}

CASE(while_a_probe_waits_others_are_allowed_at_once)
{
	struct listener *listener = start_degraded();
	struct event event;
	struct task probe;

	CHECK_OK(set("g", "on_timeout", "allow"));
	start_waiting(listener, &probe, "a", &event);
	CHECK_OK(task_run(do_open, "b"));
	CHECK_EQ(stat_of("g", "not_asked_degraded"), 1);
	CHECK_OK(respond(listener, event.head.id, FANG_DENY));
	CHECK_ERROR(task_result(&probe), -EPERM);
}

CASE(a_probe_that_times_out_makes_room_for_the_next)
{
	struct listener *listener = start_degraded();
	struct event event;
	struct task probe;

	CHECK_OK(set("g", "timeout_ms", SHORT));
	miss(listener);
	CHECK_EQ(get_number("g", "degraded"), 1);
	CHECK_EQ(stat_of("g", "not_asked_degraded"), 0);
	CHECK_OK(set("g", "timeout_ms", LONG));
	start_waiting(listener, &probe, "a", &event);
	CHECK_ERROR(task_run(do_open, "b"), -EPERM);
	CHECK_EQ(stat_of("g", "not_asked_degraded"), 1);
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&probe));
}

/* Those that waited while max_timeouts was 0 are no probes. */
CASE(there_is_one_probe_though_max_timeouts_was_0_meanwhile)
{
	struct listener *listener = start_degraded();
	struct task probe, waiter;
	struct event event;

	start_waiting(listener, &probe, "a", &event);
	CHECK_OK(set("g", "max_timeouts", "0"));
	start_waiting(listener, &waiter, "b", &event);
	CHECK_OK(set("g", "max_timeouts", "1"));
	task_kill(&waiter);
	CHECK_EQ(get_number("g", "degraded"), 1);
	CHECK_ERROR(task_run(do_open, "b"), -EPERM);
	CHECK_EQ(stat_of("g", "not_asked_degraded"), 1);
	task_kill(&probe);
}

CASE(a_probe_that_is_killed_makes_room_for_the_next)
{
	struct listener *listener = start_degraded();
	struct event event;
	struct task probe;

	start_waiting(listener, &probe, "a", &event);
	task_kill(&probe);
	CHECK_EQ(get_number("g", "degraded"), 1);
	start_waiting(listener, &probe, "b", &event);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(stat_of("g", "not_asked_degraded"), 1);
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&probe));
}

CASE(rules_hold_in_a_degraded_group)
{
	static const uid_t user = 1000;
	struct listener *listener = start_degraded();
	struct event event;
	struct task probe;

	item_add("g", "rules/r", "respond", "allow", "uid", "1000", NULL);
	start_waiting(listener, &probe, "b", &event);
	CHECK_OK(task_run(do_open_as_user, &user));
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(stat_of("g", "rule_allowed"), 1);
	CHECK_EQ(stat_of("g", "not_asked_degraded"), 1);
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&probe));
}

/* ---- how it goes ---- */

static void end_by_response(unsigned int response, int expected)
{
	struct listener *listener = start_degraded();
	struct event event;
	struct task probe;

	start_waiting(listener, &probe, "a", &event);
	CHECK_OK(respond(listener, event.head.id, response));
	CHECK_ERROR(task_result(&probe), expected);
	check_two_wait(listener);
}

CASE(an_allow_ends_it)
{
	end_by_response(FANG_ALLOW, 0);
}

CASE(a_deny_ends_it)
{
	end_by_response(FANG_DENY, -EPERM);
}

CASE(a_response_through_configfs_ends_it)
{
	struct listener *listener = start_degraded();
	struct event event;
	struct task probe;
	char text[64];

	start_waiting(listener, &probe, "a", &event);
	snprintf(text, sizeof(text), "%llu allow", (u64)event.head.id);
	CHECK_OK(set("g", "respond", text));
	CHECK_OK(task_result(&probe));
	check_two_wait(listener);
}

CASE(more_time_ends_it)
{
	struct listener *listener = start_degraded();
	struct event event;
	struct task probe;

	start_waiting(listener, &probe, "a", &event);
	CHECK_OK(respond(listener, event.head.id, FANG_MORE_TIME));
	CHECK_EQ(get_number("g", "degraded"), 0);
	CHECK(!task_is_done(&probe));
	check_two_wait(listener);
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&probe));
}

CASE(a_listener_that_joins_ends_it)
{
	struct listener *listener = start_degraded(), *second;

	second = listen_to("g");
	CHECK_EQ(get_number("g", "degraded"), 0);
	stop_listening(listener);
	check_two_wait(second);
}

CASE(a_listener_that_leaves_does_not_end_it)
{
	struct listener *listener = start_group("1"), *second;

	second = listen_to("g");
	miss(listener);
	CHECK_EQ(get_number("g", "degraded"), 1);
	stop_listening(second);
	CHECK_EQ(get_number("g", "degraded"), 1);
}

CASE(disabling_the_group_ends_it)
{
	struct listener *listener = start_degraded();
	struct event event;
	struct task probe;

	start_waiting(listener, &probe, "a", &event);
	CHECK_OK(set("g", "enabled", "0"));
	CHECK_OK(task_result(&probe));
	CHECK_EQ(get_number("g", "degraded"), 0);
	CHECK_OK(set("g", "enabled", "1"));
	check_two_wait(listener);
}

/* ---- late tasks ---- */

/* Opens "a", then "b" after a flag. Gives the result of the second. */
static int open_both(const void *unused)
{
	(void)unused;
	CHECK_ERROR(do_open("a"), -EPERM);
	raise_flag("late");
	wait_for_flag("go");
	return do_open("b");
}

/* The time-out of the one who waits now is SHORT, but that for which it is late is LONG. */
static struct listener *start_late(struct task *task, task_function function)
{
	struct listener *listener;

	create_file("a", "");
	create_file("b", "");
	group_start("g", "open_access", "timeout_ms", "1500", "on_timeout", "deny", "max_timeouts",
		    "0", NULL);
	listener = listen_to("g");
	task_start(task, function, NULL);
	WAIT_FOR(pending_count("g") == 1);
	CHECK_OK(set("g", "timeout_ms", LONG));
	wait_for_flag("late");
	CHECK_EQ(stat_of("g", "timed_out"), 1);
	return listener;
}

CASE(a_task_that_waited_in_vain_does_not_wait_again)
{
	struct task task;

	start_late(&task, open_both);
	raise_flag("go");
	CHECK_ERROR(task_result(&task), -EPERM);
	CHECK_EQ(stat_of("g", "not_asked_late"), 1);
	CHECK_EQ(stat_of("g", "asked"), 1);
}

CASE(a_late_task_is_allowed_if_timeouts_are)
{
	struct task task;

	start_late(&task, open_both);
	CHECK_OK(set("g", "on_timeout", "allow"));
	raise_flag("go");
	CHECK_OK(task_result(&task));
	CHECK_EQ(stat_of("g", "not_asked_late"), 1);
}

CASE(another_process_is_not_late)
{
	struct task task, other;

	start_late(&task, open_both);
	task_start(&other, do_open, "b");
	WAIT_FOR(pending_count("g") == 1);
	CHECK_EQ(stat_of("g", "asked"), 2);
	CHECK_EQ(stat_of("g", "not_asked_late"), 0);
	task_kill(&other);
	task_kill(&task);
}

static void *open_in_thread(void *unused)
{
	do_open("b");
	return unused;
}

static int open_both_by_threads(const void *unused)
{
	pthread_t thread;

	(void)unused;
	CHECK_ERROR(do_open("a"), -EPERM);
	raise_flag("late");
	CHECK(!pthread_create(&thread, NULL, open_in_thread, NULL));
	pthread_join(thread, NULL);
	return 0;
}

CASE(another_thread_of_a_late_process_is_not_late)
{
	struct task task;

	start_late(&task, open_both_by_threads);
	WAIT_FOR(pending_count("g") == 1);
	CHECK_EQ(stat_of("g", "asked"), 2);
	CHECK_EQ(stat_of("g", "not_asked_late"), 0);
	task_kill(&task);
}

CASE(a_late_task_waits_for_other_groups)
{
	struct listener *listener;
	struct event event;
	struct task task;

	start_late(&task, open_both);
	group_start("h", "open_access", "priority", "1", NULL);
	listener = listen_to("h");
	raise_flag("go");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "b");
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_ERROR(task_result(&task), -EPERM);
	CHECK_EQ(stat_of("g", "not_asked_late"), 1);
}

/* The listener lives, but what this task waits for may still not come. */
CASE(a_response_to_another_task_leaves_a_task_late)
{
	struct listener *listener;
	struct task task, other;
	struct event event;

	/* The first request timed out unread. */
	listener = start_late(&task, open_both);
	task_start(&other, do_open, "b");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "b");
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&other));
	raise_flag("go");
	CHECK_ERROR(task_result(&task), -EPERM);
	CHECK_EQ(stat_of("g", "not_asked_late"), 1);
}

CASE(a_listener_that_joins_ends_it_also_when_another_task_is_late_then)
{
	struct task task;
	struct listener *second;
	struct event event;

	start_late(&task, open_both);
	second = listen_to("g");
	CHECK_OK(set("g", "timeout_ms", SHORT));
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_OK(set("g", "timeout_ms", LONG));
	raise_flag("go");
	do
		expect_event(second, &event, FANG_OPEN_ACCESS, NULL);
	while (strcmp(event_name(&event), "b") != 0);
	CHECK_OK(respond(second, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&task));
	CHECK_EQ(stat_of("g", "not_asked_late"), 0);
}

CASE(max_timeouts_0_ends_it)
{
	start_degraded();
	CHECK_OK(set("g", "max_timeouts", "0"));
	CHECK_EQ(get_number("g", "degraded"), 0);
}

/* Opens twice, the second time when it is late no more. */
static int open_again_after_a_while(const void *unused)
{
	long long end;

	(void)unused;
	CHECK_ERROR(do_open("a"), -EPERM);
	end = now_ms() + 300 + 100;
	while (now_ms() < end)
		nap();
	return do_open("b");
}

CASE(after_timeout_ms_a_late_task_waits_again)
{
	start_group("0");
	CHECK_ERROR(task_run(open_again_after_a_while, NULL), -EPERM);
	CHECK_EQ(stat_of("g", "asked"), 2);
	CHECK_EQ(stat_of("g", "timed_out"), 2);
	CHECK_EQ(stat_of("g", "not_asked_late"), 0);
}

/* Waits of any outcome but one are no reason not to wait again. */
static int open_three_times(const void *unused)
{
	(void)unused;
	CHECK_OK(do_open("a"));
	CHECK_ERROR(do_open("a"), -EPERM);
	return do_open("b");
}

CASE(a_task_that_got_a_response_waits_again)
{
	static const unsigned int responses[] = { FANG_ALLOW, FANG_DENY, FANG_ALLOW };
	struct listener *listener = start_group("0");
	struct event event;
	struct task task;

	CHECK_OK(set("g", "timeout_ms", LONG));
	task_start(&task, open_three_times, NULL);
	for (int i = 0; i < 3; i++) {
		expect_event(listener, &event, FANG_OPEN_ACCESS, NULL);
		CHECK_OK(respond(listener, event.head.id, responses[i]));
	}
	CHECK_OK(task_result(&task));
	CHECK_EQ(stat_of("g", "not_asked_late"), 0);
}

/* The last case here: what it provokes uses up what others may tell. */
CASE(its_messages_are_limited_in_rate)
{
	enum { TIMES = 8 * MESSAGES };
	struct listener *listener = start_group("1");
	long long from = now_ms(), most;
	int log = kmsg_open();
	unsigned int told;

	CHECK_OK(set("g", "timeout_ms", "30"));
	for (int i = 0; i < TIMES; i++) {
		miss(listener);
		CHECK_EQ(get_number("g", "degraded"), 1);
		/* One that joins ends it. */
		stop_listening(listener);
		listener = listen_to("g");
	}
	/* It may have begun in the middle of such a span, and may end so. */
	most = MESSAGES * ((now_ms() - from) / MESSAGES_MS + 2);
	told = kmsg_tells(log, "group g is degraded");
	note("%u of %d messages, at most %lld", told, TIMES, most);
	if (most >= TIMES)
		skip("too slow to be limited");
	CHECK(told <= most);
}
