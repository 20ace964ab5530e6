// SPDX-License-Identifier: GPL-2.0-only
/* Rows: accesses that nobody is asked about. */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fang.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* For the plot, and its end for the table. */
static const unsigned int others_counts[] = { 0, 1, 10, 30, OTHERS_MAX };
#define OTHERS_COUNTS (sizeof(others_counts) / sizeof(others_counts[0]))

static void two_figures(const char *row)
{
	char name[64];

	snprintf(name, sizeof(name), "%s.open", row);
	figure(name, least(turn_open));
	open_for_pread();
	snprintf(name, sizeof(name), "%s.pread", row);
	figure(name, least(turn_pread));
	close_after_pread();
}

void rows_without_module(void)
{
	two_figures("plain");
}

static const char *other_name(unsigned int i)
{
	static char name[16];

	snprintf(name, sizeof(name), "other%u", i);
	return name;
}

static const char *other_directory(unsigned int i)
{
	static char path[64];

	snprintf(path, sizeof(path), BENCH_FS "/srv/other%u", i);
	mkdir(path, 0755);
	return path;
}

static void row_of_nobody(void)
{
	for (unsigned int i = 0; i < OTHERS_MAX; i++)
		bench_group(other_name(i), "open read write close_write close_nowrite open_access",
			    "path", "filesystem", BENCH_ELSEWHERE);
	two_figures("outside.fang");
	for (unsigned int i = 0; i < OTHERS_MAX; i++)
		bench_group_end(other_name(i));
}

/* ---- ours ---- */

static void remember(int device, const char *path, unsigned int kinds)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct fang_remember remember = { .size = sizeof(remember), .fd = fd, .kinds = kinds };

	CHECK(fd >= 0);
	if (ioctl(device, FANG_IOC_FASTPATH, &remember))
		FAIL("FANG_IOC_FASTPATH: %s", error_name(-errno));
	close(fd);
}

static int fastpath_begin(const char *mask, unsigned int kinds)
{
	int device;

	bench_group("g", mask, "path", "subtree", BENCH_DIR);
	device = bench_listen("g");
	remember(device, BENCH_FILE, kinds);
	return device;
}

static void fastpath_end(int device)
{
	CHECK_EQ(stat_of("g", "asked"), 0);
	CHECK(stat_of("g", "fastpath_hits") > 0);
	close(device);
	bench_group_end("g");
}

static void rows_of_fastpath(void)
{
	unsigned int kinds = 1 << FANG_OPEN_ACCESS | 1 << FANG_READ_ACCESS;
	int device = fastpath_begin("open_access read_access", kinds);

	two_figures("fastpath.fang");
	fastpath_end(device);
}

/* Other groups cover other directories of the same file system. */
static void rows_of_others(const char *row, const char *mask)
{
	int device = fastpath_begin("open_access", 1 << FANG_OPEN_ACCESS);
	unsigned int there = 0;

	for (unsigned int at = 0; at < OTHERS_COUNTS; at++) {
		char name[64];

		for (; there < others_counts[at]; there++)
			bench_group(other_name(there), mask, "path", "subtree",
				    other_directory(there));
		snprintf(name, sizeof(name), "%s.fang.%u", row, there);
		figure(name, least(turn_open));
	}
	while (there)
		bench_group_end(other_name(--there));
	fastpath_end(device);
}

/* ---- mainline's ---- */

static int ignoring_group(u64 mask)
{
	int group = fanotify_group(FAN_CLASS_CONTENT);

	fanotify_mark_fs(group, mask);
	fanotify_ignore(group, mask, BENCH_FILE);
	return group;
}

static void rows_of_ignore_mask(void)
{
	int group = ignoring_group(FAN_OPEN_PERM | FAN_ACCESS_PERM);

	two_figures("fastpath.mainline");
	close(group);
}

/* Mainline's have no subtrees: what they do not care for they ignore by inode. */
static void rows_of_mainline_others(const char *row, u64 mask)
{
	int group = ignoring_group(FAN_OPEN_PERM);
	int others[OTHERS_MAX];
	unsigned int there = 0;

	for (unsigned int at = 0; at < OTHERS_COUNTS; at++) {
		char name[64];

		for (; there < others_counts[at]; there++)
			others[there] = ignoring_group(mask);
		snprintf(name, sizeof(name), "%s.mainline.%u", row, there);
		figure(name, least(turn_open));
	}
	while (there)
		close(others[--there]);
	close(group);
}

void rows_of_opens(void)
{
	row_of_nobody();
	rows_of_ignore_mask();
	rows_of_fastpath();
	rows_of_mainline_others("others", FAN_CLOSE_WRITE);
	rows_of_others("others", "close_write");
	rows_of_mainline_others("others-alike", FAN_OPEN_PERM);
	rows_of_others("others-alike", "open_access");
}
