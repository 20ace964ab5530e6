// SPDX-License-Identifier: GPL-2.0-only
/*
 * A listener that allows whatever it is asked, as fast as it can:
 *
 *   fang-allow GROUP [fastpath]
 *
 * Ends when the group is removed. No shell can respond in batches.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fang.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Records are at least as long as their head. */
#define RECORDS (4 * FANG_RECORD_MAX / sizeof(struct fang_record))

static char buffer[4 * FANG_RECORD_MAX] __attribute__((aligned(8)));
static struct fang_response responses[RECORDS];

/* Fills responses from so many bytes of records; gives how many there are. */
static size_t allow_each(size_t length, unsigned int flags)
{
	const struct fang_record *record;
	size_t count = 0;

	for (size_t at = 0; at < length; at += record->length) {
		record = (const void *)(buffer + at);
		if (!record->deadline_ns)
			continue;
		memset(&responses[count], 0, sizeof(responses[count]));
		responses[count].id = record->id;
		responses[count].response = FANG_ALLOW;
		responses[count++].flags = flags;
	}
	return count;
}

int main(int argc, char **argv)
{
	unsigned int flags = argc > 2 && !strcmp(argv[2], "fastpath") ? FANG_FASTPATH : 0;
	char path[256];
	ssize_t length;
	int device;

	if (argc < 2)
		return 2;
	snprintf(path, sizeof(path), "/dev/fang/%s", argv[1]);
	device = open(path, O_RDWR);
	if (device < 0) {
		perror(path);
		return 1;
	}
	while ((length = read(device, buffer, sizeof(buffer))) > 0) {
		size_t size = allow_each(length, flags) * sizeof(responses[0]);

		/* ENOENT: all of them were killed meanwhile. */
		if (size && write(device, responses, size) < 0 && errno != ENOENT) {
			perror("respond");
			return 1;
		}
	}
	return length < 0;
}
