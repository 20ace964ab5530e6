// SPDX-License-Identifier: GPL-2.0-only
/* Starts workers, disturbs them, and ends them. */
#include "fuzz.h"
#include "random.h"

#include "../harness.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Who has not moved for so long is taken to wait. */
#define WAITS_MS 15

/* By a worker's number. Most wait for each other, so there may be many. */
static const struct role *const roles[] = {
	&accessing, &listening, &configuring, &accessing,
	&mounting,  &listening, &accessing,   &configuring,
};

static unsigned int count;

static const char *role_name(unsigned int number)
{
	return roles[number % COUNT(roles)]->name;
}

static void __attribute__((noreturn)) work(unsigned int number)
{
	const struct role *role = roles[number % COUNT(roles)];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, role->name);
	/* Whoever exempts its process group exempts itself only. */
	setpgid(0, 0);
	self = &shared->slots[number];
	random_start(shared->seed, number, self->incarnation);
	aim("its beginning");
	if (role->begin)
		role->begin();
	for (;;) {
		self->steps++;
		role->act();
	}
}

static void start(unsigned int number)
{
	struct slot *slot = &shared->slots[number];
	pid_t pid;

	slot->operation = "nothing";
	slot->stopped = false;
	slot->moved_ms = now_ms();
	pid = fork();
	if (pid < 0)
		FAIL("fork: %s", strerror(errno));
	if (!pid)
		work(number);
	slot->pid = pid;
}

void workers_start(unsigned int processes)
{
	while (count < processes)
		start(count++);
}

static struct slot *slot_of(pid_t pid, unsigned int *number)
{
	for (*number = 0; *number < count; ++*number) {
		if (shared->slots[*number].pid == pid)
			return &shared->slots[*number];
	}
	return NULL;
}

/* Only the supervisor ends a worker; the children that workers left behind end as they like. */
static bool ended_well(const struct slot *slot, unsigned int number, int status)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return true;
	note("worker %u (%s, incarnation %u) ended by itself in %s of %s: %s %d", number,
	     role_name(number), slot->incarnation, slot->operation, slot->detail,
	     WIFSIGNALED(status) ? "signal" : "exit code",
	     WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return false;
}

bool workers_look_after(void)
{
	bool well = true;
	unsigned int number;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct slot *slot = slot_of(pid, &number);

		if (!slot)
			continue;
		well &= ended_well(slot, number, status);
		slot->incarnation++;
		start(number);
	}
	return well;
}

static void let_go_on(struct slot *slot)
{
	slot->stopped = false;
	slot->moved_ms = now_ms();
	kill(slot->pid, SIGCONT);
}

/* Rather one that waits for something than one that is about to move on. */
static struct slot *victim(void)
{
	struct slot *slot;
	unsigned int tries = 4;

	do
		slot = &shared->slots[below(count)];
	while (now_ms() - slot->moved_ms < WAITS_MS && --tries);
	return slot;
}

void workers_disturb(void)
{
	struct slot *slot;

	for (unsigned int i = 0; i < count; i++) {
		if (shared->slots[i].stopped && once_in(2))
			let_go_on(&shared->slots[i]);
	}
	slot = victim();
	if (slot->stopped)
		return;
	if (once_in(4)) {
		slot->stopped = true;
		kill(slot->pid, SIGSTOP);
	} else {
		kill(slot->pid, SIGKILL);
	}
}

/* Whoever does not die hangs in the kernel; the watch says where. */
bool workers_end(void)
{
	long long end = now_ms() + OPERATION_LIMIT_MS;

	for (unsigned int i = 0; i < count; i++) {
		shared->slots[i].stopped = false;
		kill(shared->slots[i].pid, SIGKILL);
	}
	for (;;) {
		unsigned int number;
		pid_t pid = waitpid(-1, NULL, WNOHANG);

		if (pid < 0)
			return true;
		if (pid > 0) {
			struct slot *slot = slot_of(pid, &number);

			if (slot)
				slot->pid = 0;
			continue;
		}
		if (now_ms() > end)
			return watch_is_quiet() && false;
		nap();
	}
}
