// SPDX-License-Identifier: GPL-2.0-only
/* write_events: which writes are heard. */
#include "fang.h"
#include "fastpath.h"
#include "harness.h"
#include "loop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static struct listener *coalesced_start(void)
{
	group_start("g", "write", "write_events", "coalesced", NULL);
	return listen_to("g");
}

static int write_times(const void *path, int times)
{
	for (int i = 0; i < times; i++)
		CHECK_OK(do_write(path));
	return 0;
}

static int do_write_3(const void *path)
{
	return write_times(path, 3);
}

static int do_write_5(const void *path)
{
	return write_times(path, 5);
}

static void expect_write(struct listener *listener, struct event *event, const char *name,
			 unsigned int count)
{
	expect_event(listener, event, FANG_WRITE, name);
	CHECK_EQ(event->head.count, count);
	CHECK(event->head.flags & FANG_OUTSTANDING);
}

static int clear_by(struct listener *listener, u64 id)
{
	struct fang_response response = { .id = id, .flags = FANG_CLEAR };

	return respond_with(listener->fd, &response);
}

CASE(writes_before_it_is_read_are_one_record_with_their_count)
{
	struct listener *listener = coalesced_start();
	struct event event;

	CHECK_OK(task_run(do_write_3, "a"));
	CHECK_EQ(get_number("g", "outstanding"), 1);
	CHECK_EQ(stat_of("g", "queued"), 1);
	CHECK_EQ(stat_of("g", "coalesced"), 2);
	expect_write(listener, &event, "a", 3);
	CHECK_STRING(heard_of(listener, NULL, NULL), "");
}

CASE(writes_after_it_was_read_come_when_it_is_cleared)
{
	struct listener *listener = coalesced_start();
	struct event first, second;

	CHECK_OK(task_run(do_write, "a"));
	expect_write(listener, &first, "a", 1);
	CHECK_STRING(heard_of(listener, do_write_5, "a"), "");
	CHECK_OK(clear_by(listener, first.head.id));
	expect_write(listener, &second, "a", 5);
	CHECK(second.head.id > first.head.id);
	CHECK_EQ(stat_of("g", "cleared"), 1);
	CHECK_ERROR(clear_by(listener, first.head.id), -ENOENT);
	CHECK_OK(clear_by(listener, second.head.id));
	CHECK_STRING(heard_of(listener, NULL, NULL), "");
}

CASE(after_it_was_cleared_the_next_write_is_heard_at_once)
{
	struct listener *listener = coalesced_start();
	struct event event;

	for (int i = 0; i < 3; i++) {
		CHECK_OK(task_run(do_write, "a"));
		expect_write(listener, &event, "a", 1);
		CHECK_EQ(get_number("g", "outstanding"), 1);
		CHECK_OK(clear_by(listener, event.head.id));
		CHECK_EQ(get_number("g", "outstanding"), 0);
	}
	CHECK_EQ(stat_of("g", "coalesced"), 0);
}

CASE(each_file_has_its_own_and_other_kinds_are_not_coalesced)
{
	struct listener *listener;

	group_start("g", "write close_write", "write_events", "coalesced", NULL);
	listener = listen_to("g");
	CHECK_STRING(heard_of(listener, do_write, "a"), "write:a close_write:a");
	CHECK_STRING(heard_of(listener, do_write, "b"), "write:b close_write:b");
	CHECK_STRING(heard_of(listener, do_write, "a"), "close_write:a");
}

CASE(a_truncate_by_path_is_coalesced_too)
{
	struct listener *listener = coalesced_start();
	struct event event;

	CHECK_OK(task_run(do_write, "a"));
	CHECK_OK(task_run(do_truncate, "a"));
	expect_write(listener, &event, "a", 2);
}

static int do_rename(const void *path)
{
	return rename(path, "renamed") ? -errno : 0;
}

CASE(a_renamed_file_is_the_same_and_one_of_the_same_name_is_another)
{
	struct listener *listener = coalesced_start();
	struct event first, second;

	CHECK_OK(task_run(do_write, "a"));
	expect_write(listener, &first, "a", 1);
	CHECK_OK(task_run(do_rename, "a"));
	CHECK_OK(task_run(do_write, "renamed"));
	CHECK_OK(task_run(do_write, "a"));
	expect_write(listener, &second, "a", 1);
	CHECK(second.head.ino != first.head.ino);
	CHECK_OK(clear_by(listener, first.head.id));
	expect_write(listener, &second, "renamed", 1);
	CHECK_EQ(second.head.ino, first.head.ino);
}

CASE(only_what_was_read_can_be_cleared_and_only_in_its_own_group)
{
	struct listener *listener = coalesced_start(), *other;
	struct event event;

	group_start("h", "write", "write_events", "coalesced", NULL);
	other = listen_to("h");
	CHECK_OK(task_run(do_write, "a"));
	expect_write(listener, &event, "a", 1);
	CHECK_ERROR(clear_by(other, event.head.id), -ENOENT);
	/* Ids are given in order: among these is that of the other group's unread record. */
	for (u64 id = event.head.id - 3; id <= event.head.id + 3; id++)
		if (id != event.head.id)
			CHECK_ERROR(clear_by(other, id), -ENOENT);
	CHECK_EQ(get_number("h", "outstanding"), 1);
	expect_write(other, &event, "a", 1);
	CHECK_OK(clear_by(other, event.head.id));
}

CASE(two_groups_on_one_file_do_not_disturb_each_other)
{
	struct listener *one = coalesced_start(), *two, *all;
	struct event event, kept;

	group_start("h", "write", "write_events", "coalesced", NULL);
	two = listen_to("h");
	group_start("i", "write", NULL);
	all = listen_to("i");
	CHECK_OK(task_run(do_write, "a"));
	expect_write(one, &event, "a", 1);
	expect_write(two, &kept, "a", 1);
	CHECK_OK(clear_by(one, event.head.id));
	CHECK_OK(task_run(do_write_3, "a"));
	expect_write(one, &event, "a", 3);
	CHECK_STRING(heard_of(two, NULL, NULL), "");
	CHECK_OK(clear_by(two, kept.head.id));
	expect_write(two, &kept, "a", 3);
	for (int i = 0; i < 4; i++) {
		expect_event(all, &event, FANG_WRITE, "a");
		CHECK_EQ(event.head.count, 1);
		CHECK_EQ(event.head.flags & FANG_OUTSTANDING, 0);
	}
}

CASE(respond_clears_by_id)
{
	struct listener *listener = coalesced_start();
	struct event event;
	char text[64];

	CHECK_OK(task_run(do_write, "a"));
	expect_write(listener, &event, "a", 1);
	snprintf(text, sizeof(text), "%llu clear fastpath", (u64)event.head.id);
	CHECK_ERROR(set("g", "respond", text), -EINVAL);
	snprintf(text, sizeof(text), "%llu clear", (u64)event.head.id);
	CHECK_OK(set("g", "respond", text));
	CHECK_ERROR(set("g", "respond", text), -ENOENT);
	CHECK_EQ(get_number("g", "outstanding"), 0);
}

CASE(a_malformed_clear_does_nothing)
{
	struct listener *listener = coalesced_start();
	struct event event;

	CHECK_OK(task_run(do_write, "a"));
	expect_write(listener, &event, "a", 1);

	struct fang_response wrong[] = {
		{ .flags = FANG_CLEAR, .response = FANG_ALLOW },
		{ .flags = FANG_CLEAR | FANG_FASTPATH, .response = FANG_ALLOW },
		{ .flags = FANG_CLEAR | FANG_SURVIVE },
		{ .flags = FANG_CLEAR, .kinds = 1 },
		{ .flags = FANG_CLEAR, .result = 1 },
		{ .flags = FANG_CLEAR, .zero = 1 },
		{ .flags = 0 },
	};
	for (unsigned int i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		wrong[i].id = event.head.id;
		CHECK_ERROR(respond_with(listener->fd, &wrong[i]), -EINVAL);
	}
	CHECK_EQ(get_number("g", "outstanding"), 1);
	CHECK_OK(clear_by(listener, event.head.id));
}

CASE(an_access_request_cannot_be_cleared_nor_a_record_be_allowed)
{
	struct listener *listener;
	struct event request, record;
	struct task writer;

	group_start("g", "open_access write", "write_events", "coalesced", NULL);
	listener = listen_to("g");
	task_start(&writer, do_write, "a");
	expect_event(listener, &request, FANG_OPEN_ACCESS, "a");
	CHECK_ERROR(clear_by(listener, request.head.id), -ENOENT);
	CHECK_OK(respond(listener, request.head.id, FANG_ALLOW));
	expect_write(listener, &record, "a", 1);
	CHECK_ERROR(respond(listener, record.head.id, FANG_ALLOW), -ENOENT);
	CHECK_OK(clear_by(listener, record.head.id));
	CHECK_OK(task_result(&writer));
}

CASE(a_listener_that_leaves_clears_what_it_read)
{
	struct listener *one = coalesced_start(), *two = listen_to("g");
	struct event event;
	u64 id;

	CHECK_OK(task_run(do_write, "a"));
	expect_write(one, &event, "a", 1);
	id = event.head.id;
	CHECK_OK(task_run(do_write, "b"));
	expect_write(two, &event, "b", 1);
	CHECK_OK(task_run(do_write_3, "a"));
	CHECK_OK(task_run(do_write_3, "b"));
	stop_listening(one);
	expect_write(two, &event, "a", 3);
	CHECK_ERROR(clear_by(two, id), -ENOENT);
	CHECK_STRING(heard_of(two, NULL, NULL), "");
}

CASE(without_listeners_nothing_is_outstanding)
{
	struct listener *listener = coalesced_start();
	struct event event;

	CHECK_OK(task_run(do_write, "a"));
	expect_write(listener, &event, "a", 1);
	CHECK_OK(task_run(do_write_3, "a"));
	CHECK_OK(task_run(do_write_3, "b"));
	stop_listening(listener);
	CHECK_EQ(get_number("g", "outstanding"), 0);
	CHECK_OK(task_run(do_write, "a"));
	listener = listen_to("g");
	CHECK_OK(task_run(do_write, "a"));
	expect_write(listener, &event, "a", 1);
}

CASE(disabling_clears_all_and_loses_nothing)
{
	struct listener *listener = coalesced_start();
	struct event event;

	CHECK_OK(task_run(do_write, "a"));
	expect_write(listener, &event, "a", 1);
	CHECK_OK(task_run(do_write_3, "a"));
	CHECK_OK(task_run(do_write_5, "b"));
	CHECK_OK(set("g", "enabled", "0"));
	CHECK_EQ(get_number("g", "outstanding"), 0);
	/* They come, but need not be cleared. */
	expect_event(listener, &event, FANG_WRITE, "b");
	CHECK_EQ(event.head.count, 5);
	CHECK_EQ(event.head.flags & FANG_OUTSTANDING, 0);
	expect_event(listener, &event, FANG_WRITE, "a");
	CHECK_EQ(event.head.count, 3);
	CHECK_EQ(event.head.flags & FANG_OUTSTANDING, 0);
	CHECK_OK(set("g", "enabled", "1"));
	CHECK_OK(task_run(do_write, "a"));
	expect_write(listener, &event, "a", 1);
}

/* Beyond the bound nothing is lost; it is just not coalesced. */
CASE(not_more_than_queue_max_are_outstanding)
{
	enum { MAX = 16 };
	struct listener *listener;
	struct event event;
	char name[16];

	group_start("g", "write", "write_events", "coalesced", "queue_max", "16", NULL);
	listener = listen_to("g");
	for (int i = 0; i < MAX; i++) {
		snprintf(name, sizeof(name), "%d", i);
		CHECK_OK(task_run(do_write, name));
		expect_write(listener, &event, name, 1);
	}
	CHECK_EQ(get_number("g", "outstanding"), MAX);
	CHECK_OK(task_run(do_write_3, "a"));
	for (int i = 0; i < 3; i++) {
		expect_event(listener, &event, FANG_WRITE, "a");
		CHECK_EQ(event.head.count, 1);
		CHECK_EQ(event.head.flags & FANG_OUTSTANDING, 0);
	}
	CHECK_EQ(get_number("g", "outstanding"), MAX);
}

CASE(what_finds_no_room_when_cleared_is_counted_as_lost)
{
	struct listener *listener;
	struct event event;
	char name[16];
	u64 id;

	group_start("g", "write", "write_events", "coalesced", "queue_max", "16", NULL);
	listener = listen_to("g");
	CHECK_OK(task_run(do_write, "a"));
	expect_write(listener, &event, "a", 1);
	id = event.head.id;
	CHECK_OK(task_run(do_write_3, "a"));
	for (int i = 0; i < 16; i++) {
		snprintf(name, sizeof(name), "%d", i);
		CHECK_OK(task_run(do_write, name));
	}
	CHECK_OK(clear_by(listener, id));
	CHECK_EQ(stat_of("g", "lost"), 3);
	for (int i = 0; i < 16; i++)
		expect_event(listener, &event, FANG_WRITE, NULL);
	expect_event(listener, &event, FANG_OVERFLOW, NULL);
	CHECK_EQ(event.head.count, 3);
	/* It can be heard of again. */
	CHECK_OK(task_run(do_write, "a"));
	expect_write(listener, &event, "a", 1);
}

/* A read that fails takes nothing, neither the record nor what was counted meanwhile. */
CASE(a_failed_read_keeps_the_count)
{
	struct listener *listener = coalesced_start();
	struct event event;

	CHECK_OK(task_run(do_write_3, "a"));
	CHECK(read(listener->fd, bad_address(), 4096) < 0 && errno == EFAULT);
	CHECK_EQ(get_number("g", "outstanding"), 1);
	CHECK_OK(task_run(do_write, "a"));
	expect_write(listener, &event, "a", 4);
	CHECK_OK(clear_by(listener, event.head.id));
}

CASE(eviction_of_the_inode_forgets_nothing)
{
	struct listener *listener;
	struct event event;

	CHECK(!mkdir("m", 0755));
	ext4_mount("m");
	group_make("g", "write", "write_events", "coalesced", NULL);
	scope_add("g", "s", "filesystem", case_path("m"));
	CHECK_OK(set("g", "enabled", "1"));
	listener = listen_to("g");
	CHECK_OK(task_run(do_write, "m/a"));
	expect_write(listener, &event, "a", 1);
	sync();
	CHECK_OK(file_write("/proc/sys/vm/drop_caches", "3", 1));
	CHECK_OK(task_run(do_write_3, "m/a"));
	CHECK_EQ(stat_of("g", "coalesced"), 3);
	CHECK_OK(clear_by(listener, event.head.id));
	expect_write(listener, &event, "a", 3);
}

CASE(one_that_waits_to_come_with_a_descriptor_refuses_umount_only_briefly)
{
	struct listener *listener;
	struct event event;
	u64 id;

	CHECK(!mkdir("m", 0755));
	tmpfs_mount("m");
	group_make("g", "write", "write_events", "coalesced", "report", "fd path", NULL);
	scope_add("g", "s", "filesystem", case_path("m"));
	CHECK_OK(set("g", "enabled", "1"));
	listener = listen_to("g");
	CHECK_OK(task_run(do_write, "m/a"));
	expect_write(listener, &event, "a", 1);
	CHECK(event.head.fd >= 0);
	close(event.head.fd);
	id = event.head.id;
	CHECK_OK(task_run(do_write, "m/a"));
	WAIT_FOR(!umount("m") || errno != EBUSY);
	CHECK_OK(clear_by(listener, id));
	expect_write(listener, &event, "a", 1);
	CHECK_EQ(event.head.fd, -ESTALE);
}

enum { WRITERS = 4, WRITES = 250 };

static int do_write_often(const void *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0644);

	CHECK(fd >= 0);
	for (int i = 0; i < WRITES; i++)
		CHECK_EQ(pwrite(fd, "w", 1, 0), 1);
	return close(fd);
}

/* The counts of all records make up every write, whenever they are read and cleared. */
CASE(every_write_is_counted_once)
{
	struct listener *listener = coalesced_start(), *other = listen_to("g");
	struct task writer[WRITERS];
	unsigned int sum = 0, turn = 0;
	struct event event;

	for (int i = 0; i < WRITERS; i++)
		task_start(&writer[i], do_write_often, i % 2 ? "a" : "b");
	/*
	 * Records are read and cleared by either of two listeners, also where there was nothing:
	 * one may have read two, of which it gives out the second when asked again.
	 */
	while (sum < WRITERS * WRITES) {
		CHECK(task_age_ms(&writer[0]) < LIMIT_MS);
		if (!next_event(turn++ % 3 ? listener : other, &event, 20))
			continue;
		sum += event.head.count;
		CHECK_OK(clear_by(sum % 2 ? listener : other, event.head.id));
	}
	CHECK_EQ(sum, WRITERS * WRITES);
	for (int i = 0; i < WRITERS; i++)
		CHECK_OK(task_result(&writer[i]));
	CHECK_EQ(get_number("g", "outstanding"), 0);
	CHECK_EQ(stat_of("g", "cleared"), stat_of("g", "delivered"));
	CHECK_EQ(stat_of("g", "lost"), 0);
}

/* ---- state_change ---- */

static struct listener *state_change_start(void)
{
	create_settled("a");
	create_settled("b");
	group_start("g", "write close_write", "write_events", "state_change", NULL);
	return listen_to("g");
}

CASE(the_write_that_ends_an_entry_is_heard_and_no_other)
{
	struct listener *listener = state_change_start();

	CHECK_STRING(heard_of(listener, do_write, "a"), "close_write:a");
	CHECK_OK(fastpath_write("g", "add", "open_access ", "a"));
	CHECK_STRING(heard_of(listener, do_write, "b"), "close_write:b");
	CHECK_STRING(heard_of(listener, do_write, "a"), "write:a close_write:a");
	CHECK_STRING(heard_of(listener, do_write, "a"), "close_write:a");
	let_settle("a");
	CHECK_OK(fastpath_write("g", "add", "write ", "a"));
	CHECK_STRING(heard_of(listener, do_truncate, "a"), "write:a");
}

static int store_through_mapping(const void *path)
{
	int fd = open(path, O_RDWR);
	char *bytes = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	CHECK(fd >= 0 && bytes != MAP_FAILED);
	bytes[0] = 'X';
	CHECK(!munmap(bytes, 4096));
	return close(fd);
}

/* A store makes no event: it is told when the last one who could store has gone. */
CASE(a_store_through_a_mapping_is_heard_at_the_close)
{
	struct listener *listener = state_change_start(), *all;

	group_start("h", "write close_write", NULL);
	all = listen_to("h");
	CHECK_OK(fastpath_write("g", "add", "open_access ", "a"));
	CHECK_STRING(heard_of(listener, store_through_mapping, "a"), "write:a close_write:a");
	/* Others are not told of a write that nobody saw. */
	CHECK_STRING(heard_of(all, NULL, NULL), "close_write:a");
}

CASE(an_entry_that_survives_or_was_flushed_makes_no_event)
{
	struct listener *listener = state_change_start();

	CHECK_OK(fastpath_write("g", "add", "open_access survive ", "a"));
	CHECK_STRING(heard_of(listener, do_write, "a"), "close_write:a");
	CHECK_OK(fastpath_write("g", "add", "open_access ", "b"));
	CHECK_OK(set("g", "fastpath/flush", "1"));
	CHECK_STRING(heard_of(listener, do_write, "b"), "close_write:b");
}

CASE(each_group_hears_of_its_own_entry)
{
	struct listener *one = state_change_start(), *two;

	group_start("h", "write close_write", "write_events", "state_change", NULL);
	two = listen_to("h");
	CHECK_OK(fastpath_write("h", "add", "open_access ", "a"));
	CHECK_STRING(heard_of(two, do_write, "a"), "write:a close_write:a");
	CHECK_STRING(heard_of(one, NULL, NULL), "close_write:a");
	CHECK_OK(fastpath_write("g", "add", "open_access ", "b"));
	CHECK_OK(fastpath_write("h", "add", "open_access ", "b"));
	CHECK_STRING(heard_of(two, do_write, "b"), "write:b close_write:b");
	CHECK_STRING(heard_of(one, NULL, NULL), "write:b close_write:b");
}
