// SPDX-License-Identifier: GPL-2.0-only
/* Those who did not ask for Fang: other watchers of files, and who wants to unmount. */
#include "fang.h"
#include "harness.h"
#include "loop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* An opener of "a" that waits for ten minutes unless something is done about it. */
static struct listener *hold_open(struct task *opener, struct event *event)
{
	struct listener *listener;

	create_file("a", "content");
	group_start("g", "open_access", "timeout_ms", "600000", NULL);
	listener = listen_to("g");
	task_start(opener, do_open, "a");
	expect_event(listener, event, FANG_OPEN_ACCESS, "a");
	return listener;
}

static void let_go(struct listener *listener, struct task *opener, const struct event *event)
{
	CHECK_EQ(pending_count("g"), 1);
	CHECK(!task_is_done(opener));
	CHECK_OK(respond(listener, event->head.id, FANG_ALLOW));
	CHECK_OK(task_result(opener));
}

static int watch_and_close(const void *path)
{
	int fd = inotify_init1(IN_CLOEXEC);

	CHECK(fd >= 0 && inotify_add_watch(fd, path, IN_ALL_EVENTS) >= 0);
	return close(fd);
}

CASE(an_inotify_descriptor_elsewhere_closes_while_an_open_waits)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	listener = hold_open(&opener, &event);
	CHECK_OK(task_run(watch_and_close, "/"));
	let_go(listener, &opener, &event);
}

CASE(an_inotify_watch_on_the_very_file_closes_while_its_open_waits)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	listener = hold_open(&opener, &event);
	CHECK_OK(task_run(watch_and_close, "a"));
	let_go(listener, &opener, &event);
}

static int fanotify_and_close(const void *path)
{
	int fd = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY);

	if (fd < 0)
		return -errno;
	if (fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, path))
		return -errno;
	return close(fd);
}

CASE(a_fanotify_descriptor_on_the_very_file_closes_while_its_open_waits)
{
	struct listener *listener;
	struct event event;
	struct task opener;
	int error;

	listener = hold_open(&opener, &event);
	error = task_run(fanotify_and_close, "a");
	if (error == -ENOSYS || error == -EINVAL)
		skip("no fanotify permission events here");
	CHECK_OK(error);
	let_go(listener, &opener, &event);
}

static int watch_for_open(const void *path)
{
	char buffer[4096];
	int fd = inotify_init1(IN_CLOEXEC);

	CHECK(fd >= 0 && inotify_add_watch(fd, path, IN_OPEN) >= 0);
	raise_flag("watching");
	return read(fd, buffer, sizeof(buffer)) > 0 ? 0 : -errno;
}

CASE(inotify_hears_of_the_open_once_it_goes_on)
{
	struct listener *listener;
	struct task opener, watcher;
	struct event event;

	create_file("a", "");
	task_start(&watcher, watch_for_open, "a");
	wait_for_flag("watching");
	group_start("g", "open_access", "timeout_ms", "600000", NULL);
	listener = listen_to("g");
	task_start(&opener, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK(!task_is_done(&watcher));
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
	CHECK_OK(task_result(&watcher));
}

/* A descriptor that heard something, and forgets it. */
static bool heard_something(int inotify)
{
	char buffer[4096];

	return read(inotify, buffer, sizeof(buffer)) > 0;
}

CASE(inotify_hears_of_an_open_for_a_listener_unless_features_says_so)
{
	int inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	struct listener *listener;
	struct event event;
	char byte;

	create_file("a", "content");
	CHECK(inotify_add_watch(inotify, "a", IN_ALL_EVENTS) >= 0);
	group_start("g", "open", "report", "fd", NULL);
	listener = listen_to("g");
	CHECK_OK(task_run(do_open, "a"));
	CHECK(heard_something(inotify));
	expect_event(listener, &event, FANG_OPEN, NULL);
	CHECK(event.head.fd >= 0);
	CHECK_EQ(heard_something(inotify), !has_feature("report_fd_unheard"));
	CHECK_EQ(pread(event.head.fd, &byte, 1, 0), 1);
	CHECK_OK(close(event.head.fd));
	CHECK(!heard_something(inotify));
}

CASE(a_watch_made_while_the_open_waits_hears_of_it)
{
	struct listener *listener;
	struct task opener, watcher;
	struct event event;

	listener = hold_open(&opener, &event);
	task_start(&watcher, watch_for_open, "a");
	wait_for_flag("watching");
	let_go(listener, &opener, &event);
	CHECK_OK(task_result(&watcher));
}

/* Allows one open, as fanotify listeners do. */
static int permit_with_fanotify(const void *path)
{
	struct fanotify_event_metadata metadata;
	struct fanotify_response response = { .response = FAN_ALLOW };
	int fd = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY);

	if (fd < 0 || fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, path))
		return -errno;
	raise_flag("watching");
	CHECK_EQ(read(fd, &metadata, sizeof(metadata)), sizeof(metadata));
	response.fd = metadata.fd;
	CHECK_EQ(write(fd, &response, sizeof(response)), sizeof(response));
	return 0;
}

CASE(a_fanotify_permission_listener_is_asked_too)
{
	struct task opener, permitter;
	struct listener *listener;
	struct event event;

	create_file("a", "");
	task_start(&permitter, permit_with_fanotify, "a");
	WAIT_FOR(!access("watching", F_OK) || task_is_done(&permitter));
	if (task_is_done(&permitter))
		skip("no fanotify permission events here");
	group_start("g", "open_access", "timeout_ms", "600000", NULL);
	listener = listen_to("g");
	task_start(&opener, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
	CHECK_OK(task_result(&permitter));
}

/* Writes through the descriptor that it gets for an open. */
static int write_with_fanotify(const void *path)
{
	struct fanotify_event_metadata metadata;
	int fd = fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC, O_RDWR);

	if (fd < 0 || fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, path))
		return -errno;
	raise_flag("watching");
	CHECK_EQ(read(fd, &metadata, sizeof(metadata)), sizeof(metadata));
	CHECK_EQ(write(metadata.fd, "written", 7), 7);
	return close(metadata.fd);
}

/* A documented limit. */
CASE(a_write_through_a_fanotify_descriptor_raises_nothing)
{
	struct listener *listener;
	struct task writer;
	char content[16];

	create_file("a", "content");
	task_start(&writer, write_with_fanotify, "a");
	WAIT_FOR(!access("watching", F_OK) || task_is_done(&writer));
	if (task_is_done(&writer))
		skip("no fanotify here");
	group_start("g", "open read write close_write", NULL);
	listener = listen_to("g");
	CHECK_STRING(heard_of(listener, do_open, "a"), "open:a");
	CHECK_OK(task_result(&writer));
	CHECK_STRING(heard(listener), "");
	CHECK(file_read("a", content, sizeof(content)) > 0);
	CHECK_STRING(content, "written");
}

/* A file system "m" that the group covers, with a file "m/a". */
static struct listener *listen_on_mount(const char *mask, const char *report)
{
	char path[100];

	CHECK(!mkdir("m", 0755));
	tmpfs_mount("m");
	create_file("m/a", "content");
	snprintf(path, sizeof(path), "%s/m", case_dir());
	group_make("g", mask, "report", report, NULL);
	scope_add("g", "s", "filesystem", path);
	CHECK_OK(set("g", "enabled", "1"));
	return listen_to("g");
}

CASE(a_scope_and_unread_notifications_do_not_refuse_umount)
{
	struct listener *listener = listen_on_mount("open read close_nowrite", "path");
	struct event event;

	CHECK_OK(task_run(do_read, "m/a"));
	CHECK(!umount("m"));
	CHECK_STRING(scope_get("g", "s", "active"), "0");
	/* What was raised is still told. */
	expect_event(listener, &event, FANG_OPEN, "a");
	expect_event(listener, &event, FANG_READ, "a");
	expect_event(listener, &event, FANG_CLOSE_NOWRITE, "a");
}

CASE(notifications_with_descriptors_refuse_umount_only_briefly)
{
	struct listener *listener = listen_on_mount("open", "fd path");
	struct event event;

	CHECK_OK(task_run(do_open, "m/a"));
	WAIT_FOR(!umount("m") || errno != EBUSY);
	CHECK(umount("m") && errno == EINVAL); /* it is no mount any more */
	expect_event(listener, &event, FANG_OPEN, "a");
	CHECK_EQ(event.head.fd, -ESTALE);
}

CASE(a_remembered_file_does_not_refuse_umount)
{
	char text[200];

	listen_on_mount("open_access", "path");
	snprintf(text, sizeof(text), "open_access %s/m/a", case_dir());
	WAIT_FOR(set("g", "fastpath/add", text) != -EAGAIN);
	CHECK_EQ(get_number("g", "fastpath/count"), 1);
	CHECK(!umount("m"));
	WAIT_FOR(get_number("g", "fastpath/count") == 0);
}

CASE(a_killed_listener_with_unread_descriptors_does_not_refuse_umount)
{
	struct listener *listener = listen_on_mount("open close_nowrite", "fd");

	for (int i = 0; i < 20; i++)
		CHECK_OK(task_run(do_open, "m/a"));
	stop_listening(listener);
	CHECK(!umount("m"));
}

CASE(a_lazily_unmounted_file_system_settles_what_waits)
{
	struct listener *listener = listen_on_mount("open_access", "path");
	struct event event;
	struct task opener;

	task_start(&opener, do_open, "m/a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK(!umount2("m", MNT_DETACH));
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
	WAIT_FOR(!strcmp(scope_get("g", "s", "active"), "0"));
}

CASE(removing_the_group_of_a_mounted_file_system_lets_it_go)
{
	struct listener *listener = listen_on_mount("open", "path");

	CHECK_OK(task_run(do_open, "m/a"));
	stop_listening(listener);
	CHECK_OK(set("g", "enabled", "0"));
	CHECK_OK(scope_set("g", "s", "enabled", "0"));
	CHECK_OK(scope_remove("g", "s"));
	CHECK_OK(group_remove("g"));
	CHECK(!umount("m"));
}
