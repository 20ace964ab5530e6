// SPDX-License-Identifier: GPL-2.0-only
/* Groups of mainline's fanotify. */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/fanotify.h>
#include <unistd.h>

int fanotify_group(unsigned int flags)
{
	int group = fanotify_init(flags | FAN_CLOEXEC | FAN_UNLIMITED_QUEUE | FAN_UNLIMITED_MARKS,
				  O_RDONLY | O_LARGEFILE);

	if (group < 0)
		FAIL("fanotify_init: %s", error_name(-errno));
	return group;
}

void fanotify_mark_fs(int group, u64 mask)
{
	if (fanotify_mark(group, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, mask, AT_FDCWD, BENCH_FS))
		FAIL("fanotify_mark: %s", error_name(-errno));
}

void fanotify_ignore(int group, u64 mask, const char *path)
{
	if (fanotify_mark(group, FAN_MARK_ADD | FAN_MARK_IGNORED_MASK, mask, AT_FDCWD, path))
		FAIL("fanotify_mark %s: %s", path, error_name(-errno));
}
