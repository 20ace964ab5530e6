// SPDX-License-Identifier: GPL-2.0-only
/* A task is frozen, as for suspend, while it waits for a response. */
#include "fang.h"
#include "harness.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATE "freezer/fang-case/freezer.state"

/* The freezer of version 1 freezes tasks as suspending does. */
static void freezer_mount(void)
{
	CHECK(!mkdir("freezer", 0755));
	if (mount("cgroup", "freezer", "cgroup", 0, "freezer"))
		skip("no freezer: %s", strerror(errno));
	CHECK(!mkdir("freezer/fang-case", 0755) || errno == EEXIST);
}

static void freezer_take(pid_t pid)
{
	char number[16];
	int length = snprintf(number, sizeof(number), "%d", pid);

	CHECK_OK(file_write("freezer/fang-case/tasks", number, length));
}

static bool state_is(const char *word)
{
	char state[32];

	CHECK(file_read(STATE, state, sizeof(state)) > 0);
	state[strcspn(state, "\n")] = 0;
	return !strcmp(state, word);
}

/* What is frozen cannot be killed: thaw it before the case ends. */
static void wait_until_frozen(void)
{
	long long end = now_ms() + LIMIT_MS;

	while (!state_is("FROZEN")) {
		if (now_ms() > end) {
			file_write(STATE, "THAWED", 6);
			FAIL("it cannot be frozen");
		}
		nap();
	}
}

static void freezer_remove(void)
{
	WAIT_FOR(!rmdir("freezer/fang-case"));
	CHECK(!umount("freezer"));
}

CASE(a_waiting_task_can_be_frozen_and_settled_meanwhile)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	freezer_mount();
	create_file("a", "");
	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	task_start(&opener, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	freezer_take(opener.pid);
	CHECK_OK(file_write(STATE, "FROZEN", 6));
	if (has_feature("freezable_waits"))
		wait_until_frozen();
	else
		CHECK(state_is("FREEZING"));
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	/* A task that cannot be frozen while it waits is so on its way out of the kernel. */
	wait_until_frozen();
	CHECK(!task_is_done(&opener));
	CHECK_EQ(stat_of("g", "allowed"), 1);
	CHECK_OK(file_write(STATE, "THAWED", 6));
	CHECK_OK(task_result(&opener));
	freezer_remove();
}

/* Nobody settles it while it is frozen: that is the waiter's own task, and done as soon as it runs. */
CASE(a_deadline_that_passes_while_frozen_is_kept_at_the_thaw)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	freezer_mount();
	create_file("a", "");
	group_start("g", "open_access", "timeout_ms", "200", "on_timeout", "deny", NULL);
	listener = listen_to("g");
	task_start(&opener, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	freezer_take(opener.pid);
	CHECK_OK(file_write(STATE, "FROZEN", 6));
	wait_until_frozen();
	CHECK_OK(file_write(STATE, "THAWED", 6));
	CHECK_ERROR(task_result(&opener), -EPERM);
	CHECK_EQ(stat_of("g", "timed_out"), 1);
	freezer_remove();
}

CASE(a_frozen_waiter_does_not_hold_up_disabling_and_removing_the_group)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	freezer_mount();
	create_file("a", "");
	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	task_start(&opener, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	freezer_take(opener.pid);
	CHECK_OK(file_write(STATE, "FROZEN", 6));
	if (has_feature("freezable_waits"))
		wait_until_frozen();
	CHECK_OK(set("g", "enabled", "0"));
	CHECK_STRING(get("g", "pending"), "");
	CHECK_OK(scope_set("g", "here", "enabled", "0"));
	CHECK_OK(scope_remove("g", "here"));
	stop_listening(listener);
	CHECK_OK(group_remove("g"));
	CHECK_OK(file_write(STATE, "THAWED", 6));
	CHECK_OK(task_result(&opener));
	freezer_remove();
}

/* The guest has nothing that would wake it, so it may not come to sleep: its console tells then. */
CASE(suspending_is_given_up_while_a_task_waits_that_cannot_be_frozen)
{
	static const char *const timeout = "/sys/power/pm_freeze_timeout";
	struct listener *listener;
	struct event event;
	struct task opener;
	char before[32];

	if (has_feature("freezable_waits"))
		skip("here suspending does not wait for it");
	if (access(timeout, F_OK))
		skip("this kernel cannot suspend");
	create_file("a", "");
	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	task_start(&opener, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK(file_read(timeout, before, sizeof(before)) > 0);
	CHECK_OK(file_write(timeout, "500", 3));
	CHECK_ERROR(file_write("/sys/power/state", "freeze", 6), -EBUSY);
	CHECK_OK(file_write(timeout, before, strlen(before)));
	CHECK(!task_is_done(&opener));
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
}
