// SPDX-License-Identifier: GPL-2.0-only
/* Which files a scope covers. */
#include "fang.h"
#include "harness.h"
#include "kmsg.h"
#include "loop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* The absolute path of something in the case's directory. */
static const char *here(const char *name)
{
	static char paths[4][512];
	static unsigned int turn;
	char *path = paths[turn++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", case_dir(), name);
	return path;
}

CASE(a_filesystem_scope_covers_all_of_its_file_system_and_nothing_else)
{
	struct listener *listener;

	CHECK(!mkdir("m", 0755));
	tmpfs_mount("m");
	CHECK(!mkdir("m/d", 0755) && !mkdir("m/e", 0755));
	create_file("outside", "");
	create_file("m/top", "");
	create_file("m/d/in", "");
	create_file("m/e/beside", "");
	listener = listen_beside_markers();
	scope_add("g", "s", "filesystem", here("m/d"));
	CHECK_STRING(heard_of(listener, do_open, "../outside"), "");
	CHECK_STRING(heard_of(listener, do_open, "../m/top"), "open:top");
	CHECK_STRING(heard_of(listener, do_open, "../m/d/in"), "open:in");
	CHECK_STRING(heard_of(listener, do_open, "../m/e/beside"), "open:beside");
}

CASE(a_subtree_covers_what_is_below_and_no_siblings)
{
	struct listener *listener;

	CHECK(!mkdir("sub", 0755) && !mkdir("sub/deep", 0755) && !mkdir("sub/deep/er", 0755));
	CHECK(!mkdir("subway", 0755) && !mkdir("su", 0755));
	create_file("a", "");
	create_file("sub/b", "");
	create_file("sub/deep/er/c", "");
	create_file("subway/d", "");
	create_file("su/e", "");
	listener = listen_beside_markers();
	scope_add("g", "s", "subtree", here("sub"));
	CHECK_STRING(heard_of(listener, do_open, "../a"), "");
	CHECK_STRING(heard_of(listener, do_open, "../sub/b"), "open:b");
	CHECK_STRING(heard_of(listener, do_open, "../sub/deep/er/c"), "open:c");
	CHECK_STRING(heard_of(listener, do_open, "../subway/d"), "");
	CHECK_STRING(heard_of(listener, do_open, "../su/e"), "");
}

CASE(files_that_are_moved_in_are_covered_and_those_moved_out_are_not)
{
	struct listener *listener;

	CHECK(!mkdir("sub", 0755) && !mkdir("sub/d", 0755));
	create_file("a", "");
	create_file("sub/b", "");
	create_file("sub/d/c", "");
	listener = listen_beside_markers();
	scope_add("g", "s", "subtree", here("sub"));
	CHECK(!rename("../a", "../sub/a") && !rename("../sub/b", "../b"));
	CHECK(!rename("../sub/d", "../d"));
	CHECK_STRING(heard_of(listener, do_open, "../sub/a"), "open:a");
	CHECK_STRING(heard_of(listener, do_open, "../b"), "");
	CHECK_STRING(heard_of(listener, do_open, "../d/c"), "");
}

CASE(a_moved_subtree_root_moves_the_scope)
{
	struct listener *listener;
	struct event event;

	CHECK(!mkdir("sub", 0755));
	create_file("sub/a", "");
	listener = listen_beside_markers();
	scope_add("g", "s", "subtree", here("sub"));
	CHECK(!rename("../sub", "../moved") && !mkdir("../sub", 0755));
	create_file("../sub/b", "");
	CHECK_STRING(scope_get("g", "s", "active"), "1");
	CHECK_STRING(heard_of(listener, do_open, "../sub/b"), "");
	CHECK_STRING(heard_of(listener, do_open, "../moved/a"), "open:a");
	CHECK_OK(task_run(do_open, "../moved/a"));
	expect_event(listener, &event, FANG_OPEN, "a");
	CHECK(event.path_length > 0);
}

CASE(a_deleted_subtree_root_is_not_active)
{
	struct listener *listener;

	CHECK(!mkdir("sub", 0755));
	listener = listen_beside_markers();
	scope_add("g", "s", "subtree", here("sub"));
	CHECK_STRING(scope_get("g", "s", "active"), "1");
	CHECK(!rmdir("../sub"));
	CHECK_STRING(scope_get("g", "s", "active"), "0");
	CHECK_STRING(scope_get("g", "s", "enabled"), "1");
	CHECK(!mkdir("../sub", 0755));
	create_file("../sub/a", "");
	CHECK_STRING(heard_of(listener, do_open, "../sub/a"), "");
}

CASE(a_file_scope_covers_whichever_file_bears_the_name)
{
	struct listener *listener;

	create_file("a", "");
	create_file("b", "");
	listener = listen_beside_markers();
	scope_add("g", "s", "file", here("a"));
	CHECK_STRING(heard_of(listener, do_open, "../a"), "open:a");
	CHECK_STRING(heard_of(listener, do_open, "../b"), "");
	/* Replaced as editors and package managers do. */
	CHECK(!rename("../b", "../a"));
	CHECK_STRING(heard_of(listener, do_open, "../a"), "open:a");
	CHECK(!rename("../a", "../c"));
	CHECK_STRING(heard_of(listener, do_open, "../c"), "");
	create_file("../a", "");
	CHECK_STRING(heard_of(listener, do_open, "../a"), "open:a");
}

CASE(a_file_scope_may_wait_for_its_file)
{
	struct listener *listener = listen_beside_markers();

	scope_add("g", "s", "file", here("later"));
	create_file("../later", "");
	CHECK_STRING(heard_of(listener, do_open, "../later"), "open:later");
	CHECK_STRING(scope_get("g", "s", "active"), "1");
}

CASE(a_file_scope_covers_the_name_in_its_directory_only)
{
	struct listener *listener;

	CHECK(!mkdir("d", 0755));
	create_file("a", "");
	create_file("d/a", "");
	create_file("aa", "");
	listener = listen_beside_markers();
	scope_add("g", "s", "file", here("a"));
	CHECK_STRING(heard_of(listener, do_open, "../d/a"), "");
	CHECK_STRING(heard_of(listener, do_open, "../aa"), "");
	CHECK_STRING(heard_of(listener, do_open, "../a"), "open:a");
}

/* A documented limit: what decides is the name by which a file is opened. */
CASE(a_hard_link_outside_the_subtree_is_not_covered)
{
	struct listener *listener;

	CHECK(!mkdir("sub", 0755));
	create_file("sub/a", "");
	CHECK(!link("sub/a", "outside"));
	listener = listen_beside_markers();
	scope_add("g", "s", "subtree", here("sub"));
	CHECK_STRING(heard_of(listener, do_open, "../outside"), "");
	CHECK_STRING(heard_of(listener, do_open, "../sub/a"), "open:a");
}

CASE(another_file_system_mounted_below_a_subtree_is_not_covered)
{
	struct listener *listener;

	CHECK(!mkdir("sub", 0755) && !mkdir("sub/m", 0755));
	tmpfs_mount("sub/m");
	create_file("sub/m/a", "");
	create_file("sub/b", "");
	listener = listen_beside_markers();
	scope_add("g", "s", "subtree", here("sub"));
	CHECK_STRING(heard_of(listener, do_open, "../sub/m/a"), "");
	CHECK_STRING(heard_of(listener, do_open, "../sub/b"), "open:b");
}

CASE(a_subtree_is_covered_through_a_bind_mount_elsewhere)
{
	struct listener *listener;

	CHECK(!mkdir("sub", 0755) && !mkdir("elsewhere", 0755));
	create_file("sub/a", "");
	CHECK(!mount("sub", "elsewhere", NULL, MS_BIND, NULL));
	listener = listen_beside_markers();
	scope_add("g", "s", "subtree", here("sub"));
	CHECK_STRING(heard_of(listener, do_open, "../elsewhere/a"), "open:a");
}

CASE(overlapping_scopes_give_one_event)
{
	struct listener *listener;

	create_file("a", "");
	group_start("g", "open close_nowrite", NULL);
	scope_add("g", "whole", "filesystem", case_dir());
	scope_add("g", "single", "file", here("a"));
	listener = listen_to("g");
	CHECK_STRING(heard_of(listener, do_open, "a"), "open:a close_nowrite:a");
	CHECK_OK(scope_set("g", "here", "enabled", "0"));
	CHECK_STRING(heard_of(listener, do_open, "a"), "open:a close_nowrite:a");
	CHECK_OK(scope_set("g", "whole", "enabled", "0"));
	CHECK_OK(scope_set("g", "here", "enabled", "1"));
	CHECK_OK(scope_set("g", "single", "enabled", "0"));
	CHECK_STRING(heard_of(listener, do_open, "a"), "open:a close_nowrite:a");
}

CASE(scopes_come_and_go_while_the_group_is_enabled)
{
	struct listener *listener;

	CHECK(!mkdir("sub", 0755));
	create_file("sub/a", "");
	listener = listen_beside_markers();
	for (int i = 0; i < 3; i++) {
		CHECK_STRING(heard_of(listener, do_open, "../sub/a"), "");
		scope_add("g", "s", "subtree", here("sub"));
		CHECK_STRING(heard_of(listener, do_open, "../sub/a"), "open:a");
		CHECK_OK(scope_set("g", "s", "enabled", "0"));
		CHECK_STRING(heard_of(listener, do_open, "../sub/a"), "");
		CHECK_OK(scope_set("g", "s", "enabled", "1"));
		CHECK_STRING(heard_of(listener, do_open, "../sub/a"), "open:a");
		CHECK_OK(scope_set("g", "s", "enabled", "0"));
		CHECK_OK(scope_remove("g", "s"));
	}
}

CASE(a_scope_may_be_changed_while_an_access_waits_that_it_covered)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	CHECK(!mkdir("one", 0755) && !mkdir("two", 0755));
	create_file("one/a", "");
	create_file("two/b", "");
	group_make("g", "open_access", NULL);
	scope_add("g", "s", "subtree", here("one"));
	CHECK_OK(set("g", "enabled", "1"));
	listener = listen_to("g");
	task_start(&opener, do_open, "one/a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK_OK(scope_set("g", "s", "enabled", "0"));
	CHECK_OK(scope_set("g", "s", "path", here("two")));
	CHECK_OK(scope_set("g", "s", "type", "filesystem"));
	CHECK_STRING(scope_get("g", "s", "path"), here("two"));
	CHECK_OK(scope_set("g", "s", "type", "subtree"));
	CHECK_OK(scope_set("g", "s", "enabled", "1"));
	CHECK_OK(task_run(do_open, "one/a"));
	CHECK_EQ(pending_count("g"), 1);
	CHECK_OK(respond(listener, event.head.id, FANG_DENY));
	CHECK_ERROR(task_result(&opener), -EPERM);
	task_start(&opener, do_open, "two/b");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "b");
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
}

CASE(a_group_without_an_enabled_scope_hears_nothing)
{
	create_file("a", "");
	group_make("g", "open open_access", "on_no_listener", "deny", NULL);
	CHECK_OK(set("g", "enabled", "1"));
	CHECK_OK(task_run(do_open, "a"));
	scope_add("g", "s", "subtree", case_dir());
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
}

CASE(scopes_of_one_group_leave_those_of_another_alone)
{
	struct listener *listener;

	create_file("a", "");
	group_start("g", "open", NULL);
	group_start("h", "close_nowrite", NULL);
	listener = listen_to("h");
	CHECK_OK(set("g", "enabled", "0"));
	CHECK_STRING(heard_of(listener, do_open, "a"), "close_nowrite:a");
	CHECK_OK(scope_set("g", "here", "enabled", "0"));
	CHECK_OK(scope_remove("g", "here"));
	CHECK_STRING(heard_of(listener, do_open, "a"), "close_nowrite:a");
}

CASE(an_unmounted_file_system_is_not_active_and_the_next_mount_is_another)
{
	struct listener *listener;

	CHECK(!mkdir("m", 0755));
	tmpfs_mount("m");
	listener = listen_beside_markers();
	scope_add("g", "whole", "filesystem", here("m"));
	scope_add("g", "root", "subtree", here("m"));
	scope_add("g", "file", "file", here("m/a"));
	CHECK_STRING(scope_get("g", "whole", "active"), "1");
	CHECK(!umount("../m"));
	CHECK_STRING(scope_get("g", "whole", "active"), "0");
	CHECK_STRING(scope_get("g", "root", "active"), "0");
	CHECK_STRING(scope_get("g", "file", "active"), "0");
	tmpfs_mount("../m");
	create_file("../m/a", "");
	CHECK_STRING(heard_of(listener, do_open, "../m/a"), "");
}

CASE(active_follows_enabled)
{
	CHECK(!mkdir("sub", 0755));
	listen_beside_markers();
	scope_add("g", "s", "subtree", here("sub"));
	CHECK_STRING(scope_get("g", "s", "active"), "1");
	CHECK_OK(scope_set("g", "s", "enabled", "0"));
	CHECK_STRING(scope_get("g", "s", "active"), "0");
}

static void make_scope(const char *name)
{
	char path[200];

	snprintf(path, sizeof(path), FANG_GROUPS "/g/scopes/%s", name);
	CHECK(!mkdir(path, 0755));
}

CASE(enabling_a_scope_checks_all_of_it)
{
	CHECK(!mkdir("sub", 0755) && !mkdir("gone", 0755));
	create_file("a", "");
	CHECK_OK(group_create("g"));
	make_scope("s");
	CHECK_ERROR(scope_set("g", "s", "enabled", "1"), -EINVAL);
	CHECK_OK(scope_set("g", "s", "type", "subtree"));
	CHECK_ERROR(scope_set("g", "s", "enabled", "1"), -EINVAL);
	CHECK_OK(scope_set("g", "s", "path", here("a")));
	CHECK_ERROR(scope_set("g", "s", "enabled", "1"), -ENOTDIR);
	CHECK_OK(scope_set("g", "s", "path", here("gone")));
	CHECK(!rmdir("gone"));
	CHECK_ERROR(scope_set("g", "s", "enabled", "1"), -ENOENT);
	CHECK_STRING(scope_get("g", "s", "enabled"), "0");
	CHECK_OK(scope_set("g", "s", "path", here("sub")));
	CHECK_OK(scope_set("g", "s", "enabled", "1"));
	CHECK_ERROR(scope_remove("g", "s"), -EBUSY);
	make_scope("t");
	CHECK_OK(scope_set("g", "t", "path", here("sub")));
	CHECK_ERROR(scope_set("g", "t", "enabled", "1"), -EINVAL);
}

CASE(wrong_types_and_paths_are_refused_and_the_old_ones_stand)
{
	CHECK(!mkdir("sub", 0755));
	create_file("a", "");
	CHECK_OK(group_create("g"));
	make_scope("s");
	CHECK_OK(scope_set("g", "s", "type", "subtree"));
	CHECK_OK(scope_set("g", "s", "path", here("sub")));
	CHECK_ERROR(scope_set("g", "s", "type", "directory"), -EINVAL);
	CHECK_ERROR(scope_set("g", "s", "type", "subtree file"), -EINVAL);
	CHECK_ERROR(scope_set("g", "s", "path", "sub"), -EINVAL);
	CHECK_ERROR(scope_set("g", "s", "path", here("missing")), -ENOENT);
	CHECK_ERROR(scope_set("g", "s", "path", here("a/b")), -ENOTDIR);
	CHECK_ERROR(scope_set("g", "s", "path", here("bad\\9")), -EINVAL);
	CHECK_ERROR(scope_set("g", "s", "path", here("bad\\000")), -EINVAL);
	CHECK_STRING(scope_get("g", "s", "type"), "subtree");
	CHECK_STRING(scope_get("g", "s", "path"), here("sub"));
	CHECK_STRING(scope_get("g", "s", "resolved"), here("sub"));
}

CASE(special_bytes_in_paths_are_escaped)
{
	struct listener *listener;

	CHECK(!mkdir("a b\n\\c", 0755));
	create_file("a b\n\\c/f", "");
	listener = listen_beside_markers();
	scope_add("g", "s", "subtree", here("a\\040b\\012\\134c"));
	CHECK_STRING(scope_get("g", "s", "path"), here("a\\040b\\012\\134c"));
	CHECK_STRING(scope_get("g", "s", "resolved"), here("a\\040b\\012\\134c"));
	CHECK_STRING(heard_of(listener, do_open, "../a b\n\\c/f"), "open:f");
	CHECK(!mkdir("../x y", 0755));
	make_scope("t");
	CHECK_OK(scope_set("g", "t", "path", here("x y")));
	CHECK_STRING(scope_get("g", "t", "path"), here("x\\040y"));
}

CASE(a_symbolic_link_is_resolved_once)
{
	struct listener *listener;

	CHECK(!mkdir("one", 0755) && !mkdir("two", 0755) && !symlink("one", "link"));
	create_file("one/a", "");
	create_file("two/b", "");
	listener = listen_beside_markers();
	scope_add("g", "s", "subtree", here("link"));
	CHECK_STRING(scope_get("g", "s", "path"), here("link"));
	CHECK_STRING(scope_get("g", "s", "resolved"), here("one"));
	CHECK(!unlink("../link") && !symlink("two", "../link"));
	CHECK_STRING(heard_of(listener, do_open, "../one/a"), "open:a");
	CHECK_STRING(heard_of(listener, do_open, "../two/b"), "");
}

CASE(pseudo_file_systems_cannot_be_watched)
{
	static const char *const types[] = { "filesystem", "subtree" };
	static const char *const paths[] = { "/proc", "/sys", "/sys/kernel/config" };
	int log = kmsg_open();
	char name[16];

	CHECK_OK(group_create("g"));
	for (int i = 0; i < 6; i++) {
		snprintf(name, sizeof(name), "s%d", i);
		CHECK_ERROR(scope_try("g", name, types[i % 2], paths[i / 2]), -EOPNOTSUPP);
		CHECK(kmsg_tells(log, "cannot be watched: "));
		CHECK_STRING(scope_get("g", name, "enabled"), "0");
	}
}

CASE(ext4_is_covered)
{
	struct listener *listener;

	CHECK(!mkdir("m", 0755));
	ext4_mount("m");
	CHECK(!mkdir("m/d", 0755));
	create_file("m/a", "");
	create_file("m/d/b", "");
	listener = listen_beside_markers();
	scope_add("g", "s", "subtree", here("m/d"));
	CHECK_STRING(heard_of(listener, do_open, "../m/a"), "");
	CHECK_STRING(heard_of(listener, do_open, "../m/d/b"), "open:b");
	CHECK_OK(scope_set("g", "s", "enabled", "0"));
	scope_add("g", "t", "filesystem", here("m"));
	CHECK_STRING(heard_of(listener, do_open, "../m/a"), "open:a");
}

CASE(overlayfs_is_covered_by_the_paths_of_the_overlay)
{
	struct listener *listener;

	CHECK(!mkdir("merged", 0755));
	overlay_mount("merged");
	create_file("merged/a", "");
	listener = listen_beside_markers();
	scope_add("g", "s", "subtree", here("merged"));
	CHECK_STRING(heard_of(listener, do_open, "../merged/a"), "open:a");
}
