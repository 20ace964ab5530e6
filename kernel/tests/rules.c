// SPDX-License-Identifier: GPL-2.0-only
/*
 * What rules decide, and when. Their conditions are in rule_conditions.c, their files in
 * rule_config.c, what comes before and after them in order.c.
 */
#include "fang.h"
#include "fastpath.h"
#include "harness.h"
#include "loop.h"
#include "never_waits.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- what a rule says ---- */

CASE(a_rule_that_denies_is_eperm)
{
	create_file("a", "");
	group_start("g", "open_access", NULL);
	item_add("g", "rules/r", "respond", "deny", NULL);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(stat_of("g", "rule_denied"), 1);
	CHECK_EQ(stat_of("g", "rule_allowed"), 0);
	CHECK_EQ(item_hits("g", "rules/r"), 1);
}

CASE(a_rule_that_allows_asks_nobody)
{
	struct listener *listener;

	create_file("a", "");
	group_start("g", "open_access", NULL);
	item_add("g", "rules/r", "respond", "allow", NULL);
	listener = listen_to("g");
	CHECK_OK(task_run(do_open, "a"));
	CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(stat_of("g", "rule_allowed"), 2);
	CHECK_EQ(stat_of("g", "rule_denied"), 0);
	CHECK_EQ(stat_of("g", "asked"), 0);
	CHECK_EQ(item_hits("g", "rules/r"), 2);
	CHECK(!next_event(listener, &(struct event){ 0 }, 0));
}

CASE(a_rule_that_asks_goes_on_to_the_listener)
{
	struct listener *listener;

	create_file("a", "");
	group_start("g", "open_access", NULL);
	item_add("g", "rules/ask", "respond", "ask", "order", "1", NULL);
	item_add("g", "rules/deny", "respond", "deny", "order", "2", NULL);
	listener = listen_to("g");
	CHECK(is_asked(listener, "a"));
	CHECK_EQ(item_hits("g", "rules/ask"), 1);
	CHECK_EQ(item_hits("g", "rules/deny"), 0);
	CHECK_EQ(stat_of("g", "rule_allowed") + stat_of("g", "rule_denied"), 0);
}

CASE(a_rule_that_asks_goes_on_to_the_fastpath)
{
	struct listener *listener;

	create_settled("a");
	group_start("g", "open_access", NULL);
	item_add("g", "rules/r", "respond", "ask", NULL);
	listener = listen_to("g");
	remember(listener, "a");
	CHECK(!is_asked(listener, "a"));
	CHECK_EQ(stat_of("g", "fastpath_hits"), 1);
	CHECK_EQ(item_hits("g", "rules/r"), 2);
}

CASE(a_deny_by_a_rule_ends_the_round_and_an_allow_does_not)
{
	struct listener *listener;

	create_file("a", "");
	group_start("last", "open_access", "priority", "20", NULL);
	group_start("first", "open_access", "priority", "10", NULL);
	item_add("first", "rules/r", "respond", "deny", NULL);
	listener = listen_to("last");
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(stat_of("last", "asked"), 0);
	CHECK_OK(item_set("first", "rules/r", "enabled", "0"));
	item_add("first", "rules/s", "respond", "allow", NULL);
	CHECK(is_asked(listener, "a"));
	CHECK_EQ(stat_of("first", "rule_allowed"), 1);
}

CASE(rules_of_one_group_do_not_touch_another)
{
	create_file("a", "");
	group_start("g", "open_access", NULL);
	group_start("h", "open_access", "on_no_listener", "deny", NULL);
	item_add("g", "rules/r", "respond", "allow", NULL);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(stat_of("g", "rule_allowed"), 1);
	CHECK_EQ(stat_of("h", "rule_allowed"), 0);
	CHECK_EQ(stat_of("h", "no_listener"), 1);
}

CASE(a_rule_says_nothing_about_files_that_no_scope_covers)
{
	CHECK(!mkdir("x", 0755));
	create_file("a", "");
	create_file("x/a", "");
	CHECK(!chdir("x"));
	group_start("g", "open_access", NULL);
	item_add("g", "rules/r", "respond", "deny", NULL);
	CHECK_OK(task_run(do_open, "../a"));
	CHECK_EQ(item_hits("g", "rules/r"), 0);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
}

CASE(rules_decide_about_access_requests_only)
{
	struct listener *listener;

	create_file("a", "content");
	group_start("g", "open read close_nowrite", NULL);
	item_add("g", "rules/r", "respond", "deny", NULL);
	listener = listen_to("g");
	CHECK_STRING(heard_of(listener, do_read, "a"), "open:a read:a close_nowrite:a");
	CHECK_EQ(item_hits("g", "rules/r"), 0);
}

/* ---- which rule ---- */

CASE(the_first_match_by_order_decides)
{
	create_file("a", "");
	group_start("g", "open_access", NULL);
	item_add("g", "rules/a", "respond", "deny", "order", "10", NULL);
	item_add("g", "rules/b", "respond", "allow", "order", "9", NULL);
	item_add("g", "rules/c", "respond", "deny", "order", "4294967295", NULL);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(item_hits("g", "rules/b"), 1);
	CHECK_OK(item_set("g", "rules/b", "enabled", "0"));
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(item_hits("g", "rules/a"), 1);
	CHECK_EQ(item_hits("g", "rules/b"), 1);
	CHECK_EQ(item_hits("g", "rules/c"), 0);
}

CASE(rules_of_equal_order_are_tried_by_name)
{
	create_file("a", "");
	group_start("g", "open_access", NULL);
	item_add("g", "rules/r2", "respond", "deny", NULL);
	item_add("g", "rules/r10", "respond", "allow", NULL);
	item_add("g", "rules/r3", "respond", "deny", NULL);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(item_hits("g", "rules/r10"), 1);
	CHECK_OK(item_set("g", "rules/r10", "enabled", "0"));
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(item_hits("g", "rules/r2"), 1);
	CHECK_EQ(item_hits("g", "rules/r3"), 0);
}

CASE(a_rule_is_in_force_only_while_enabled)
{
	create_file("a", "");
	group_start("g", "open_access", NULL);
	CHECK_OK(item_make("g", "rules/r"));
	CHECK_OK(item_set("g", "rules/r", "respond", "deny"));
	CHECK_OK(task_run(do_open, "a"));
	CHECK_OK(item_set("g", "rules/r", "enabled", "1"));
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_OK(item_set("g", "rules/r", "enabled", "0"));
	CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(item_hits("g", "rules/r"), 1);
}

/* ---- for whom ---- */

CASE(process_1_is_not_subject_to_rules)
{
	create_file("a", "");
	group_start("g", "open_access", NULL);
	item_add("g", "rules/r", "respond", "deny", NULL);
	CHECK_OK(open_as_process_1("a"));
	CHECK_EQ(item_hits("g", "rules/r"), 0);
	CHECK_EQ(stat_of("g", "rule_denied"), 0);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
}

CASE(kernel_threads_are_not_subject_to_rules)
{
	char device[32];

	create_image("image");
	loop_attach("image", device, sizeof(device));
	group_start("g", "read_access", NULL);
	item_add("g", "rules/r", "respond", "deny", NULL);
	CHECK_OK(task_run(do_read_block, device));
	CHECK_EQ(item_hits("g", "rules/r"), 0);
	note("not_waited is %llu", stat_of("g", "not_waited"));
	CHECK_ERROR(task_run(do_read, "image"), -EPERM);
}

/* ---- with no listener, and when listeners come and go ---- */

CASE(rules_hold_before_the_first_listener_comes)
{
	CHECK(!mkdir("x", 0755));
	create_file("a", "");
	create_file("x/a", "");
	group_start("g", "open_access", "on_no_listener", "wait", NULL);
	item_add("g", "rules/allow", "respond", "allow", "subtree", case_path("x"), NULL);
	item_add("g", "rules/deny", "respond", "deny", "order", "1", NULL);
	CHECK_OK(task_run(do_open, "x/a"));
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(stat_of("g", "asked"), 0);
}

static int listen_for_ever(const void *group)
{
	listen_to(group);
	raise_flag("listening");
	pause();
	return 0;
}

struct opens {
	atomic_ulong denied, other;
	atomic_bool stop;
};

static struct opens *share_opens(void)
{
	struct opens *opens = mmap(NULL, sizeof(*opens), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CHECK(opens != MAP_FAILED);
	return opens;
}

static int open_until_stopped(const void *argument)
{
	struct opens *opens = *(struct opens *const *)argument;

	while (!opens->stop)
		atomic_fetch_add(do_open("a") == -EPERM ? &opens->denied : &opens->other, 1);
	return 0;
}

static void wait_for_opens(struct opens *opens)
{
	unsigned long before = opens->denied + opens->other;

	WAIT_FOR(opens->denied + opens->other > before + 5);
}

CASE(rules_hold_across_the_sigkill_of_a_listener)
{
	struct opens *opens = share_opens();
	struct task listener, opener;

	create_file("a", "");
	group_start("g", "open_access", NULL);
	item_add("g", "rules/r", "respond", "deny", NULL);
	task_start(&listener, listen_for_ever, "g");
	wait_for_flag("listening");
	task_start(&opener, open_until_stopped, &opens);
	wait_for_opens(opens);
	CHECK_EQ(get_number("g", "listeners"), 1);
	task_kill(&listener);
	WAIT_FOR(get_number("g", "listeners") == 0);
	wait_for_opens(opens);
	opens->stop = true;
	CHECK_OK(task_result(&opener));
	CHECK_EQ(opens->other, 0);
	CHECK_EQ(item_hits("g", "rules/r"), opens->denied);
	CHECK_EQ(stat_of("g", "asked"), 0);
}

/* ---- sets ---- */

CASE(only_the_active_set_is_in_force)
{
	create_file("a", "");
	group_start("g", "open_access", "on_no_listener", "deny", NULL);
	item_add("g", "rules/one", "respond", "allow", "set", "1", NULL);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(stat_of("g", "no_listener"), 1);
	CHECK_OK(set("g", "rules/active_set", "1"));
	CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(item_hits("g", "rules/one"), 1);
	CHECK_OK(set("g", "rules/active_set", "4294967295"));
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(item_hits("g", "rules/one"), 1);
}

CASE(a_rule_of_another_set_may_be_made_and_removed_meanwhile)
{
	create_file("a", "");
	group_start("g", "open_access", NULL);
	item_add("g", "rules/now", "respond", "deny", NULL);
	item_add("g", "rules/later", "respond", "allow", "set", "1", NULL);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_OK(set("g", "rules/active_set", "1"));
	CHECK_OK(item_set("g", "rules/now", "enabled", "0"));
	CHECK_OK(item_remove("g", "rules/now"));
	CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(item_hits("g", "rules/later"), 1);
}

#define SWITCHES 400

/* What the process that switches tells the one that opens: odd while it writes. */
struct switching {
	atomic_uint turn;
	atomic_ulong opens[2];
	atomic_ulong wrong;
	atomic_bool stop;
};

/*
 * Set 0 allows "x" and denies the rest, set 1 denies "x" and allows the rest. Were a rule of the
 * other set left or one missing, one of the two would be answered wrongly or by no rule at all.
 */
static int open_while_switching(const void *argument)
{
	struct switching *switching = *(struct switching *const *)argument;

	for (unsigned int i = 0; !switching->stop; i++) {
		bool of_x = i % 2;
		unsigned int before = switching->turn;
		int error = do_open(of_x ? "x/a" : "y/a");
		int expected = of_x == (before / 2 % 2) ? -EPERM : 0;

		if (error && error != -EPERM)
			return error;
		if (switching->turn != before || before % 2)
			continue;
		atomic_fetch_add(error == expected ? &switching->opens[before / 2 % 2] :
						     &switching->wrong,
				 1);
	}
	return 0;
}

static void switch_set(struct switching *switching, unsigned int number)
{
	unsigned long before = switching->opens[number % 2];

	atomic_fetch_add(&switching->turn, 1);
	CHECK_OK(set("g", "rules/active_set", number % 2 ? "1" : "0"));
	atomic_fetch_add(&switching->turn, 1);
	/* Now and then long enough for a few opens between two switches. */
	if (number % 4 < 2)
		WAIT_FOR(switching->opens[number % 2] + switching->wrong > before + 3);
}

CASE(a_set_is_replaced_as_a_whole)
{
	struct switching *switching = mmap(NULL, sizeof(*switching), PROT_READ | PROT_WRITE,
					   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct task opener;
	u64 decided;

	CHECK(switching != MAP_FAILED);
	CHECK(!mkdir("x", 0755) && !mkdir("y", 0755));
	create_file("x/a", "");
	create_file("y/a", "");
	group_start("g", "open_access", NULL);
	item_add("g", "rules/x0", "respond", "allow", "order", "1", "subtree", case_path("x"),
		 NULL);
	item_add("g", "rules/rest0", "respond", "deny", "order", "3", NULL);
	item_add("g", "rules/x1", "respond", "deny", "order", "2", "subtree", case_path("x"), "set",
		 "1", NULL);
	item_add("g", "rules/rest1", "respond", "allow", "order", "4", "set", "1", NULL);
	task_start(&opener, open_while_switching, &switching);
	for (unsigned int i = 1; i <= SWITCHES; i++)
		switch_set(switching, i);
	switching->stop = true;
	CHECK_OK(task_result(&opener));
	CHECK_EQ(switching->wrong, 0);
	CHECK_EQ(stat_of("g", "no_listener"), 0);
	decided = stat_of("g", "rule_allowed") + stat_of("g", "rule_denied");
	CHECK(decided >= switching->opens[0] + switching->opens[1]);
	CHECK_EQ(item_hits("g", "rules/x0") + item_hits("g", "rules/rest0") +
			 item_hits("g", "rules/x1") + item_hits("g", "rules/rest1"),
		 decided);
	note("%lu and %lu opens, %llu decided", switching->opens[0], switching->opens[1], decided);
}
