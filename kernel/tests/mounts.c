// SPDX-License-Identifier: GPL-2.0-only
/* Scopes, paths and requests while file systems come and go, and are seen in other places. */
#include "fang.h"
#include "harness.h"
#include "loop.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- mounted later, unmounted, mounted again ---- */

/* The name of a file as seen from a descriptor of its directory, whatever is mounted there. */
static const char *below(int directory, const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", directory, name);
	return path;
}

static void write_anew(const char *scope, const char *path)
{
	CHECK_OK(scope_set("g", scope, "enabled", "0"));
	CHECK_OK(scope_set("g", scope, "path", path));
	CHECK_OK(scope_set("g", scope, "enabled", "1"));
}

CASE(a_scope_on_a_mount_point_stays_on_what_was_there_when_its_path_was_written)
{
	struct listener *listener;
	int underneath;

	CHECK(!mkdir("m", 0755));
	create_file("m/old", "");
	listener = listen_beside_markers();
	scope_add("g", "s", "subtree", case_path("m"));
	underneath = open("../m", O_PATH | O_DIRECTORY | O_CLOEXEC);
	CHECK(underneath >= 0);
	tmpfs_mount("../m");
	create_file("../m/new", "");
	CHECK_STRING(scope_get("g", "s", "active"), "1");
	CHECK_STRING(scope_get("g", "s", "resolved"), case_path("m"));
	CHECK_STRING(heard_of(listener, do_open, "../m/new"), "");
	CHECK_STRING(heard_of(listener, do_open, below(underneath, "old")), "open:old");
	write_anew("s", case_path("m"));
	CHECK_STRING(heard_of(listener, do_open, "../m/new"), "open:new");
	CHECK_STRING(heard_of(listener, do_open, below(underneath, "old")), "");
	close(underneath);
}

CASE(a_filesystem_scope_does_not_spread_to_what_is_mounted_later)
{
	struct listener *listener;

	CHECK(!mkdir("m", 0755) && !mkdir("m/n", 0755));
	listener = listen_beside_markers();
	scope_add("g", "s", "filesystem", case_path("m"));
	tmpfs_mount("../m/n");
	create_file("../m/n/a", "");
	create_file("../m/b", "");
	CHECK_STRING(heard_of(listener, do_open, "../m/n/a"), "");
	CHECK_STRING(heard_of(listener, do_open, "../m/b"), "open:b");
}

CASE(a_path_on_what_is_not_mounted_yet_is_refused_until_it_is)
{
	struct listener *listener;

	CHECK(!mkdir("m", 0755));
	listener = listen_beside_markers();
	CHECK_ERROR(scope_try("g", "s", "subtree", case_path("m/d")), -ENOENT);
	CHECK_STRING(scope_get("g", "s", "path"), "");
	CHECK_STRING(scope_get("g", "s", "resolved"), "");
	CHECK_STRING(scope_get("g", "s", "active"), "0");
	CHECK_ERROR(scope_set("g", "s", "enabled", "1"), -EINVAL);
	tmpfs_mount("../m");
	CHECK(!mkdir("../m/d", 0755));
	create_file("../m/d/a", "");
	write_anew("s", case_path("m/d"));
	CHECK_STRING(scope_get("g", "s", "resolved"), case_path("m/d"));
	CHECK_STRING(scope_get("g", "s", "active"), "1");
	CHECK_STRING(heard_of(listener, do_open, "../m/d/a"), "open:a");
}

CASE(after_umount_a_path_written_anew_makes_a_scope_active_again)
{
	static const char *const types[] = { "filesystem", "subtree" };
	struct listener *listener;

	CHECK(!mkdir("m", 0755));
	listener = listen_beside_markers();
	for (int i = 0; i < 2; i++) {
		tmpfs_mount("../m");
		scope_add("g", types[i], types[i], case_path("m"));
		CHECK(!umount("../m"));
		CHECK_STRING(scope_get("g", types[i], "active"), "0");
		CHECK_STRING(scope_get("g", types[i], "enabled"), "1");
		tmpfs_mount("../m");
		create_file("../m/a", "");
		CHECK_STRING(heard_of(listener, do_open, "../m/a"), "");
		write_anew(types[i], case_path("m"));
		CHECK_STRING(scope_get("g", types[i], "active"), "1");
		CHECK_STRING(heard_of(listener, do_open, "../m/a"), "open:a");
		CHECK(!umount("../m"));
	}
}

CASE(after_deletion_a_path_written_anew_makes_a_scope_active_again)
{
	struct listener *listener;

	CHECK(!mkdir("sub", 0755));
	listener = listen_beside_markers();
	scope_add("g", "s", "subtree", case_path("sub"));
	CHECK(!rmdir("../sub") && !mkdir("../sub", 0755));
	create_file("../sub/a", "");
	CHECK_STRING(scope_get("g", "s", "active"), "0");
	CHECK_STRING(heard_of(listener, do_open, "../sub/a"), "");
	write_anew("s", case_path("sub"));
	CHECK_STRING(scope_get("g", "s", "active"), "1");
	CHECK_STRING(heard_of(listener, do_open, "../sub/a"), "open:a");
}

/* ---- while a request waits ---- */

/* A group "g" that is asked about a tmpfs on "m", and an opener of "m/a" that waits. */
static struct listener *hold_on_mount(struct task *opener, struct event *event,
				      task_function function)
{
	struct listener *listener;

	CHECK(!mkdir("m", 0755));
	tmpfs_mount("m");
	create_file("m/a", "content");
	group_make("g", "open_access", "timeout_ms", "600000", NULL);
	scope_add("g", "s", "subtree", case_path("m"));
	CHECK_OK(set("g", "enabled", "1"));
	listener = listen_to("g");
	task_start(opener, function, "m/a");
	expect_event(listener, event, FANG_OPEN_ACCESS, "a");
	return listener;
}

CASE(umount_is_refused_at_once_while_an_open_waits_and_works_afterwards)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	listener = hold_on_mount(&opener, &event, do_open);
	/* As it would be if the file were open already. */
	CHECK(umount("m") && errno == EBUSY);
	CHECK_EQ(pending_count("g"), 1);
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
	CHECK(!umount("m"));
	CHECK_STRING(scope_get("g", "s", "active"), "0");
}

CASE(umount_works_once_the_waiting_opener_was_killed)
{
	struct event event;
	struct task opener;

	hold_on_mount(&opener, &event, do_open);
	task_kill(&opener);
	CHECK(!umount("m"));
	CHECK_EQ(stat_of("g", "interrupted"), 1);
}

CASE(a_deny_holds_though_the_file_system_was_unmounted_lazily_meanwhile)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	listener = hold_on_mount(&opener, &event, do_open);
	CHECK(!umount2("m", MNT_DETACH));
	CHECK_STRING(scope_get("g", "s", "active"), "1");
	CHECK_EQ(pending_count("g"), 1);
	CHECK_OK(respond(listener, event.head.id, FANG_DENY));
	CHECK_ERROR(task_result(&opener), -EPERM);
	CHECK_EQ(stat_of("g", "scope_gone"), 0);
	WAIT_FOR(!strcmp(scope_get("g", "s", "active"), "0"));
}

CASE(who_still_uses_a_lazily_unmounted_file_system_is_heard)
{
	struct listener *listener;
	int inside;

	CHECK(!mkdir("m", 0755));
	tmpfs_mount("m");
	create_file("m/a", "");
	listener = listen_beside_markers();
	scope_add("g", "s", "filesystem", case_path("m"));
	inside = open("../m", O_PATH | O_DIRECTORY | O_CLOEXEC);
	CHECK(inside >= 0);
	CHECK(!umount2("../m", MNT_DETACH));
	CHECK_STRING(scope_get("g", "s", "active"), "1");
	CHECK_STRING(heard_of(listener, do_open, below(inside, "a")), "open:a");
	close(inside);
	WAIT_FOR(!strcmp(scope_get("g", "s", "active"), "0"));
}

CASE(a_deny_holds_though_the_root_of_the_subtree_was_deleted_meanwhile)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	CHECK(!mkdir("sub", 0755));
	create_file("sub/a", "");
	group_make("g", "open_access", NULL);
	scope_add("g", "s", "subtree", case_path("sub"));
	CHECK_OK(set("g", "enabled", "1"));
	listener = listen_to("g");
	task_start(&opener, do_open, "sub/a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK(!unlink("sub/a") && !rmdir("sub"));
	/* The opener still uses what is deleted. */
	CHECK_STRING(scope_get("g", "s", "active"), "1");
	CHECK_OK(respond(listener, event.head.id, FANG_DENY));
	CHECK_ERROR(task_result(&opener), -EPERM);
	WAIT_FOR(!strcmp(scope_get("g", "s", "active"), "0"));
}

/* ---- remounts ---- */

static int remount(const char *directory, unsigned long flags)
{
	return mount(NULL, directory, NULL, MS_REMOUNT | flags, NULL) ? -errno : 0;
}

static void check_remounts(void)
{
	struct listener *listener;

	create_file("m/a", "content");
	listener = listen_beside_markers();
	CHECK_OK(set("g", "mask", "open_access open close_write"));
	scope_add("g", "s", "filesystem", case_path("m"));
	for (int i = 0; i < 2; i++) {
		CHECK_OK(remount("../m", MS_RDONLY));
		CHECK_STRING(heard_of(listener, do_open, "../m/a"), "open_access:a open:a");
		CHECK_ERROR(task_run(do_write, "../m/a"), -EROFS);
		CHECK_OK(remount("../m", 0));
		CHECK_STRING(heard_of(listener, do_write, "../m/a"),
			     "open_access:a open:a close_write:a");
		CHECK_STRING(scope_get("g", "s", "active"), "1");
	}
	CHECK_OK(set("g", "on_no_listener", "deny"));
	stop_listening(listener);
	CHECK_ERROR(task_run(do_open, "../m/a"), -EPERM);
}

CASE(a_scope_goes_on_when_its_tmpfs_is_remounted_ro_and_rw)
{
	CHECK(!mkdir("m", 0755));
	tmpfs_mount("m");
	check_remounts();
}

CASE(a_scope_goes_on_when_its_ext4_is_remounted_ro_and_rw)
{
	CHECK(!mkdir("m", 0755));
	ext4_mount("m");
	check_remounts();
}

CASE(an_open_for_reading_that_waits_does_not_hold_up_a_remount_ro)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	listener = hold_on_mount(&opener, &event, do_open);
	CHECK_OK(remount("m", MS_RDONLY));
	CHECK_EQ(pending_count("g"), 1);
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
}

/* As if the file were open already. */
CASE(an_open_for_writing_that_waits_refuses_a_remount_ro_at_once)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	listener = hold_on_mount(&opener, &event, do_open_rw);
	CHECK_ERROR(remount("m", MS_RDONLY), -EBUSY);
	CHECK_EQ(pending_count("g"), 1);
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
	CHECK_OK(remount("m", MS_RDONLY));
}

/* ---- bind mounts, namespaces, other roots ---- */

CASE(a_subtree_named_through_a_bind_mount_is_the_directory_itself)
{
	struct listener *listener;
	struct event event;

	CHECK(!mkdir("sub", 0755) && !mkdir("elsewhere", 0755));
	create_file("sub/a", "");
	CHECK(!mount("sub", "elsewhere", NULL, MS_BIND, NULL));
	listener = listen_beside_markers();
	scope_add("g", "s", "subtree", case_path("elsewhere"));
	CHECK_STRING(heard_of(listener, do_open, "../elsewhere/a"), "open:a");
	CHECK_OK(task_run(do_open, "../sub/a"));
	expect_event(listener, &event, FANG_OPEN, "a");
	CHECK_STRING(event.path, case_path("elsewhere/a"));
	CHECK(!umount("../elsewhere"));
	CHECK_STRING(scope_get("g", "s", "active"), "1");
	CHECK_STRING(heard_of(listener, do_open, "../sub/a"), "open:a");
}

CASE(a_mount_that_is_moved_stays_covered)
{
	struct listener *listener;
	struct event event;

	CHECK(!mkdir("m", 0755) && !mkdir("moved", 0755));
	tmpfs_mount("m");
	create_file("m/a", "");
	listener = listen_beside_markers();
	scope_add("g", "s", "subtree", case_path("m"));
	CHECK(!mount("../m", "../moved", NULL, MS_MOVE, NULL));
	CHECK_STRING(scope_get("g", "s", "active"), "1");
	CHECK_OK(task_run(do_open, "../moved/a"));
	expect_event(listener, &event, FANG_OPEN, "a");
	/* As it was written. */
	CHECK_STRING(event.path, case_path("m/a"));
}

/*
 * Denies an open of "real/inner/f" by whatever path, in whatever namespace, and checks that the
 * listener is told the real path.
 */
static void check_not_hidden(task_function function)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	CHECK(!mkdir("real", 0755) && !mkdir("real/inner", 0755) && !mkdir("shown", 0755));
	create_file("real/inner/f", "");
	create_file("shown/harmless", "");
	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	task_start(&opener, function, NULL);
	WAIT_FOR(pending_count("g") == 1 || task_is_done(&opener));
	if (task_is_done(&opener) && task_result(&opener) == -ENOSYS)
		skip("no user namespaces for the unprivileged here");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "f");
	CHECK_STRING(event.path, case_path("real/inner/f"));
	CHECK_OK(respond(listener, event.head.id, FANG_DENY));
	CHECK_ERROR(task_result(&opener), -EPERM);
}

static int open_through_file_bind(const void *unused)
{
	(void)unused;
	CHECK(!unshare(CLONE_NEWNS));
	CHECK(!mount("real/inner/f", "shown/harmless", NULL, MS_BIND, NULL));
	return do_open("shown/harmless");
}

CASE(a_file_bound_over_another_is_told_by_its_own_path)
{
	check_not_hidden(open_through_file_bind);
}

static void write_self(const char *name, const char *text)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/%s", name);
	CHECK_OK(file_write(path, text, strlen(text)));
}

/* User 1000 becomes root of namespaces of its own, as any user may. */
static bool enter_own_namespaces(void)
{
	CHECK(!setresgid(1000, 1000, 1000) && !setresuid(1000, 1000, 1000));
	CHECK(!prctl(PR_SET_DUMPABLE, 1));
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
		return false;
	write_self("setgroups", "deny");
	write_self("uid_map", "0 1000 1");
	write_self("gid_map", "0 1000 1");
	return true;
}

static int open_in_own_namespaces(const void *unused)
{
	(void)unused;
	if (!enter_own_namespaces())
		return -ENOSYS;
	CHECK(!mount("real/inner", "shown", NULL, MS_BIND, NULL));
	return do_open("shown/f");
}

CASE(an_unprivileged_user_namespace_cannot_forge_the_path)
{
	check_not_hidden(open_in_own_namespaces);
}

static int open_after_pivot_root(const void *unused)
{
	(void)unused;
	CHECK(!unshare(CLONE_NEWNS));
	CHECK(!mount("real", "real", NULL, MS_BIND, NULL) && !chdir("real"));
	CHECK(!syscall(SYS_pivot_root, ".", ".") && !umount2(".", MNT_DETACH));
	CHECK(!chdir("/"));
	return do_open("/inner/f");
}

CASE(pivot_root_cannot_forge_the_path)
{
	check_not_hidden(open_after_pivot_root);
}

/* Mounts a tmpfs that nobody else sees, makes a scope of it, and is heard there. */
static int make_scope_in_private(const void *unused)
{
	(void)unused;
	CHECK(!unshare(CLONE_NEWNS));
	tmpfs_mount("../m");
	create_file("../m/a", "");
	scope_add("g", "s", "subtree", case_path("m"));
	return do_open("../m/a");
}

CASE(a_path_is_meant_in_the_mount_namespace_of_its_writer)
{
	struct listener *listener;

	CHECK(!mkdir("m", 0755));
	create_file("m/a", "");
	listener = listen_beside_markers();
	CHECK_STRING(heard_of(listener, make_scope_in_private, NULL), "open:a");
	CHECK_STRING(heard_of(listener, do_open, "../m/a"), "");
	/* The namespace ended, and its mount with it. */
	WAIT_FOR(!strcmp(scope_get("g", "s", "active"), "0"));
}

/* ---- overlays ---- */

/* An overlay on "m" whose lower layer has "f" and "g", and a listener in "markers". */
static struct listener *start_beside_overlay(void)
{
	CHECK(!mkdir("m", 0755));
	overlay_mount("m");
	create_file("lower/f", "content");
	create_file("lower/g", "content");
	return listen_beside_markers();
}

CASE(a_scope_on_an_overlay_hears_the_same_before_and_after_copy_up)
{
	struct listener *listener = start_beside_overlay();

	CHECK_OK(set("g", "mask", "open_access open read write close_write"));
	scope_add("g", "s", "subtree", case_path("m"));
	CHECK_STRING(heard_of(listener, do_read, "../m/f"), "open_access:f open:f read:f");
	CHECK_STRING(heard_of(listener, do_write, "../m/f"),
		     "open_access:f open:f write:f close_write:f");
	CHECK(!access("../upper/f", F_OK));
	CHECK_STRING(heard_of(listener, do_read, "../m/f"), "open_access:f open:f read:f");
	CHECK_OK(set("g", "on_no_listener", "deny"));
	stop_listening(listener);
	CHECK_ERROR(task_run(do_read, "../m/f"), -EPERM);
	CHECK_ERROR(task_run(do_write, "../m/g"), -EPERM);
	CHECK(access("../upper/g", F_OK));
}

CASE(a_scope_on_an_overlay_does_not_hear_of_its_layers)
{
	struct listener *listener = start_beside_overlay();

	scope_add("g", "s", "filesystem", case_path("m"));
	CHECK_STRING(heard_of(listener, do_open, "../lower/f"), "");
	CHECK_STRING(heard_of(listener, do_open, "../m/f"), "open:f");
}

/*
 * What an overlay itself opens in its layers: nothing of that is heard on older kernels, a
 * documented limit, which ended with the change that this word of `features` tells.
 */
static bool layers_are_unheard(void)
{
	return has_feature("read_access_on_open_files");
}

static void check_layers(struct listener *listener, const char *mask, const char *read,
			 const char *write)
{
	CHECK_OK(set("g", "mask", mask));
	CHECK_STRING(heard_of(listener, do_read, "../m/h"), layers_are_unheard() ? "" : read);
	CHECK_STRING(heard_of(listener, do_write, "../m/h"), layers_are_unheard() ? "" : write);
	CHECK_STRING(heard_of(listener, do_read, "../upper/h"), read);
	CHECK_STRING(heard_of(listener, do_write, "../upper/h"), write);
}

CASE(an_overlay_writes_to_its_upper_layer_unheard_on_older_kernels)
{
	struct listener *listener = start_beside_overlay();

	create_file("../upper/h", "content");
	scope_add("g", "upper", "subtree", case_path("upper"));
	check_layers(listener, "open read write close_write", "open:h read:h",
		     "open:h write:h close_write:h");
	check_layers(listener, "open_access read_access", "open_access:h read_access:h",
		     "open_access:h");
}

CASE(an_overlay_reads_its_lower_layer_unheard_on_older_kernels)
{
	struct listener *listener = start_beside_overlay();

	scope_add("g", "lower", "subtree", case_path("lower"));
	CHECK_STRING(heard_of(listener, do_read, "../m/f"), layers_are_unheard() ? "" : "open:f");
	CHECK_STRING(heard_of(listener, do_read, "../lower/f"), "open:f");
}

static int read_by_own_overlay(const void *unused)
{
	(void)unused;
	if (!enter_own_namespaces())
		return -ENOSYS;
	if (mount("overlay", "m", "overlay", 0, "lowerdir=lower:empty"))
		return -ENODEV;
	return do_read("m/f");
}

/* What this limit means where users may have namespaces. */
CASE(an_overlay_of_an_unprivileged_user_passes_a_deny_on_older_kernels)
{
	int result;

	CHECK(!mkdir("m", 0755) && !mkdir("lower", 0755) && !mkdir("empty", 0755));
	create_file("lower/f", "content");
	group_make("g", "open_access", "on_no_listener", "deny", NULL);
	scope_add("g", "s", "subtree", case_path("lower"));
	CHECK_OK(set("g", "enabled", "1"));
	CHECK_ERROR(task_run(do_read, "lower/f"), -EPERM);
	result = task_run(read_by_own_overlay, NULL);
	if (result == -ENOSYS || result == -ENODEV)
		skip("no overlays for the unprivileged here");
	CHECK_ERROR(result, layers_are_unheard() ? 0 : -EPERM);
}
