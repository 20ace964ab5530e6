// SPDX-License-Identifier: GPL-2.0-only
/* Queues that are full: nothing is lost without being counted. */
#include "fang.h"
#include "harness.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void open_times(unsigned int times, const char *name)
{
	for (unsigned int i = 0; i < times; i++)
		CHECK_OK(task_run(do_open, name));
}

/* Takes so many opens of the file. */
static void expect_opens(struct listener *listener, unsigned int count, const char *name)
{
	struct event event;

	for (unsigned int i = 0; i < count; i++)
		expect_event(listener, &event, FANG_OPEN, name);
}

static struct listener *start_small(void)
{
	create_file("a", "");
	create_file("b", "");
	group_start("g", "open", "queue_max", "16", NULL);
	return listen_to("g");
}

CASE(an_overflow_is_one_record_with_the_number_lost)
{
	struct listener *listener = start_small();
	struct event event;

	open_times(40, "a");
	CHECK_EQ(stat_of("g", "queued"), 16);
	CHECK_EQ(stat_of("g", "lost"), 24);
	expect_opens(listener, 16, "a");
	expect_event(listener, &event, FANG_OVERFLOW, NULL);
	CHECK_EQ(event.head.count, 24);
	CHECK_EQ(event.head.fd, -1);
	CHECK_EQ(event.path_length, 0);
	CHECK_STRING(heard_of(listener, do_open, "b"), "open:b");
	CHECK_EQ(stat_of("g", "lost"), 24);
}

CASE(a_full_queue_that_loses_nothing_has_no_overflow)
{
	struct listener *listener = start_small();

	open_times(16, "a");
	expect_opens(listener, 16, "a");
	CHECK_STRING(heard_of(listener, do_open, "b"), "open:b");
	CHECK_EQ(stat_of("g", "lost"), 0);
}

CASE(an_overflow_stands_where_the_events_were_lost)
{
	char buffer[4 * (80 + 8 + 24)] __attribute__((aligned(8)));
	struct listener *listener = start_small();
	struct event event;
	ssize_t length;

	open_times(19, "a");
	/* Four records are read, so that there is room again. */
	length = read(listener->fd, buffer, sizeof(buffer));
	CHECK(length > 0);
	for (size_t offset = 0, i = 0; i < 4; i++) {
		parse_event(buffer, length, &offset, &event);
		CHECK_STRING(event_name(&event), "a");
	}
	open_times(2, "b");
	expect_opens(listener, 12, "a");
	expect_event(listener, &event, FANG_OVERFLOW, NULL);
	CHECK_EQ(event.head.count, 3);
	expect_opens(listener, 2, "b");
	CHECK_STRING(heard(listener), "");
}

CASE(every_overflow_is_counted_anew)
{
	struct listener *listener = start_small();
	struct event event;

	for (unsigned int round = 1; round <= 3; round++) {
		open_times(16 + round, "a");
		expect_opens(listener, 16, "a");
		expect_event(listener, &event, FANG_OVERFLOW, NULL);
		CHECK_EQ(event.head.count, round);
	}
	CHECK_EQ(stat_of("g", "lost"), 1 + 2 + 3);
}

CASE(queue_bytes_bounds_the_memory_of_long_records)
{
	enum { EVENTS = 60 };
	unsigned int opens = 0, lost = 0, records = 0;
	struct listener *listener;
	struct event event;
	char name[201];

	memset(name, 'd', sizeof(name));
	name[200] = 0;
	group_start("g", "open", "queue_bytes", "65536", NULL);
	for (int i = 0; i < 15; i++)
		CHECK(!mkdir(name, 0755) && !chdir(name));
	create_file("a", "");
	listener = listen_to("g");
	open_times(EVENTS, "a");
	while (opens + lost < EVENTS) {
		CHECK(next_event(listener, &event, LIMIT_MS));
		records++;
		if (event.head.kind == FANG_OVERFLOW)
			lost += event.head.count;
		else
			opens++;
	}
	/* A path of 3000 bytes is told, so 65536 bytes hold 21 of them at most. */
	CHECK(opens >= 4 && opens <= 22);
	CHECK_EQ(records, opens + 1);
	CHECK_EQ(opens + lost, EVENTS);
	CHECK_EQ(stat_of("g", "lost"), lost);
	CHECK_STRING(heard_of(listener, do_open, "a"), "open:a");
}

CASE(queue_count_is_what_nobody_has_read)
{
	struct listener *listener = start_small();

	open_times(10, "a");
	CHECK_EQ(get_number("g", "queue_count"), 10);
	open_times(10, "a");
	CHECK_EQ(get_number("g", "queue_count"), 16);
	expect_opens(listener, 16, "a");
	CHECK_EQ(get_number("g", "queue_count"), 0);
}

CASE(notifications_do_not_crowd_out_access_requests)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	create_file("a", "");
	create_file("b", "");
	group_start("g", "close_nowrite", "queue_max", "16", NULL);
	listener = listen_to("g");
	open_times(20, "a");
	CHECK_OK(set("g", "mask", "close_nowrite open_access"));
	task_start(&opener, do_open, "b");
	WAIT_FOR(pending_count("g") == 1);
	expect_event(listener, &event, FANG_OPEN_ACCESS, "b");
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
	CHECK_EQ(stat_of("g", "access_overflow"), 0);
}

CASE(a_slow_group_does_not_lose_the_events_of_another)
{
	struct listener *listener;

	create_file("a", "");
	group_start("slow", "open", "queue_max", "16", NULL);
	group_start("g", "open", NULL);
	listen_to("slow");
	listener = listen_to("g");
	open_times(30, "a");
	expect_opens(listener, 30, "a");
	CHECK_EQ(stat_of("slow", "lost"), 14);
	CHECK_EQ(stat_of("g", "lost"), 0);
}

CASE(a_longer_queue_takes_effect_at_once)
{
	struct listener *listener = start_small();
	struct event event;

	open_times(17, "a");
	CHECK_OK(set("g", "queue_max", "64"));
	open_times(10, "b");
	expect_opens(listener, 16, "a");
	expect_event(listener, &event, FANG_OVERFLOW, NULL);
	CHECK_EQ(event.head.count, 1);
	expect_opens(listener, 10, "b");
}
