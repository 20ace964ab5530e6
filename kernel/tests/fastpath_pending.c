// SPDX-License-Identifier: GPL-2.0-only
/* Requests that wait already when their file is remembered: nobody is asked about them. */
#include "fang.h"
#include "fastpath.h"
#include "harness.h"

#include <unistd.h>

/* Group "g", whose records tell no path, and a listener. */
static struct listener *pending_start(void)
{
	create_settled("a");
	group_start("g", "open_access", "report", "\n", NULL);
	return listen_to("g");
}

/* Two tasks open the file; nobody has read what they ask. */
static void two_ask(struct task tasks[2])
{
	for (int i = 0; i < 2; i++)
		task_start(&tasks[i], do_open, "a");
	WAIT_FOR(pending_count("g") == 2);
}

/* Both are delivered. */
static void allow_two(struct listener *listener)
{
	struct event event;

	for (int i = 0; i < 2; i++) {
		CHECK(next_event(listener, &event, LIMIT_MS));
		CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	}
}

/* Both were allowed, and so many records were read for that. */
static void check_allowed(struct task tasks[2], u64 delivered)
{
	for (int i = 0; i < 2; i++)
		CHECK_OK(task_result(&tasks[i]));
	CHECK_EQ(stat_of("g", "delivered"), delivered);
	CHECK_EQ(stat_of("g", "allowed"), 2);
	check_balance("g");
}

CASE(what_waits_while_its_file_is_remembered_is_not_delivered)
{
	struct listener *listener = pending_start();
	struct event event;
	struct task tasks[2];

	two_ask(tasks);
	CHECK_OK(fastpath_write("g", "add", "open_access ", "a"));
	CHECK(!next_event(listener, &event, 20));
	check_allowed(tasks, 0);
}

CASE(a_response_that_is_remembered_is_for_all_that_were_not_delivered)
{
	struct listener *listener = pending_start();
	struct fang_record record;
	struct event event;
	struct task tasks[2];

	two_ask(tasks);
	CHECK_EQ(read(listener->fd, &record, sizeof(record)), sizeof(record));
	CHECK_OK(respond_fastpath(listener, record.id, FANG_FASTPATH));
	CHECK(!next_event(listener, &event, 20));
	check_allowed(tasks, 1);
}

CASE(what_is_forgotten_again_before_it_is_read_is_delivered)
{
	struct listener *listener = pending_start();
	struct task tasks[2];

	two_ask(tasks);
	CHECK_OK(fastpath_write("g", "add", "open_access ", "a"));
	CHECK_OK(set("g", "fastpath/flush", "1"));
	allow_two(listener);
	check_allowed(tasks, 2);
}

CASE(what_is_remembered_of_another_kind_is_delivered)
{
	struct listener *listener = pending_start();
	struct task tasks[2];

	two_ask(tasks);
	CHECK_OK(fastpath_write("g", "add", "read_access ", "a"));
	allow_two(listener);
	check_allowed(tasks, 2);
}
