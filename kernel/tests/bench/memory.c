// SPDX-License-Identifier: GPL-2.0-only
/* Rows: what it costs to forget what is remembered, and bytes. */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fang.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ENTRIES_MANY 100000
#define FLUSH_FILES  BENCH_FS "/flush"
#define FLUSHES	     11
/* Until what was freed is: marks are by a work, after a grace period. */
#define FREED_S 2
/* Room for an event of each. */
#define QUEUE_MAX   "200000"
#define QUEUE_BYTES "1073741824"

static const char *flush_file(unsigned int i)
{
	static char path[64];

	snprintf(path, sizeof(path), FLUSH_FILES "/%u", i);
	return path;
}

static void make_files(unsigned int count)
{
	CHECK(!mkdir(FLUSH_FILES, 0755));
	for (unsigned int i = 0; i < count; i++) {
		int fd = open(flush_file(i), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

		CHECK(fd >= 0);
		close(fd);
	}
	usleep(100000);
}

static void remember_file(int device, unsigned int i)
{
	struct fang_remember remember = {
		.size = sizeof(remember),
		.kinds = 1 << FANG_OPEN_ACCESS,
		.fd = open(flush_file(i), O_RDONLY | O_CLOEXEC),
	};

	if (ioctl(device, FANG_IOC_FASTPATH, &remember))
		FAIL("FANG_IOC_FASTPATH: %s", error_name(-errno));
	close(remember.fd);
}

static u64 flush_fang(unsigned int entries)
{
	int device, fd;
	u64 start, spent;

	bench_group("g", "open_access", "path", "subtree", FLUSH_FILES);
	device = bench_listen("g");
	for (unsigned int i = 0; i < entries; i++)
		remember_file(device, i);
	CHECK_EQ(get_number("g", "fastpath/count"), entries);
	fd = open(FANG_GROUPS "/g/fastpath/flush", O_WRONLY | O_CLOEXEC);
	CHECK(fd >= 0);
	start = count_now();
	CHECK_EQ(write(fd, "1", 1), 1);
	spent = count_now() - start;
	CHECK_EQ(get_number("g", "fastpath/count"), 0);
	close(fd);
	close(device);
	bench_group_end("g");
	return spent;
}

static u64 flush_mainline(unsigned int entries)
{
	int group = fanotify_group(FAN_CLASS_CONTENT);
	u64 start, spent;

	fanotify_mark_fs(group, FAN_OPEN_PERM);
	for (unsigned int i = 0; i < entries; i++)
		fanotify_ignore(group, FAN_OPEN_PERM, flush_file(i));
	start = count_now();
	if (fanotify_mark(group, FAN_MARK_FLUSH, 0, AT_FDCWD, NULL))
		FAIL("fanotify_mark: %s", error_name(-errno));
	spent = count_now() - start;
	close(group);
	return spent;
}

static void row_of_flush(const char *name, u64 (*flush)(unsigned int), unsigned int entries,
			 unsigned int times)
{
	u64 best = ~0ULL;

	while (times--) {
		u64 spent = flush(entries);

		if (spent < best)
			best = spent;
	}
	figure(name, best);
}

/* ---- bytes ---- */

/* What all slab caches take: marks, events, and what those bring along. */
static u64 slab_bytes(void)
{
	char text[4096];
	const char *at;
	u64 kib;

	sleep(FREED_S);
	CHECK(file_read("/proc/meminfo", text, sizeof(text)) > 0);
	at = strstr(text, "\nSlab:");
	CHECK(at && sscanf(at, "\nSlab: %llu", &kib) == 1);
	return kib * 1024;
}

/* By a process of its own, since a listener does not hear itself. */
static void open_all(void)
{
	pid_t process = fork();
	int status;

	CHECK(process >= 0);
	if (!process) {
		for (unsigned int i = 0; i < ENTRIES_MANY; i++) {
			int fd = open(flush_file(i), O_RDONLY | O_CLOEXEC);

			CHECK(fd >= 0);
			close(fd);
		}
		_exit(0);
	}
	CHECK_EQ(waitpid(process, &status, 0), process);
	CHECK_EQ(status, 0);
}

static void row_of_bytes(const char *name, u64 before)
{
	figure(name, (double)(slab_bytes() - before) / ENTRIES_MANY);
}

static void rows_of_entries(void)
{
	int device, group;
	u64 before;

	/* First, since our marks stay, and what hangs marks on an inode is there but once. */
	group = fanotify_group(FAN_CLASS_CONTENT);
	before = slab_bytes();
	for (unsigned int i = 0; i < ENTRIES_MANY; i++)
		fanotify_ignore(group, FAN_OPEN_PERM, flush_file(i));
	row_of_bytes("bytes.mainline.entry", before);
	close(group);

	bench_group("g", "open_access", "path", "subtree", FLUSH_FILES);
	device = bench_listen("g");
	before = slab_bytes();
	for (unsigned int i = 0; i < ENTRIES_MANY; i++)
		remember_file(device, i);
	CHECK_EQ(get_number("g", "fastpath/count"), ENTRIES_MANY);
	row_of_bytes("bytes.fang.entry", before);
	close(device);
	bench_group_end("g");
}

static void row_of_events_fang(const char *name, const char *report)
{
	int device;
	u64 before;

	bench_group("g", "open", report, "subtree", FLUSH_FILES);
	CHECK_OK(set("g", "queue_max", QUEUE_MAX));
	CHECK_OK(set("g", "queue_bytes", QUEUE_BYTES));
	device = bench_listen("g");
	before = slab_bytes();
	open_all();
	row_of_bytes(name, before);
	CHECK_EQ(stat_of("g", "lost"), 0);
	close(device);
	bench_group_end("g");
}

static void row_of_events_mainline(const char *name, unsigned int flags)
{
	int group = fanotify_group(FAN_CLASS_NOTIF | flags);
	u64 before;

	fanotify_mark_fs(group, FAN_OPEN);
	before = slab_bytes();
	open_all();
	row_of_bytes(name, before);
	close(group);
}

static void rows_of_bytes(void)
{
	rows_of_entries();
	row_of_events_mainline("bytes.mainline.fid", FAN_REPORT_FID);
	row_of_events_fang("bytes.fang.inode", "\n");
	row_of_events_mainline("bytes.mainline.dfid-name", FAN_REPORT_DFID_NAME);
	row_of_events_fang("bytes.fang.path", "path");
	row_of_events_mainline("bytes.mainline.fd", 0);
	row_of_events_fang("bytes.fang.fd", "fd");
}

void rows_of_memory(bool quick)
{
	unsigned int many = quick ? 1000 : ENTRIES_MANY;

	make_files(many);
	if (!quick)
		rows_of_bytes();
	row_of_flush("flush.fang.1", flush_fang, 1, FLUSHES);
	row_of_flush(quick ? "flush.fang.1000" : "flush.fang.100000", flush_fang, many, 1);
	row_of_flush("flush.mainline.1", flush_mainline, 1, FLUSHES);
	row_of_flush(quick ? "flush.mainline.1000" : "flush.mainline.100000", flush_mainline, many,
		     1);
}
