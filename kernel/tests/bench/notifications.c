// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows: notifications, queued a batch at a time and then read; each of another file, because
 * mainline's fanotify makes one event of several of the same file.
 */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fang.h>
#include <sys/fanotify.h>
#include <unistd.h>

static char records[4 * FANG_RECORD_MAX] __attribute__((aligned(8)));

/* Closes what descriptors came; gives how many events. */
typedef unsigned int (*drain_function)(int device);

static unsigned int drain_fang(int device)
{
	ssize_t length = read(device, records, sizeof(records));
	unsigned int events = 0;

	CHECK(length > 0);
	for (ssize_t at = 0; at < length;) {
		const struct fang_record *record = (const void *)(records + at);

		if (record->fd >= 0)
			close(record->fd);
		events += record->kind == FANG_OPEN;
		at += record->length;
	}
	return events;
}

static unsigned int drain_mainline(int group)
{
	ssize_t length = read(group, records, sizeof(records));
	const struct fanotify_event_metadata *event = (const void *)records;
	unsigned int events = 0;

	CHECK(length > 0);
	for (; FAN_EVENT_OK(event, length); event = FAN_EVENT_NEXT(event, length)) {
		if (event->fd >= 0)
			close(event->fd);
		events++;
	}
	return events;
}

/* What an event costs above opening and closing: who raises it, and who reads it. */
static void row(const char *name, int device, drain_function drain, u64 plain)
{
	struct worker worker;
	u64 best = ~0ULL;

	worker_start(&worker);
	/* The first batch may begin with a record about the group, and is not counted. */
	for (unsigned int i = 0; i <= BATCHES; i++) {
		u64 spent = worker_batch(&worker, turn_open_next);
		u64 start = count_now();

		for (unsigned int events = 0; events < BATCH;)
			events += drain(device);
		spent += count_now() - start;
		if (i && spent < best)
			best = spent;
	}
	worker_stop(&worker);
	close(device);
	figure(name, (double)(best - plain) / BATCH);
}

static void row_of_fang(const char *name, const char *report, u64 plain)
{
	bench_group("g", "open", report, "subtree", BENCH_DIR);
	row(name, bench_listen("g"), drain_fang, plain);
	CHECK_EQ(stat_of("g", "lost"), 0);
	bench_group_end("g");
}

static void row_of_mainline(const char *name, unsigned int flags, u64 plain)
{
	int group = fanotify_group(FAN_CLASS_NOTIF | flags);

	fanotify_mark_fs(group, FAN_OPEN);
	row(name, group, drain_mainline, plain);
}

void rows_of_notifications(void)
{
	u64 plain = least(turn_open_next) * BATCH;

	row_of_mainline("notify.mainline.fid", FAN_REPORT_FID, plain);
	row_of_fang("notify.fang.inode", "\n", plain);
	row_of_mainline("notify.mainline.dfid-name", FAN_REPORT_DFID_NAME, plain);
	row_of_fang("notify.fang.path", "path", plain);
	row_of_mainline("notify.mainline.fd", 0, plain);
	row_of_fang("notify.fang.fd", "fd", plain);
}
