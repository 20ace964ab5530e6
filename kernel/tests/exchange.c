// SPDX-License-Identifier: GPL-2.0-only
/* The ioctls OPEN, FASTPATH and EXCHANGE. */
#include "fang.h"
#include "fastpath.h"
#include "fuse.h"
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

static int ioctl_errno(int fd, unsigned long command, void *argument)
{
	int result = ioctl(fd, command, argument);

	return result < 0 ? -errno : result;
}

static int open_request(int fd, u64 id)
{
	struct fang_open request = { .size = sizeof(request), .id = id };

	return ioctl_errno(fd, FANG_IOC_OPEN, &request);
}

static int remember_open(int fd, int file, unsigned int kinds, unsigned int flags)
{
	struct fang_remember request = {
		.size = sizeof(request), .flags = flags, .fd = file, .kinds = kinds
	};

	return ioctl_errno(fd, FANG_IOC_FASTPATH, &request);
}

static int read_content(const void *expected)
{
	char text[64] = "";
	int fd = open("a", O_RDONLY);

	if (fd < 0)
		return -errno;
	CHECK(read(fd, text, sizeof(text) - 1) >= 0);
	CHECK_STRING(text, (const char *)expected);
	close(fd);
	return 0;
}

/* What storage management does: the file is a stub until somebody opens it. */
CASE(the_reader_of_a_stub_sees_what_the_listener_wrote)
{
	struct listener *listener;
	struct event event;
	struct task reader;
	int fd;

	create_file("a", "");
	group_start("g", "open_access", "fd_mode", "rw", NULL);
	listener = listen_to("g");
	task_start(&reader, read_content, "fetched");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	fd = open_request(listener->fd, event.head.id);
	CHECK(fd >= 0);
	CHECK(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	CHECK_EQ(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
	CHECK_EQ(write(fd, "fetched", 7), 7);
	close(fd);
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&reader));
	CHECK_EQ(open_request(listener->fd, event.head.id), -ENOENT);
}

/* Two open the file, one is allowed and that is remembered; gives the other's id. */
static u64 one_of_two_is_remembered(struct listener *listener, struct task tasks[2])
{
	struct event events[2];

	for (int i = 0; i < 2; i++)
		task_start(&tasks[i], do_open, "a");
	for (int i = 0; i < 2; i++)
		expect_event(listener, &events[i], FANG_OPEN_ACCESS, "a");
	CHECK_OK(respond_fastpath(listener, events[0].head.id, FANG_FASTPATH));
	return events[1].head.id;
}

/* Who shares the work of many requests need not look at a file twice. */
CASE(what_is_remembered_when_its_request_opens_is_allowed_instead)
{
	struct listener *listener = fastpath_start();
	struct task tasks[2];
	u64 id = one_of_two_is_remembered(listener, tasks);

	CHECK_EQ(open_request(listener->fd, id), -ENOENT);
	for (int i = 0; i < 2; i++)
		CHECK_OK(task_result(&tasks[i]));
	CHECK_EQ(stat_of("g", "allowed"), 2);
	check_balance("g");
}

CASE(what_is_forgotten_again_when_its_request_opens_is_opened)
{
	struct listener *listener = fastpath_start();
	struct task tasks[2];
	u64 id = one_of_two_is_remembered(listener, tasks);

	CHECK_OK(set("g", "fastpath/flush", "1"));
	CHECK(open_request(listener->fd, id) >= 0);
	CHECK_OK(respond(listener, id, FANG_DENY));
	/* Either may have been the first. */
	CHECK_EQ(task_result(&tasks[0]) + task_result(&tasks[1]), -EPERM);
	CHECK_EQ(stat_of("g", "allowed"), 1);
	check_balance("g");
}

CASE(a_request_opens_for_the_privileged_once_it_was_delivered)
{
	struct fang_open wrong = { .size = sizeof(wrong) + 8 };
	struct listener *listener, *other;
	struct event event;
	struct task opener;
	u64 id;

	create_file("a", "");
	group_start("g", "open_access", NULL);
	group_make("h", "open_access", NULL);
	listener = listen_to("g");
	other = listen_to("h");
	task_start(&opener, do_open, "a");
	WAIT_FOR(pending_count("g") == 1);
	id = strtoull(get("g", "pending"), NULL, 10);
	CHECK_EQ(open_request(listener->fd, id), -ENOENT);
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK_EQ(event.head.id, id);
	CHECK_EQ(open_request(other->fd, id), -ENOENT);
	CHECK_EQ(ioctl_errno(listener->fd, FANG_IOC_OPEN, &wrong), -EINVAL);
	CHECK(open_request(listener->fd, id) >= 0);
	CHECK_OK(respond(listener, id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
}

CASE(a_file_that_is_gone_is_not_taken_for_a_request_that_is_settled)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	CHECK(!mkdir("m", 0755));
	fuse_mount("m");
	create_file("m/" FUSE_GONE, "");
	group_make("g", "open_access", NULL);
	scope_add("g", "s", "filesystem", case_path("m"));
	CHECK_OK(set("g", "enabled", "1"));
	listener = listen_to("g");
	task_start(&opener, do_open, "m/" FUSE_GONE);
	expect_event(listener, &event, FANG_OPEN_ACCESS, FUSE_GONE);
	CHECK_EQ(open_request(listener->fd, event.head.id), -ESTALE);
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_ERROR(task_result(&opener), -ENOENT);
	CHECK_EQ(open_request(listener->fd, event.head.id), -ENOENT);
}

CASE(a_descriptor_makes_a_fastpath_entry)
{
	unsigned int open_access = 1 << FANG_OPEN_ACCESS;
	struct listener *listener;
	int file, directory;

	create_file("a", "");
	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	file = open("a", O_RDONLY);
	directory = open(".", O_RDONLY | O_DIRECTORY);
	CHECK(file >= 0 && directory >= 0);
	CHECK_EQ(remember_open(listener->fd, -1, open_access, 0), -EBADF);
	CHECK_EQ(remember_open(listener->fd, file, 0, 0), -EINVAL);
	CHECK_EQ(remember_open(listener->fd, file, 1 << 7, 0), -EINVAL);
	CHECK_EQ(remember_open(listener->fd, file, open_access, 2), -EINVAL);
	CHECK_EQ(remember_open(listener->fd, directory, open_access, 0), -EINVAL);
	CHECK_EQ(get_number("g", "fastpath/count"), 0);
	CHECK_OK(remember_open(listener->fd, file, open_access, 0));
	CHECK_EQ(get_number("g", "fastpath/count"), 1);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(stat_of("g", "fastpath_hits"), 1);
	CHECK_EQ(stat_of("g", "asked"), 0);
}

CASE(a_descriptor_that_is_open_for_writing_makes_only_an_entry_that_survives)
{
	unsigned int open_access = 1 << FANG_OPEN_ACCESS;
	struct listener *listener;
	int file;

	create_file("a", "");
	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	file = open("a", O_RDWR);
	CHECK(file >= 0);
	CHECK_EQ(remember_open(listener->fd, file, open_access, 0), -ETXTBSY);
	CHECK_OK(remember_open(listener->fd, file, open_access, FANG_REMEMBER_SURVIVE));
	CHECK_EQ(write(file, "x", 1), 1);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(stat_of("g", "fastpath_hits"), 1);
}

static int remember_without_privilege(const void *group)
{
	unsigned int open_access = 1 << FANG_OPEN_ACCESS;
	struct listener *listener;
	int readable, writable;

	CHECK(!setgid(1000) && !setuid(1000));
	listener = listen_to(group);
	readable = open("a", O_RDONLY);
	writable = open("a", O_RDWR);
	CHECK(readable >= 0 && writable >= 0);
	CHECK_EQ(remember_open(listener->fd, readable, open_access, FANG_REMEMBER_SURVIVE), -EPERM);
	CHECK_OK(remember_open(listener->fd, writable, open_access, FANG_REMEMBER_SURVIVE));
	CHECK_EQ(open_request(listener->fd, 1), -EPERM);
	return 0;
}

CASE(the_unprivileged_remember_only_what_they_may_write)
{
	create_file("a", "");
	CHECK(!chmod(".", 0755) && !chown("a", 1000, 1000));
	group_start("g", "open_access", NULL);
	CHECK(!chown("/dev/fang/g", 1000, 1000));
	CHECK_OK(task_run(remember_without_privilege, "g"));
}

static int allow_with_fastpath_without_privilege(const void *group)
{
	struct listener *listener;
	struct event event;

	CHECK(!setgid(1000) && !setuid(1000));
	listener = listen_to(group);
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK_ERROR(respond_fastpath(listener, event.head.id, 0), -EPERM);
	CHECK_ERROR(respond_fastpath(listener, event.head.id, FANG_SURVIVE), -EPERM);
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	return 0;
}

CASE(an_allow_of_the_unprivileged_is_not_remembered)
{
	struct task listener;

	create_file("a", "");
	CHECK(!chmod(".", 0755));
	group_start("g", "open_access", NULL);
	CHECK(!chown("/dev/fang/g", 1000, 1000));
	task_start(&listener, allow_with_fastpath_without_privilege, "g");
	WAIT_FOR(get_number("g", "listeners") == 1);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_OK(task_result(&listener));
	CHECK_EQ(stat_of("g", "allowed"), 1);
	CHECK_EQ(get_number("g", "fastpath/count"), 0);
}

static int exchange(int fd, struct fang_response *responses, unsigned int count, char *records,
		    unsigned int size, int timeout_ms, struct fang_exchange *result)
{
	*result = (struct fang_exchange){
		.size = sizeof(*result),
		.responses = (unsigned long)responses,
		.records = (unsigned long)records,
		.responses_length = count * sizeof(*responses),
		.records_size = size,
		.timeout_ms = timeout_ms,
	};
	return ioctl_errno(fd, FANG_IOC_EXCHANGE, result);
}

CASE(one_call_responds_and_reads_the_next)
{
	char records[FANG_RECORD_MAX];
	struct fang_exchange result;
	struct fang_response response = { .response = FANG_ALLOW };
	struct listener *listener;
	struct event event;
	struct task opener;
	size_t at;

	create_file("a", "");
	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	for (int i = 0; i < 3; i++) {
		task_start(&opener, do_open, "a");
		CHECK_OK(exchange(listener->fd, &response, i > 0, records, sizeof(records),
				  LIMIT_MS, &result));
		CHECK_EQ(result.responses_done, i > 0 ? sizeof(response) : 0);
		at = 0;
		parse_event(records, result.records_length, &at, &event);
		CHECK_EQ(at, result.records_length);
		CHECK_EQ(event.head.kind, FANG_OPEN_ACCESS);
		response.id = event.head.id;
		if (i == 2)
			CHECK_OK(exchange(listener->fd, &response, 1, NULL, 0, 0, &result));
		else
			CHECK(!task_is_done(&opener));
	}
	CHECK_OK(task_result(&opener));
	CHECK_EQ(stat_of("g", "allowed"), 3);
	CHECK_EQ(stat_of("g", "delivered"), 3);
}

CASE(an_exchange_ends_in_time)
{
	char records[FANG_RECORD_MAX];
	struct fang_response unknown = { .id = 1, .response = FANG_ALLOW };
	struct fang_response malformed = { .id = 1, .response = 9 };
	struct fang_exchange result;
	struct listener *listener;

	group_start("g", "open", NULL);
	listener = listen_to("g");
	CHECK_EQ(exchange(listener->fd, NULL, 0, records, sizeof(records), 0, &result), -ETIME);
	CHECK_EQ(exchange(listener->fd, NULL, 0, records, sizeof(records), 20, &result), -ETIME);
	CHECK_EQ(exchange(listener->fd, NULL, 0, records, sizeof(records), -2, &result), -EINVAL);
	CHECK_EQ(exchange(listener->fd, &malformed, 1, records, sizeof(records), 0, &result),
		 -EINVAL);
	/* A response was taken, even if it named nothing: the rest is no error. */
	CHECK_OK(exchange(listener->fd, &unknown, 1, records, sizeof(records), 0, &result));
	CHECK_EQ(result.responses_done, sizeof(unknown));
	CHECK_EQ(result.unknown, 1);
	CHECK_EQ(result.records_length, 0);
}

static void ignore(int number)
{
	(void)number;
}

CASE(a_signal_does_not_undo_a_response)
{
	struct itimerval soon = { .it_value.tv_usec = 20000, .it_interval.tv_usec = 20000 };
	struct sigaction action = { .sa_handler = ignore };
	char records[FANG_RECORD_MAX];
	struct fang_response response = { .id = 1, .response = FANG_ALLOW };
	struct fang_exchange result;
	struct listener *listener;

	group_start("g", "open", NULL);
	listener = listen_to("g");
	CHECK(!sigaction(SIGALRM, &action, NULL));
	CHECK(!setitimer(ITIMER_REAL, &soon, NULL));
	CHECK_EQ(exchange(listener->fd, NULL, 0, records, sizeof(records), -1, &result), -EINTR);
	CHECK_OK(exchange(listener->fd, &response, 1, records, sizeof(records), -1, &result));
	CHECK_EQ(result.records_length, 0);
}
