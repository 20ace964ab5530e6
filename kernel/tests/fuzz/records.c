// SPDX-License-Identifier: GPL-2.0-only
/* Reads records, looks whether they are well-formed, and remembers their ids. */
#include "devices.h"
#include "random.h"

#include "../harness.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#define IDS	 64
#define WAIT_MS	 30
#define REPORTED 8

static u64 ids[IDS];
static unsigned int next_id;

/* Descriptors that came with records and were not closed at once. */
static int reported[REPORTED] = { -1, -1, -1, -1, -1, -1, -1, -1 };

u64 id_pick(void)
{
	return PICK(ids);
}

void *bad_address(void)
{
	static void *bad;

	if (!bad)
		bad = mmap(NULL, FANG_RECORD_MAX, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return bad;
}

char *half_bad_buffer(void)
{
	static char *buffer;

	if (buffer)
		return buffer;
	buffer = mmap(NULL, FANG_RECORD_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0);
	mprotect(buffer + FANG_RECORD_MAX / 2, FANG_RECORD_MAX / 2, PROT_NONE);
	return buffer;
}

static void keep_reported(int fd)
{
	unsigned int at = below(REPORTED);

	if (once_in(8)) {
		int old = reported[at];

		reported[at] = fd;
		fd = old;
	}
	if (fd >= 0)
		TRY("reported close", close(fd));
}

static void check_additions(const char *at, const char *end)
{
	while (at < end) {
		const struct fang_addition *addition = (const void *)at;

		if (addition->length < sizeof(*addition) || addition->length > end - at ||
		    addition->flags || addition->type < FANG_ADDITION_PATH ||
		    addition->type > FANG_ADDITION_CGROUP)
			FAIL("a malformed addition: type %u, length %u", addition->type,
			     addition->length);
		at += (addition->length + 7) & ~7U;
	}
}

/* The record at this place, which must be whole. */
static const struct fang_record *check_record(const char *at, const char *end)
{
	const struct fang_record *record = (const void *)at;

	if (end - at < (long)sizeof(*record) || record->length % 8 || record->length > end - at ||
	    record->length > FANG_RECORD_MAX || record->head_length != sizeof(*record) ||
	    !record->id)
		FAIL("a malformed record: %u bytes, head %u, id %llu, %ld left", record->length,
		     record->head_length, (u64)record->id, (long)(end - at));
	check_additions(at + record->head_length, at + record->length);
	return record;
}

/* Most are allowed, so that the others get on. */
static void respond_to(int fd, const struct fang_record *record)
{
	struct fang_response response = { .id = record->id, .response = FANG_ALLOW };

	if (!record->deadline_ns && !(record->flags & FANG_OUTSTANDING))
		return;
	if (once_in(50))
		return;
	if (once_in(16))
		request_open(fd, record->id);
	if (record->flags & FANG_OUTSTANDING) {
		response.response = 0;
		response.flags = FANG_CLEAR;
	} else if (once_in(4)) {
		response_make(&response, record->id);
	}
	aim("device %d, id %llu", fd, (u64)record->id);
	TRY("device respond", write(fd, &response, sizeof(response)));
}

void records_take(int fd, const char *buffer, long length)
{
	const char *at = buffer;

	while (at < buffer + length) {
		const struct fang_record *record = check_record(at, buffer + length);

		ids[next_id++ % IDS] = record->id;
		if (record->fd >= 0)
			keep_reported(record->fd);
		respond_to(fd, record);
		at += record->length;
	}
}

static void wait_for_any(void)
{
	struct pollfd ready[DEVICES];

	for (unsigned int i = 0; i < DEVICES; i++)
		ready[i] = (struct pollfd){ .fd = devices[i], .events = POLLIN };
	TRY("device poll", poll(ready, DEVICES, below(WAIT_MS)));
}

void records_serve(void)
{
	static char buffer[FANG_RECORD_MAX] __attribute__((aligned(8)));
	int fd = device_pick();
	long length;

	aim("device %d", fd);
	length = TRY("device read", read(fd, buffer, sizeof(buffer)));
	if (length < 0 && errno == EAGAIN)
		wait_for_any();
	records_take(fd, buffer, length);
}

void records_read_oddly(void)
{
	static const unsigned int sizes[] = { 0,
					      1,
					      7,
					      8,
					      79,
					      80,
					      81,
					      88,
					      100,
					      128,
					      200,
					      256,
					      1000,
					      4096,
					      FANG_RECORD_MAX / 2,
					      FANG_RECORD_MAX };
	unsigned int size = PICK(sizes);
	int fd = device_pick();
	char *buffer = half_bad_buffer();
	struct iovec parts[2];
	long length;

	aim("device %d, %u bytes", fd, size);
	switch (below(4)) {
	case 0:
		TRY("device read badly", read(fd, bad_address(), size));
		break;
	case 1:
		/* The end of what may be written, and beyond. */
		TRY("device read badly", read(fd, buffer + FANG_RECORD_MAX / 2 - below(200), size));
		break;
	case 2:
		parts[0] = (struct iovec){ buffer, size / 3 };
		parts[1] = (struct iovec){ buffer + size / 3, below(FANG_RECORD_MAX / 3) };
		TRY("device readv", readv(fd, parts, 2));
		break;
	default:
		if (size > FANG_RECORD_MAX / 2)
			size /= 2;
		length = TRY("device read in part", read(fd, buffer, size));
		records_take(fd, buffer, length);
	}
}

/*
 * A group may cover the root, and what is reported then may be a library that some program just
 * loads.
 */
static bool may_be_written(int fd)
{
	char link[64], path[sizeof(FUZZ_DIR "/")];

	sprintf(link, "/proc/self/fd/%d", fd);
	return readlink(link, path, sizeof(path)) == sizeof(path) &&
	       !memcmp(path, FUZZ_DIR "/", strlen(FUZZ_DIR "/"));
}

void reported_use(void)
{
	unsigned int at = below(REPORTED);
	int fd = reported[at];
	char buffer[64] = "";

	if (fd < 0)
		return;
	aim("reported descriptor %d", fd);
	switch (below(4)) {
	case 0:
		TRY("reported read", read(fd, buffer, sizeof(buffer)));
		break;
	case 1:
		if (may_be_written(fd))
			TRY("reported write", pwrite(fd, buffer, below(sizeof(buffer)), 0));
		break;
	default:
		TRY("reported close", close(fd));
		reported[at] = -1;
	}
}
