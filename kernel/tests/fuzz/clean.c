// SPDX-License-Identifier: GPL-2.0-only
/* What must hold of the module when everybody is gone. */
#include "fuzz.h"

#include "../cleanup.h"
#include "../fang.h"
#include "../harness.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Who just died may still be letting go. */
static bool becomes_unused(void)
{
	long long end = now_ms() + OPERATION_LIMIT_MS;
	char text[32] = "";

	do {
		if (file_read("/sys/module/fang/refcnt", text, sizeof(text)) < 0)
			return true; /* cannot be unloaded at all */
		if (!strcmp(text, "0\n"))
			return true;
		nap();
	} while (now_ms() < end);
	note("the module is used: refcnt is %s", text);
	return false;
}

static bool nothing_is_left(void)
{
	unsigned int groups = entry_count(FANG_GROUPS), nodes = entry_count("/dev/fang"),
		     lists = entry_count("/sys/kernel/debug/fang");

	if (groups || nodes || lists)
		note("left: %u groups, %u nodes, %u directories of lists", groups, nodes, lists);
	return !groups && !nodes && !lists;
}

/* What those count that no worker has removed. */
static void count_rest(void)
{
	u64 counters[COUNTERS_MAX];
	char path[64];
	static struct slot aside;

	self = &aside;
	for (unsigned int i = 0; i < GROUPS; i++) {
		sprintf(path, GROUPS_DIR "/g%u", i);
		if (access(path, F_OK))
			continue;
		counters_read(path, counters);
		counters_add(counters);
	}
}

/* In a process of its own: a failed check ends it, and it may hang. */
static bool groups_are_cleaned(void)
{
	pid_t pid = fork();
	struct pollfd ready = { .events = POLLIN };
	int status;

	if (!pid) {
		count_rest();
		cleanup_groups();
		_exit(0);
	}
	ready.fd = syscall(SYS_pidfd_open, pid, 0);
	if (poll(&ready, 1, OPERATION_LIMIT_MS) != 1) {
		shared->slots[0].pid = pid;
		shared->slots[0].operation = "the removal";
		strcpy(shared->slots[0].detail, "all groups");
		shared->slots[0].moved_ms = 0;
		watch_is_quiet();
		return false;
	}
	waitpid(pid, &status, 0);
	return !status;
}

bool module_is_clean(void)
{
	return groups_are_cleaned() && nothing_is_left() && becomes_unused();
}
