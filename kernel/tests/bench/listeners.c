// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows: 1 to 4 listeners who take a millisecond of CPU for each file, as a scanner with so many
 * threads; beside mainline's fanotify with as many readers, in turns. For a guest with two
 * processors whose clock is a real one.
 */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fang.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LISTENERS_MAX 4
#define SCAN_NS	      1000000
/* More than listen, so that there is always a file to scan. */
#define OPENERS 8
#define OPENS	400
#define ROUNDS	5
/* Opens while all listeners sleep, and long enough apart that they do again. */
#define LONE_OPENS  100
#define LONE_GAP_US 5000
/* After a start: until those who read are in read(2). */
#define START_US 200000

struct shared {
	unsigned int opens; /* begun */
	unsigned int limit;
	unsigned int gap_us;
	long long taken_ns[OPENS];
};

static struct shared *shared;

/* Ours and mainline's, by the same steps. */
struct side {
	const char *name;
	int (*begin)(void);
	void (*listen)(int group);
	void (*end)(int group);
	double rate[LISTENERS_MAX + 1][ROUNDS];
	double busy[LISTENERS_MAX + 1];
	long long taken_ns[LISTENERS_MAX + 1][ROUNDS * OPENS];
};

static long long now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void scan(void)
{
	long long end = now_ns(CLOCK_THREAD_CPUTIME_ID) + SCAN_NS;

	while (now_ns(CLOCK_THREAD_CPUTIME_ID) < end)
		;
}

/* ---- ours ---- */

static int begin_fang(void)
{
	bench_group("g", "open_access", "fd", "subtree", BENCH_DIR);
	return -1;
}

/* One request at a time, though more may wait. */
static void listen_fang(int group __attribute__((unused)))
{
	struct fang_record record;
	struct fang_response response;
	struct fang_exchange exchange = {
		.size = sizeof(exchange),
		.responses = (u64)(unsigned long)&response,
		.records = (u64)(unsigned long)&record,
		.records_size = sizeof(record),
		.timeout_ms = -1,
	};
	int device = bench_listen("g");

	for (;;) {
		if (ioctl(device, FANG_IOC_EXCHANGE, &exchange))
			FAIL("FANG_IOC_EXCHANGE: %s", error_name(-errno));
		exchange.responses_length = 0;
		if (!exchange.records_length || !record.deadline_ns)
			continue;
		scan();
		close(record.fd);
		response = (struct fang_response){ .id = record.id, .response = FANG_ALLOW };
		exchange.responses_length = sizeof(response);
	}
}

static void end_fang(int group __attribute__((unused)))
{
	CHECK_EQ(stat_of("g", "asked"), stat_of("g", "allowed"));
	bench_group_end("g");
}

/* ---- mainline's ---- */

static int begin_mainline(void)
{
	int group = fanotify_group(FAN_CLASS_CONTENT);

	fanotify_mark_fs(group, FAN_OPEN_PERM);
	return group;
}

static void listen_mainline(int group)
{
	struct fanotify_event_metadata event;

	while (read(group, &event, sizeof(event)) == sizeof(event)) {
		struct fanotify_response response = { .fd = event.fd, .response = FAN_ALLOW };

		scan();
		CHECK_EQ(write(group, &response, sizeof(response)), sizeof(response));
		close(event.fd);
	}
}

static void end_mainline(int group)
{
	close(group);
}

/* ---- a run ---- */

static pid_t child(void (*function)(int), int argument)
{
	pid_t process = fork();

	CHECK(process >= 0);
	if (!process) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		function(argument);
		_exit(0);
	}
	return process;
}

static void open_files(int unused __attribute__((unused)))
{
	unsigned int number;

	while ((number = __atomic_fetch_add(&shared->opens, 1, __ATOMIC_RELAXED)) < shared->limit) {
		long long start = now_ns(CLOCK_MONOTONIC);
		int fd = open(next_file(number % BATCH), O_RDONLY | O_CLOEXEC);

		CHECK(fd >= 0);
		shared->taken_ns[number] = now_ns(CLOCK_MONOTONIC) - start;
		close(fd);
		if (shared->gap_us)
			usleep(shared->gap_us);
	}
}

/* How often they went to sleep, which is how often they were woken. */
static u64 sleeps_of(const pid_t *listeners, unsigned int count)
{
	char path[64], text[4096];
	u64 sleeps, sum = 0;

	for (unsigned int i = 0; i < count; i++) {
		const char *at;

		snprintf(path, sizeof(path), "/proc/%d/status", listeners[i]);
		CHECK(file_read(path, text, sizeof(text)) > 0);
		at = strstr(text, "\nvoluntary_ctxt_switches:");
		CHECK(at && sscanf(at, "\nvoluntary_ctxt_switches: %llu", &sleeps) == 1);
		sum += sleeps;
	}
	return sum;
}

/* Ticks of all processors: all of them, and those in which there was something to do. */
static void ticks(u64 *all, u64 *busy)
{
	u64 user, nice, system, idle, waiting;
	char text[16384];

	CHECK(file_read("/proc/stat", text, sizeof(text)) > 0);
	CHECK(sscanf(text, "cpu %llu %llu %llu %llu %llu", &user, &nice, &system, &idle,
		     &waiting) == 5);
	*busy = user + nice + system;
	*all = *busy + idle + waiting;
}

/*
 * @seconds: what the opens took
 * @wakeups: how often listeners were woken
 * @busy: the part of the processors' time in which there was something to do, which other load of
 *	the host does not change
 */
struct outcome {
	double seconds;
	u64 wakeups;
	double busy;
};

static struct outcome run(const struct side *side, unsigned int count, unsigned int openers,
			  unsigned int limit, unsigned int gap_us)
{
	pid_t listeners[LISTENERS_MAX], opener[OPENERS];
	long long spent;
	int group = side->begin(), status;
	u64 before, all[2], busy[2];

	for (unsigned int i = 0; i < count; i++)
		listeners[i] = child(side->listen, group);
	usleep(START_US);
	shared->opens = 0;
	shared->limit = limit;
	shared->gap_us = gap_us;
	before = sleeps_of(listeners, count);
	ticks(&all[0], &busy[0]);
	spent = -now_ns(CLOCK_MONOTONIC);
	for (unsigned int i = 0; i < openers; i++)
		opener[i] = child(open_files, 0);
	for (unsigned int i = 0; i < openers; i++) {
		CHECK_EQ(waitpid(opener[i], &status, 0), opener[i]);
		CHECK_EQ(status, 0);
	}
	spent += now_ns(CLOCK_MONOTONIC);
	ticks(&all[1], &busy[1]);
	before = sleeps_of(listeners, count) - before;
	for (unsigned int i = 0; i < count; i++) {
		CHECK(!kill(listeners[i], SIGKILL));
		CHECK_EQ(waitpid(listeners[i], &status, 0), listeners[i]);
	}
	side->end(group);
	return (struct outcome){ .seconds = spent / 1e9,
				 .wakeups = before,
				 .busy = (double)(busy[1] - busy[0]) / (all[1] - all[0]) };
}

static void run_busy(struct side *side, unsigned int count, unsigned int round)
{
	struct outcome outcome = run(side, count, OPENERS, OPENS, 0);

	side->rate[count][round] = OPENS / outcome.seconds;
	side->busy[count] += outcome.busy / ROUNDS;
	memcpy(side->taken_ns[count] + round * OPENS, shared->taken_ns, sizeof(shared->taken_ns));
}

static void run_lone(struct side *side, unsigned int count)
{
	struct outcome outcome = run(side, count, 1, LONE_OPENS, LONE_GAP_US);
	char name[64];

	snprintf(name, sizeof(name), "listeners.%s.%u.wakeups", side->name, count);
	figure_exact(name, (double)outcome.wakeups / LONE_OPENS);
}

/* ---- figures ---- */

static int compare_rates(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static int compare_times(const void *a, const void *b)
{
	long long left = *(const long long *)a, right = *(const long long *)b;

	return (left > right) - (left < right);
}

static void figures_of(struct side *side, unsigned int count)
{
	static const unsigned int percents[] = { 50, 75, 90, 95, 99 };
	long long *taken_ns = side->taken_ns[count];
	char name[64];

	qsort(side->rate[count], ROUNDS, sizeof(double), compare_rates);
	snprintf(name, sizeof(name), "listeners.%s.%u.rate", side->name, count);
	figure(name, side->rate[count][ROUNDS / 2]);
	snprintf(name, sizeof(name), "listeners.%s.%u.busy", side->name, count);
	figure_exact(name, side->busy[count]);
	qsort(taken_ns, ROUNDS * OPENS, sizeof(*taken_ns), compare_times);
	for (unsigned int i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
		snprintf(name, sizeof(name), "listeners.%s.%u.p%u", side->name, count, percents[i]);
		figure(name, taken_ns[ROUNDS * OPENS * percents[i] / 100] / 1e3);
	}
}

void rows_of_listeners(void)
{
	static struct side sides[] = {
		{ .name = "fang", .begin = begin_fang, .listen = listen_fang, .end = end_fang },
		{ .name = "mainline",
		  .begin = begin_mainline,
		  .listen = listen_mainline,
		  .end = end_mainline },
	};

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	CHECK(shared != MAP_FAILED);
	for (unsigned int round = 0; round < ROUNDS; round++)
		for (unsigned int count = 1; count <= LISTENERS_MAX; count++)
			for (unsigned int i = 0; i < 2; i++)
				run_busy(&sides[(round + i) % 2], count, round);
	for (unsigned int count = 1; count <= LISTENERS_MAX; count++)
		for (unsigned int i = 0; i < 2; i++) {
			run_lone(&sides[i], count);
			figures_of(&sides[i], count);
		}
}
