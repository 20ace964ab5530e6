// SPDX-License-Identifier: GPL-2.0-only
/* What an admin can watch: tracepoints and the histogram of waits. */
#include "fang.h"
#include "harness.h"
#include "loop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define TRACING "/sys/kernel/tracing/"

static void tracing_set(const char *file, const char *value)
{
	char path[128];

	snprintf(path, sizeof(path), TRACING "%s", file);
	CHECK_OK(file_write(path, value, strlen(value)));
}

static void trace_read(char *text, size_t size)
{
	int fd = open(TRACING "trace", O_RDONLY);
	size_t at = 0;
	ssize_t length;

	CHECK(fd >= 0);
	while (at < size - 1 && (length = read(fd, text + at, size - 1 - at)) > 0)
		at += length;
	text[at] = 0;
	close(fd);
}

static void trace_begin(void)
{
	tracing_set("trace", "");
	tracing_set("events/fang/enable", "1");
}

/* Ends it and checks that these are in the trace, one after the other; %llu is the event's id. */
static void trace_expect(const char *const *steps, size_t count, u64 id)
{
	char *text = malloc(1 << 20), line[128];
	const char *at = text;

	tracing_set("events/fang/enable", "0");
	trace_read(text, 1 << 20);
	for (size_t i = 0; i < count; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(line, sizeof(line), steps[i], id);
#pragma GCC diagnostic pop
		at = strstr(at, line);
		if (!at)
			FAIL("the trace lacks, or has too early: %s", line);
		at++;
	}
	free(text);
}

CASE(tracepoints_tell_the_life_of_a_request)
{
	static const char *const steps[] = {
		"fang_raised: group=g kind=open_access",
		"fang_queued: group=g id=%llu kind=open_access",
		"fang_delivered: group=g id=%llu kind=open_access",
		"fang_responded: group=g id=%llu response=deny",
		"fang_settled: group=g id=%llu outcome=denied deny=1 waited_us=",
	};
	struct listener *listener;
	struct event event;
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	trace_begin();
	task_start(&opener, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK_OK(respond(listener, event.head.id, FANG_DENY));
	CHECK_ERROR(task_result(&opener), -EPERM);
	trace_expect(steps, sizeof(steps) / sizeof(steps[0]), event.head.id);
}

CASE(tracepoints_tell_the_life_of_a_notification)
{
	static const char *const steps[] = {
		"fang_raised: group=g kind=open",
		"fang_queued: group=g id=%llu kind=open",
		"fang_delivered: group=g id=%llu kind=open",
	};
	struct listener *listener;
	struct event event;

	create_file("a", "");
	group_start("g", "open", NULL);
	listener = listen_to("g");
	trace_begin();
	CHECK_OK(task_run(do_open, "a"));
	expect_event(listener, &event, FANG_OPEN, "a");
	trace_expect(steps, sizeof(steps) / sizeof(steps[0]), event.head.id);
}

/* How an admin sees only what matters. */
CASE(tracepoints_can_be_filtered_by_group_and_outcome)
{
	static const char *const steps[] = { "group=g id=%llu outcome=denied" };
	static const unsigned int responses[] = { FANG_ALLOW, FANG_DENY };
	char *text = malloc(1 << 20);
	struct listener *listener;
	struct event event;
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", NULL);
	listener = listen_to("g");
	tracing_set("events/fang/fang_settled/filter", "group == \"g\" && deny == 1");
	trace_begin();
	for (int i = 0; i < 2; i++) {
		task_start(&opener, do_open, "a");
		expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
		CHECK_OK(respond(listener, event.head.id, responses[i]));
		CHECK_ERROR(task_result(&opener), i ? -EPERM : 0);
	}
	trace_expect(steps, 1, event.head.id);
	tracing_set("events/fang/fang_settled/filter", "0");
	trace_read(text, 1 << 20);
	CHECK(!strstr(text, "outcome=allowed"));
	free(text);
}

/* In one word, whatever the name holds; of a long path the end. */
CASE(tracepoints_tell_the_path)
{
	static const char *const steps[] = { "/a\\040\\012b\n", " path=ggg" };
	char name[250];

	memset(name, 'g', sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	create_file("a \nb", "");
	create_file(name, "");
	group_start("g", "open", NULL);
	listen_to("g");
	trace_begin();
	CHECK_OK(task_run(do_open, "a \nb"));
	CHECK_OK(task_run(do_open, name));
	trace_expect(steps, sizeof(steps) / sizeof(steps[0]), 0);
}

static u64 latency_total(const char *group)
{
	const char *text = get(group, "stats/latency_us");
	u64 total = 0, limit, count;
	int length;

	for (; sscanf(text, "%llu %llu%n", &limit, &count, &length) == 2; text += length) {
		CHECK(count && !(limit & (limit - 1)));
		total += count;
	}
	return total;
}

CASE(every_settled_request_is_in_the_histogram)
{
	struct listener *listener;
	struct event event;
	struct task opener;

	create_file("a", "");
	group_start("g", "open_access", NULL);
	CHECK_STRING(get("g", "stats/latency_us"), "");
	listener = listen_to("g");
	for (int i = 0; i < 5; i++) {
		task_start(&opener, do_open, "a");
		expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
		CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
		CHECK_OK(task_result(&opener));
	}
	CHECK_EQ(latency_total("g"), 5);
	CHECK_EQ(stat_of("g", "settled"), 5);
	/* Reading resets nothing. */
	CHECK_EQ(latency_total("g"), 5);
}

CASE(waits_are_added_up)
{
	enum { TIMEOUT_US = 50 * 1000 };

	create_file("a", "");
	group_start("g", "open_access", "timeout_ms", "50", "on_no_listener", "wait", NULL);
	CHECK_EQ(do_open("a"), 0);
	CHECK(stat_of("g", "waited_us") >= TIMEOUT_US);
	/* One that is answered at once has not waited. */
	CHECK_OK(set("g", "on_no_listener", "allow"));
	CHECK_EQ(do_open("a"), 0);
	CHECK_EQ(stat_of("g", "settled"), 1);
}

/* More of them than a page of configfs holds. */
CASE(debugfs_has_the_whole_lists)
{
	enum { OPENERS = 200 };
	static struct task openers[OPENERS];
	static char text[1 << 16];
	unsigned int lines = 0;

	create_file("a", "");
	group_start("g", "open_access", "on_no_listener", "wait", "report", "\n", NULL);
	for (int i = 0; i < OPENERS; i++)
		task_start(&openers[i], do_open, "a");
	WAIT_FOR(stat_of("g", "asked") == OPENERS);
	CHECK(strstr(get("g", "pending"), "... and "));
	CHECK(file_read("/sys/kernel/debug/fang/g/pending", text, sizeof(text)) > 4096);
	for (char *at = text; *at; at = strchr(at, '\n') + 1)
		lines++;
	CHECK_EQ(lines, OPENERS);
	CHECK(!strstr(text, "... and "));
	CHECK_OK(set("g", "on_no_listener", "deny"));
	CHECK_OK(set("g", "enabled", "0"));
	for (int i = 0; i < OPENERS; i++)
		CHECK_ERROR(task_result(&openers[i]), -EPERM);
	CHECK(strstr(get("g", "denials"), "... and "));
	CHECK(file_read("/sys/kernel/debug/fang/g/denials", text, sizeof(text)) > 0);
	lines = 0;
	for (char *at = text; *at; at = strchr(at, '\n') + 1)
		lines++;
	CHECK_EQ(lines, 100);
}

/* ---- what can be seen of the module's own steps ---- */

#define PROBE "fang_tests/heard"

/* Counts calls of the module by fsnotify. */
static void probe_start(void)
{
	static const char *const probe = "p:" PROBE " fang:fang_hear";

	if (access(TRACING "kprobe_events", F_OK))
		skip("no probes here");
	file_write(TRACING "kprobe_events", "-:" PROBE, strlen("-:" PROBE));
	tracing_set("kprobe_events", probe);
	tracing_set("events/" PROBE "/enable", "1");
}

static void probe_stop(void)
{
	tracing_set("events/" PROBE "/enable", "0");
	tracing_set("kprobe_events", "-:" PROBE);
}

static u64 times_heard(void)
{
	char text[4096];
	const char *at;
	u64 times;

	CHECK(file_read(TRACING "kprobe_profile", text, sizeof(text)) > 0);
	at = strstr(text, "heard");
	CHECK(at && sscanf(at, "heard %llu", &times) == 1);
	return times;
}

static void use_in_every_way(const char *path)
{
	CHECK_OK(task_run(do_write, path));
	CHECK_OK(task_run(do_open_rw, path));
	CHECK_OK(task_run(do_read, path));
	CHECK_OK(task_run(do_truncate, path));
}

CASE(what_nobody_wants_does_not_reach_the_module)
{
	char byte = 'x';
	u64 before;
	int fd;

	CHECK(!mkdir("other", 0755));
	tmpfs_mount("other");
	create_file("a", "content");
	fd = open("a", O_RDWR);
	CHECK(fd >= 0);
	probe_start();
	use_in_every_way("a");
	CHECK_EQ(times_heard(), 0);
	group_start("g", "open", NULL);
	CHECK_OK(task_run(do_open, "a"));
	before = times_heard();
	CHECK(before > 0);
	/* Other kinds ... */
	CHECK_EQ(write(fd, &byte, 1), 1);
	CHECK_EQ(pread(fd, &byte, 1, 0), 1);
	CHECK_OK(close(fd));
	CHECK_EQ(times_heard(), before);
	/* ... other file systems ... */
	use_in_every_way("other/a");
	CHECK_EQ(times_heard(), before);
	/* ... and a group that is off. */
	CHECK_OK(set("g", "enabled", "0"));
	use_in_every_way("a");
	CHECK_EQ(times_heard(), before);
	probe_stop();
}

/* Longer than that nobody sleeps who waits for a response. */
#define SLICE_MS 250

/* Checks all sleeps in a trace of timers, and counts them. */
static unsigned int check_sleeps(const char *text)
{
	struct timespec tick;
	unsigned int sleeps = 0;
	u64 ticks;

	/* The coarse clock moves with the kernel's. */
	CHECK(!clock_getres(CLOCK_MONOTONIC_COARSE, &tick));
	while ((text = strstr(text, "function=process_timeout"))) {
		text = strstr(text, "[timeout=");
		CHECK(text && sscanf(text, "[timeout=%llu]", &ticks) == 1);
		/* The last one is begun, and so not whole. */
		CHECK((ticks - 1) * tick.tv_nsec <= SLICE_MS * 1000000ULL);
		sleeps++;
	}
	return sleeps;
}

CASE(who_waits_looks_four_times_a_second)
{
	static char text[1 << 16];
	struct listener *listener;
	struct event event;
	struct task opener;
	char filter[64];

	if (access(TRACING "events/timer/timer_start", F_OK))
		skip("timers cannot be traced here");
	create_file("a", "");
	group_start("g", "open_access", "timeout_ms", "600000", NULL);
	listener = listen_to("g");
	task_start(&opener, do_open, "a");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	snprintf(filter, sizeof(filter), "common_pid == %d", opener.pid);
	tracing_set("trace", "");
	tracing_set("events/timer/timer_start/filter", filter);
	tracing_set("events/timer/timer_start/enable", "1");
	WAIT_FOR((trace_read(text, sizeof(text)), check_sleeps(text)) >= 3);
	tracing_set("events/timer/timer_start/enable", "0");
	tracing_set("events/timer/timer_start/filter", "0");
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&opener));
}
