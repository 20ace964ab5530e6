// SPDX-License-Identifier: GPL-2.0-only
/* Rows: accesses that a listener is asked about, or that a rule decides. */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fang.h>
#include <signal.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static char records[FANG_RECORD_MAX] __attribute__((aligned(8)));

typedef void (*listen_function)(int device);

/* Answers and the next record in one call. */
static void allow_by_exchange(int device)
{
	struct fang_response response;
	struct fang_exchange exchange = {
		.size = sizeof(exchange),
		.responses = (u64)(unsigned long)&response,
		.records = (u64)(unsigned long)records,
		.records_size = sizeof(records),
		.timeout_ms = -1,
	};
	const struct fang_record *record = (const void *)records;

	for (;;) {
		if (ioctl(device, FANG_IOC_EXCHANGE, &exchange))
			FAIL("FANG_IOC_EXCHANGE: %s", error_name(-errno));
		exchange.responses_length = 0;
		if (!exchange.records_length || !record->deadline_ns)
			continue;
		if (record->fd >= 0)
			close(record->fd);
		response = (struct fang_response){ .id = record->id, .response = FANG_ALLOW };
		exchange.responses_length = sizeof(response);
	}
}

static void allow_by_read_and_write(int device)
{
	const struct fang_record *record = (const void *)records;

	while (read(device, records, sizeof(records)) > 0) {
		struct fang_response response = { .id = record->id, .response = FANG_ALLOW };

		if (!record->deadline_ns)
			continue;
		CHECK_EQ(write(device, &response, sizeof(response)), sizeof(response));
	}
}

static void allow_as_mainline(int group)
{
	const struct fanotify_event_metadata *event = (const void *)records;

	while (read(group, records, sizeof(records)) > 0) {
		struct fanotify_response response = { .fd = event->fd, .response = FAN_ALLOW };

		CHECK_EQ(write(group, &response, sizeof(response)), sizeof(response));
		close(event->fd);
	}
}

static void row_with_listener(const char *row, listen_function listen, int device)
{
	pid_t listener = fork();
	int status;

	CHECK(listener >= 0);
	if (!listener) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		listen(device);
		_exit(1);
	}
	figure(row, least(turn_open));
	CHECK(!kill(listener, SIGKILL));
	CHECK_EQ(waitpid(listener, &status, 0), listener);
	close(device);
}

static void row_of_round_trip(const char *row, listen_function listen, const char *report)
{
	bench_group("g", "open_access", report, "subtree", BENCH_DIR);
	row_with_listener(row, listen, bench_listen("g"));
	CHECK(stat_of("g", "allowed") >= BATCHES * BATCH);
	CHECK_EQ(stat_of("g", "asked"), stat_of("g", "allowed"));
	bench_group_end("g");
}

static void row_of_mainline_round_trip(void)
{
	int group = fanotify_group(FAN_CLASS_CONTENT);

	fanotify_mark_fs(group, FAN_OPEN_PERM);
	row_with_listener("access.mainline", allow_as_mainline, group);
}

/* As many rules as a profile may have before the one that holds. */
static void row_of_rule(const char *row, const char *attribute, const char *value)
{
	bench_group("g", "open_access", "path", "subtree", BENCH_DIR);
	item_add("g", "rules/r", "order", "1", attribute, value, "respond", "allow", NULL);
	figure(row, least(turn_open));
	CHECK_EQ(stat_of("g", "rule_allowed"), BATCHES * BATCH);
	CHECK_OK(item_set("g", "rules/r", "enabled", "0"));
	CHECK_OK(item_remove("g", "rules/r"));
	bench_group_end("g");
}

void rows_of_access(void)
{
	row_of_mainline_round_trip();
	row_of_round_trip("access.fang.inode", allow_by_exchange, "\n");
	row_of_round_trip("access.fang.path", allow_by_exchange, "path");
	row_of_round_trip("access.fang.fd", allow_by_exchange, "fd");
	row_of_round_trip("access.fang.two-calls", allow_by_read_and_write, "\n");
	row_of_rule("rule.fang.uid", "uid", "0");
	row_of_rule("rule.fang.subtree", "subtree", BENCH_DIR);
	row_of_rule("rule.fang.exe", "exe", "/fang/fang-bench");
}
