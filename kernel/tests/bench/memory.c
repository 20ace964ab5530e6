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
#include <unistd.h>

#define ENTRIES_MANY 100000
#define FLUSH_FILES  BENCH_FS "/flush"
#define FLUSHES	     11

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

/* The bytes of an object of a slab cache, as the kernel tells; 0 if there is no such cache. */
static unsigned int slab_bytes(const char *cache)
{
	char path[256], text[32];
	unsigned int bytes = 0;

	snprintf(path, sizeof(path), "/sys/kernel/slab/%s/slab_size", cache);
	if (file_read(path, text, sizeof(text)) > 0)
		sscanf(text, "%u", &bytes);
	return bytes;
}

static void row_of_bytes(const char *name, const char *cache)
{
	unsigned int bytes = slab_bytes(cache);

	if (bytes)
		figure(name, bytes);
}

static void rows_of_bytes(void)
{
	row_of_bytes("bytes.mainline.mark", "fanotify_mark");
	row_of_bytes("bytes.mainline.event", "fanotify_path_event");
	row_of_bytes("bytes.mainline.event-fid", "fanotify_fid_event");
	row_of_bytes("bytes.fang.entry", "fang_inode");
	row_of_bytes("bytes.fang.event", "fang_event");
}

void rows_of_memory(bool quick)
{
	unsigned int many = quick ? 1000 : ENTRIES_MANY;

	rows_of_bytes();
	make_files(many);
	row_of_flush("flush.fang.1", flush_fang, 1, FLUSHES);
	row_of_flush(quick ? "flush.fang.1000" : "flush.fang.100000", flush_fang, many, 1);
	row_of_flush("flush.mainline.1", flush_mainline, 1, FLUSHES);
	row_of_flush(quick ? "flush.mainline.1000" : "flush.mainline.100000", flush_mainline, many,
		     1);
}
