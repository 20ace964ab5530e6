// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes that happen while events are raised: nothing is lost, nothing slips through, and a path
 * is never half one and half another.
 */
#include "fang.h"
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPENS 400

/* Opens the file so often; gives how many of the opens were refused. */
static int open_often(const void *path)
{
	int refused = 0;

	for (int i = 0; i < OPENS; i++) {
		int error = do_open(path);

		if (error && error != -EPERM)
			return error;
		refused += error == -EPERM;
	}
	return refused;
}

/* What an admin may change beside a group that works. */
static void disturb(unsigned int turn)
{
	static const char *const masks[] = { "open close_nowrite", "open write", "open" };

	CHECK_OK(set("g", "mask", masks[turn % 3]));
	CHECK_OK(set("other", "enabled", turn % 2 ? "1" : "0"));
	CHECK_OK(scope_set("third", "here", "enabled", turn % 2 ? "0" : "1"));
	CHECK_OK(set("third", "mask", turn % 2 ? "close_nowrite" : "open read"));
	if (turn % 2)
		scope_add("g", "extra", "filesystem", case_dir());
	else if (turn)
		CHECK_OK(scope_set("g", "extra", "enabled", "0"));
	if (turn && turn % 2 == 0)
		CHECK_OK(scope_remove("g", "extra"));
}

static unsigned int count_opens(struct listener *listener)
{
	struct event event;
	unsigned int count = 0;

	while (next_event(listener, &event, 0))
		count += event.head.kind == FANG_OPEN;
	return count;
}

CASE(no_event_is_lost_while_masks_scopes_and_groups_change)
{
	struct listener *listener;
	unsigned int heard_opens;
	struct task opener;

	create_file("a", "");
	group_start("g", "open", NULL);
	group_start("other", "open", NULL);
	group_start("third", "open", NULL);
	listener = listen_to("g");
	task_start(&opener, open_often, "a");
	for (unsigned int turn = 0; !task_is_done(&opener) || turn < 20; turn++)
		disturb(turn);
	CHECK_OK(task_result(&opener));
	heard_opens = count_opens(listener);
	CHECK_EQ(heard_opens, OPENS);
	CHECK_EQ(stat_of("g", "lost"), 0);
}

static void disturb_deny(unsigned int turn)
{
	CHECK_OK(set("g", "mask", turn % 2 ? "open_access open" : "open_access"));
	CHECK_OK(set("other", "enabled", turn % 2 ? "1" : "0"));
	CHECK_OK(scope_set("third", "here", "enabled", turn % 2 ? "0" : "1"));
	CHECK_OK(set("third", "fastpath/flush", "1"));
}

CASE(no_open_slips_through_while_others_change)
{
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", "on_no_listener", "deny", NULL);
	group_start("other", "open_access", NULL);
	group_start("third", "open_access", NULL);
	task_start(&opener, open_often, "a");
	for (unsigned int turn = 0; !task_is_done(&opener) || turn < 20; turn++)
		disturb_deny(turn);
	CHECK_EQ(task_result(&opener), OPENS);
}

/* The same with requests that wait while others come and go on the same file. */
CASE(no_deny_is_passed_over_while_others_change)
{
	struct listener *listener;
	struct event event;
	struct task opener;
	unsigned int turn = 0;

	create_file("a", "");
	group_start("g", "open_access", "timeout_ms", "60000", NULL);
	group_start("other", "open_access", NULL);
	group_start("third", "open_access", NULL);
	listener = listen_to("g");
	task_start(&opener, open_often, "a");
	while (!task_is_done(&opener)) {
		disturb_deny(turn++);
		if (!next_event(listener, &event, 20))
			continue;
		if (event.head.kind == FANG_OPEN_ACCESS)
			CHECK_OK(respond(listener, event.head.id, FANG_DENY));
		CHECK(task_age_ms(&opener) < 3 * LIMIT_MS);
	}
	CHECK_EQ(task_result(&opener), OPENS);
	CHECK_EQ(stat_of("g", "scope_gone"), 0);
}

/* Moves a directory to and fro. */
static int rename_for_ever(const void *unused)
{
	(void)unused;
	for (;;) {
		CHECK(!rename("left/longer-name", "right/short"));
		CHECK(!rename("right/short", "left/longer-name"));
	}
	return 0;
}

static int open_in_moving_directory(const void *fd)
{
	for (int i = 0; i < OPENS; i++) {
		int file = openat(*(const int *)fd, "f", O_RDONLY);

		CHECK(file >= 0);
		close(file);
	}
	return 0;
}

CASE(a_path_is_whole_though_directories_move_all_the_time)
{
	struct listener *listener;
	struct task renamer, opener;
	struct event event;
	char paths[2][100];
	int directory;

	CHECK(!mkdir("left", 0755) && !mkdir("right", 0755));
	CHECK(!mkdir("left/longer-name", 0755));
	create_file("left/longer-name/f", "");
	snprintf(paths[0], sizeof(paths[0]), "%s/left/longer-name/f", case_dir());
	snprintf(paths[1], sizeof(paths[1]), "%s/right/short/f", case_dir());
	directory = open("left/longer-name", O_RDONLY | O_DIRECTORY);
	CHECK(directory >= 0);
	group_start("g", "open", NULL);
	listener = listen_to("g");
	task_start(&renamer, rename_for_ever, NULL);
	task_start(&opener, open_in_moving_directory, &directory);
	for (int i = 0; i < OPENS; i++) {
		expect_event(listener, &event, FANG_OPEN, "f");
		if (strcmp(event.path, paths[0]) && strcmp(event.path, paths[1]))
			FAIL("the path is \"%s\"", event.path);
		CHECK_EQ(event.head.flags, 0);
	}
	CHECK_OK(task_result(&opener));
	task_kill(&renamer);
}
