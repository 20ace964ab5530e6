// SPDX-License-Identifier: GPL-2.0-only
/* The device: node, open, read, poll, write, ioctl, end. */
#include "fang.h"
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <unistd.h>

CASE(the_node_exists_from_mkdir_to_rmdir)
{
	struct stat status;

	CHECK(stat("/dev/fang/g", &status) && errno == ENOENT);
	CHECK_OK(group_create("g"));
	CHECK(!stat("/dev/fang/g", &status));
	CHECK(S_ISCHR(status.st_mode));
	CHECK_EQ(status.st_mode & 07777, 0600);
	CHECK_EQ(status.st_uid, 0);
	CHECK_OK(group_remove("g"));
	CHECK(stat("/dev/fang/g", &status) && errno == ENOENT);
}

CASE(listeners_are_counted_and_may_join_while_disabled)
{
	struct listener *first, *second;

	CHECK_OK(group_create("g"));
	first = listen_to("g");
	second = listen_to("g");
	CHECK_EQ(get_number("g", "listeners"), 2);
	stop_listening(first);
	CHECK_EQ(get_number("g", "listeners"), 1);
	stop_listening(second);
	CHECK_EQ(get_number("g", "listeners"), 0);
}

static short poll_now(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN | POLLOUT };

	CHECK(poll(&ready, 1, 0) >= 0);
	return ready.revents;
}

CASE(after_rmdir_there_is_end_of_file_and_hangup_for_ever)
{
	struct listener *listener;
	char buffer[FANG_RECORD_MAX];

	CHECK_OK(group_create("g"));
	listener = listen_to("g");
	CHECK_EQ(poll_now(listener->fd), POLLOUT);
	CHECK_OK(group_remove("g"));
	for (int i = 0; i < 3; i++) {
		CHECK(poll_now(listener->fd) & POLLHUP);
		CHECK_EQ(read(listener->fd, buffer, sizeof(buffer)), 0);
	}
	/* A new group of the same name is another group. */
	CHECK_OK(group_create("g"));
	CHECK_EQ(read(listener->fd, buffer, sizeof(buffer)), 0);
	CHECK_EQ(get_number("g", "listeners"), 0);
}

static int read_blocking(const void *group)
{
	char buffer[FANG_RECORD_MAX];
	int fd = device_open(group, O_RDWR);
	ssize_t length;

	CHECK(fd >= 0);
	length = read(fd, buffer, sizeof(buffer));
	return length < 0 ? -errno : (int)length;
}

/* Is the process asleep? The third field of /proc/PID/stat. */
static bool sleeps(pid_t pid)
{
	char path[64], text[512], *after;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (file_read(path, text, sizeof(text)) < 0)
		return false;
	after = strrchr(text, ')');
	return after && after[2] == 'S';
}

CASE(a_blocked_read_ends_with_rmdir)
{
	struct task reader;

	CHECK_OK(group_create("g"));
	task_start(&reader, read_blocking, "g");
	WAIT_FOR(get_number("g", "listeners") == 1 && sleeps(reader.pid));
	CHECK_OK(group_remove("g"));
	CHECK_EQ(task_result(&reader), 0);
}

CASE(a_blocked_read_returns_the_event)
{
	struct task reader;

	create_file("a", "");
	group_start("g", "open", NULL);
	task_start(&reader, read_blocking, "g");
	WAIT_FOR(get_number("g", "listeners") == 1 && sleeps(reader.pid));
	CHECK_OK(do_open("a"));
	CHECK(task_result(&reader) > (int)sizeof(struct fang_record));
}

static int read_too_little(const void *group)
{
	char buffer[sizeof(struct fang_record)];
	int fd = device_open(group, O_RDWR);

	CHECK(fd >= 0);
	CHECK(read(fd, buffer, sizeof(buffer)) < 0 && errno == EINVAL);
	return pause();
}

/* One reader is woken for an event; if it cannot take it, another one must be. */
CASE(a_reader_that_cannot_take_a_record_leaves_it_to_the_next)
{
	struct task small, large;

	create_file("a", "");
	group_start("g", "open", NULL);
	task_start(&small, read_too_little, "g");
	WAIT_FOR(get_number("g", "listeners") == 1 && sleeps(small.pid));
	task_start(&large, read_blocking, "g");
	WAIT_FOR(get_number("g", "listeners") == 2 && sleeps(large.pid));
	CHECK_OK(do_open("a"));
	CHECK(task_result(&large) > (int)sizeof(struct fang_record));
	task_kill(&small);
}

static int read_and_stay(const void *device)
{
	char buffer[FANG_RECORD_MAX];

	CHECK(read(*(const int *)device, buffer, sizeof(buffer)) > 0);
	raise_flag("read");
	return pause();
}

/* Longer than the interval at which who waits looks whether listeners live. */
#define LOOKS_MS 1000

/* Two processes sleep in a read of one open file, which counts as the later one's. That one dies. */
static void start_reader_and_bereave(struct task *reader, const int *device)
{
	struct task dying;

	task_start(reader, read_and_stay, device);
	WAIT_FOR(sleeps(reader->pid));
	task_start(&dying, read_and_stay, device);
	WAIT_FOR(sleeps(dying.pid));
	task_kill(&dying);
}

static void check_goes_on_waiting(struct task *opener)
{
	for (long long end = now_ms() + LOOKS_MS; now_ms() < end; nap())
		CHECK(!task_is_done(opener));
}

CASE(who_reads_is_a_listener_whoever_else_has_read_and_died)
{
	struct task reader, opener;
	char text[64];
	int device;

	create_file("a", "");
	group_start("g", "open_access", "on_no_listener", "deny", NULL);
	device = device_open("g", O_RDWR);
	CHECK(device >= 0);
	start_reader_and_bereave(&reader, &device);
	task_start(&opener, do_open, "a");
	wait_for_flag("read");
	check_goes_on_waiting(&opener);
	CHECK_EQ(get_number("g", "listeners"), 1);
	snprintf(text, sizeof(text), "%llu allow", strtoull(get("g", "pending"), NULL, 10));
	CHECK_OK(set("g", "respond", text));
	CHECK_OK(task_result(&opener));
	task_kill(&reader);
}

/* It is found to be dead while the other one sleeps. */
CASE(who_sleeps_in_a_read_stays_a_listener_whoever_else_has_read_and_died)
{
	struct listener *listener;
	struct task reader, opener;
	struct event event;
	int device;

	create_file("a", "");
	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	device = device_open("g", O_RDWR);
	CHECK(device >= 0);
	task_start(&opener, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	start_reader_and_bereave(&reader, &device);
	check_goes_on_waiting(&opener);
	WAIT_FOR(get_number("g", "listeners") == 2);
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
	task_kill(&reader);
}

static int poll_blocking(const void *group)
{
	int fd = device_open(group, O_RDWR);
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	CHECK(fd >= 0);
	CHECK_EQ(poll(&ready, 1, LIMIT_MS), 1);
	return ready.revents;
}

CASE(a_blocked_poll_wakes_for_an_event_and_for_rmdir)
{
	struct task poller;

	create_file("a", "");
	group_start("g", "open", NULL);
	task_start(&poller, poll_blocking, "g");
	WAIT_FOR(get_number("g", "listeners") == 1 && sleeps(poller.pid));
	CHECK_OK(do_open("a"));
	CHECK_EQ(task_result(&poller) & (POLLIN | POLLHUP), POLLIN);
	CHECK_OK(group_create("h"));
	task_start(&poller, poll_blocking, "h");
	WAIT_FOR(get_number("h", "listeners") == 1 && sleeps(poller.pid));
	CHECK_OK(group_remove("h"));
	CHECK(task_result(&poller) & POLLHUP);
}

CASE(an_empty_queue_is_eagain_and_not_readable)
{
	char buffer[FANG_RECORD_MAX];
	struct listener *listener;

	create_file("a", "");
	group_start("g", "open", NULL);
	listener = listen_to("g");
	CHECK(read(listener->fd, buffer, sizeof(buffer)) < 0 && errno == EAGAIN);
	CHECK_EQ(poll_now(listener->fd) & POLLIN, 0);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(poll_now(listener->fd) & (POLLIN | POLLHUP | POLLERR), POLLIN);
	CHECK(read(listener->fd, buffer, sizeof(buffer)) > 0);
	CHECK_EQ(poll_now(listener->fd) & POLLIN, 0);
	CHECK(read(listener->fd, buffer, sizeof(buffer)) < 0 && errno == EAGAIN);
}

CASE(a_small_buffer_is_einval_and_loses_nothing)
{
	struct listener *listener;
	struct event event;
	char buffer[sizeof(struct fang_record)];

	create_file("a", "");
	group_start("g", "open", NULL);
	listener = listen_to("g");
	CHECK_OK(task_run(do_open, "a"));
	CHECK(read(listener->fd, buffer, 8) < 0 && errno == EINVAL);
	CHECK(read(listener->fd, buffer, sizeof(buffer)) < 0 && errno == EINVAL);
	expect_event(listener, &event, FANG_OPEN, "a");
	CHECK_STRING(heard(listener), "");
}

CASE(a_small_buffer_does_not_take_an_access_request)
{
	struct listener *listener;
	struct event event;
	struct task opener;
	char buffer[sizeof(struct fang_record)];

	create_file("a", "");
	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	task_start(&opener, do_open, "a");
	WAIT_FOR(pending_count("g") == 1);
	CHECK(read(listener->fd, buffer, sizeof(buffer)) < 0 && errno == EINVAL);
	CHECK(read(listener->fd, bad_address(), FANG_RECORD_MAX) < 0 && errno == EFAULT);
	CHECK(strstr(get("g", "pending"), " -"));
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK_EQ(event.head.flags & FANG_REDELIVERED, 0);
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
}

CASE(one_read_returns_as_many_whole_records_as_fit)
{
	static const char *const names[] = { "a", "bb", "ccc", "dddddddddddd", "e" };
	char buffer[FANG_RECORD_MAX] __attribute__((aligned(8)));
	struct listener *listener;
	struct event event;
	size_t offset = 0;
	ssize_t length;
	u64 last_id = 0;

	for (int i = 0; i < 5; i++)
		create_file(names[i], "");
	group_start("g", "open", NULL);
	listener = listen_to("g");
	for (int i = 0; i < 5; i++)
		CHECK_OK(task_run(do_open, names[i]));
	/* Room for two records, and a third one does not fit by a byte. */
	length = read(listener->fd, buffer, 3 * (80 + 8 + 24) - 1);
	for (int i = 0; i < 5; i++) {
		if (i == 2) {
			CHECK_EQ(offset, length);
			length = read(listener->fd, buffer, sizeof(buffer));
			offset = 0;
		}
		CHECK(length > 0);
		parse_event(buffer, length, &offset, &event);
		CHECK_STRING(event_name(&event), names[i]);
		CHECK(event.head.id > last_id);
		last_id = event.head.id;
	}
	CHECK_EQ(offset, length);
}

CASE(a_bad_buffer_loses_no_event)
{
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct listener *listener;
	struct event event;

	CHECK(page != MAP_FAILED && !mprotect(page + 4096, 4096, PROT_NONE));
	create_file("a", "");
	group_start("g", "open", NULL);
	listener = listen_to("g");
	CHECK_OK(task_run(do_open, "a"));
	CHECK(read(listener->fd, bad_address(), FANG_RECORD_MAX) < 0 && errno == EFAULT);
	/* The head fits, the path does not. */
	CHECK(read(listener->fd, page + 4096 - 84, 4096) < 0 && errno == EFAULT);
	expect_event(listener, &event, FANG_OPEN, "a");
	CHECK_STRING(heard(listener), "");
}

/* More than a reader takes at once, so that the rest goes before what it did not take. */
CASE(a_bad_buffer_amid_a_batch_keeps_the_rest_in_order)
{
	enum { EVENTS = 40 };
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct listener *listener;
	struct event event;
	size_t offset = 0, length;
	char name[16];
	char *to;

	CHECK(page != MAP_FAILED && !mprotect(page + 4096, 4096, PROT_NONE));
	for (int i = 0; i < EVENTS; i++) {
		snprintf(name, sizeof(name), "%02d", i);
		create_file(name, "");
	}
	group_start("g", "open", NULL);
	listener = listen_to("g");
	CHECK_OK(task_run(do_open, "00"));
	expect_event(listener, &event, FANG_OPEN, "00");
	length = event.head.length;
	for (int i = 0; i < EVENTS; i++) {
		snprintf(name, sizeof(name), "%02d", i);
		CHECK_OK(task_run(do_open, name));
	}
	/* Two fit, and the head of the third. */
	to = page + 4096 - 2 * length - sizeof(struct fang_record);
	CHECK_EQ(read(listener->fd, to, EVENTS * length), 2 * length);
	for (int i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "%02d", i);
		parse_event(to, 2 * length, &offset, &event);
		CHECK_STRING(event_name(&event), name);
	}
	CHECK_EQ(get_number("g", "queue_count"), EVENTS - 2);
	CHECK_EQ(stat_of("g", "delivered"), 3);
	for (int i = 2; i < EVENTS; i++) {
		snprintf(name, sizeof(name), "%02d", i);
		expect_event(listener, &event, FANG_OPEN, name);
	}
	CHECK_EQ(get_number("g", "queue_count"), 0);
	CHECK_EQ(stat_of("g", "delivered"), 1 + EVENTS);
	CHECK_STRING(heard(listener), "");
}

CASE(ioctls_tell_the_abi_and_refuse_what_they_do_not_know)
{
	struct fang_abi abi = { 9, 9 };
	struct listener *listener;

	CHECK_OK(group_create("g"));
	listener = listen_to("g");
	CHECK(!ioctl(listener->fd, FANG_IOC_ABI, &abi));
	CHECK_EQ(abi.min, FANG_ABI_MIN);
	CHECK_EQ(abi.max, FANG_ABI_MAX);
	CHECK(ioctl(listener->fd, FANG_IOC_ABI, NULL) && errno == EFAULT);
	CHECK(ioctl(listener->fd, _IO('F', 0xDF), NULL) && errno == ENOTTY);
	CHECK(ioctl(listener->fd, _IOR('F', 0xA0, u64[2]), &abi) && errno == ENOTTY);
}

/* Starts openers of a, b, ... and takes their requests, in order. */
static void hold(struct listener *listener, unsigned int count, struct task *openers, u64 *ids)
{
	static const char *const names[] = { "a", "b", "c" };
	struct event event;

	for (unsigned int i = 0; i < count; i++) {
		create_file(names[i], "");
		task_start(&openers[i], do_open, names[i]);
		expect_event(listener, &event, FANG_OPEN_ACCESS, names[i]);
		ids[i] = event.head.id;
	}
}

CASE(a_write_of_a_wrong_size_is_einval_and_does_nothing)
{
	static const size_t sizes[] = { 1, 16, 31, 33, 63 };
	struct fang_response responses[2] = { 0 };
	struct listener *listener;
	struct task opener;

	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	hold(listener, 1, &opener, &responses[0].id);
	responses[0].response = FANG_ALLOW;
	responses[1] = responses[0];
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		CHECK(write(listener->fd, responses, sizes[i]) < 0 && errno == EINVAL);
		CHECK_EQ(pending_count("g"), 1);
	}
	CHECK(write(listener->fd, bad_address(), 32) < 0 && errno == EFAULT);
	CHECK_EQ(pending_count("g"), 1);
	CHECK_EQ(write(listener->fd, responses, 32), 32);
	CHECK_OK(task_result(&opener));
}

CASE(a_batch_settles_several_requests)
{
	struct fang_response responses[3];
	struct listener *listener;
	struct task openers[3];
	u64 ids[3];

	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	hold(listener, 3, openers, ids);
	memset(responses, 0, sizeof(responses));
	for (int i = 0; i < 3; i++) {
		responses[i].id = ids[i];
		responses[i].response = i == 1 ? FANG_DENY : FANG_ALLOW;
	}
	CHECK_EQ(write(listener->fd, responses, sizeof(responses)), sizeof(responses));
	CHECK_OK(task_result(&openers[0]));
	CHECK_ERROR(task_result(&openers[1]), -EPERM);
	CHECK_OK(task_result(&openers[2]));
}

CASE(a_malformed_element_stops_the_batch)
{
	struct fang_response responses[3];
	struct listener *listener;
	struct task openers[3];
	u64 ids[3];

	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	hold(listener, 3, openers, ids);
	memset(responses, 0, sizeof(responses));
	for (int i = 0; i < 3; i++) {
		responses[i].id = ids[i];
		responses[i].response = FANG_ALLOW;
	}
	responses[1].response = 99;
	CHECK_EQ(write(listener->fd, responses, sizeof(responses)), sizeof(responses[0]));
	CHECK_OK(task_result(&openers[0]));
	CHECK_EQ(pending_count("g"), 2);
	CHECK(write(listener->fd, responses + 1, 64) < 0 && errno == EINVAL);
	CHECK_EQ(pending_count("g"), 2);
	responses[1].response = FANG_ALLOW;
	CHECK_EQ(write(listener->fd, responses + 1, 64), 64);
	CHECK_OK(task_result(&openers[1]));
	CHECK_OK(task_result(&openers[2]));
}

CASE(each_wrong_field_makes_a_response_malformed)
{
	struct fang_response good = { .response = FANG_ALLOW }, bad;
	struct listener *listener;
	struct task opener;

	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	hold(listener, 1, &opener, &good.id);
	bad = good;
	bad.response = 0;
	CHECK_ERROR(respond_with(listener->fd, &bad), -EINVAL);
	bad.response = 4;
	CHECK_ERROR(respond_with(listener->fd, &bad), -EINVAL);
	bad = good;
	bad.flags = 1 << 7;
	CHECK_ERROR(respond_with(listener->fd, &bad), -EINVAL);
	bad = good;
	bad.result = 1;
	CHECK_ERROR(respond_with(listener->fd, &bad), -EINVAL);
	bad = good;
	bad.zero = 1;
	CHECK_ERROR(respond_with(listener->fd, &bad), -EINVAL);
	bad = good;
	bad.flags = FANG_FASTPATH;
	bad.kinds = 1 << 20;
	CHECK_ERROR(respond_with(listener->fd, &bad), -EINVAL);
	bad.kinds = 0;
	bad.response = FANG_DENY;
	CHECK_ERROR(respond_with(listener->fd, &bad), -EINVAL);
	bad = good;
	bad.flags = FANG_SURVIVE;
	CHECK_ERROR(respond_with(listener->fd, &bad), -EINVAL);
	bad = good;
	bad.kinds = 1 << FANG_OPEN_ACCESS;
	CHECK_ERROR(respond_with(listener->fd, &bad), -EINVAL);
	CHECK_EQ(pending_count("g"), 1);
	CHECK_OK(respond_with(listener->fd, &good));
	CHECK_OK(task_result(&opener));
}

CASE(stale_ids_are_skipped_and_alone_they_are_enoent)
{
	struct fang_response responses[3] = { 0 };
	struct listener *listener;
	struct task opener;
	u64 id;

	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	hold(listener, 1, &opener, &id);
	for (int i = 0; i < 3; i++) {
		responses[i].id = i == 1 ? id : ~0ULL - i;
		responses[i].response = FANG_ALLOW;
	}
	CHECK_ERROR(respond(listener, 0, FANG_ALLOW), -ENOENT);
	CHECK_ERROR(respond(listener, ~0ULL, FANG_DENY), -ENOENT);
	CHECK_ERROR(respond(listener, id + 1000, FANG_MORE_TIME), -ENOENT);
	CHECK_EQ(write(listener->fd, responses, sizeof(responses)), sizeof(responses));
	CHECK_OK(task_result(&opener));
	CHECK_ERROR(respond(listener, id, FANG_ALLOW), -ENOENT);
	CHECK(write(listener->fd, responses, sizeof(responses)) < 0 && errno == ENOENT);
}

CASE(the_id_of_another_groups_request_is_enoent)
{
	struct listener *listener, *other;
	struct task opener;
	char text[64];
	u64 id;

	group_start("g", "open_access", NULL);
	group_make("h", "open_access", NULL);
	listener = listen_to("g");
	other = listen_to("h");
	hold(listener, 1, &opener, &id);
	CHECK_ERROR(respond(other, id, FANG_DENY), -ENOENT);
	snprintf(text, sizeof(text), "%llu deny", id);
	CHECK_ERROR(set("h", "respond", text), -ENOENT);
	CHECK_EQ(pending_count("g"), 1);
	CHECK_OK(respond(listener, id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
}

CASE(any_listener_of_the_group_may_respond_and_the_first_wins)
{
	struct listener *listener, *colleague;
	struct task opener;
	u64 id;

	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	colleague = listen_to("g");
	hold(listener, 1, &opener, &id);
	CHECK_OK(respond(colleague, id, FANG_DENY));
	CHECK_ERROR(respond(listener, id, FANG_ALLOW), -ENOENT);
	CHECK_ERROR(task_result(&opener), -EPERM);
}

CASE(access_requests_come_before_notifications)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	create_file("a", "");
	create_file("b", "");
	group_start("g", "close_nowrite open_access", NULL);
	listener = listen_to("g");
	task_start(&opener, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
	task_start(&opener, do_open, "b");
	WAIT_FOR(pending_count("g") == 1);
	expect_event(listener, &event, FANG_OPEN_ACCESS, "b");
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	expect_event(listener, &event, FANG_CLOSE_NOWRITE, "a");
	CHECK_OK(task_result(&opener));
	expect_event(listener, &event, FANG_CLOSE_NOWRITE, "b");
}

CASE(a_device_opened_for_writing_only_responds_and_is_no_listener)
{
	struct fang_exempt exempt = { .size = sizeof(exempt) };
	struct fang_response response = { .response = FANG_DENY };
	struct listener *listener;
	struct task opener;
	char buffer[FANG_RECORD_MAX];
	int writer;

	group_start("g", "open_access", NULL);
	writer = device_open("g", O_WRONLY);
	CHECK(writer >= 0);
	CHECK_EQ(get_number("g", "listeners"), 0);
	CHECK(read(writer, buffer, sizeof(buffer)) < 0 && errno == EBADF);
	CHECK(ioctl(writer, FANG_IOC_EXEMPT, &exempt) && errno == EBADF);
	listener = listen_to("g");
	hold(listener, 1, &opener, &response.id);
	CHECK_OK(respond_with(writer, &response));
	CHECK_ERROR(task_result(&opener), -EPERM);
}

CASE(a_device_opened_for_reading_only_hears_and_does_not_respond)
{
	struct fang_response response = { .id = 1, .response = FANG_ALLOW };
	char buffer[FANG_RECORD_MAX];
	int reader;

	create_file("a", "");
	group_start("g", "open", NULL);
	reader = device_open("g", O_RDONLY | O_NONBLOCK);
	CHECK(reader >= 0);
	task_closes(reader);
	CHECK_EQ(get_number("g", "listeners"), 1);
	CHECK_ERROR(respond_with(reader, &response), -EBADF);
	CHECK_OK(task_run(do_open, "a"));
	CHECK(read(reader, buffer, sizeof(buffer)) > 0);
}

CASE(a_minor_number_is_not_given_again_soon)
{
	struct stat first, second;

	for (int i = 0; i < 20; i++) {
		CHECK_OK(group_create("g"));
		CHECK(!stat("/dev/fang/g", i ? &second : &first));
		CHECK_OK(group_remove("g"));
		if (i) {
			CHECK_EQ(major(second.st_rdev), major(first.st_rdev));
			CHECK(second.st_rdev != first.st_rdev);
		}
	}
}

static void ignore(int number)
{
	(void)number;
}

CASE(a_signal_ends_a_blocked_read)
{
	struct itimerval soon = { .it_value.tv_usec = 20000, .it_interval.tv_usec = 20000 };
	struct sigaction action = { .sa_handler = ignore };
	char buffer[FANG_RECORD_MAX];
	int device;

	create_file("a", "");
	group_start("g", "open", NULL);
	device = device_open("g", O_RDWR);
	CHECK(device >= 0);
	task_closes(device);
	CHECK(!sigaction(SIGALRM, &action, NULL));
	CHECK(!setitimer(ITIMER_REAL, &soon, NULL));
	CHECK(read(device, buffer, sizeof(buffer)) < 0 && errno == EINTR);
	soon = (struct itimerval){ 0 };
	CHECK(!setitimer(ITIMER_REAL, &soon, NULL));
	CHECK_OK(task_run(do_open, "a"));
	CHECK(read(device, buffer, sizeof(buffer)) > 0);
}
