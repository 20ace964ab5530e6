// SPDX-License-Identifier: GPL-2.0-only
/* Paths that are written to attributes, and file systems that take their time. */
#include "fang.h"
#include "fuse.h"
#include "harness.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

struct store {
	const char *attribute, *text;
};

static int do_store(const void *argument)
{
	const struct store *store = argument;

	return set("g", store->attribute, store->text);
}

/* While the store waits for the file system, and once it has ended. */
static void busy_while_looked_up(const char *item, const char *attribute, const char *before)
{
	char text[512], directory[256];
	struct store store = { attribute, text };
	struct task task;

	CHECK(!mkdir("m", 0755));
	fuse_mount("m");
	snprintf(text, sizeof(text), "%s%s", before, case_path("m/" FUSE_SLOW));
	snprintf(directory, sizeof(directory), FANG_GROUPS "/g%s", item);
	task_start(&task, do_store, &store);
	wait_for_flag(FUSE_ASKED);
	CHECK(rmdir(directory) && errno == EBUSY);
	CHECK(!task_is_done(&task));
	raise_flag(FUSE_GO);
	CHECK_ERROR(task_result(&task), -ENOENT);
	CHECK(!rmdir(directory));
	CHECK(!umount("m"));
}

CASE(a_group_is_busy_while_a_path_for_its_fastpath_is_looked_up)
{
	group_make("g", "open_access", NULL);
	busy_while_looked_up("", "fastpath/add", "open_access ");
}

CASE(a_scope_is_busy_while_its_path_is_looked_up)
{
	group_make("g", "open_access", NULL);
	CHECK_OK(item_make("g", "scopes/s"));
	CHECK_OK(scope_set("g", "s", "type", "subtree"));
	busy_while_looked_up("/scopes/s", "scopes/s/path", "");
}

CASE(a_rule_is_busy_while_its_path_is_looked_up)
{
	group_make("g", "open_access", NULL);
	CHECK_OK(item_make("g", "rules/r"));
	busy_while_looked_up("/rules/r", "rules/r/subtree", "");
}

enum { ROUNDS = 300 };

/* Names that are not there yet, so that each look-up takes the lock of their directory. */
static int look_into_configfs(const void *unused)
{
	char text[256];
	int error;

	(void)unused;
	for (int i = 0; i < ROUNDS; i++) {
		snprintf(text, sizeof(text), "open_access " FANG_GROUPS "/missing%d", i);
		error = set("changing", "fastpath/add", text);
		CHECK(error == -ENOENT || error == -ENODEV);
	}
	return 0;
}

static int make_and_remove(const void *unused)
{
	(void)unused;
	for (int i = 0; i < ROUNDS; i++) {
		group_create("changing");
		group_remove("changing");
	}
	return 0;
}

CASE(paths_into_configfs_and_rmdir_do_not_wait_for_each_other)
{
	struct task looking[2], changing;

	task_start(&changing, make_and_remove, NULL);
	for (int i = 0; i < 2; i++)
		task_start(&looking[i], look_into_configfs, NULL);
	CHECK_OK(task_result(&changing));
	for (int i = 0; i < 2; i++)
		CHECK_OK(task_result(&looking[i]));
	group_remove("changing");
}
