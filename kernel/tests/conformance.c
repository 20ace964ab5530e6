// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a user of such an interface relies on first, where it takes several parts at once: order,
 * responses, priorities, deaths, signals and names. The parts alone have cases in other files.
 */
#include "fang.h"
#include "fastpath.h"
#include "harness.h"
#include "subject.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#define READERS	   16
#define UNANSWERED 4

/* Deep enough for a path of almost 4096 bytes. */
#define DEPTH 1900

static int access_two_files(const void *unused)
{
	char bytes[4];
	int a, b;

	(void)unused;
	a = open("a", O_RDWR);
	b = open("b", O_RDONLY);
	CHECK(a >= 0 && b >= 0);
	CHECK_EQ(read(b, bytes, 4), 4);
	CHECK_EQ(write(a, bytes, 4), 4);
	CHECK_EQ(read(b, bytes, 4), 3);
	CHECK_EQ(read(b, bytes, 4), 0); /* the end of the file: nothing was read */
	CHECK_EQ(pread(a, bytes, 2, 0), 2);
	CHECK_OK(ftruncate(a, 0));
	CHECK_OK(close(b));
	CHECK_EQ(write(a, bytes, 1), 1);
	return close(a);
}

CASE(interleaved_accesses_are_heard_in_exactly_their_order)
{
	struct listener *listener;

	create_file("a", "");
	create_file("b", "content");
	group_start("g", "open read write close_write close_nowrite", NULL);
	listener = listen_to("g");
	CHECK_STRING(heard_of(listener, access_two_files, NULL),
		     "open:a open:b read:b write:a read:b read:a write:a close_nowrite:b write:a "
		     "close_write:a");
}

/* In this very process. Does not return if it works: the task then "died". */
static int execute(const void *path)
{
	execl(path, "cat", "/dev/null", NULL);
	return -errno;
}

/* Every request of the access comes from the task itself. The one of this kind gets the response. */
static void check_response(struct listener *listener, task_function function, const char *name,
			   enum fang_kind kind, unsigned int response, int expected)
{
	struct event event;
	struct task task;
	bool asked = false;

	task_start(&task, function, name);
	while (!task_is_done(&task)) {
		CHECK(task_age_ms(&task) < LIMIT_MS);
		if (!next_event(listener, &event, 20))
			continue;
		CHECK_STRING(event_name(&event), name);
		CHECK_EQ(event.head.pid, task.pid);
		CHECK_EQ(event.head.tgid, task.pid);
		asked |= event.head.kind == kind;
		CHECK_OK(respond(listener, event.head.id,
				 event.head.kind == kind ? response : FANG_ALLOW));
	}
	CHECK(asked);
	CHECK_ERROR(task_result(&task), expected);
}

CASE(open_read_and_exec_are_allowed_or_denied_by_exact_process)
{
	struct listener *listener;

	create_file("a", "content");
	program_create("program");
	group_start("g", "open_access read_access", NULL);
	listener = listen_to("g");
	check_response(listener, do_read, "a", FANG_OPEN_ACCESS, FANG_ALLOW, 0);
	check_response(listener, do_read, "a", FANG_OPEN_ACCESS, FANG_DENY, -EPERM);
	check_response(listener, do_read, "a", FANG_READ_ACCESS, FANG_DENY, -EPERM);
	check_response(listener, execute, "program", FANG_OPEN_ACCESS, FANG_ALLOW, TASK_DIED);
	check_response(listener, execute, "program", FANG_OPEN_ACCESS, FANG_DENY, -EPERM);
	check_response(listener, execute, "program", FANG_READ_ACCESS, FANG_DENY, -EPERM);
	CHECK_EQ(stat_of("g", "denied"), 4);
}

/* ---- priorities ---- */

static const char *const three[] = { "first", "second", "third" };

/* "a" is opened; these are asked, in this order, and respond so. */
static void check_round(struct listener **listeners, const char *who, unsigned int flags,
			int result)
{
	struct event event;
	struct task opener;
	u64 asked = 0;

	for (int i = 0; i < 3; i++)
		asked += stat_of(three[i], "asked");
	task_start(&opener, do_open, "a");
	for (const char *digit = who; *digit; digit++) {
		struct listener *listener = listeners[*digit - '1'];
		bool last = !digit[1];

		expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
		CHECK_EQ(event.head.pid, opener.pid);
		CHECK(!task_is_done(&opener));
		if (last && result)
			CHECK_OK(respond(listener, event.head.id, FANG_DENY));
		else if (flags)
			CHECK_OK(respond_fastpath(listener, event.head.id, flags));
		else
			CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	}
	CHECK_ERROR(task_result(&opener), result);
	for (int i = 0; i < 3; i++)
		asked -= stat_of(three[i], "asked");
	CHECK_EQ(-(long long)asked, strlen(who));
}

CASE(three_groups_of_three_priorities_each_have_their_own_fastpath)
{
	struct listener *listeners[3];

	create_settled("a");
	group_start("third", "open_access", "priority", "4294967295", NULL);
	group_start("first", "open_access", "priority", "0", NULL);
	group_start("second", "open_access", "priority", "7", NULL);
	for (int i = 0; i < 3; i++)
		listeners[i] = listen_to(three[i]);
	check_round(listeners, "123", 0, 0);
	/* A deny of the last does not touch what the others remember. */
	check_round(listeners, "123", FANG_FASTPATH, -EPERM);
	check_round(listeners, "3", FANG_FASTPATH, 0);
	check_round(listeners, "", 0, 0);
	CHECK_OK(set("second", "fastpath/flush", "1"));
	check_round(listeners, "2", 0, -EPERM);
	check_round(listeners, "2", FANG_FASTPATH | FANG_SURVIVE, 0);
	/* A change ends the two that are not to survive it. */
	CHECK_OK(task_run(do_truncate, "a"));
	check_round(listeners, "13", 0, 0);
	CHECK_OK(fastpath_write("second", "remove", "", "a"));
	check_round(listeners, "123", 0, 0);
}

/* ---- many readers ---- */

static void come_and_go(void)
{
	for (int i = 0; i < 5; i++) {
		group_start("other", "open_access read_access", NULL);
		CHECK_OK(set("other", "enabled", "0"));
		CHECK_OK(scope_set("other", "here", "enabled", "0"));
		CHECK_OK(scope_remove("other", "here"));
		CHECK_OK(group_remove("other"));
	}
}

/* Sixteen readers; all but four of their requests are answered while other groups come and go. */
static struct listener *leave_four(struct task *readers)
{
	struct listener *listener = listen_to("g");
	struct event event;

	for (int i = 0; i < READERS; i++)
		task_start(&readers[i], do_read, "a");
	WAIT_FOR(pending_count("g") == READERS);
	come_and_go();
	for (int i = 0; i < READERS; i++) {
		expect_event(listener, &event, FANG_READ_ACCESS, "a");
		if (i < READERS - UNANSWERED)
			CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	}
	WAIT_FOR(pending_count("g") == UNANSWERED);
	come_and_go();
	return listener;
}

static unsigned int count_results(struct task *readers, int expected)
{
	unsigned int count = 0;

	for (int i = 0; i < READERS; i++)
		count += task_result(&readers[i]) == expected;
	return count;
}

CASE(of_sixteen_readers_four_are_denied_when_the_listener_closes)
{
	struct task readers[READERS];

	create_file("a", "content");
	group_start("g", "read_access", "on_no_listener", "deny", NULL);
	stop_listening(leave_four(readers));
	CHECK_EQ(count_results(readers, 0), READERS - UNANSWERED);
	CHECK_EQ(count_results(readers, -EPERM), UNANSWERED);
	CHECK_EQ(stat_of("g", "allowed"), READERS - UNANSWERED);
	CHECK_EQ(stat_of("g", "abandoned"), UNANSWERED);
	check_balance("g");
}

CASE(of_sixteen_readers_four_go_to_the_next_listener_when_the_first_closes)
{
	struct listener *first, *next;
	struct task readers[READERS];
	struct event event;

	create_file("a", "content");
	group_start("g", "read_access", "on_no_listener", "deny", NULL);
	first = leave_four(readers);
	next = listen_to("g");
	stop_listening(first);
	for (int i = 0; i < UNANSWERED; i++) {
		expect_event(next, &event, FANG_READ_ACCESS, "a");
		CHECK(event.head.flags & FANG_REDELIVERED);
		CHECK_OK(respond(next, event.head.id, FANG_ALLOW));
	}
	CHECK_EQ(count_results(readers, 0), READERS);
	CHECK_EQ(stat_of("g", "requeued"), UNANSWERED);
	CHECK_EQ(stat_of("g", "abandoned"), 0);
	check_balance("g");
}

/* ---- signals ---- */

/* A reader that waits is sent this, and that is its end. */
static void check_fatal(int signal)
{
	struct listener *listener = listen_to("g");
	struct event event;
	struct task reader;
	u64 interrupted = stat_of("g", "interrupted");

	task_start(&reader, do_read, "a");
	expect_event(listener, &event, FANG_READ_ACCESS, "a");
	CHECK(!kill(reader.pid, signal));
	CHECK_EQ(task_result(&reader), TASK_DIED);
	CHECK_EQ(pending_count("g"), 0);
	CHECK_EQ(stat_of("g", "interrupted"), interrupted + 1);
	stop_listening(listener);
}

CASE(a_fatal_signal_ends_a_blocked_read)
{
	create_file("a", "content");
	group_start("g", "read_access", "timeout_ms", "600000", NULL);
	check_fatal(SIGKILL);
	check_fatal(SIGTERM);
	check_fatal(SIGALRM);
}

static volatile sig_atomic_t alarms;

static void count_alarm(int signal)
{
	(void)signal;
	alarms++;
}

/* Each call is interrupted by a few alarms while it waits, which come when it is done. */
static int access_under_alarms(const void *flags)
{
	struct sigaction action = { .sa_handler = count_alarm, .sa_flags = *(const int *)flags };
	struct itimerval timer = { { 0, 20000 }, { 0, 20000 } };
	char bytes[8];
	int fd;

	CHECK(!sigaction(SIGALRM, &action, NULL));
	CHECK(!setitimer(ITIMER_REAL, &timer, NULL));
	for (int i = 0; i < 3; i++) {
		alarms = 0;
		fd = open("a", O_RDONLY);
		CHECK(fd >= 0 && alarms > 0);
		alarms = 0;
		CHECK_EQ(read(fd, bytes, sizeof(bytes)), 7);
		CHECK(alarms > 0);
		CHECK_EQ(pread(fd, bytes, 1, 6), 1);
		close(fd);
	}
	return 0;
}

/* Longer than the timer's period: at least one alarm comes during each wait. */
static void allow_slowly(struct listener *listener, struct task *task)
{
	struct event event;

	while (!task_is_done(task)) {
		CHECK(task_age_ms(task) < LIMIT_MS);
		if (!next_event(listener, &event, 20))
			continue;
		usleep(60000);
		CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	}
}

CASE(a_timer_every_20_ms_gives_no_call_eintr)
{
	static const int flags[] = { SA_RESTART, 0 };
	struct listener *listener;
	struct task task;

	create_file("a", "content");
	group_start("g", "open_access read_access", "timeout_ms", "600000", NULL);
	listener = listen_to("g");
	for (int i = 0; i < 2; i++) {
		task_start(&task, access_under_alarms, &flags[i]);
		allow_slowly(listener, &task);
		CHECK_OK(task_result(&task));
	}
	/* No wait was given up and begun anew. */
	CHECK_EQ(stat_of("g", "asked"), 2 * 3 * 3);
	CHECK_EQ(stat_of("g", "interrupted"), 0);
}

/* ---- whom a listener's exemption follows ---- */

static void send_descriptor(int socket, int fd)
{
	char control[CMSG_SPACE(sizeof(fd))] = { 0 };
	struct iovec byte = { .iov_base = "x", .iov_len = 1 };
	struct msghdr message = { .msg_iov = &byte,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	CHECK_EQ(sendmsg(socket, &message, 0), 1);
}

static int receive_descriptor(int socket)
{
	char control[CMSG_SPACE(sizeof(int))], data;
	struct iovec byte = { .iov_base = &data, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &byte,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	int fd;

	CHECK_EQ(recvmsg(socket, &message, 0), 1);
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

/* Heard until it reads, then its own accesses are not; a child's are. */
static int listen_with_what_comes(const void *socket)
{
	struct listener listener = { .fd = receive_descriptor(*(const int *)socket) };
	struct event event;

	CHECK_OK(do_open("b"));
	expect_event(&listener, &event, FANG_OPEN, "b");
	CHECK_EQ(event.head.tgid, getpid());
	CHECK_OK(do_open("c"));
	CHECK(!next_event(&listener, &event, 0));
	raise_flag("listening");
	expect_event(&listener, &event, FANG_OPEN, "d");
	CHECK_EQ(event.head.tgid, getppid());
	CHECK_OK(task_run(do_open, "e"));
	expect_event(&listener, &event, FANG_OPEN, "e");
	return 0;
}

CASE(a_device_that_was_passed_on_exempts_who_reads_it)
{
	struct task worker;
	int ends[2], device;

	for (const char *name = "a\0b\0c\0d\0e\0"; *name; name += 2)
		create_file(name, "");
	CHECK(!socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends));
	group_start("g", "open", NULL);
	device = device_open("g", O_RDWR | O_NONBLOCK);
	CHECK(device >= 0);
	task_closes(device);
	CHECK_OK(do_open("a"));
	CHECK_EQ(stat_of("g", "queued"), 0);
	task_start(&worker, listen_with_what_comes, &ends[0]);
	send_descriptor(ends[1], device);
	wait_for_flag("listening");
	CHECK_OK(do_open("d"));
	CHECK_OK(task_result(&worker));
}

/* ---- the fastpath ---- */

CASE(only_an_allow_by_a_response_makes_an_entry_and_a_write_drops_it)
{
	struct listener *listener;
	struct event event;
	struct task opener;
	char text[64];

	create_settled("a");
	group_start("g", "open_access", NULL);
	/* Allowed without anybody's response: */
	CHECK_OK(task_run(do_open, "a"));
	item_add("g", "rules/r", "respond", "allow", NULL);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_OK(item_set("g", "rules/r", "enabled", "0"));
	CHECK_OK(set("g", "timeout_ms", "500"));
	listener = listen_to("g");
	task_start(&opener, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK_OK(task_result(&opener));
	CHECK_EQ(stat_of("g", "timed_out"), 1);
	/* What timed out cannot be remembered any more, nor what is denied. */
	CHECK_ERROR(respond_fastpath(listener, event.head.id, FANG_FASTPATH), -ENOENT);
	CHECK_EQ(get_number("g", "fastpath/count"), 0);
	CHECK_OK(set("g", "timeout_ms", "3000"));
	task_start(&opener, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK_OK(respond(listener, event.head.id, FANG_DENY));
	CHECK_ERROR(task_result(&opener), -EPERM);
	CHECK_EQ(get_number("g", "fastpath/count"), 0);
	/* By somebody who is no listener: */
	task_start(&opener, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	snprintf(text, sizeof(text), "%llu allow fastpath", (u64)event.head.id);
	CHECK_OK(set("g", "respond", text));
	CHECK_OK(task_result(&opener));
	CHECK_EQ(get_number("g", "fastpath/count"), 1);
	CHECK(!is_asked(listener, "a"));
	CHECK(is_asked_by(listener, do_write, "a", 0));
	CHECK_EQ(get_number("g", "fastpath/count"), 0);
	CHECK(is_asked(listener, "a"));
}

/* ---- names ---- */

static int read_after_unlink(const void *path)
{
	char byte;
	int fd = open(path, O_RDONLY);

	CHECK(fd >= 0 && !unlink(path));
	return read(fd, &byte, 1) < 0 ? -errno : 0;
}

/* Goes to the deepest directory and leaves a file "f" there. */
static void go_down(void)
{
	for (int i = 0; i < DEPTH; i++)
		CHECK(!mkdir("d", 0755) && !chdir("d"));
	create_file("f", "content");
}

CASE(a_rule_about_a_directory_holds_for_whatever_is_below)
{
	static const char *const odd[] = { "new\nline\n", "\xff\xfe\x80", " ", "x (deleted)",
					   "\\040" };
	enum { COUNT = sizeof(odd) / sizeof(odd[0]) };

	create_file("beside", "content");
	group_start("g", "open_access", NULL);
	CHECK(!mkdir("top", 0755) && !chdir("top"));
	for (int i = 0; i < COUNT; i++)
		create_file(odd[i], "");
	go_down();
	item_add("g", "rules/r", "subtree", case_path("top"), "respond", "deny", NULL);
	CHECK_ERROR(task_run(do_open, "f"), -EPERM);
	/* A file that has lost its name is still where it was. */
	CHECK_OK(set("g", "mask", "read_access"));
	CHECK_ERROR(task_run(read_after_unlink, "f"), -EPERM);
	CHECK_OK(set("g", "mask", "open_access"));
	CHECK(!chdir(case_path("top")));
	for (int i = 0; i < COUNT; i++)
		CHECK_ERROR(task_run(do_open, odd[i]), -EPERM);
	CHECK_OK(task_run(do_open, "../beside"));
	CHECK_EQ(stat_of("g", "rule_denied"), COUNT + 2);
}

/* ---- what is not finished ---- */

static void make_in(const char *directory)
{
	CHECK_OK(item_make("g", directory));
}

CASE(half_made_groups_scopes_rules_and_exemptions_do_nothing)
{
	struct listener *listener;

	create_file("a", "");
	group_make("g", "open open_access", "on_no_listener", "deny", NULL);
	scope_add("g", "here", "subtree", case_dir());
	CHECK_OK(task_run(do_open, "a")); /* the group is not enabled */
	CHECK_OK(scope_set("g", "here", "enabled", "0"));
	CHECK_OK(set("g", "enabled", "1"));
	make_in("scopes/empty");
	make_in("scopes/typed");
	CHECK_OK(scope_set("g", "typed", "type", "subtree"));
	CHECK_ERROR(scope_set("g", "typed", "enabled", "1"), -EINVAL);
	CHECK_OK(task_run(do_open, "a")); /* no scope is enabled */
	CHECK_EQ(stat_of("g", "no_listener") + stat_of("g", "missed"), 0);
	CHECK_OK(scope_set("g", "here", "enabled", "1"));
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
	listener = listen_to("g");
	make_in("rules/empty");
	CHECK_ERROR(item_set("g", "rules/empty", "enabled", "1"), -EINVAL);
	make_in("rules/off");
	CHECK_OK(item_set("g", "rules/off", "respond", "deny"));
	make_in("exemptions/empty");
	CHECK_OK(item_set("g", "exemptions/empty", "type", "uid"));
	CHECK_ERROR(item_set("g", "exemptions/empty", "enabled", "1"), -EINVAL);
	make_in("exemptions/off");
	CHECK_OK(item_set("g", "exemptions/off", "type", "uid"));
	CHECK_OK(item_set("g", "exemptions/off", "value", "0"));
	CHECK_STRING(heard_of(listener, do_open, "a"), "open_access:a open:a");
	CHECK_EQ(stat_of("g", "rule_denied") + stat_of("g", "exempted"), 0);
}
