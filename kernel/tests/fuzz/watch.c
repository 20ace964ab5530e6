// SPDX-License-Identifier: GPL-2.0-only
/* Counts what is done, and finds who does nothing any more. */
#include "fuzz.h"

#include "../harness.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void aim(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(self->detail, sizeof(self->detail), format, args);
	va_end(args);
}

/* Names are literals, so that their addresses tell them apart; here, too, by their text. */
static struct kind *kind_of(const char *name)
{
	for (unsigned int i = 0; i < KINDS_MAX; i++) {
		struct kind *kind = &shared->kinds[i];

		if (!kind->name)
			__sync_bool_compare_and_swap(&kind->name, NULL, name);
		if (kind->name == name || !strcmp(kind->name, name))
			return kind;
	}
	FAIL("more than %u kinds of operations", KINDS_MAX);
}

void operation_begin(const char *name)
{
	self->operation = name;
	self->steps++;
}

void operation_end(const char *name, bool succeeded)
{
	int error = errno;
	struct kind *kind = kind_of(name);

	__sync_fetch_and_add(&kind->tried, 1);
	if (succeeded)
		__sync_fetch_and_add(&kind->succeeded, 1);
	self->operations++;
	self->steps++;
	errno = error;
}

u64 operations_done(void)
{
	u64 done = 0;

	for (unsigned int i = 0; i < WORKERS_MAX; i++)
		done += shared->slots[i].operations;
	return done;
}

void tell_kinds(void)
{
	for (unsigned int i = 0; i < KINDS_MAX && shared->kinds[i].name; i++)
		print("%10llu tried, %10llu succeeded: %s", shared->kinds[i].tried,
		      shared->kinds[i].succeeded, shared->kinds[i].name);
}

static void tell_file(const char *process, const char *name)
{
	char path[300], line[512];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/%s", process, name);
	file = fopen(path, "re");
	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		note("  %s", line);
	}
	fclose(file);
}

/* Where everybody is: who hangs may wait for another. */
static void tell_stacks(void)
{
	DIR *processes = opendir("/proc");
	struct dirent *entry;

	while (processes && (entry = readdir(processes))) {
		/* Kernel threads have small numbers, and are many. */
		if (atoi(entry->d_name) < getpid())
			continue;
		note("process %s:", entry->d_name);
		tell_file(entry->d_name, "comm");
		tell_file(entry->d_name, "stack");
	}
	if (processes)
		closedir(processes);
}

static bool hangs(struct slot *slot)
{
	if (!slot->pid || slot->stopped)
		return false;
	if (slot->steps != slot->steps_seen) {
		slot->steps_seen = slot->steps;
		slot->moved_ms = now_ms();
	}
	return now_ms() - slot->moved_ms > OPERATION_LIMIT_MS;
}

bool watch_is_quiet(void)
{
	bool quiet = true;

	for (unsigned int i = 0; i < WORKERS_MAX; i++) {
		struct slot *slot = &shared->slots[i];

		if (!hangs(slot))
			continue;
		note("worker %u (process %d, incarnation %u) has hung for %lld ms, its operation %llu: %s of %s",
		     i, slot->pid, slot->incarnation, now_ms() - slot->moved_ms, slot->operations,
		     slot->operation, slot->detail);
		quiet = false;
	}
	if (!quiet)
		tell_stacks();
	return quiet;
}
