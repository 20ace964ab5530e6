// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many groups on one file system, each with scopes of its own: an access is for those that cover
 * the file, and for no other.
 *
 * Without a listener a group counts what it would have asked, in stats/no_listener.
 */
#include "fang.h"
#include "fastpath.h"
#include "harness.h"
#include "loop.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* More than are picked for one file, FANG_PICK_MAX. */
#define CROWD 20

static void make_on(const char *group, const char *type, const char *path)
{
	group_make(group, "open_access", NULL);
	scope_add(group, "s", type, case_path(path));
	CHECK_OK(set(group, "enabled", "1"));
}

/* The groups that an open of the file is for, of "GROUP GROUP ..." in the order of that. */
static const char *concerned(const char *path, const char *groups)
{
	static char text[512];
	char names[512];
	u64 before[CROWD * 2];
	unsigned int i = 0;

	snprintf(names, sizeof(names), "%s", groups);
	for (char *name = strtok(names, " "); name; name = strtok(NULL, " "))
		before[i++] = stat_of(name, "no_listener");
	CHECK_OK(task_run(do_open, path));
	text[0] = '\0';
	i = 0;
	snprintf(names, sizeof(names), "%s", groups);
	for (char *name = strtok(names, " "); name; name = strtok(NULL, " "), i++) {
		u64 more = stat_of(name, "no_listener") - before[i];

		CHECK(more <= 1);
		if (more)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s",
				 text[0] ? " " : "", name);
	}
	return text;
}

/* m is a file system of its own, in which each file is in a directory of its name. */
static void make_ground(void)
{
	CHECK(!mkdir("m", 0755));
	tmpfs_mount("m");
	CHECK(!mkdir("m/a", 0755) && !mkdir("m/a/deep", 0755) && !mkdir("m/b", 0755));
	create_file("m/top", "");
	create_file("m/a/in", "");
	create_file("m/a/deep/er", "");
	create_file("m/b/in", "");
}

static const char all[] = "whole a deep b name";

static void make_all(void)
{
	make_ground();
	make_on("whole", "filesystem", "m/b");
	make_on("a", "subtree", "m/a");
	make_on("deep", "subtree", "m/a/deep");
	make_on("b", "subtree", "m/b");
	make_on("name", "file", "m/b/in");
}

CASE(each_group_is_asked_about_what_it_covers_only)
{
	make_all();
	create_file("outside", "");
	create_file("m/b/other", "");
	CHECK_STRING(concerned("m/top", all), "whole");
	CHECK_STRING(concerned("m/a/in", all), "whole a");
	CHECK_STRING(concerned("m/a/deep/er", all), "whole a deep");
	CHECK_STRING(concerned("m/b/in", all), "whole b name");
	CHECK_STRING(concerned("m/b/other", all), "whole b");
	CHECK_STRING(concerned("outside", all), "");
}

CASE(the_top_of_the_file_system_is_a_directory_like_others)
{
	static const char groups[] = "top a name";

	make_ground();
	make_on("top", "subtree", "m");
	make_on("a", "subtree", "m/a");
	make_on("name", "file", "m/top");
	CHECK_STRING(concerned("m/top", groups), "top name");
	CHECK_STRING(concerned("m/a/deep/er", groups), "top a");
	CHECK_STRING(concerned("m/b/in", groups), "top");
}

CASE(what_is_moved_is_covered_by_those_where_it_is_now)
{
	make_all();
	CHECK(!rename("m/a/in", "m/b/moved"));
	CHECK_STRING(concerned("m/b/moved", all), "whole b");
	CHECK(!rename("m/a/deep", "m/b/deep"));
	CHECK_STRING(concerned("m/b/deep/er", all), "whole deep b");
	CHECK(!rename("m/b", "m/a/b"));
	CHECK_STRING(concerned("m/a/b/deep/er", all), "whole a deep b");
	CHECK_STRING(concerned("m/a/b/in", all), "whole a b name");
	CHECK(!rename("m/a/b/in", "m/top"));
	CHECK_STRING(concerned("m/top", all), "whole");
}

CASE(a_directory_that_takes_the_place_of_a_deleted_one_is_not_covered)
{
	make_all();
	CHECK(!unlink("m/a/deep/er") && !rmdir("m/a/deep"));
	/* Some of them may be given the number and the memory of the old one. */
	for (int i = 0; i < 50; i++) {
		CHECK(!mkdir("m/a/deep", 0755));
		create_file("m/a/deep/er", "");
		CHECK_STRING(concerned("m/a/deep/er", all), "whole a");
		CHECK(!unlink("m/a/deep/er") && !rmdir("m/a/deep"));
	}
}

CASE(it_is_where_the_name_is_that_counts_not_the_mount_or_another_link)
{
	make_all();
	CHECK(!link("m/a/in", "m/b/link"));
	CHECK(!mkdir("elsewhere", 0755) && !mount("m/a", "elsewhere", NULL, MS_BIND, NULL));
	CHECK_STRING(concerned("m/b/link", all), "whole b");
	CHECK_STRING(concerned("m/a/in", all), "whole a");
	CHECK_STRING(concerned("elsewhere/in", all), "whole a");
	CHECK_STRING(concerned("elsewhere/deep/er", all), "whole a deep");
	CHECK(!umount("elsewhere"));
}

CASE(groups_and_scopes_come_and_go)
{
	make_all();
	CHECK_OK(set("deep", "enabled", "0"));
	CHECK_STRING(concerned("m/a/deep/er", all), "whole a");
	CHECK_OK(scope_set("a", "s", "enabled", "0"));
	CHECK_STRING(concerned("m/a/deep/er", all), "whole");
	scope_add("b", "more", "subtree", case_path("m/a/deep"));
	CHECK_STRING(concerned("m/a/deep/er", all), "whole b");
	CHECK_OK(set("whole", "mask", "open"));
	CHECK_STRING(concerned("m/a/deep/er", all), "b");
	CHECK_OK(set("deep", "enabled", "1"));
	CHECK_STRING(concerned("m/a/deep/er", all), "deep b");
}

/* By their numbers, not by where they stand on the way up. */
CASE(they_are_asked_in_their_order_wherever_their_scopes_are)
{
	static const char some[] = "outer inner";

	make_ground();
	make_on("outer", "subtree", "m/a");
	make_on("inner", "subtree", "m/a/deep");
	make_on("other", "subtree", "m/b");
	CHECK_OK(set("outer", "on_no_listener", "deny"));
	CHECK_ERROR(task_run(do_open, "m/a/deep/er"), -EPERM);
	CHECK_EQ(stat_of("inner", "no_listener"), 0);
	CHECK_OK(set("inner", "on_no_listener", "deny"));
	CHECK_OK(set("outer", "on_no_listener", "allow"));
	CHECK_ERROR(task_run(do_open, "m/a/deep/er"), -EPERM);
	CHECK_EQ(stat_of("outer", "no_listener"), 2);
	CHECK_EQ(stat_of("inner", "no_listener"), 1);
	CHECK_STRING(concerned("m/a/in", some), "outer");
}

CASE(more_than_are_picked_are_all_asked)
{
	char name[16], groups[512] = "", below[512] = "";

	make_ground();
	make_on("b", "subtree", "m/b");
	for (int i = 0; i < CROWD; i++) {
		snprintf(name, sizeof(name), "g%d", i);
		make_on(name, "subtree", i % 2 ? "m/a" : "m/a/deep");
		snprintf(groups + strlen(groups), sizeof(groups) - strlen(groups), "%s%s",
			 i ? " " : "", name);
		if (i % 2)
			snprintf(below + strlen(below), sizeof(below) - strlen(below), "%s%s",
				 below[0] ? " " : "", name);
	}
	CHECK_STRING(concerned("m/a/deep/er", groups), groups);
	CHECK_STRING(concerned("m/a/in", groups), below);
	CHECK_EQ(stat_of("b", "no_listener"), 0);
	CHECK_STRING(concerned("m/b/in", groups), "");
	CHECK_EQ(stat_of("b", "no_listener"), 1);
}

/* Of those that are asked, one that remembers is asked no more, and one that does not still is. */
CASE(each_group_remembers_for_itself)
{
	make_all();
	scope_add("a", "twice", "subtree", case_path("m"));
	let_settle("m/a/deep/er");
	CHECK_OK(fastpath_write("a", "add", "open_access ", "m/a/deep/er"));
	CHECK_STRING(concerned("m/a/deep/er", all), "whole deep");
	CHECK_EQ(stat_of("a", "fastpath_hits"), 1);
	CHECK_OK(fastpath_write("whole", "add", "open_access ", "m/a/deep/er"));
	CHECK_OK(fastpath_write("deep", "add", "open_access ", "m/a/deep/er"));
	CHECK_STRING(concerned("m/a/deep/er", all), "");
	CHECK_EQ(stat_of("whole", "fastpath_hits"), 1);
	CHECK_EQ(stat_of("a", "fastpath_hits"), 2);
	CHECK_EQ(stat_of("deep", "fastpath_hits"), 1);
	CHECK_OK(set("whole", "fastpath/flush", "1"));
	CHECK_STRING(concerned("m/a/deep/er", all), "whole");
	/* A rule goes before what is remembered, in its group alone. */
	item_add("deep", "rules/r", "respond", "deny", NULL);
	CHECK_OK(fastpath_write("deep", "add", "open_access ", "m/a/deep/er"));
	CHECK_ERROR(task_run(do_open, "m/a/deep/er"), -EPERM);
	CHECK_EQ(stat_of("deep", "rule_denied"), 1);
}
