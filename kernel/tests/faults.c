// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory is short: each allocation of each operation fails once. What fails says ENOMEM and changes
 * nothing, and nothing that is denied gets through.
 *
 * Needs a kernel with fault injection, like the one with sanitizers.
 */
#include "fang.h"
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* More allocations than any operation makes. */
#define ALLOCATIONS_MAX 2000

/* On an emulated processor with all checks on, a few hundred runs take their time. */
#define FAULTS_LIMIT_S 300

static int fault_setting(const char *facility, const char *name, const char *value)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/kernel/debug/%s/%s", facility, name);
	return file_write(path, value, strlen(value));
}

/* Lets allocations fail that may sleep, too, and silently. */
static void faults_prepare(void)
{
	if (access("/proc/self/fail-nth", W_OK))
		skip("this kernel cannot let allocations fail (./dev test --kernel sanitizer)");
	CHECK_OK(fault_setting("failslab", "ignore-gfp-wait", "N"));
	CHECK_OK(fault_setting("failslab", "verbose", "0"));
	CHECK_OK(fault_setting("fail_page_alloc", "ignore-gfp-wait", "N"));
	CHECK_OK(fault_setting("fail_page_alloc", "min-order", "0"));
	CHECK_OK(fault_setting("fail_page_alloc", "verbose", "0"));
}

/* The n-th allocation of this thread from now on fails; 0: none. */
static void fail_nth(int fd, unsigned int n)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", n);

	CHECK_EQ(pwrite(fd, text, length, 0), length);
}

/* Has it failed? */
static bool has_failed(int fd)
{
	char text[16] = "";

	CHECK(pread(fd, text, sizeof(text) - 1, 0) > 0);
	return atoi(text) == 0;
}

static int fail_nth_open(void)
{
	int fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);

	CHECK(fd >= 0);
	return fd;
}

static bool is_shortage(int error)
{
	return error == -ENOMEM || error == -ENFILE || error == -EMFILE;
}

/*
 * Does it with each of its allocations failing, until none fails. After each success @undo makes
 * that it can be done again, and after each failure all must be as before, which doing it again shows.
 */
static void with_each_failure(const char *what, int (*operation)(void), void (*undo)(void))
{
	int fd = fail_nth_open(), failures = 0;
	bool failed = true;

	for (unsigned int n = 1; failed; n++) {
		int error;

		CHECK(n < ALLOCATIONS_MAX);
		fail_nth(fd, n);
		error = operation();
		failed = has_failed(fd);
		fail_nth(fd, 0);
		if (error && (!failed || !is_shortage(error)))
			FAIL("%s with allocation %u failing gives %s", what, n, error_name(error));
		failures += error != 0;
		if (!error && undo)
			undo();
	}
	note("%s: %d failures", what, failures);
	close(fd);
}

static void nothing(void)
{
}

static int make_group(void)
{
	return group_create("g");
}

static void remove_group(void)
{
	CHECK_OK(group_remove("g"));
}

CASE_LIMITED(making_a_group, FAULTS_LIMIT_S)
{
	faults_prepare();
	with_each_failure("mkdir of a group", make_group, remove_group);
	CHECK_ERROR(group_remove("g"), -ENOENT);
	CHECK_OK(group_create("g"));
}

/* ---- attributes: a name and a value that is written ---- */

static const char *attribute_name, *attribute_value;

static int write_attribute(void)
{
	return set("g", attribute_name, attribute_value);
}

static void write_each_failing(const char *name, const char *value)
{
	attribute_name = name;
	attribute_value = value;
	with_each_failure(name, write_attribute, nothing);
	CHECK_STRING(get("g", name), value);
}

CASE_LIMITED(writing_attributes, FAULTS_LIMIT_S)
{
	static const char *const pairs[][2] = {
		{ "mask", "open open_access" },
		{ "priority", "77" },
		{ "label", "a label" },
		{ "timeout_ms", "2000" },
		{ "on_timeout", "deny" },
		{ "report", "fd path comm exe cgroup" },
		{ "fd_mode", "rw" },
		{ "write_events", "coalesced" },
		{ "permissive", "1" },
		{ "rules/active_set", "3" },
	};

	faults_prepare();
	CHECK_OK(group_create("g"));
	for (unsigned int i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		write_each_failing(pairs[i][0], pairs[i][1]);
}

static void disable(void)
{
	CHECK_OK(set("g", attribute_name, "0"));
}

/* Writes 1, and after each success 0. */
static void enable_each_failing(const char *enabled)
{
	attribute_name = enabled;
	attribute_value = "1";
	with_each_failure(enabled, write_attribute, disable);
	CHECK_STRING(get("g", enabled), "0");
	CHECK_OK(set("g", enabled, "1"));
}

static const char *item_path;

static int make_item(void)
{
	return item_make("g", item_path);
}

static void remove_item(void)
{
	CHECK_OK(item_remove("g", item_path));
}

static void make_each_failing(const char *item)
{
	item_path = item;
	with_each_failure(item, make_item, remove_item);
	CHECK_OK(make_item());
}

CASE_LIMITED(making_and_enabling_scopes_and_the_group, FAULTS_LIMIT_S)
{
	static const char *const types[] = { "filesystem", "subtree", "file" };
	struct listener *listener;

	faults_prepare();
	create_file("a", "");
	group_make("g", "open", NULL);
	for (unsigned int i = 0; i < 3; i++) {
		char item[32], name[64];

		snprintf(item, sizeof(item), "scopes/%s", types[i]);
		make_each_failing(item);
		snprintf(name, sizeof(name), "%s/type", item);
		write_each_failing(name, types[i]);
		snprintf(name, sizeof(name), "%s/path", item);
		write_each_failing(name, i == 2 ? case_path("a") : case_dir());
		snprintf(name, sizeof(name), "%s/enabled", item);
		enable_each_failing(name);
	}
	enable_each_failing("enabled");
	listener = listen_to("g");
	CHECK_STRING(heard_of(listener, do_open, "a"), "open:a");
	write_each_failing("mask", "open close_nowrite");
	CHECK_STRING(heard_of(listener, do_open, "a"), "open:a close_nowrite:a");
	/* Of another enabled scope. */
	CHECK_OK(set("g", "scopes/file/enabled", "0"));
	enable_each_failing("scopes/file/enabled");
	CHECK_STRING(heard_of(listener, do_open, "a"), "open:a close_nowrite:a");
}

CASE_LIMITED(making_and_enabling_rules_and_exemptions, FAULTS_LIMIT_S)
{
	static const char *const pairs[][2] = {
		{ "rules/r/set", "0" },
		{ "rules/r/order", "5" },
		{ "rules/r/kinds", "open_access" },
		{ "rules/r/uid", "0" },
		{ "rules/r/respond", "deny" },
	};
	struct listener *listener;

	faults_prepare();
	create_file("a", "");
	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	make_each_failing("rules/r");
	for (unsigned int i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		write_each_failing(pairs[i][0], pairs[i][1]);
	/* Not a program of the root's, whose file system says EIO when memory is short. */
	create_file("program", "");
	write_each_failing("rules/r/exe", case_path("program"));
	write_each_failing("rules/r/subtree", case_dir());
	CHECK_OK(set("g", "rules/r/exe", "\n"));
	enable_each_failing("rules/r/enabled");
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	write_each_failing("rules/active_set", "1");
	CHECK_STRING(heard_of(listener, do_open, "a"), "open_access:a");
	make_each_failing("exemptions/e");
	write_each_failing("exemptions/e/type", "uid");
	write_each_failing("exemptions/e/value", "0");
	enable_each_failing("exemptions/e/enabled");
	CHECK_OK(task_run(do_open, "a"));
	CHECK_OK(set("g", "exemptions/e/enabled", "0"));
	CHECK_STRING(heard_of(listener, do_open, "a"), "open_access:a");
}

static int add_entry(void)
{
	char text[4200];

	snprintf(text, sizeof(text), "open_access %s", case_path("a"));
	return set("g", "fastpath/add", text);
}

static void flush(void)
{
	CHECK_OK(set("g", "fastpath/flush", "1"));
}

CASE_LIMITED(making_fastpath_entries, FAULTS_LIMIT_S)
{
	struct listener *listener;

	faults_prepare();
	create_file("a", "");
	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	with_each_failure("fastpath/add", add_entry, flush);
	CHECK_STRING(heard_of(listener, do_open, "a"), "open_access:a");
	CHECK_OK(add_entry());
	CHECK_OK(task_run(do_open, "a"));
}

/* ---- the device ---- */

static int device = -1;

static int open_device(void)
{
	int fd = open("/dev/fang/g", O_RDWR | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return -errno;
	device = fd;
	return 0;
}

static void close_device(void)
{
	close(device);
}

static int exempt_process(void)
{
	struct fang_exempt exempt = { .size = sizeof(exempt), .pid = getppid() };

	return ioctl(device, FANG_IOC_EXEMPT, &exempt) ? -errno : 0;
}

/* Closed and opened again, so that the exemption can be made again. */
static void reopen_device(void)
{
	close_device();
	CHECK_OK(open_device());
}

static int add_entry_by_fd(void)
{
	int fd = open("a", O_RDONLY | O_CLOEXEC);
	struct fang_remember remember = { .size = sizeof(remember),
					  .fd = fd,
					  .kinds = 1 << FANG_OPEN_ACCESS };
	int error;

	if (fd < 0)
		return -errno;
	error = ioctl(device, FANG_IOC_FASTPATH, &remember) ? -errno : 0;
	close(fd);
	return error;
}

CASE_LIMITED(opening_the_device_and_its_ioctls, FAULTS_LIMIT_S)
{
	faults_prepare();
	create_file("a", "");
	group_start("g", "open_access", NULL);
	with_each_failure("open of the device", open_device, close_device);
	CHECK_EQ(get_number("g", "listeners"), 0);
	CHECK_OK(open_device());
	with_each_failure("FANG_IOC_EXEMPT", exempt_process, reopen_device);
	with_each_failure("FANG_IOC_FASTPATH", add_entry_by_fd, flush);
	CHECK_EQ(get_number("g", "listeners"), 1);
	close_device();
}

static struct fang_record *record_read;

static int read_record(void)
{
	static char buffer[FANG_RECORD_MAX] __attribute__((aligned(8)));
	ssize_t length = read(device, buffer, sizeof(buffer));

	if (length < 0)
		return -errno;
	record_read = (struct fang_record *)buffer;
	CHECK_EQ(record_read->length, length);
	return 0;
}

/* A read that fails for want of memory takes nothing. */
CASE_LIMITED(reading_records_with_descriptors, FAULTS_LIMIT_S)
{
	unsigned int n = 1, records = 0;
	u64 last_id = 0;
	int fd;

	faults_prepare();
	fd = fail_nth_open();
	create_file("a", "");
	group_start("g", "open", "report", "fd path comm exe cgroup", NULL);
	CHECK_OK(open_device());
	for (bool failed = true; failed;) {
		int error;

		CHECK_OK(task_run(do_open, "a"));
		records++;
		do {
			CHECK(n < ALLOCATIONS_MAX);
			fail_nth(fd, n++);
			error = read_record();
			failed = has_failed(fd);
			fail_nth(fd, 0);
			CHECK(!error || (failed && is_shortage(error)));
		} while (error);
		CHECK_EQ(record_read->kind, FANG_OPEN);
		CHECK(record_read->id > last_id);
		last_id = record_read->id;
		CHECK(record_read->fd >= 0);
		close(record_read->fd);
	}
	CHECK_EQ(stat_of("g", "delivered"), records);
	CHECK_EQ(stat_of("g", "lost"), 0);
	close(fd);
	close_device();
}

/* ---- who accesses files ---- */

/* What a read gives but for shortage: 0 or -EPERM. */
static int expected;

/* Reads the file with each allocation failing in turn, until none fails any more. */
static int do_read_each_failing(const void *path)
{
	bool failed = true;

	for (unsigned int n = 1; failed; n++) {
		int fd = fail_nth_open(), error;

		CHECK(n < ALLOCATIONS_MAX);
		fail_nth(fd, n);
		error = do_read(path);
		failed = has_failed(fd);
		fail_nth(fd, 0);
		close(fd);
		if (error != expected && (!failed || !is_shortage(error)))
			FAIL("with allocation %u failing it gives %s", n, error_name(error));
	}
	return 0;
}

static void read_each_failing(struct listener *listener, unsigned int response)
{
	struct event event;
	struct task reader;

	expected = response == FANG_DENY ? -EPERM : 0;
	task_start(&reader, do_read_each_failing, "a");
	while (!task_is_done(&reader)) {
		CHECK(task_age_ms(&reader) < FAULTS_LIMIT_S * 1000LL);
		if (next_event(listener, &event, 20) && event.head.deadline_ns)
			CHECK_OK(respond(listener, event.head.id, response));
	}
	CHECK_OK(task_result(&reader));
}

CASE_LIMITED(accesses_that_are_allowed, FAULTS_LIMIT_S)
{
	struct listener *listener;

	faults_prepare();
	create_file("a", "content");
	group_start("g", "open read close_nowrite open_access read_access", "report",
		    "path comm exe cgroup", NULL);
	listener = listen_to("g");
	read_each_failing(listener, FANG_ALLOW);
}

/* Whatever fails, what is denied is not opened: by a listener, and by a rule. */
CASE_LIMITED(accesses_that_are_denied, FAULTS_LIMIT_S)
{
	struct listener *listener;

	faults_prepare();
	create_file("a", "content");
	group_start("g", "open_access", "on_overflow", "deny", NULL);
	listener = listen_to("g");
	read_each_failing(listener, FANG_DENY);
	item_add("g", "rules/r", "respond", "deny", NULL);
	stop_listening(listener);
	CHECK_OK(task_run(do_read_each_failing, "a"));
}
