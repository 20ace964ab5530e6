// SPDX-License-Identifier: GPL-2.0-only
/*
 * Listeners of blocking groups that do what one should not, or to whom it is done. Whoever is asked
 * waits as long as the groups' settings say and no longer; nobody else waits; and every request is
 * accounted for.
 */
#include "canary.h"
#include "fang.h"
#include "harness.h"
#include "subject.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Much longer than anybody outside may take for anything. */
#define TIMEOUT_MS (2500 * slowness())
/* Of each group, where there are many. */
#define SHORT_TIMEOUT_MS (1000 * slowness())

/* Of a group whose listener wants more time. */
#define MORE_TIMEOUT_MS SHORT_TIMEOUT_MS

/* How often something is done to a listener. */
#define TURN_MS (1000 * slowness())

#define BAD_LIMIT_S 120

#define MEMORY_CGROUP "/fang-bad-listener"
#define MEMORY_MAX    "16777216"
/* What a listener takes of it for each request. */
#define MEMORY_PIECE (2 << 20)

struct bad_listener {
	const char *group;
	task_function listen; /* gets the group's name */
	void (*trouble)(struct bad_listener *bad, unsigned int turn); /* each turn; NULL: none */
	const char *happens; /* the counter that must have moved in the end */
	struct task task;
};

/* A record at a time, like the simplest of programs. The errno says what went wrong. */
static bool read_event(int device, struct event *event)
{
	static char buffer[FANG_RECORD_MAX] __attribute__((aligned(8)));
	ssize_t length = read(device, buffer, sizeof(buffer));
	size_t offset = 0;

	if (length <= 0)
		return false;
	parse_event(buffer, length, &offset, event);
	return true;
}

static int join(const char *group)
{
	int device = device_open(group, O_RDWR);

	if (device < 0)
		FAIL("/dev/fang/%s: %s", group, error_name(device));
	return device;
}

/* Its request may be settled by now. */
static void allow(int device, const struct event *event)
{
	struct fang_response response = { .id = event->head.id, .response = FANG_ALLOW };

	if (event->head.deadline_ns)
		respond_with(device, &response);
}

static void append_line(const char *path, const struct event *event)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);

	CHECK(fd >= 0);
	CHECK(dprintf(fd, "%s %llu\n", kind_word(event->head.kind), event->head.id) > 0);
	CHECK(!close(fd));
}

static int log_where_it_is_asked_about(const void *group)
{
	int device = join(group);
	struct event event;

	for (;;) {
		if (!read_event(device, &event))
			continue;
		append_line("in/log", &event);
		allow(device, &event);
	}
	return 0;
}

/* A child that is not exempt writes what it gets, and says so. */
static void start_logger(int device, int *to, int *from)
{
	int there[2], back[2];
	struct event event;

	CHECK(!pipe(there) && !pipe(back));
	if (!fork()) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(device);
		while (read(there[0], &event, sizeof(event)) == sizeof(event)) {
			append_line("in/piped-log", &event);
			CHECK(write(back[1], "", 1) == 1);
		}
		_exit(0);
	}
	*to = there[1];
	*from = back[0];
}

/* It waits for its logger, whose open waits for it. */
static int log_through_a_child(const void *group)
{
	int device = join(group), to, from;
	struct event event;
	char byte;

	start_logger(device, &to, &from);
	for (;;) {
		if (!read_event(device, &event))
			continue;
		CHECK(write(to, &event, sizeof(event)) == sizeof(event));
		CHECK(read(from, &byte, 1) == 1);
		allow(device, &event);
	}
	return 0;
}

static const char *const program_files[] = { "in/program/ld.so", "in/program/libc.so.6",
					     "in/program/cat" };

static void install_program(void)
{
	if (system("mkdir in/program && cp -L /lib64/ld-linux-x86-64.so.2 in/program/ld.so &&"
		   " cp -L /lib/x86_64-linux-gnu/libc.so.6 in/program && cp /bin/cat in/program"))
		skip("there is no cat with its libraries here");
}

static void read_whole(const char *path)
{
	static char bytes[65536];
	int fd = open(path, O_RDONLY);
	ssize_t length;

	CHECK(fd >= 0);
	while ((length = read(fd, bytes, sizeof(bytes))) > 0)
		;
	CHECK_OK(length);
	CHECK(!close(fd));
}

static void run_program(void)
{
	pid_t pid = fork();
	int status;

	CHECK(pid >= 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl(program_files[0], "ld.so", "--library-path", "in/program", program_files[2],
		      "/dev/null", NULL);
		_exit(127);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

/* What it reads itself it reads unasked; what it starts is asked about, and it waits for that. */
static int use_a_program_there(const void *group)
{
	int device = join(group);
	struct event event;

	for (;;) {
		if (!read_event(device, &event))
			continue;
		for (size_t i = 0; i < sizeof(program_files) / sizeof(program_files[0]); i++)
			read_whole(program_files[i]);
		run_program();
		allow(device, &event);
	}
	return 0;
}

static int allow_all(const void *group)
{
	int device = join(group);
	struct event event;

	for (;;) {
		if (read_event(device, &event))
			allow(device, &event);
	}
	return 0;
}

/* Stopped for longer than a request waits, then at work for a while. */
static void stop_and_continue(struct bad_listener *bad, unsigned int turn)
{
	if (turn % 5 == 0)
		CHECK(!kill(bad->task.pid, SIGSTOP));
	if (turn % 5 == 4)
		CHECK(!kill(bad->task.pid, SIGCONT));
}

/* Of two requests one stays open, until it is killed with some of them. */
static int allow_every_second(const void *group)
{
	int device = join(group);
	struct event event;

	for (unsigned int turn = 0;; turn++) {
		if (read_event(device, &event) && turn % 2)
			allow(device, &event);
	}
	return 0;
}

static void start(struct bad_listener *bad)
{
	u64 listeners = get_number(bad->group, "listeners");

	task_start(&bad->task, bad->listen, bad->group);
	WAIT_FOR(get_number(bad->group, "listeners") > listeners || task_is_done(&bad->task));
}

static void kill_and_restart(struct bad_listener *bad, unsigned int turn)
{
	(void)turn;
	task_kill(&bad->task);
	start(bad);
}

static void restart_if_dead(struct bad_listener *bad, unsigned int turn)
{
	(void)turn;
	if (task_is_done(&bad->task))
		start(bad);
}

/*
 * It may have no further descriptor, and asks again and again. What it gets are notifications that
 * waited for so long that their files were let go.
 */
static int run_out_of_descriptors(const void *group)
{
	struct rlimit none = { 0 };
	int device = join(group);
	struct event event;

	CHECK(!setrlimit(RLIMIT_NOFILE, &none));
	for (;;) {
		if (read_event(device, &event))
			CHECK(!event.head.deadline_ns);
		else
			CHECK_EQ(errno, EMFILE);
		nap();
	}
	return 0;
}

/* The pages are used, and kept. */
static bool take_memory(void)
{
	char *piece = mmap(NULL, MEMORY_PIECE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);

	if (piece == MAP_FAILED)
		return false;
	for (size_t at = 0; at < MEMORY_PIECE; at += 4096)
		piece[at] = 1;
	return true;
}

static int need_memory(int device)
{
	struct event event;

	for (;;) {
		if (read_event(device, &event) && take_memory())
			allow(device, &event);
	}
	return 0;
}

/* Killed for its memory, where the kernel counts that, with a request open. */
static int run_out_of_memory(const void *group)
{
	int device = join(group);

	CHECK_OK(file_write("/sys/fs/cgroup" MEMORY_CGROUP "/cgroup.procs", "0", 1));
	return need_memory(device);
}

/* It is refused memory, and cannot respond without. */
static int run_out_of_addresses(const void *group)
{
	struct rlimit little = { 4 * MEMORY_PIECE, 4 * MEMORY_PIECE };
	int device = join(group);

	CHECK(!setrlimit(RLIMIT_AS, &little));
	return need_memory(device);
}

static bool limit_memory(void)
{
	cgroup_create(MEMORY_CGROUP);
	file_write("/sys/fs/cgroup/cgroup.subtree_control", "+memory", 7);
	return !file_write("/sys/fs/cgroup" MEMORY_CGROUP "/memory.max", MEMORY_MAX,
			   strlen(MEMORY_MAX));
}

static int never_respond(const void *group)
{
	int device = join(group);
	struct event event;

	for (;;)
		read_event(device, &event);
	return 0;
}

/* Shortly before each deadline, until it is refused. */
static void extend(int device, const struct event *event)
{
	struct fang_response response = { .id = event->head.id, .response = FANG_MORE_TIME };

	do
		usleep(MORE_TIMEOUT_MS * 1000 * 3 / 4);
	while (!respond_with(device, &response));
}

/* Each request has a child that sees to it. */
static int ask_for_more_time(const void *group)
{
	int device = join(group);
	struct event event;

	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		if (!read_event(device, &event) || !event.head.deadline_ns || fork())
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		extend(device, &event);
		_exit(0);
	}
	return 0;
}

/* ---- what the cases have in common ---- */

static void make_group(const struct bad_listener *bad, unsigned int timeout_ms,
		       const char *max_timeouts, const char *max_extensions)
{
	char timeout[16];

	snprintf(timeout, sizeof(timeout), "%u", timeout_ms);
	group_make(bad->group, "open open_access read_access", "timeout_ms", timeout,
		   "max_timeouts", max_timeouts, "max_extensions", max_extensions, "on_no_listener",
		   "wait", "max_deliveries", "1000", NULL);
	if (bad->listen == run_out_of_descriptors)
		CHECK_OK(set(bad->group, "report", "fd path"));
	scope_add(bad->group, "in", "subtree", case_path("in"));
	CHECK_OK(set(bad->group, "enabled", "1"));
}

/* What the settings of these groups make of one access. */
static long long sum_of_waits(const struct bad_listener *bad, unsigned int count)
{
	long long sum = 0;

	for (; count--; bad++)
		sum += get_number(bad->group, "timeout_ms") *
		       (1 + get_number(bad->group, "max_extensions"));
	return sum;
}

static bool all_happened(const struct bad_listener *bad, unsigned int count)
{
	for (; count--; bad++)
		if (!stat_of(bad->group, bad->happens))
			return false;
	return true;
}

/* So long, and on a busy machine longer, until each of them has done its worst. */
static void make_trouble(struct bad_listener *bad, unsigned int count, long long for_ms)
{
	long long end = now_ms() + for_ms, next = now_ms();
	unsigned int turn = 0;

	while (now_ms() < end || (!all_happened(bad, count) && now_ms() < end + LIMIT_MS)) {
		canaries_check();
		nap();
		if (now_ms() < next)
			continue;
		for (unsigned int i = 0; i < count; i++) {
			if (bad[i].trouble)
				bad[i].trouble(&bad[i], turn);
			else if (task_is_done(&bad[i].task))
				FAIL("the listener of %s died", bad[i].group);
		}
		next += TURN_MS;
		turn++;
	}
}

static void check_trouble(struct bad_listener *bad)
{
	task_kill(&bad->task);
	/* Its children may have been waiting, and die with it. */
	WAIT_FOR(pending_count(bad->group) == 0);
	check_balance(bad->group);
	if (!stat_of(bad->group, bad->happens))
		FAIL("%s: nothing %s", bad->group, bad->happens);
}

/* The canaries with these listeners, for longer than the longest wait. */
static void endure(struct bad_listener *bad, unsigned int count)
{
	long long longest = sum_of_waits(bad, count);

	for (unsigned int i = 0; i < count; i++)
		start(&bad[i]);
	canaries_start(longest);
	make_trouble(bad, count, longest + 2 * TURN_MS);
	canaries_stop();
	for (unsigned int i = 0; i < count; i++)
		check_trouble(&bad[i]);
}

/* Never degraded, so that each request waits for as long as it may. */
static void endure_alone(struct bad_listener *bad, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		make_group(&bad[i], TIMEOUT_MS, "0", "0");
	endure(bad, count);
}

CASE_LIMITED(one_that_logs_to_what_it_is_asked_about, BAD_LIMIT_S)
{
	struct bad_listener bad[] = {
		{ .group = "piped", .listen = log_through_a_child, .happens = "timed_out" },
		{ .group = "log", .listen = log_where_it_is_asked_about, .happens = "allowed" },
	};

	canaries_make();
	endure_alone(bad, 2);
}

CASE_LIMITED(one_whose_program_and_libraries_it_is_asked_about, BAD_LIMIT_S)
{
	struct bad_listener bad = { .group = "program",
				    .listen = use_a_program_there,
				    .happens = "timed_out" };

	canaries_make();
	install_program();
	endure_alone(&bad, 1);
}

CASE_LIMITED(one_that_is_stopped, BAD_LIMIT_S)
{
	struct bad_listener bad = { .group = "stopped",
				    .listen = allow_all,
				    .trouble = stop_and_continue,
				    .happens = "timed_out" };

	canaries_make();
	endure_alone(&bad, 1);
}

CASE_LIMITED(one_that_is_killed_with_requests_open, BAD_LIMIT_S)
{
	struct bad_listener bad = { .group = "killed",
				    .listen = allow_every_second,
				    .trouble = kill_and_restart,
				    .happens = "requeued" };

	canaries_make();
	endure_alone(&bad, 1);
}

CASE_LIMITED(one_that_runs_out_of_descriptors, BAD_LIMIT_S)
{
	struct bad_listener bad = { .group = "descriptors",
				    .listen = run_out_of_descriptors,
				    .happens = "timed_out" };

	canaries_make();
	endure_alone(&bad, 1);
}

CASE_LIMITED(one_that_runs_out_of_memory, BAD_LIMIT_S)
{
	struct bad_listener bad[] = {
		{ .group = "addresses", .listen = run_out_of_addresses, .happens = "timed_out" },
		{ .group = "memory",
		  .listen = run_out_of_memory,
		  .trouble = restart_if_dead,
		  .happens = "requeued" },
	};
	bool limited = limit_memory();

	canaries_make();
	endure_alone(bad, limited ? 2 : 1);
	cgroup_remove(MEMORY_CGROUP);
	if (!limited)
		note("this kernel limits no cgroup's memory");
}

CASE_LIMITED(one_that_never_responds, BAD_LIMIT_S)
{
	struct bad_listener bad = { .group = "silent",
				    .listen = never_respond,
				    .happens = "timed_out" };

	canaries_make();
	endure_alone(&bad, 1);
	/* With nobody responding, there is one reason only. */
	CHECK_EQ(stat_of("silent", "timed_out"), stat_of("silent", "asked"));
}

CASE_LIMITED(one_that_always_wants_more_time, BAD_LIMIT_S)
{
	struct bad_listener bad = { .group = "more",
				    .listen = ask_for_more_time,
				    .happens = "timed_out" };

	canaries_make();
	make_group(&bad, MORE_TIMEOUT_MS, "0", "2");
	endure(&bad, 1);
}

/* Here groups may become degraded, as they do unless told otherwise. */
CASE_LIMITED(all_of_them_at_once, BAD_LIMIT_S)
{
	struct bad_listener bad[] = {
		{ .group = "piped", .listen = log_through_a_child, .happens = "timed_out" },
		{ .group = "program", .listen = use_a_program_there, .happens = "timed_out" },
		{ .group = "stopped",
		  .listen = allow_all,
		  .trouble = stop_and_continue,
		  .happens = "asked" },
		{ .group = "killed",
		  .listen = allow_every_second,
		  .trouble = kill_and_restart,
		  .happens = "asked" },
		{ .group = "descriptors", .listen = run_out_of_descriptors, .happens = "timed_out" },
		{ .group = "addresses", .listen = run_out_of_addresses, .happens = "asked" },
		{ .group = "silent", .listen = never_respond, .happens = "timed_out" },
		{ .group = "more", .listen = ask_for_more_time, .happens = "extended" },
		{ .group = "log", .listen = log_where_it_is_asked_about, .happens = "asked" },
		{ .group = "memory",
		  .listen = run_out_of_memory,
		  .trouble = restart_if_dead,
		  .happens = "asked" },
	};
	unsigned int count = sizeof(bad) / sizeof(bad[0]) - !limit_memory();

	canaries_make();
	install_program();
	for (unsigned int i = 0; i < count; i++)
		make_group(&bad[i], SHORT_TIMEOUT_MS, "3",
			   bad[i].listen == ask_for_more_time ? "1" : "0");
	endure(bad, count);
	cgroup_remove(MEMORY_CGROUP);
}
