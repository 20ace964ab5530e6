// SPDX-License-Identifier: GPL-2.0-only
/* Listeners that let requests time out: the group learns from it, and so does the task. */
#include "fang.h"
#include "harness.h"

#include <errno.h>
#include <unistd.h>

/* A group whose listener reads and never responds. Each opener is a task of its own. */
static struct listener *time_out_times(unsigned int times)
{
	struct listener *listener = listen_to("g");
	struct event event;
	struct task opener;

	for (unsigned int i = 0; i < times; i++) {
		task_start(&opener, do_open, "a");
		expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
		CHECK_ERROR(task_result(&opener), -EPERM);
	}
	return listener;
}

static void start(const char *timeout_ms, const char *max_timeouts)
{
	create_file("a", "");
	group_start("g", "open_access", "timeout_ms", timeout_ms, "on_timeout", "deny",
		    "max_timeouts", max_timeouts, NULL);
}

CASE(after_max_timeouts_the_group_is_degraded_and_only_a_probe_waits)
{
	struct listener *listener;
	struct event event;
	struct task probe;

	start("1500", "2");
	listener = time_out_times(2);
	CHECK_STRING(get("g", "degraded"), "1");
	CHECK_OK(set("g", "timeout_ms", "60000"));
	task_start(&probe, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	for (int i = 0; i < 3; i++)
		CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(stat_of("g", "not_asked_degraded"), 3);
	CHECK_EQ(stat_of("g", "asked"), 3);
	CHECK(!task_is_done(&probe));
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&probe));
	CHECK_STRING(get("g", "degraded"), "0");
	task_start(&probe, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&probe));
}

CASE(a_listener_that_joins_ends_the_degraded_state)
{
	start("1500", "1");
	time_out_times(1);
	CHECK_STRING(get("g", "degraded"), "1");
	listen_to("g");
	CHECK_STRING(get("g", "degraded"), "0");
}

CASE(with_max_timeouts_0_a_group_is_never_degraded)
{
	start("1500", "0");
	time_out_times(4);
	CHECK_STRING(get("g", "degraded"), "0");
	CHECK_EQ(stat_of("g", "timed_out"), 4);
}

/* The first open waits in vain; the others are not to add to that. */
static int open_three_times(const void *path)
{
	for (int i = 0; i < 3; i++)
		CHECK_ERROR(do_open(path), -EPERM);
	return 0;
}

CASE(a_task_that_waited_in_vain_does_not_wait_again_at_once)
{
	struct task opener;

	start("3000", "0");
	listen_to("g");
	task_start(&opener, open_three_times, "a");
	CHECK_OK(task_result(&opener));
	CHECK_EQ(stat_of("g", "timed_out"), 1);
	CHECK_EQ(stat_of("g", "not_asked_late"), 2);
}
