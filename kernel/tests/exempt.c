// SPDX-License-Identifier: GPL-2.0-only
/* Whose accesses raise no events: listeners and their helpers. */
#include "fang.h"
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int hear_once(const void *group)
{
	struct listener *listener = listen_to(group);
	struct event event;

	expect_event(listener, &event, FANG_OPEN, "a");
	return event.head.tgid;
}

CASE(a_listeners_own_access_is_not_heard_in_its_group_but_in_others)
{
	struct listener *listener;
	struct task other;

	create_file("a", "");
	group_start("g", "open open_access", NULL);
	group_start("h", "open", NULL);
	listener = listen_to("g");
	task_start(&other, hear_once, "h");
	WAIT_FOR(get_number("h", "listeners") == 1);
	CHECK_OK(do_open("a"));
	CHECK_EQ(task_result(&other), getpid());
	CHECK(stat_of("g", "exempted") > 0);
	CHECK_EQ(stat_of("g", "asked"), 0);
	CHECK_STRING(heard(listener), "");
}

static int open_after_go(const void *path)
{
	wait_for_flag("go");
	return do_open(path);
}

static int exempt(struct listener *listener, pid_t pid, unsigned int flags)
{
	struct fang_exempt exempt = { .size = sizeof(exempt), .flags = flags, .pid = pid };

	return ioctl(listener->fd, FANG_IOC_EXEMPT, &exempt) ? -errno : 0;
}

CASE(an_exempted_process_is_not_heard)
{
	struct listener *listener;
	struct task helper;

	create_file("a", "");
	group_start("g", "open open_access", NULL);
	listener = listen_to("g");
	task_start(&helper, open_after_go, "a");
	CHECK_OK(exempt(listener, helper.pid, 0));
	raise_flag("go");
	CHECK_OK(task_result(&helper));
	CHECK_EQ(stat_of("g", "asked"), 0);
	CHECK_STRING(heard_of(listener, do_open, "a"), "open_access:a open:a");
}

static int listen_and_open(const void *group)
{
	listen_to(group);
	return do_open("a");
}

/* Otherwise the two groups could wait for each other. */
CASE(a_listener_that_waits_is_let_go_when_its_group_is_enabled_and_asked_sooner)
{
	struct listener *listener;
	struct event event;
	struct task task;

	create_file("a", "");
	group_start("g", "open_access", "on_timeout", "deny", NULL);
	group_make("h", "open_access", "priority", "1", NULL);
	listener = listen_to("g");
	task_start(&task, listen_and_open, "h");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK(!task_is_done(&task));
	CHECK_OK(set("h", "enabled", "1"));
	CHECK_OK(task_result(&task));
	CHECK_EQ(stat_of("g", "abandoned"), 1);
}

CASE(an_exemption_ends_with_its_listener)
{
	struct listener *first, *second;
	struct task helper;

	create_file("a", "");
	group_start("g", "open", NULL);
	first = listen_to("g");
	second = listen_to("g");
	task_start(&helper, open_after_go, "a");
	CHECK_OK(exempt(first, helper.pid, 0));
	stop_listening(first);
	raise_flag("go");
	CHECK_OK(task_result(&helper));
	CHECK_STRING(heard(second), "open:a");
}

/* A process group of two: the leader, which was exempted, and a child that opens. */
static int open_in_group(const void *path)
{
	struct task child;

	CHECK(!setpgid(0, 0));
	raise_flag("ready");
	task_start(&child, open_after_go, path);
	return task_result(&child);
}

static void exempt_leader(unsigned int flags, const char *expected)
{
	struct listener *listener;
	struct task leader;

	create_file("a", "");
	group_start("g", "open", NULL);
	task_start(&leader, open_in_group, "a");
	wait_for_flag("ready");
	listener = listen_to("g");
	CHECK_OK(exempt(listener, leader.pid, flags));
	raise_flag("go");
	CHECK_OK(task_result(&leader));
	CHECK_STRING(heard(listener), expected);
}

CASE(an_exempted_process_group_is_not_heard)
{
	exempt_leader(FANG_EXEMPT_PROCESS_GROUP, "");
}

CASE(a_child_of_an_exempted_process_is_heard)
{
	exempt_leader(0, "open:a");
}

static int exempt_with(struct listener *listener, struct fang_exempt exempt)
{
	return ioctl(listener->fd, FANG_IOC_EXEMPT, &exempt) ? -errno : 0;
}

CASE(malformed_exemptions_are_refused)
{
	struct fang_exempt good = { .size = sizeof(good) }, bad;
	struct listener *listener;
	pid_t ended = fork();

	if (!ended)
		_exit(0);
	waitpid(ended, NULL, 0);
	group_start("g", "open", NULL);
	listener = listen_to("g");
	bad = good;
	bad.pid = ended;
	CHECK_ERROR(exempt_with(listener, bad), -ESRCH);
	bad.flags = FANG_EXEMPT_PROCESS_GROUP;
	CHECK_ERROR(exempt_with(listener, bad), -ESRCH);
	bad = good;
	bad.flags = 2;
	CHECK_ERROR(exempt_with(listener, bad), -EINVAL);
	bad = good;
	bad.pad = 1;
	CHECK_ERROR(exempt_with(listener, bad), -EINVAL);
	bad = good;
	bad.size = 8;
	CHECK_ERROR(exempt_with(listener, bad), -EINVAL);
	CHECK(ioctl(listener->fd, FANG_IOC_EXEMPT, NULL) && errno == EFAULT);
	CHECK_OK(exempt_with(listener, good));
}

/* The usual call of a pipeline: pid 0 and the flag exempt what the caller's shell started. */
CASE(a_listener_exempts_its_own_process_group_with_pid_0)
{
	struct listener *listener;

	create_file("a", "");
	group_start("g", "open", NULL);
	CHECK(!setpgid(0, 0));
	listener = listen_to("g");
	CHECK_OK(exempt(listener, 0, FANG_EXEMPT_PROCESS_GROUP));
	CHECK_OK(task_run(do_open, "a"));
	CHECK_EQ(stat_of("g", "queued"), 0);
	CHECK_EQ(stat_of("g", "exempted"), 1);
}

CASE(exemptions_are_bounded_and_the_same_counts_once)
{
	struct task helpers[65];
	struct listener *listener;

	group_start("g", "open", NULL);
	listener = listen_to("g");
	for (int i = 0; i < 65; i++)
		task_start(&helpers[i], open_after_go, "a");
	for (int i = 0; i < 64; i++) {
		CHECK_OK(exempt(listener, helpers[i].pid, 0));
		CHECK_OK(exempt(listener, helpers[i].pid, 0));
	}
	CHECK_ERROR(exempt(listener, helpers[64].pid, 0), -ENOSPC);
	CHECK_ERROR(exempt(listener, -1, 0), -EINVAL);
}

CASE(a_process_that_gets_the_number_of_an_exempted_one_is_heard)
{
	struct listener *listener;
	struct task helper, heir;

	create_file("a", "");
	group_start("g", "open", NULL);
	listener = listen_to("g");
	task_start(&helper, open_after_go, "a");
	CHECK_OK(exempt(listener, helper.pid, 0));
	task_kill(&helper);
	task_start_as(&heir, helper.pid, open_after_go, "a");
	raise_flag("go");
	CHECK_OK(task_result(&heir));
	CHECK_STRING(heard(listener), "open:a");
}

static void drop_admin_capability(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	CHECK(!syscall(SYS_capget, &header, data));
	data[0].effective &= ~(1u << CAP_SYS_ADMIN);
	data[0].permitted &= ~(1u << CAP_SYS_ADMIN);
	CHECK(!syscall(SYS_capset, &header, data));
}

static int listen_without_capability(const void *group)
{
	struct listener *listener;
	struct event event;

	drop_admin_capability();
	listener = listen_to(group);
	CHECK_ERROR(exempt(listener, getppid(), 0), -EPERM);
	CHECK_OK(exempt(listener, 0, 0));
	expect_event(listener, &event, FANG_OPEN, "a");
	CHECK_ERROR(event.head.fd, -EPERM);
	return 0;
}

CASE(without_the_capability_a_listener_gets_no_descriptors_and_exempts_only_itself)
{
	struct task listener;

	create_file("a", "");
	group_start("g", "open", "report", "fd path", NULL);
	task_start(&listener, listen_without_capability, "g");
	WAIT_FOR(get_number("g", "listeners") == 1);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_OK(task_result(&listener));
}

static void *open_in_thread(void *path)
{
	CHECK_OK(do_open(path));
	return NULL;
}

CASE(every_thread_of_a_listeners_process_is_exempt)
{
	struct listener *listener;
	pthread_t thread;

	create_file("a", "");
	group_start("g", "open open_access", NULL);
	listener = listen_to("g");
	CHECK(!pthread_create(&thread, NULL, open_in_thread, "a"));
	CHECK(!pthread_join(thread, NULL));
	CHECK_EQ(stat_of("g", "asked"), 0);
	CHECK_STRING(heard(listener), "");
}

static int read_and_open(const void *device)
{
	struct pollfd ready = { .fd = *(const int *)device, .events = POLLIN };
	char buffer[FANG_RECORD_MAX];

	CHECK_EQ(poll(&ready, 1, LIMIT_MS), 1);
	CHECK(read(ready.fd, buffer, sizeof(buffer)) > 0);
	CHECK_OK(do_open("b"));
	raise_flag("ready");
	wait_for_flag("go");
	return 0;
}

/* As when a daemon opens the device and its worker reads. */
CASE(the_process_that_reads_is_the_listener)
{
	struct listener *listener;
	struct task worker;
	int device;

	create_file("a", "");
	create_file("b", "");
	create_file("c", "");
	group_start("g", "open", NULL);
	device = device_open("g", O_RDWR);
	CHECK(device >= 0);
	CHECK_OK(do_open("a"));
	CHECK_OK(task_run(do_open, "a"));
	task_start(&worker, read_and_open, &device);
	wait_for_flag("ready");
	CHECK_EQ(stat_of("g", "queued"), 1);
	CHECK_OK(do_open("c"));
	CHECK_EQ(stat_of("g", "queued"), 2);
	raise_flag("go");
	CHECK_OK(task_result(&worker));
	listener = listen_to("g");
	CHECK_STRING(heard(listener), "open:c");
}

static int listen_then_drop_capability(const void *group)
{
	struct listener *listener = listen_to(group);
	struct event event;

	drop_admin_capability();
	expect_event(listener, &event, FANG_OPEN, "a");
	CHECK(event.head.fd >= 0);
	close(event.head.fd);
	return 0;
}

CASE(what_counts_is_the_capability_at_the_open_of_the_device)
{
	struct task listener;

	create_file("a", "");
	group_start("g", "open", "report", "fd path", NULL);
	task_start(&listener, listen_then_drop_capability, "g");
	WAIT_FOR(get_number("g", "listeners") == 1);
	CHECK_OK(task_run(do_open, "a"));
	CHECK_OK(task_result(&listener));
}
