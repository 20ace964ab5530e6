// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many openers at once while listeners are killed: every open returns, and the counters agree.
 *
 * FANG_STORM_SECONDS in the environment says for how long; the default is short.
 */
#include "fang.h"
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OPENERS	      200
#define FILES	      16
#define STORM_LIMIT_S 200

static unsigned int storm_seconds(void)
{
	const char *seconds = getenv("FANG_STORM_SECONDS");

	return seconds ? atoi(seconds) : 6;
}

static void create_files(void)
{
	char name[16];

	for (int i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		create_file(name, "content");
	}
}

/* Opens one file after the other until there is a flag "stop". Gives the number of opens. */
static int open_until_stopped(const void *argument)
{
	unsigned int next = *(const int *)argument;
	char name[16];
	int count = 0;

	do {
		int error;

		snprintf(name, sizeof(name), "f%u", next++ % FILES);
		error = do_open(name);
		if (error)
			FAIL("an open gives %s", error_name(error));
		count++;
	} while (access("stop", F_OK));
	return count;
}

static int allow_for_ever(const void *group)
{
	struct listener *listener = listen_to(group);
	struct event event;

	for (;;) {
		if (!next_event(listener, &event, 1000))
			continue;
		/* A killed opener's request is gone: that is no mistake. */
		if (event.head.deadline_ns)
			respond(listener, event.head.id, FANG_ALLOW);
	}
	return 0;
}

/* Every second one listener is killed and another one takes its place. */
static void kill_listeners(struct task *listeners, unsigned int count)
{
	long long end = now_ms() + storm_seconds() * 1000LL, next = now_ms() + 1000;
	unsigned int victim = 0;

	while (now_ms() < end) {
		nap();
		if (now_ms() < next)
			continue;
		next += 1000;
		task_kill(&listeners[victim % count]);
		task_start(&listeners[victim++ % count], allow_for_ever, "g");
	}
}

static void storm(unsigned int listener_count)
{
	struct task openers[OPENERS], listeners[3];
	int numbers[OPENERS];
	u64 opens = 0;

	create_files();
	group_start("g", "open_access", "timeout_ms", "600000", "on_timeout", "deny",
		    "on_no_listener", "wait", "max_deliveries", "1000", NULL);
	for (unsigned int i = 0; i < listener_count; i++)
		task_start(&listeners[i], allow_for_ever, "g");
	for (int i = 0; i < OPENERS; i++) {
		numbers[i] = i;
		task_start(&openers[i], open_until_stopped, &numbers[i]);
	}
	kill_listeners(listeners, listener_count);
	raise_flag("stop");
	for (int i = 0; i < OPENERS; i++) {
		CHECK(task_result(&openers[i]) != TASK_DIED);
		opens += openers[i].result;
	}
	CHECK_EQ(pending_count("g"), 0);
	CHECK_EQ(stat_of("g", "asked"), opens);
	CHECK_EQ(stat_of("g", "settled"), opens);
	CHECK_EQ(stat_of("g", "allowed"), opens);
	note("%llu opens, %llu requeued", opens, stat_of("g", "requeued"));
}

CASE_LIMITED(two_hundred_openers_against_one_listener, STORM_LIMIT_S)
{
	storm(1);
}

CASE_LIMITED(two_hundred_openers_against_three_listeners, STORM_LIMIT_S)
{
	storm(3);
}

/* As above, but whatever the answer, and until it is killed. */
static int access_for_ever(const void *argument)
{
	unsigned int next = *(const int *)argument;
	char name[16];

	for (;;) {
		snprintf(name, sizeof(name), "f%u", next++ % FILES);
		if (next % 5)
			do_read(name);
		else
			do_write(name);
	}
	return 0;
}

static int respond_in_all_ways(const void *group)
{
	struct listener *listener = listen_to(group);
	struct fang_response response = { 0 };
	struct event event;

	for (unsigned int turn = 0;; turn++) {
		if (!next_event(listener, &event, 1000) || !event.head.deadline_ns)
			continue;
		response.id = event.head.id;
		response.response = turn % 7 == 0 ? FANG_DENY : FANG_ALLOW;
		response.flags = turn % 7 == 1 ? FANG_FASTPATH : 0;
		if (turn % 11)
			respond_with(listener->fd, &response);
	}
	return 0;
}

static void shake_group(unsigned int turn)
{
	switch (turn % 6) {
	case 0:
		CHECK_OK(set("g", "enabled", "0"));
		CHECK_OK(set("g", "enabled", "1"));
		break;
	case 1:
		CHECK_OK(set("g", "mask", "open_access close_nowrite"));
		break;
	case 2:
		CHECK_OK(set("g", "fastpath/flush", "1"));
		break;
	case 3:
		CHECK_OK(set("g", "mask", "open read open_access read_access"));
		break;
	case 4:
		CHECK_OK(scope_set("g", "here", "enabled", "0"));
		CHECK_OK(scope_set("g", "here", "enabled", "1"));
		break;
	default:
		pending_count("g");
		check_balance("h");
	}
}

/*
 * Openers and listeners are killed, the group is switched and changed, requests time out. Nobody
 * can say what the answers are; but in the end nobody waits and every request is accounted for,
 * which the clean-up of every case checks, too.
 */
CASE_LIMITED(everything_changes_at_once, STORM_LIMIT_S)
{
	enum { COUNT = 30 };
	struct task openers[COUNT], listeners[3];
	long long end = now_ms() + storm_seconds() * 1000LL;
	int numbers[COUNT];

	create_files();
	CHECK_OK(group_create("h"));
	group_start("g", "open read open_access read_access", "timeout_ms", "200", "queue_max",
		    "64", "max_deliveries", "1", "max_extensions", "0", NULL);
	for (int i = 0; i < 3; i++)
		task_start(&listeners[i], respond_in_all_ways, "g");
	for (int i = 0; i < COUNT; i++) {
		numbers[i] = i;
		task_start(&openers[i], access_for_ever, &numbers[i]);
	}
	for (unsigned int turn = 0; now_ms() < end; turn++) {
		task_kill(&openers[turn % COUNT]);
		task_start(&openers[turn % COUNT], access_for_ever, &numbers[turn % COUNT]);
		if (turn % 7 == 0) {
			task_kill(&listeners[turn % 3]);
			task_start(&listeners[turn % 3], respond_in_all_ways, "g");
		}
		shake_group(turn);
		nap();
	}
	for (int i = 0; i < COUNT; i++)
		task_kill(&openers[i]);
	CHECK_EQ(pending_count("g"), 0);
	check_balance("g");
	for (int i = 0; i < 3; i++)
		task_kill(&listeners[i]);
	CHECK_EQ(get_number("g", "listeners"), 0);
}
