// SPDX-License-Identifier: GPL-2.0-only
/* Access requests and what settles them. Who dies meanwhile is in deaths.c. */
#include "fang.h"
#include "harness.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An opener of "a" that waits, and its request. */
static struct listener *start_and_hold(struct task *opener, struct event *event)
{
	struct listener *listener = listen_to("g");

	task_start(opener, do_open, "a");
	expect_event(listener, event, FANG_OPEN_ACCESS, "a");
	return listener;
}

CASE(an_allowed_open_goes_on)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", NULL);
	listener = start_and_hold(&opener, &event);
	CHECK_EQ(event.head.pid, opener.pid);
	CHECK_EQ(event.head.tgid, opener.pid);
	CHECK(!task_is_done(&opener));
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
	CHECK_EQ(stat_of("g", "asked"), 1);
	CHECK_EQ(stat_of("g", "allowed"), 1);
}

CASE(a_denied_open_is_eperm)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", NULL);
	listener = start_and_hold(&opener, &event);
	CHECK_OK(respond(listener, event.head.id, FANG_DENY));
	CHECK_ERROR(task_result(&opener), -EPERM);
	CHECK_EQ(stat_of("g", "denied"), 1);
}

CASE(a_denied_open_raises_neither_open_nor_close)
{
	struct listener *listener, *witness;
	struct event event;
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", NULL);
	group_start("h", "open close_nowrite", NULL);
	listener = start_and_hold(&opener, &event);
	witness = listen_to("h");
	CHECK_OK(respond(listener, event.head.id, FANG_DENY));
	CHECK_ERROR(task_result(&opener), -EPERM);
	CHECK_OK(set("g", "enabled", "0"));
	CHECK_STRING(heard(witness), "");
}

CASE(a_request_tells_its_deadline)
{
	struct listener *listener;
	struct event event;
	struct task opener;
	u64 before = now_ms();

	create_file("a", "");
	group_start("g", "open_access", "timeout_ms", "60000", NULL);
	listener = start_and_hold(&opener, &event);
	/* Deadlines may be as coarse as the kernel's timers. */
	CHECK(event.head.deadline_ns / 1000000 + 20 >= before + 60000);
	CHECK(event.head.deadline_ns / 1000000 <= (u64)now_ms() + 60000 + 20);
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
}

static void check_pending(u64 id, pid_t waiting, const char *holder)
{
	char line[100], word[32], seen_holder[32];
	unsigned long long seen_id, age;
	int seen_pid;

	snprintf(line, sizeof(line), "%.99s", get("g", "pending"));
	CHECK_EQ(sscanf(line, "%llu %31s %d %llu %31s", &seen_id, word, &seen_pid, &age,
			seen_holder),
		 5);
	if (id)
		CHECK_EQ(seen_id, id);
	CHECK_STRING(word, "open_access");
	CHECK_EQ(seen_pid, waiting);
	CHECK(age < LIMIT_MS);
	CHECK_STRING(seen_holder, holder);
}

CASE(pending_shows_who_waits_and_who_holds)
{
	struct listener *listener = NULL;
	struct event event;
	struct task opener;
	char self[32];

	create_file("a", "");
	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	task_start(&opener, do_open, "a");
	WAIT_FOR(pending_count("g") == 1);
	check_pending(0, opener.pid, "-");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	snprintf(self, sizeof(self), "%d", getpid());
	check_pending(event.head.id, opener.pid, self);
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
	CHECK_EQ(pending_count("g"), 0);
}

CASE(pending_tells_how_many_lines_do_not_fit)
{
	enum { OPENERS = 200 };
	struct task openers[OPENERS];

	create_file("a", "");
	group_start("g", "open_access", "on_no_listener", "wait", NULL);
	for (int i = 0; i < OPENERS; i++)
		task_start(&openers[i], do_open, "a");
	WAIT_FOR(pending_count("g") == OPENERS);
	CHECK(strstr(get("g", "pending"), "\n... and "));
	CHECK_OK(set("g", "enabled", "0"));
	for (int i = 0; i < OPENERS; i++)
		CHECK_OK(task_result(&openers[i]));
	CHECK_EQ(stat_of("g", "asked"), OPENERS);
}

/* Writes "ID WORDS" to the group's respond. */
static int respond_by_text(u64 id, const char *words)
{
	char text[64];

	snprintf(text, sizeof(text), "%llu %s", id, words);
	return set("g", "respond", text);
}

CASE(respond_takes_allow_and_deny_by_id)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", NULL);
	listener = start_and_hold(&opener, &event);
	CHECK_OK(respond_by_text(event.head.id, "deny"));
	CHECK_ERROR(task_result(&opener), -EPERM);
	CHECK_ERROR(respond_by_text(event.head.id, "allow"), -ENOENT);
	task_start(&opener, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK_OK(respond_by_text(event.head.id, "allow\n"));
	CHECK_OK(task_result(&opener));
}

CASE(respond_settles_a_request_that_nobody_read)
{
	struct task opener;
	char *end;
	u64 id;

	create_file("a", "");
	group_start("g", "open_access", "on_no_listener", "wait", NULL);
	task_start(&opener, do_open, "a");
	WAIT_FOR(pending_count("g") == 1);
	id = strtoull(get("g", "pending"), &end, 10);
	CHECK_OK(respond_by_text(id, "deny"));
	CHECK_ERROR(task_result(&opener), -EPERM);
}

CASE(malformed_texts_to_respond_are_refused)
{
	static const char *const wrong[] = {
		"\n",
		"allow",
		"%llu",
		"%llu maybe",
		"%llu allow now",
		"-%llu allow",
		"0%llu allow",
		"%llu deny fastpath",
		"%llu more_time fastpath",
		"x%llu allow",
		"%llu allow allow",
	};
	struct listener *listener;
	struct event event;
	struct task opener;
	char text[64];

	create_file("a", "");
	group_start("g", "open_access", NULL);
	listener = start_and_hold(&opener, &event);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		int seen;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(text, sizeof(text), wrong[i], event.head.id);
#pragma GCC diagnostic pop
		seen = set("g", "respond", text);
		if (seen != -EINVAL)
			FAIL("\"%s\" gives %s", text, error_name(seen));
	}
	CHECK_EQ(pending_count("g"), 1);
	CHECK_ERROR(set("g", "respond", "18446744073709551615 allow"), -ENOENT);
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
}

/* Until CLOCK_MONOTONIC has passed this. */
static void wait_past(u64 time_ns)
{
	while ((u64)now_ms() <= time_ns / 1000000 + 50)
		nap();
}

CASE(more_time_moves_the_deadline)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", "timeout_ms", "6000", "on_timeout", "deny", NULL);
	listener = start_and_hold(&opener, &event);
	wait_past(event.head.deadline_ns - 3000 * 1000000ULL);
	CHECK_OK(respond(listener, event.head.id, FANG_MORE_TIME));
	wait_past(event.head.deadline_ns);
	CHECK_EQ(stat_of("g", "timed_out"), 0);
	CHECK_EQ(stat_of("g", "extended"), 1);
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
}

CASE(more_time_is_limited)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", "max_extensions", "2", NULL);
	listener = start_and_hold(&opener, &event);
	CHECK_OK(respond_by_text(event.head.id, "more_time"));
	CHECK_OK(respond(listener, event.head.id, FANG_MORE_TIME));
	CHECK_ERROR(respond_by_text(event.head.id, "more_time"), -ERANGE);
	CHECK_ERROR(respond(listener, event.head.id, FANG_MORE_TIME), -ERANGE);
	CHECK_EQ(stat_of("g", "extended"), 2);
	CHECK_EQ(pending_count("g"), 1);
	CHECK_OK(respond(listener, event.head.id, FANG_DENY));
	CHECK_ERROR(task_result(&opener), -EPERM);
}

static void time_out(const char *reaction, int expected)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", "timeout_ms", "2000", "on_timeout", reaction, NULL);
	listener = start_and_hold(&opener, &event);
	CHECK_ERROR(task_result(&opener), expected);
	CHECK(task_age_ms(&opener) >= 2000);
	CHECK_EQ(stat_of("g", "timed_out"), 1);
	CHECK_ERROR(respond(listener, event.head.id, FANG_ALLOW), -ENOENT);
}

CASE(after_the_timeout_the_open_is_allowed)
{
	time_out("allow", 0);
}

CASE(after_the_timeout_the_open_is_denied)
{
	time_out("deny", -EPERM);
}

CASE(a_request_that_nobody_reads_times_out)
{
	struct listener *listener;

	create_file("a", "");
	group_start("g", "open_access", "timeout_ms", "100", "on_timeout", "deny", NULL);
	listener = listen_to("g");
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(stat_of("g", "timed_out"), 1);
	CHECK_EQ(stat_of("g", "delivered"), 0);
	/* It is gone from the list, too. */
	CHECK(!next_event(listener, &(struct event){ 0 }, 0));
}

CASE(a_timeout_change_holds_for_the_next_request)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	create_file("a", "");
	create_file("b", "");
	group_start("g", "open_access", "on_timeout", "deny", NULL);
	listener = start_and_hold(&opener, &event);
	CHECK_OK(set("g", "timeout_ms", "50"));
	CHECK_ERROR(task_run(do_open, "b"), -EPERM);
	CHECK(!task_is_done(&opener));
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
}

static void start_three_groups(struct listener **listeners)
{
	create_file("a", "");
	group_start("last", "open_access", "priority", "30", NULL);
	group_start("first", "open_access", "priority", "0", NULL);
	group_start("second", "open_access", "priority", "20", NULL);
	listeners[0] = listen_to("first");
	listeners[1] = listen_to("second");
	listeners[2] = listen_to("last");
}

CASE(groups_are_asked_one_after_the_other_by_priority)
{
	static const char *const names[] = { "first", "second", "last" };
	struct listener *listeners[3];
	struct event event;
	struct task opener;

	start_three_groups(listeners);
	task_start(&opener, do_open, "a");
	for (int i = 0; i < 3; i++) {
		expect_event(listeners[i], &event, FANG_OPEN_ACCESS, "a");
		for (int j = 0; j < 3; j++)
			CHECK_EQ(stat_of(names[j], "asked"), j <= i);
		CHECK(!task_is_done(&opener));
		CHECK_OK(respond(listeners[i], event.head.id, FANG_ALLOW));
	}
	CHECK_OK(task_result(&opener));
}

CASE(the_time_of_a_group_begins_when_it_is_asked)
{
	struct listener *listeners[3];
	struct event event;
	struct task opener;
	u64 asked_ms, timeout_ms;

	start_three_groups(listeners);
	timeout_ms = get_number("second", "timeout_ms");
	task_start(&opener, do_open, "a");
	expect_event(listeners[0], &event, FANG_OPEN_ACCESS, "a");
	wait_past(now_ms() * 1000000ULL + 500 * 1000000ULL);
	asked_ms = now_ms();
	CHECK_OK(respond(listeners[0], event.head.id, FANG_ALLOW));
	expect_event(listeners[1], &event, FANG_OPEN_ACCESS, "a");
	/* Deadlines may be as coarse as the kernel's timers. */
	CHECK(event.head.deadline_ns / 1000000 + 20 >= asked_ms + timeout_ms);
	CHECK_OK(respond(listeners[1], event.head.id, FANG_DENY));
	CHECK_ERROR(task_result(&opener), -EPERM);
}

CASE(the_first_deny_ends_the_round)
{
	struct listener *listeners[3];
	struct event event;
	struct task opener;

	start_three_groups(listeners);
	task_start(&opener, do_open, "a");
	expect_event(listeners[0], &event, FANG_OPEN_ACCESS, "a");
	CHECK_OK(respond(listeners[0], event.head.id, FANG_ALLOW));
	expect_event(listeners[1], &event, FANG_OPEN_ACCESS, "a");
	CHECK_OK(respond(listeners[1], event.head.id, FANG_DENY));
	CHECK_ERROR(task_result(&opener), -EPERM);
	CHECK_EQ(stat_of("last", "asked"), 0);
}

CASE(a_group_enabled_during_the_wait_is_asked_if_its_turn_is_to_come)
{
	struct listener *listeners[3];
	struct event event;
	struct task opener;

	start_three_groups(listeners);
	CHECK_OK(set("second", "enabled", "0"));
	task_start(&opener, do_open, "a");
	expect_event(listeners[0], &event, FANG_OPEN_ACCESS, "a");
	CHECK_OK(set("second", "enabled", "1"));
	CHECK_OK(respond(listeners[0], event.head.id, FANG_ALLOW));
	expect_event(listeners[1], &event, FANG_OPEN_ACCESS, "a");
	CHECK_OK(respond(listeners[1], event.head.id, FANG_ALLOW));
	expect_event(listeners[2], &event, FANG_OPEN_ACCESS, "a");
	CHECK_OK(respond(listeners[2], event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
}

static void open_without_listener(const char *reaction, int expected)
{
	create_file("a", "");
	group_start("g", "open_access", "on_no_listener", reaction, NULL);
	CHECK_ERROR(task_run(do_open, "a"), expected);
	CHECK_EQ(stat_of("g", "no_listener"), 1);
	CHECK_EQ(stat_of("g", "asked"), 0);
}

CASE(without_a_listener_an_open_is_allowed)
{
	open_without_listener("allow", 0);
}

CASE(without_a_listener_an_open_is_denied)
{
	open_without_listener("deny", -EPERM);
}

CASE(without_a_listener_an_open_waits_for_one)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", "on_no_listener", "wait", "timeout_ms", "60000", NULL);
	task_start(&opener, do_open, "a");
	WAIT_FOR(pending_count("g") == 1);
	listener = listen_to("g");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK_EQ(event.head.flags & FANG_REDELIVERED, 0);
	CHECK_OK(respond(listener, event.head.id, FANG_DENY));
	CHECK_ERROR(task_result(&opener), -EPERM);
}

CASE(waiting_without_a_listener_ends_at_the_deadline)
{
	create_file("a", "");
	group_start("g", "open_access", "on_no_listener", "wait", "timeout_ms", "100", "on_timeout",
		    "deny", NULL);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(stat_of("g", "timed_out"), 1);
}

CASE(permissive_turns_denies_into_allows_and_counts_them)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", "permissive", "1", "on_no_listener", "deny", NULL);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(stat_of("g", "would_deny"), 1);
	listener = start_and_hold(&opener, &event);
	CHECK_OK(respond(listener, event.head.id, FANG_DENY));
	CHECK_OK(task_result(&opener));
	CHECK_EQ(stat_of("g", "would_deny"), 2);
	CHECK_OK(set("g", "permissive", "0"));
	task_start(&opener, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK_OK(respond(listener, event.head.id, FANG_DENY));
	CHECK_ERROR(task_result(&opener), -EPERM);
	CHECK_EQ(stat_of("g", "would_deny"), 2);
}

CASE(a_permissive_deny_lets_the_next_group_be_asked)
{
	struct listener *listeners[3];
	struct event event;
	struct task opener;

	start_three_groups(listeners);
	CHECK_OK(set("first", "permissive", "1"));
	task_start(&opener, do_open, "a");
	expect_event(listeners[0], &event, FANG_OPEN_ACCESS, "a");
	CHECK_OK(respond(listeners[0], event.head.id, FANG_DENY));
	expect_event(listeners[1], &event, FANG_OPEN_ACCESS, "a");
	CHECK_OK(respond(listeners[1], event.head.id, FANG_DENY));
	CHECK_ERROR(task_result(&opener), -EPERM);
}

CASE(with_enforce_off_everything_is_allowed_at_once)
{
	struct listener *listener;

	create_file("a", "content");
	group_start("g", "open_access read_access", "on_no_listener", "deny", NULL);
	CHECK_OK(file_write(FANG_ENFORCE, "N", 1));
	CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(stat_of("g", "not_enforced"), 1);
	listener = listen_to("g");
	CHECK_OK(task_run(do_read, "a"));
	CHECK_EQ(stat_of("g", "not_enforced"), 3);
	CHECK_EQ(stat_of("g", "asked"), 0);
	CHECK_OK(file_write(FANG_ENFORCE, "Y", 1));
	stop_listening(listener);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
}

CASE(switching_enforce_off_lets_go_what_waits)
{
	struct event event;
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", "timeout_ms", "600000", "on_no_listener", "deny", NULL);
	start_and_hold(&opener, &event);
	CHECK_OK(file_write(FANG_ENFORCE, "N", 1));
	CHECK_OK(task_result(&opener));
	CHECK_EQ(stat_of("g", "abandoned"), 1);
	CHECK_EQ(stat_of("g", "not_enforced"), 0);
}

static void fill_access_list(const char *reaction, int expected)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	create_file("a", "");
	create_file("b", "");
	group_start("g", "open_access", "access_max", "1", "on_overflow", reaction, NULL);
	listener = start_and_hold(&opener, &event);
	CHECK_ERROR(task_run(do_open, "b"), expected);
	CHECK_EQ(stat_of("g", "access_overflow"), 1);
	CHECK(!task_is_done(&opener));
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
	task_start(&opener, do_open, "b");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "b");
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
}

CASE(beyond_access_max_an_open_is_allowed_at_once)
{
	fill_access_list("allow", 0);
}

CASE(beyond_access_max_an_open_is_denied_at_once)
{
	fill_access_list("deny", -EPERM);
}

/* Neither a look-up of the very file nor a change of the very group waits for its listener. */
CASE(no_store_and_no_show_waits_for_a_listener)
{
	static const char *const shown[] = {
		"enabled",   "mask",	    "pending",	      "denials",
		"listeners", "stats/asked", "fastpath/count",
	};
	struct listener *listener;
	struct event event;
	struct task opener;
	char text[200];

	create_file("a", "");
	group_start("g", "open_access", "timeout_ms", "600000", NULL);
	listener = start_and_hold(&opener, &event);
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		get("g", shown[i]);
	CHECK_OK(set("g", "mask", "open_access close_write"));
	CHECK_OK(set("g", "on_timeout", "deny"));
	CHECK_OK(set("g", "fastpath/flush", "1"));
	snprintf(text, sizeof(text), "open_access %s", case_path("a"));
	CHECK_OK(set("g", "fastpath/add", text));
	scope_add("g", "f", "file", case_path("a"));
	item_add("g", "rules/r", "respond", "ask", "subtree", case_dir(), "exe", case_path("a"),
		 NULL);
	item_add("g", "exemptions/e", "type", "exe", "value", case_path("a"), NULL);
	CHECK_OK(group_create("h"));
	CHECK_EQ(pending_count("g"), 1);
	CHECK(!task_is_done(&opener));
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
}
