// SPDX-License-Identifier: GPL-2.0-only
/* More groups than fit anywhere without thought. */
#include "fang.h"
#include "fastpath.h"
#include "harness.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define GROUPS 40

static const char *group_name(unsigned int number)
{
	static char names[GROUPS][8];

	snprintf(names[number], sizeof(names[0]), "g%u", number);
	return names[number];
}

CASE(forty_groups_hear_of_one_open)
{
	struct listener *listeners[GROUPS];
	struct event event;

	create_file("a", "");
	for (unsigned int i = 0; i < GROUPS; i++) {
		group_start(group_name(i), "open", NULL);
		listeners[i] = listen_to(group_name(i));
	}
	CHECK_OK(task_run(do_open, "a"));
	for (unsigned int i = 0; i < GROUPS; i++) {
		expect_event(listeners[i], &event, FANG_OPEN, "a");
		CHECK_EQ(stat_of(group_name(i), "queued"), 1);
	}
}

CASE(forty_groups_are_asked_in_turn)
{
	struct listener *listeners[GROUPS];
	struct event event;
	struct task opener;

	create_file("a", "");
	for (unsigned int i = 0; i < GROUPS; i++) {
		group_start(group_name(i), "open_access", NULL);
		listeners[i] = listen_to(group_name(i));
	}
	task_start(&opener, do_open, "a");
	for (unsigned int i = 0; i < GROUPS; i++) {
		expect_event(listeners[i], &event, FANG_OPEN_ACCESS, "a");
		CHECK_OK(respond(listeners[i], event.head.id, FANG_ALLOW));
	}
	CHECK_OK(task_result(&opener));
}

/* Opens the file; each group asked allows, and only this one remembers. */
static void open_remembering_for(struct listener **listeners, unsigned int count,
				 unsigned int chosen)
{
	struct event event;
	struct task opener;

	task_start(&opener, do_open, "a");
	while (!task_is_done(&opener)) {
		CHECK(task_age_ms(&opener) < LIMIT_MS);
		for (unsigned int i = 0; i < count; i++) {
			if (!next_event(listeners[i], &event, 0))
				continue;
			if (i == chosen)
				CHECK_OK(respond_fastpath(listeners[i], event.head.id, 0));
			else
				CHECK_OK(respond(listeners[i], event.head.id, FANG_ALLOW));
		}
	}
	CHECK_OK(task_result(&opener));
}

/* There is room for the judgements of some groups on one file; the others go on being asked. */
CASE(a_file_is_remembered_for_many_groups_or_refused_and_counted)
{
	struct listener *listeners[GROUPS];
	unsigned int remembered = 0;
	u64 asked[GROUPS];

	create_settled("a");
	for (unsigned int i = 0; i < GROUPS; i++) {
		group_start(group_name(i), "open_access", NULL);
		listeners[i] = listen_to(group_name(i));
		open_remembering_for(listeners, i + 1, i);
	}
	for (unsigned int i = 0; i < GROUPS; i++) {
		u64 count = get_number(group_name(i), "fastpath/count");

		CHECK_EQ(stat_of(group_name(i), "fastpath_added"), count);
		CHECK_EQ(stat_of(group_name(i), "fastpath_refused"), 1 - count);
		asked[i] = stat_of(group_name(i), "asked");
		remembered += count;
	}
	note("remembered for %u of %u groups", remembered, GROUPS);
	/* As the man page says. */
	CHECK_EQ(remembered, 8);
	open_remembering_for(listeners, GROUPS, GROUPS);
	for (unsigned int i = 0; i < GROUPS; i++) {
		if (!get_number(group_name(i), "fastpath/count"))
			asked[i]++;
		CHECK_EQ(stat_of(group_name(i), "asked"), asked[i]);
	}
}
