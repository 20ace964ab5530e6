// SPDX-License-Identifier: GPL-2.0-only
/* Which accesses raise which events, and who gets them. */
#include "fang.h"
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define NOTIFICATIONS "open read write close_write close_nowrite"

CASE(reading_a_file_raises_open_read_close_nowrite)
{
	struct listener *listener;

	create_file("a", "content");
	group_start("g", NOTIFICATIONS, NULL);
	listener = listen_to("g");
	CHECK_STRING(heard_of(listener, do_read, "a"), "open:a read:a close_nowrite:a");
}

CASE(writing_a_file_raises_open_write_close_write)
{
	struct listener *listener;

	group_start("g", NOTIFICATIONS, NULL);
	listener = listen_to("g");
	CHECK_STRING(heard_of(listener, do_write, "a"), "open:a write:a close_write:a");
	CHECK_STRING(heard_of(listener, do_write, "a"), "open:a write:a close_write:a");
	CHECK_STRING(heard_of(listener, do_open_rw, "a"), "open:a close_write:a");
	CHECK_STRING(heard_of(listener, do_open, "a"), "open:a close_nowrite:a");
}

static int do_vectors(const void *path)
{
	int fd = open(path, O_RDWR);
	char bytes[4] = "abc";
	struct iovec vector = { .iov_base = bytes, .iov_len = 3 };

	CHECK(fd >= 0);
	CHECK_EQ(pwrite(fd, bytes, 3, 0), 3);
	CHECK_EQ(writev(fd, &vector, 1), 3);
	CHECK_EQ(pread(fd, bytes, 3, 0), 3);
	CHECK_EQ(preadv(fd, &vector, 1, 0), 3);
	return close(fd);
}

CASE(every_read_and_write_is_an_event_of_its_own)
{
	struct listener *listener;

	create_file("a", "");
	group_start("g", NOTIFICATIONS, NULL);
	listener = listen_to("g");
	CHECK_STRING(heard_of(listener, do_vectors, "a"),
		     "open:a write:a write:a read:a read:a close_write:a");
}

static int do_ftruncate(const void *path)
{
	int fd = open(path, O_WRONLY);

	CHECK(fd >= 0 && !ftruncate(fd, 3));
	return close(fd);
}

static int do_open_truncating(const void *path)
{
	return close(open(path, O_WRONLY | O_TRUNC));
}

CASE(truncating_is_a_write)
{
	struct listener *listener;
	const char *events;

	create_file("a", "content");
	group_start("g", NOTIFICATIONS, NULL);
	listener = listen_to("g");
	CHECK_STRING(heard_of(listener, do_ftruncate, "a"), "open:a write:a close_write:a");
	/* Kernels differ in which of the two comes first. */
	events = heard_of(listener, do_open_truncating, "a");
	if (strcmp(events, "open:a write:a close_write:a"))
		CHECK_STRING(events, "write:a open:a close_write:a");
	create_file("a", "content");
	CHECK_STRING(heard_of(listener, do_truncate, "a"), "write:a");
}

static int touch_other_kinds(const void *unused)
{
	char bytes[16];
	int fd;

	(void)unused;
	fd = open(".", O_RDONLY | O_DIRECTORY);
	CHECK(fd >= 0);
	CHECK(syscall(SYS_getdents64, fd, bytes, 0) <= 0);
	close(fd);
	fd = open("fifo", O_RDWR);
	CHECK(fd >= 0 && write(fd, "x", 1) == 1 && read(fd, bytes, 1) == 1);
	close(fd);
	fd = open("null", O_RDWR);
	CHECK(fd >= 0 && write(fd, "x", 1) == 1 && read(fd, bytes, 1) == 0);
	close(fd);
	CHECK(readlink("link", bytes, sizeof(bytes)) == 1);
	fd = open("a", O_PATH);
	CHECK(fd >= 0);
	close(fd);
	return 0;
}

CASE(only_regular_files_raise_events)
{
	struct listener *listener;

	create_file("a", "");
	CHECK(!mkfifo("fifo", 0600) && !mknod("null", S_IFCHR | 0600, 0x103));
	CHECK(!symlink("a", "link"));
	group_start("g", NOTIFICATIONS " open_access read_access", NULL);
	listener = listen_to("g");
	CHECK_STRING(heard_of(listener, touch_other_kinds, NULL), "");
}

static int change_names_and_modes(const void *unused)
{
	(void)unused;
	CHECK(!chmod("a", 0600) && !chown("a", 1, 1) && !utimensat(AT_FDCWD, "a", NULL, 0));
	CHECK(!link("a", "b") && !rename("a", "c") &&
	      !renameat2(AT_FDCWD, "b", AT_FDCWD, "other", RENAME_EXCHANGE));
	CHECK(!setxattr("c", "user.a", "value", 5, 0) || errno == EOPNOTSUPP);
	CHECK(!unlink("b") && !unlink("c") && !unlink("other"));
	CHECK(!mknod("a", S_IFREG | 0600, 0) && !unlink("a"));
	return 0;
}

CASE(changing_names_and_modes_raises_nothing)
{
	struct listener *listener;

	create_file("a", "content");
	create_file("other", "");
	group_start("g", NOTIFICATIONS " open_access read_access", NULL);
	listener = listen_to("g");
	CHECK_STRING(heard_of(listener, change_names_and_modes, NULL), "");
}

static int do_everything(const void *path)
{
	int error = do_read(path);

	return error ? error : do_write(path);
}

CASE(each_kind_comes_alone_by_mask)
{
	static const struct {
		const char *mask, *heard;
	} kinds[] = {
		{ "open", "open:a open:a" },
		{ "read", "read:a" },
		{ "write", "write:a" },
		{ "close_write", "close_write:a" },
		{ "close_nowrite", "close_nowrite:a" },
		{ "open_access", "open_access:a open_access:a" },
		{ "read_access", "read_access:a" },
	};
	struct listener *listener;

	create_file("a", "content");
	group_start("g", "open", NULL);
	listener = listen_to("g");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		CHECK_OK(set("g", "mask", kinds[i].mask));
		CHECK_STRING(heard_of(listener, do_everything, "a"), kinds[i].heard);
	}
}

CASE(a_mask_change_takes_effect_with_the_next_event)
{
	struct listener *listener;

	create_file("a", "");
	group_start("g", "open", NULL);
	listener = listen_to("g");
	CHECK_OK(task_run(do_open, "a"));
	CHECK_OK(set("g", "mask", "close_nowrite"));
	CHECK_OK(task_run(do_open, "a"));
	CHECK_STRING(heard(listener), "open:a close_nowrite:a");
}

CASE(each_interested_group_gets_its_own_copy)
{
	struct listener *first, *second, *other;

	create_file("a", "");
	group_start("g", "open", NULL);
	group_start("h", "open close_nowrite", NULL);
	group_start("i", "write", NULL);
	first = listen_to("g");
	second = listen_to("h");
	other = listen_to("i");
	CHECK_OK(task_run(do_open, "a"));
	CHECK_STRING(heard(first), "open:a");
	CHECK_STRING(heard(second), "open:a close_nowrite:a");
	CHECK_STRING(heard(other), "");
}

CASE(an_event_goes_to_exactly_one_of_three_listeners)
{
	enum { EVENTS = 30 };
	struct listener *listeners[3];
	struct event event;
	unsigned int count = 0;
	u64 ids[EVENTS];

	create_file("a", "");
	group_start("g", "open", NULL);
	for (int i = 0; i < 3; i++)
		listeners[i] = listen_to("g");
	CHECK_EQ(get_number("g", "listeners"), 3);
	for (int i = 0; i < EVENTS; i++)
		CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(stat_of("g", "queued"), EVENTS);
	for (int i = 0; i < 3; i++) {
		while (next_event(listeners[i], &event, 0)) {
			CHECK(count < EVENTS);
			for (unsigned int j = 0; j < count; j++)
				CHECK(ids[j] != event.head.id);
			ids[count++] = event.head.id;
		}
	}
	CHECK_EQ(count, EVENTS);
	CHECK_EQ(stat_of("g", "delivered"), EVENTS);
}

CASE(nothing_is_queued_without_a_listener)
{
	struct listener *listener;

	create_file("a", "");
	group_start("g", "open", NULL);
	CHECK_OK(task_run(do_open, "a"));
	listener = listen_to("g");
	CHECK_STRING(heard_of(listener, do_open, "a"), "open:a");
	CHECK_OK(task_run(do_open, "a"));
	stop_listening(listener);
	CHECK_EQ(get_number("g", "listeners"), 0);
	CHECK_OK(task_run(do_open, "a"));
	listener = listen_to("g");
	CHECK_STRING(heard(listener), "");
	/* The first one, the one nobody read, and two markers, opened twice each. */
	CHECK_EQ(stat_of("g", "queued"), 6);
}

CASE(nothing_is_raised_while_disabled)
{
	struct listener *listener;

	create_file("a", "");
	group_start("g", "open open_access", "on_no_listener", "deny", NULL);
	CHECK_OK(set("g", "enabled", "0"));
	listener = listen_to("g");
	CHECK_OK(task_run(do_open, "a"));
	CHECK_OK(set("g", "enabled", "1"));
	CHECK_STRING(heard(listener), "");
}

static u64 boot_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static int append_as_user(const void *path)
{
	int fd;

	setfsgid(2345);
	setfsuid(1234);
	fd = open(path, O_WRONLY | O_APPEND);
	return fd < 0 ? -errno : close(fd);
}

CASE(the_head_of_a_record_tells_who_what_and_when)
{
	u64 before = boot_ns(), last_id;
	struct listener *listener;
	struct event event;
	struct stat status;
	struct task task;

	create_file("a", "");
	CHECK(!chmod("a", 0666) && !stat("a", &status));
	group_start("g", "open close_write", NULL);
	listener = listen_to("g");
	task_start(&task, append_as_user, "a");
	CHECK_OK(task_result(&task));
	expect_event(listener, &event, FANG_OPEN, "a");
	CHECK_EQ(event.head.flags & ~FANG_PATH_IN_FS, 0);
	CHECK(event.head.time_ns >= before && event.head.time_ns <= boot_ns());
	CHECK_EQ(event.head.fd, -1);
	CHECK_EQ(event.head.pid, task.pid);
	CHECK_EQ(event.head.tgid, task.pid);
	CHECK_EQ(event.head.uid, 1234);
	CHECK_EQ(event.head.gid, 2345);
	CHECK_EQ(event.head.dev, status.st_dev);
	CHECK_EQ(event.head.ino, status.st_ino);
	CHECK_EQ(event.head.open_flags & (O_ACCMODE | O_APPEND | O_NONBLOCK), O_WRONLY | O_APPEND);
	CHECK_EQ(event.head.count, 1);
	CHECK_EQ(event.head.deadline_ns, 0);
	last_id = event.head.id;
	expect_event(listener, &event, FANG_CLOSE_WRITE, "a");
	CHECK(event.head.id > last_id);
}

CASE(a_truncate_by_path_has_no_open_flags)
{
	struct listener *listener;
	struct event event;

	create_file("a", "content");
	group_start("g", "write", NULL);
	listener = listen_to("g");
	CHECK_OK(task_run(do_truncate, "a"));
	expect_event(listener, &event, FANG_WRITE, "a");
	CHECK_EQ(event.head.open_flags, 0);
}

static void *open_in_thread(void *path)
{
	CHECK_OK(do_open(path));
	return (void *)(long)gettid();
}

static int run_thread(const void *path)
{
	pthread_t thread;
	void *tid;

	CHECK(!pthread_create(&thread, NULL, open_in_thread, (void *)path));
	CHECK(!pthread_join(thread, &tid));
	return (long)tid;
}

CASE(pid_is_the_thread_and_tgid_its_process)
{
	struct listener *listener;
	struct event event;
	struct task task;

	create_file("a", "");
	group_start("g", "open", NULL);
	listener = listen_to("g");
	task_start(&task, run_thread, "a");
	CHECK(task_result(&task) != task.pid);
	expect_event(listener, &event, FANG_OPEN, "a");
	CHECK_EQ(event.head.pid, task.result);
	CHECK_EQ(event.head.tgid, task.pid);
}

static int hear_from_namespaces(const void *group)
{
	char map[32];
	int status;
	pid_t pid;

	snprintf(map, sizeof(map), "0 0 1");
	CHECK(!unshare(CLONE_NEWUSER | CLONE_NEWPID));
	CHECK_OK(file_write("/proc/self/uid_map", map, strlen(map)));
	pid = fork();
	if (!pid) {
		struct listener *listener = listen_to(group);
		struct event event;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		expect_event(listener, &event, FANG_OPEN, "a");
		CHECK_EQ(event.head.pid, 0);
		CHECK_EQ(event.head.tgid, 0);
		CHECK_EQ(event.head.uid, 65534);
		_exit(0);
	}
	CHECK(pid > 0);
	waitpid(pid, &status, 0);
	return status;
}

static int open_as_user(const void *path)
{
	setfsuid(1234);
	return do_open(path);
}

CASE(processes_invisible_to_the_listener_have_pid_0_and_the_overflow_uid)
{
	struct task listener;

	create_file("a", "");
	group_start("g", "open", NULL);
	task_start(&listener, hear_from_namespaces, "g");
	WAIT_FOR(get_number("g", "listeners") == 1);
	CHECK_OK(task_run(open_as_user, "a"));
	CHECK_EQ(task_result(&listener), 0);
}

static int map_and_touch(const void *path)
{
	int fd = open(path, O_RDWR);
	char *bytes = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	CHECK(fd >= 0 && bytes != MAP_FAILED);
	bytes[0] = bytes[1];
	close(fd);
	return munmap(bytes, 4096);
}

/* A documented limit, and the reason for the fastpath's rule about open-for-write. */
CASE(accesses_through_a_mapping_raise_open_and_close_only)
{
	struct listener *listener;

	create_file("a", "content");
	group_start("g", NOTIFICATIONS, NULL);
	listener = listen_to("g");
	CHECK_STRING(heard_of(listener, map_and_touch, "a"), "open:a close_write:a");
}
