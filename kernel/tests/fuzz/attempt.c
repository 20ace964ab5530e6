// SPDX-License-Identifier: GPL-2.0-only
/* See attempt.h. */
#include "attempt.h"
#include "fuzz.h"
#include "random.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool try_write(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool written = false;

	if (fd < 0)
		return false;
	aim("%s", path);
	written = TRY("attribute write", write(fd, data, size)) >= 0;
	close(fd);
	return written;
}

long try_read(const char *path, char *buffer, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	long length;

	if (fd < 0)
		return -1;
	aim("%s", path);
	length = TRY("attribute read", read(fd, buffer, size));
	close(fd);
	return length;
}

unsigned long long read_number(const char *path)
{
	char text[32];
	long length = try_read(path, text, sizeof(text) - 1);

	text[length < 0 ? 0 : length] = 0;
	return strtoull(text, NULL, 10);
}

const char *group_pick(void)
{
	static const char *const groups[GROUPS] = { "g0", "g1", "g2", "g3" };

	return PICK(groups);
}

void path_join(char *path, const char *directory, const char *name)
{
	sprintf(path, "%s/%s", directory, name);
}

void group_path(char *path, const char *group, const char *name)
{
	sprintf(path, GROUPS_DIR "/%s/%s", group, name);
}
