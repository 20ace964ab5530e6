// SPDX-License-Identifier: GPL-2.0-only
/* What ends a remembered allow: changes of the file, and of the group. */
#include "fastpath.h"
#include "harness.h"
#include "loop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The task changes the file, and the next open is asked about. */
static void check_ended_by(task_function change)
{
	struct listener *listener = fastpath_start();

	remember(listener, "a");
	CHECK(!is_asked(listener, "a"));
	is_asked_by(listener, change, "a", 0);
	CHECK(is_asked(listener, "a"));
	CHECK_EQ(get_number("g", "fastpath/count"), 0);
	CHECK_EQ(stat_of("g", "fastpath_ended"), 1);
}

CASE(a_write_ends_it)
{
	check_ended_by(do_write);
}

CASE(a_truncate_by_path_ends_it)
{
	check_ended_by(do_truncate);
}

static int punch_hole(const void *path)
{
	int fd = open(path, O_RDWR);

	CHECK(fd >= 0);
	CHECK(!fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4));
	return close(fd);
}

CASE(punching_a_hole_ends_it)
{
	check_ended_by(punch_hole);
}

static int store_through_mapping(const void *path)
{
	int fd = open(path, O_RDWR);
	char *bytes = mmap(NULL, 7, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	CHECK(fd >= 0 && bytes != MAP_FAILED);
	close(fd);
	bytes[0] = 'X';
	return munmap(bytes, 7);
}

CASE(a_store_through_a_mapping_ends_it)
{
	check_ended_by(store_through_mapping);
}

static int keep_mapping(const void *path)
{
	int fd = open(path, O_RDWR);
	char *bytes = mmap(NULL, 7, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	CHECK(fd >= 0 && bytes != MAP_FAILED);
	close(fd);
	raise_flag("mapped");
	wait_for_flag("unmap");
	bytes[0] = 'X';
	return munmap(bytes, 7);
}

/* Nothing tells when a mapping is written, so that while there is one nothing is trusted. */
CASE(while_a_shared_writable_mapping_exists_it_is_not_trusted)
{
	struct listener *listener = fastpath_start();
	struct event event;
	struct task mapper;

	remember(listener, "a");
	task_start(&mapper, keep_mapping, "a");
	/* Opening for writing may be asked about. */
	while (access("mapped", F_OK)) {
		CHECK(task_age_ms(&mapper) < LIMIT_MS);
		if (next_event(listener, &event, 20))
			CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	}
	CHECK(is_asked(listener, "a"));
	remember(listener, "a");
	CHECK(is_asked(listener, "a"));
	raise_flag("unmap");
	CHECK_OK(task_result(&mapper));
	CHECK(is_asked(listener, "a"));
	let_settle("a");
	remember(listener, "a");
	CHECK(!is_asked(listener, "a"));
}

CASE(a_change_by_the_listener_itself_ends_it)
{
	struct listener *listener = fastpath_start();

	remember(listener, "a");
	CHECK_OK(do_write("a"));
	CHECK(is_asked(listener, "a"));
}

CASE(a_change_through_a_reported_descriptor_ends_it)
{
	struct listener *listener = fastpath_start(), *writer;
	struct event event;

	remember(listener, "a");
	group_start("h", "open", "report", "fd path", "fd_mode", "rw", NULL);
	writer = listen_to("h");
	CHECK(!is_asked(listener, "a"));
	expect_event(writer, &event, FANG_OPEN, "a");
	CHECK_EQ(write(event.head.fd, "X", 1), 1);
	CHECK(!close(event.head.fd));
	CHECK(is_asked(listener, "a"));
}

CASE(a_new_file_of_the_same_name_is_asked_about)
{
	struct listener *listener = fastpath_start();

	remember(listener, "a");
	CHECK(!unlink("a"));
	create_settled("a");
	CHECK(is_asked(listener, "a"));
	remember(listener, "a");
	create_settled("b");
	CHECK(!rename("b", "a"));
	CHECK(is_asked(listener, "a"));
}

CASE(reading_and_changing_the_mode_do_not_end_it)
{
	struct listener *listener = fastpath_start();

	remember(listener, "a");
	CHECK(!is_asked_by(listener, do_read, "a", 0));
	CHECK(!chmod("a", 0600));
	CHECK(!is_asked(listener, "a"));
	CHECK_EQ(stat_of("g", "fastpath_ended"), 0);
}

CASE(survive_keeps_it_across_changes)
{
	struct listener *listener = fastpath_start();

	create_settled("b");
	CHECK_OK(fastpath_write("g", "add", "open_access survive ", "a"));
	CHECK(is_asked_by(listener, do_open, "b", FANG_FASTPATH | FANG_SURVIVE));
	is_asked_by(listener, do_write, "a", 0);
	is_asked_by(listener, do_write, "b", 0);
	CHECK_OK(task_run(do_truncate, "a"));
	CHECK(!is_asked(listener, "a"));
	CHECK(!is_asked(listener, "b"));
	CHECK_OK(set("g", "fastpath/flush", "1"));
	CHECK(is_asked(listener, "a"));
	CHECK(is_asked(listener, "b"));
}

CASE(a_flush_ends_all_at_once)
{
	struct listener *listener = fastpath_start();
	u64 generation;

	create_settled("b");
	remember(listener, "a");
	remember(listener, "b");
	generation = get_number("g", "fastpath/generation");
	CHECK_OK(set("g", "fastpath/flush", "1"));
	CHECK_EQ(get_number("g", "fastpath/generation"), generation + 1);
	CHECK_EQ(get_number("g", "fastpath/count"), 0);
	CHECK(is_asked(listener, "a"));
	CHECK(is_asked(listener, "b"));
	remember(listener, "a");
	CHECK_EQ(get_number("g", "fastpath/count"), 1);
	CHECK(!is_asked(listener, "a"));
}

CASE(a_flush_between_event_and_response_holds)
{
	struct listener *listener = fastpath_start();
	struct event event;
	struct task opener;

	task_start(&opener, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK_OK(set("g", "fastpath/flush", "1"));
	CHECK_OK(respond_fastpath(listener, event.head.id, 0));
	CHECK_OK(task_result(&opener));
	CHECK(is_asked(listener, "a"));
}

CASE(disabling_the_group_ends_it)
{
	struct listener *listener = fastpath_start();

	remember(listener, "a");
	CHECK_OK(set("g", "enabled", "0"));
	CHECK_EQ(get_number("g", "fastpath/count"), 0);
	CHECK_OK(set("g", "enabled", "1"));
	CHECK(is_asked(listener, "a"));
}

CASE(a_mask_change_ends_it)
{
	struct listener *listener = fastpath_start();
	u64 generation;

	remember(listener, "a");
	generation = get_number("g", "fastpath/generation");
	CHECK_OK(set("g", "mask", "open_access read_access"));
	CHECK_EQ(get_number("g", "fastpath/generation"), generation + 1);
	CHECK(is_asked(listener, "a"));
}

CASE(a_scope_change_ends_it)
{
	struct listener *listener = fastpath_start();

	remember(listener, "a");
	CHECK_OK(scope_set("g", "here", "enabled", "0"));
	CHECK(!is_asked(listener, "a"));
	CHECK_OK(scope_set("g", "here", "enabled", "1"));
	CHECK(is_asked(listener, "a"));
}

static void drop_caches(void)
{
	sync();
	CHECK_OK(file_write("/proc/sys/vm/drop_caches", "3", 1));
}

/* Memory pressure may forget an entry, but not that a file was changed. */
CASE(dropping_caches_costs_at_most_a_request)
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
	drop_caches();
	/* The entry of an inode that was evicted is counted until fsnotify has freed its mark. */
	if (is_asked(listener, "m/a"))
		WAIT_FOR(get_number("g", "fastpath/count") == 0);
	let_settle("m/a");
	if (get_number("g", "fastpath/count") == 0)
		remember(listener, "m/a");
	CHECK(!is_asked(listener, "m/a"));
	is_asked_by(listener, do_write, "m/a", 0);
	drop_caches();
	CHECK(is_asked(listener, "m/a"));
}

CASE(many_entries_are_counted_and_end_with_the_group)
{
	enum { FILES = 300 };
	struct listener *listener = fastpath_start();
	char name[16];

	for (int i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		create_file(name, "");
	}
	let_settle(name);
	for (int i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		CHECK_OK(fastpath_write("g", "add", "open_access ", name));
	}
	CHECK_EQ(get_number("g", "fastpath/count"), FILES);
	CHECK(!is_asked(listener, "f7"));
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		CHECK(!unlink(name));
	}
	WAIT_FOR(get_number("g", "fastpath/count") == FILES - 100);
}
