// SPDX-License-Identifier: GPL-2.0-only
/* Remembered allows: how they come and how they are used. What ends them is in fastpath_end.c. */
#include "fang.h"
#include "fastpath.h"
#include "fuse.h"
#include "harness.h"
#include "loop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void let_settle(const char *path)
{
	struct timespec now;
	struct stat status;

	CHECK(!stat(path, &status));
	do {
		nap();
		clock_gettime(CLOCK_REALTIME, &now);
	} while ((now.tv_sec - status.st_ctim.tv_sec) * 1000 +
			 (now.tv_nsec - status.st_ctim.tv_nsec) / 1000000 <
		 100);
}

void create_settled(const char *path)
{
	create_file(path, "content");
	let_settle(path);
}

bool is_asked_by(struct listener *listener, task_function function, const char *path,
		 unsigned int fastpath_flags)
{
	struct event event;
	struct task task;
	bool asked = false;

	task_start(&task, function, path);
	while (!task_is_done(&task)) {
		CHECK(task_age_ms(&task) < LIMIT_MS);
		if (!next_event(listener, &event, 20))
			continue;
		asked = true;
		if (fastpath_flags)
			CHECK_OK(respond_fastpath(listener, event.head.id, fastpath_flags));
		else
			CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	}
	CHECK_OK(task_result(&task));
	return asked;
}

bool is_asked(struct listener *listener, const char *path)
{
	return is_asked_by(listener, do_open, path, 0);
}

void remember(struct listener *listener, const char *path)
{
	CHECK(is_asked_by(listener, do_open, path, FANG_FASTPATH));
}

int fastpath_write(const char *group, const char *file, const char *kinds, const char *path)
{
	char attribute[64], text[4096];

	snprintf(attribute, sizeof(attribute), "fastpath/%s", file);
	snprintf(text, sizeof(text), "%s%s/%s", kinds, case_dir(), path);
	return set(group, attribute, text);
}

struct listener *fastpath_start(void)
{
	create_settled("a");
	group_start("g", "open_access", NULL);
	return listen_to("g");
}

CASE(a_remembered_open_is_not_asked_again)
{
	struct listener *listener = fastpath_start();

	remember(listener, "a");
	CHECK_EQ(get_number("g", "fastpath/count"), 1);
	CHECK_EQ(stat_of("g", "fastpath_added"), 1);
	for (int i = 0; i < 3; i++)
		CHECK(!is_asked(listener, "a"));
	CHECK_EQ(stat_of("g", "fastpath_hits"), 3);
	CHECK_EQ(stat_of("g", "asked"), 1);
}

CASE(an_allow_without_the_flag_is_not_remembered)
{
	struct listener *listener = fastpath_start();

	CHECK(is_asked(listener, "a"));
	CHECK(is_asked(listener, "a"));
	CHECK_EQ(get_number("g", "fastpath/count"), 0);
}

static int open_as_user(const void *path)
{
	CHECK(!setgid(1000) && !setuid(1000));
	return do_open(path);
}

CASE(a_judgement_holds_for_every_subject_and_not_for_other_files)
{
	struct listener *listener = fastpath_start();

	create_settled("b");
	remember(listener, "a");
	CHECK(!is_asked_by(listener, open_as_user, "a", 0));
	CHECK(is_asked(listener, "b"));
	CHECK(!is_asked(listener, "a"));
}

CASE(respond_remembers_with_the_word_fastpath)
{
	struct listener *listener = fastpath_start();
	struct event event;
	struct task opener;
	char text[64];

	task_start(&opener, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	snprintf(text, sizeof(text), "%llu allow fastpath", event.head.id);
	CHECK_OK(set("g", "respond", text));
	CHECK_OK(task_result(&opener));
	CHECK(!is_asked(listener, "a"));
}

CASE(kinds_of_a_response_say_what_is_remembered)
{
	struct fang_response response = {
		.response = FANG_ALLOW,
		.flags = FANG_FASTPATH,
		.kinds = 1 << FANG_OPEN_ACCESS | 1 << FANG_READ_ACCESS,
	};
	struct listener *listener;
	struct event event;
	struct task reader;

	create_settled("a");
	create_settled("b");
	group_start("g", "open_access read_access", NULL);
	listener = listen_to("g");
	task_start(&reader, do_read, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	response.id = event.head.id;
	CHECK_OK(respond_with(listener->fd, &response));
	CHECK_OK(task_result(&reader));
	CHECK(!is_asked_by(listener, do_read, "a", 0));
	/* Without kinds, only the request's own. */
	remember(listener, "b");
	CHECK_STRING(heard_of(listener, do_read, "b"), "read_access:b");
}

CASE(a_file_that_nobody_opened_is_added_by_path)
{
	struct listener *listener = fastpath_start();

	CHECK_OK(fastpath_write("g", "add", "open_access ", "a"));
	CHECK_EQ(get_number("g", "fastpath/count"), 1);
	CHECK(!is_asked(listener, "a"));
	CHECK_OK(fastpath_write("g", "add", "open_access ", "a"));
	CHECK_EQ(get_number("g", "fastpath/count"), 1);
}

CASE(only_the_kinds_given_are_remembered)
{
	struct listener *listener;

	create_settled("a");
	group_start("g", "open read close_nowrite open_access read_access", NULL);
	listener = listen_to("g");
	CHECK_OK(fastpath_write("g", "add", "open,read_access ", "a"));
	CHECK_STRING(heard_of(listener, do_read, "a"), "open_access:a read:a close_nowrite:a");
	CHECK_OK(fastpath_write("g", "add", "open,open_access,read,read_access ", "a"));
	CHECK_STRING(heard_of(listener, do_read, "a"), "close_nowrite:a");
}

CASE(an_entry_is_removed_by_path)
{
	struct listener *listener = fastpath_start();

	CHECK_ERROR(fastpath_write("g", "remove", "", "a"), -ENOENT);
	CHECK_OK(fastpath_write("g", "add", "open_access ", "a"));
	CHECK_OK(fastpath_write("g", "remove", "", "a"));
	CHECK_EQ(get_number("g", "fastpath/count"), 0);
	CHECK_ERROR(fastpath_write("g", "remove", "", "a"), -ENOENT);
	CHECK(is_asked(listener, "a"));
}

CASE(what_cannot_be_added_is_refused)
{
	fastpath_start();
	CHECK(!mkdir("d", 0755) && !mkfifo("fifo", 0600) && !symlink("a", "link"));
	CHECK_ERROR(fastpath_write("g", "add", "open_access ", "d"), -EINVAL);
	CHECK_ERROR(fastpath_write("g", "add", "open_access ", "fifo"), -EINVAL);
	CHECK_ERROR(fastpath_write("g", "add", "open_access ", "missing"), -ENOENT);
	CHECK_ERROR(fastpath_write("g", "add", "opne ", "a"), -EINVAL);
	CHECK_ERROR(fastpath_write("g", "add", "", "a"), -EINVAL);
	CHECK_ERROR(set("g", "fastpath/add", "open_access a"), -EINVAL);
	CHECK_ERROR(set("g", "fastpath/add", "open_access"), -EINVAL);
	CHECK_ERROR(set("g", "fastpath/add", "\n"), -EINVAL);
	CHECK_ERROR(set("g", "fastpath/remove", "\n"), -EINVAL);
	CHECK_ERROR(set("g", "fastpath/flush", "0"), -EINVAL);
	CHECK_ERROR(set("g", "fastpath/flush", "yes"), -EINVAL);
	CHECK_EQ(get_number("g", "fastpath/count"), 0);
}

CASE(paths_with_blanks_are_added_escaped_or_plain)
{
	struct listener *listener = fastpath_start();

	create_settled("b c\\d");
	CHECK_OK(fastpath_write("g", "add", "open_access ", "b\\040c\\134d"));
	CHECK(!is_asked(listener, "b c\\d"));
	CHECK_OK(fastpath_write("g", "remove", "", "b c\\134d"));
	CHECK(is_asked(listener, "b c\\d"));
}

static int hold_for_writing(const void *path)
{
	int fd = open(path, O_WRONLY);

	CHECK(fd >= 0);
	raise_flag("opened");
	wait_for_flag("close");
	return close(fd);
}

CASE(a_file_that_is_open_for_writing_is_not_added)
{
	struct listener *listener;
	struct task writer;

	create_settled("a");
	task_start(&writer, hold_for_writing, "a");
	wait_for_flag("opened");
	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	CHECK_ERROR(fastpath_write("g", "add", "open_access ", "a"), -ETXTBSY);
	remember(listener, "a");
	CHECK_EQ(stat_of("g", "fastpath_refused"), 1);
	CHECK_EQ(get_number("g", "fastpath/count"), 0);
	CHECK(is_asked(listener, "a"));
	raise_flag("close");
	CHECK_OK(task_result(&writer));
}

CASE(a_file_written_between_event_and_response_is_not_remembered)
{
	struct listener *listener = fastpath_start();
	struct event event;
	struct task opener;

	task_start(&opener, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK_OK(task_run(do_truncate, "a"));
	let_settle("a");
	CHECK_OK(respond_fastpath(listener, event.head.id, 0));
	CHECK_OK(task_result(&opener));
	CHECK_EQ(stat_of("g", "fastpath_refused"), 1);
	CHECK(is_asked(listener, "a"));
}

CASE(max_bounds_the_entries)
{
	struct listener *listener = fastpath_start();

	create_settled("b");
	CHECK_OK(set("g", "fastpath/max", "1"));
	CHECK_OK(fastpath_write("g", "add", "open_access ", "a"));
	CHECK_ERROR(fastpath_write("g", "add", "open_access ", "b"), -ENOSPC);
	remember(listener, "b");
	CHECK_EQ(stat_of("g", "fastpath_refused"), 1);
	CHECK(is_asked(listener, "b"));
	CHECK_OK(fastpath_write("g", "remove", "", "a"));
	CHECK_OK(fastpath_write("g", "add", "open_access ", "b"));
	CHECK(!is_asked(listener, "b"));
}

CASE(a_max_of_0_turns_the_fastpath_off)
{
	struct listener *listener = fastpath_start();

	CHECK_OK(set("g", "fastpath/max", "0"));
	CHECK_ERROR(fastpath_write("g", "add", "open_access ", "a"), -ENOSPC);
	remember(listener, "a");
	CHECK(is_asked(listener, "a"));
}

CASE(two_groups_on_one_file_do_not_disturb_each_other)
{
	struct listener *first = fastpath_start(), *second;

	remember(first, "a");
	group_start("h", "open_access", NULL);
	second = listen_to("h");
	CHECK(is_asked(second, "a"));
	CHECK_OK(fastpath_write("h", "add", "open_access ", "a"));
	CHECK(!is_asked(first, "a"));
	CHECK(!is_asked(second, "a"));
	CHECK_OK(set("g", "fastpath/flush", "1"));
	CHECK(is_asked(first, "a"));
	CHECK_EQ(stat_of("h", "asked"), 1);
	CHECK_EQ(get_number("h", "fastpath/count"), 1);
	CHECK_EQ(get_number("g", "fastpath/count"), 0);
}

CASE(a_file_is_remembered_under_all_its_names)
{
	struct listener *listener = fastpath_start();

	CHECK(!link("a", "b"));
	let_settle("a");
	remember(listener, "a");
	CHECK(!is_asked(listener, "b"));
	CHECK(!rename("a", "c"));
	CHECK(!is_asked(listener, "c"));
}

CASE(overlayfs_is_refused)
{
	struct listener *listener;
	char path[100];

	CHECK(!mkdir("merged", 0755));
	overlay_mount("merged");
	create_settled("merged/a");
	snprintf(path, sizeof(path), "%s/merged", case_dir());
	group_make("g", "open_access", NULL);
	scope_add("g", "s", "filesystem", path);
	CHECK_OK(set("g", "enabled", "1"));
	CHECK_ERROR(fastpath_write("g", "add", "open_access ", "merged/a"), -EOPNOTSUPP);
	listener = listen_to("g");
	remember(listener, "merged/a");
	CHECK_EQ(stat_of("g", "fastpath_refused"), 1);
	CHECK(is_asked(listener, "merged/a"));
}

CASE(fuse_is_refused)
{
	struct listener *listener;

	CHECK(!mkdir("m", 0755));
	fuse_mount("m");
	create_file("m/a", "");
	group_make("g", "open_access", NULL);
	scope_add("g", "s", "filesystem", case_path("m"));
	CHECK_OK(set("g", "enabled", "1"));
	CHECK_ERROR(fastpath_write("g", "add", "open_access ", "m/a"), -EOPNOTSUPP);
	listener = listen_to("g");
	remember(listener, "m/a");
	CHECK_EQ(stat_of("g", "fastpath_refused"), 1);
	CHECK(is_asked(listener, "m/a"));
}

CASE(ext4_is_remembered_as_well)
{
	struct listener *listener;
	char path[100];

	CHECK(!mkdir("m", 0755));
	ext4_mount("m");
	create_settled("m/a");
	snprintf(path, sizeof(path), "%s/m", case_dir());
	group_make("g", "open_access", NULL);
	scope_add("g", "s", "filesystem", path);
	CHECK_OK(set("g", "enabled", "1"));
	listener = listen_to("g");
	remember(listener, "m/a");
	CHECK(!is_asked(listener, "m/a"));
	CHECK(is_asked_by(listener, do_write, "m/a", 0));
	CHECK(is_asked(listener, "m/a"));
}
