// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order in which a group makes up its mind: exemption, rule, fastpath, cannot wait, no
 * listener, degraded or full, ask. A case for each pair whose members disagree. Permissive and
 * enforce stand aside.
 */
#include "fang.h"
#include "fastpath.h"
#include "harness.h"
#include "never_waits.h"
#include "subject.h"

#include <errno.h>
#include <string.h>

static const uid_t user = 1000;

CASE(exemption_before_rule)
{
	create_file("a", "");
	group_start("g", "open_access", NULL);
	item_add("g", "rules/r", "respond", "deny", NULL);
	item_add("g", "exemptions/e", "type", "uid", "value", "1000", NULL);
	CHECK_OK(task_run(do_open_as_user, &user));
	CHECK_EQ(item_hits("g", "rules/r"), 0);
	CHECK_EQ(stat_of("g", "exempted"), 1);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
}

CASE(exemption_before_cannot_wait)
{
	group_start("g", "open_access", "on_cannot_wait", "deny", NULL);
	item_add("g", "exemptions/e", "type", "uid", "value", "0", NULL);
	CHECK(dump_core_here());
	CHECK_EQ(stat_of("g", "not_waited"), 0);
	CHECK_EQ(stat_of("g", "exempted"), 1);
}

CASE(exemption_before_no_listener)
{
	create_file("a", "");
	group_start("g", "open_access", "on_no_listener", "deny", NULL);
	item_add("g", "exemptions/e", "type", "uid", "value", "1000", NULL);
	CHECK_OK(task_run(do_open_as_user, &user));
	CHECK_EQ(stat_of("g", "no_listener"), 0);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
}

/* The entry is there, and is used for others. */
CASE(rule_before_fastpath)
{
	struct listener *listener = fastpath_start();

	item_add("g", "rules/r", "respond", "deny", "uid", "1000", NULL);
	remember(listener, "a");
	CHECK_ERROR(task_run(do_open_as_user, &user), -EPERM);
	CHECK(!is_asked(listener, "a"));
	CHECK_EQ(stat_of("g", "rule_denied"), 1);
	CHECK_EQ(stat_of("g", "fastpath_hits"), 1);
}

CASE(rule_before_cannot_wait)
{
	group_start("g", "open_access", "on_cannot_wait", "allow", NULL);
	item_add("g", "rules/deny", "respond", "deny", NULL);
	CHECK(!dump_core_here());
	CHECK_EQ(item_hits("g", "rules/deny"), 1);
	CHECK_OK(item_set("g", "rules/deny", "enabled", "0"));
	CHECK_OK(set("g", "on_cannot_wait", "deny"));
	item_add("g", "rules/allow", "respond", "allow", NULL);
	CHECK(dump_core_here());
	CHECK_EQ(item_hits("g", "rules/allow"), 1);
	CHECK_EQ(stat_of("g", "not_waited"), 0);
}

CASE(rule_before_no_listener)
{
	create_file("a", "");
	group_start("g", "open_access", "on_no_listener", "deny", NULL);
	item_add("g", "rules/allow", "respond", "allow", NULL);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_OK(item_set("g", "rules/allow", "enabled", "0"));
	CHECK_OK(set("g", "on_no_listener", "allow"));
	item_add("g", "rules/deny", "respond", "deny", NULL);
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(stat_of("g", "no_listener"), 0);
}

CASE(rule_before_full)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	create_file("a", "");
	create_file("b", "");
	group_start("g", "open_access", "access_max", "1", "on_overflow", "deny", NULL);
	item_add("g", "rules/r", "respond", "allow", "uid", "1000", NULL);
	listener = listen_to("g");
	task_start(&opener, do_open, "b");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "b");
	CHECK_OK(task_run(do_open_as_user, &user));
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(stat_of("g", "access_overflow"), 1);
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
}

/* Process 1 is allowed either way; the counters tell by what. */
CASE(fastpath_before_cannot_wait)
{
	struct listener *listener = fastpath_start();

	remember(listener, "a");
	CHECK_OK(open_as_process_1("a"));
	CHECK_EQ(stat_of("g", "fastpath_hits"), 1);
	CHECK_EQ(stat_of("g", "not_waited"), 0);
}

CASE(fastpath_before_no_listener)
{
	struct listener *listener = fastpath_start();

	create_file("b", "");
	remember(listener, "a");
	CHECK_OK(set("g", "on_no_listener", "deny"));
	stop_listening(listener);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(stat_of("g", "no_listener"), 0);
	CHECK_ERROR(task_run(do_open, "b"), -EPERM);
}

CASE(cannot_wait_before_no_listener)
{
	group_start("g", "open_access", "on_cannot_wait", "deny", "on_no_listener", "allow", NULL);
	CHECK(!dump_core_here());
	CHECK_EQ(stat_of("g", "not_waited"), 1);
	CHECK_EQ(stat_of("g", "no_listener"), 0);
}

CASE(permissive_lets_rules_decide_but_not_deny)
{
	create_file("a", "");
	group_start("g", "open_access", "permissive", "1", NULL);
	item_add("g", "rules/r", "respond", "deny", NULL);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(item_hits("g", "rules/r"), 1);
	CHECK_EQ(stat_of("g", "rule_denied"), 1);
	CHECK_EQ(stat_of("g", "would_deny"), 1);
	CHECK_OK(set("g", "permissive", "0"));
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	CHECK_EQ(stat_of("g", "would_deny"), 1);
}

CASE(with_enforce_off_no_rule_denies)
{
	create_file("a", "");
	group_start("g", "open_access", NULL);
	item_add("g", "rules/r", "respond", "deny", NULL);
	CHECK_OK(file_write(FANG_ENFORCE, "N", 1));
	CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(stat_of("g", "not_enforced"), 1);
	CHECK_EQ(stat_of("g", "rule_denied"), 0);
	CHECK_EQ(stat_of("g", "would_deny"), 0);
	CHECK_OK(file_write(FANG_ENFORCE, "Y", 1));
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
}
