// SPDX-License-Identifier: GPL-2.0-only
/* Canaries, see canary.h. */
#include "canary.h"
#include "fang.h"
#include "loop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILES 4

#define COUNT 6

/* Written by the canary, read by the case. */
struct canary {
	const char *name;
	long long bound_ms;
	const char *volatile doing;
	long slept; /* so often before the operation */
	volatile long long since_ms; /* 0: between two operations */
	volatile long long longest_ms;
	const char *volatile longest;
	volatile unsigned int rounds;
};

/* Shared with the canaries. */
static struct {
	volatile bool stop;
	struct canary canaries[COUNT];
} * shared;

/* The canaries, in their order; not shared, as a child would overwrite its id. */
static struct task tasks[COUNT];

/* How often this process has waited for something else than a processor. */
static long times_slept(void)
{
	struct rusage usage;

	CHECK(!getrusage(RUSAGE_SELF, &usage));
	return usage.ru_nvcsw;
}

static void begin(struct canary *canary, const char *what)
{
	canary->doing = what;
	canary->slept = times_slept();
	canary->since_ms = now_ms();
}

static void end(struct canary *canary)
{
	long long took = now_ms() - canary->since_ms;

	canary->since_ms = 0;
	if (took <= canary->longest_ms || times_slept() == canary->slept)
		return;
	canary->longest_ms = took;
	canary->longest = canary->doing;
}

/* An operation and the time that it takes. */
#define TIMED(canary, operation)                         \
	({                                               \
		begin(canary, #operation);               \
		typeof(operation) result_ = (operation); \
		int error_ = errno;                      \
		end(canary);                             \
		errno = error_;                          \
		result_;                                 \
	})

static void access_file(struct canary *canary, const char *path, int flags)
{
	char bytes[16] = "written";
	int fd = TIMED(canary, open(path, flags));

	if (fd < 0)
		FAIL("the %s opens %s: %s", canary->name, path, strerror(errno));
	if (flags == O_RDONLY)
		CHECK(TIMED(canary, read(fd, bytes, sizeof(bytes))) > 0);
	else
		CHECK(TIMED(canary, write(fd, bytes, sizeof(bytes))) > 0);
	CHECK_OK(TIMED(canary, close(fd)));
}

/*
 * Inside, each operation that may wait is done by a new process: one that waited in vain is not made
 * to wait again for a while.
 */
static void in_new_process(struct canary *canary, void (*operation)(struct canary *canary))
{
	pid_t pid = fork();
	int status;

	CHECK(pid >= 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		operation(canary);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static void open_inside(struct canary *canary)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "in/f%u", canary->rounds % FILES);
	fd = TIMED(canary, open(path, O_RDONLY));
	CHECK(fd >= 0);
	CHECK_OK(TIMED(canary, close(fd)));
}

static int open_file = -1;

static void read_inside(struct canary *canary)
{
	char byte;

	CHECK_EQ(TIMED(canary, pread(open_file, &byte, 1, 0)), 1);
}

static void write_inside(struct canary *canary)
{
	access_file(canary, "in/written", O_WRONLY | O_TRUNC);
}

static void open_anew(struct canary *canary)
{
	in_new_process(canary, open_inside);
}

static void read_anew(struct canary *canary)
{
	if (open_file < 0)
		open_file = TIMED(canary, open("in/f0", O_RDONLY));
	CHECK(open_file >= 0);
	in_new_process(canary, read_inside);
}

static void write_anew(struct canary *canary)
{
	in_new_process(canary, write_inside);
}

static void access_outside(struct canary *canary)
{
	struct stat status;

	access_file(canary, "out/f", O_RDONLY);
	access_file(canary, "out/f", O_WRONLY);
	access_file(canary, "elsewhere/f", O_RDONLY);
	access_file(canary, "elsewhere/f", O_WRONLY);
	/* What asks nobody is free to all in the covered place, too. */
	CHECK_OK(TIMED(canary, stat("in/f0", &status)));
}

static void watch_with_inotify(struct canary *canary)
{
	int fd = TIMED(canary, inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
	char events[4096];
	int watch;

	CHECK(fd >= 0);
	CHECK(TIMED(canary, inotify_add_watch(fd, "elsewhere", IN_ALL_EVENTS)) >= 0);
	watch = TIMED(canary, inotify_add_watch(fd, "out", IN_ALL_EVENTS));
	CHECK(watch >= 0);
	access_file(canary, "out/f", O_RDONLY);
	CHECK(TIMED(canary, read(fd, events, sizeof(events))) > 0);
	CHECK_OK(TIMED(canary, inotify_rm_watch(fd, watch)));
	CHECK_OK(TIMED(canary, close(fd)));
}

static void watch_with_fanotify(struct canary *canary, unsigned int class, unsigned int mask)
{
	int fd = TIMED(canary, fanotify_init(class | FAN_CLOEXEC | FAN_NONBLOCK, O_RDONLY));

	if (fd < 0 && (errno == ENOSYS || errno == EINVAL))
		return; /* this kernel has none */
	CHECK(fd >= 0);
	CHECK_OK(TIMED(canary, fanotify_mark(fd, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, mask, AT_FDCWD,
					     "elsewhere")));
	CHECK_OK(TIMED(canary, fanotify_mark(fd, FAN_MARK_ADD | FAN_MARK_MOUNT, mask, AT_FDCWD,
					     "elsewhere")));
	CHECK_OK(TIMED(canary, fanotify_mark(fd, FAN_MARK_ADD, mask, AT_FDCWD, "out/unused")));
	CHECK_OK(TIMED(canary, fanotify_mark(fd, FAN_MARK_REMOVE, mask, AT_FDCWD, "out/unused")));
	CHECK_OK(TIMED(canary, close(fd)));
}

static void watch_outside(struct canary *canary)
{
	watch_with_inotify(canary);
	watch_with_fanotify(canary, FAN_CLASS_NOTIF, FAN_OPEN | FAN_CLOSE);
	/* An event that nobody raises there: the stranger would have to be permitted. */
	watch_with_fanotify(canary, FAN_CLASS_CONTENT, FAN_OPEN_EXEC_PERM);
}

/* Nothing in configfs waits for a listener. */
static void change_groups(struct canary *canary)
{
	CHECK_OK(TIMED(canary, group_create("changed")));
	CHECK_OK(TIMED(canary, set("changed", "priority", "1")));
	CHECK_OK(TIMED(canary, set("changed", "mask", "open open_access read_access")));
	CHECK_OK(TIMED(canary, scope_try("changed", "s", "subtree", case_path("in"))));
	CHECK_OK(TIMED(canary, set("changed", "enabled", "1")));
	CHECK_OK(TIMED(canary, set("changed", "mask", "open_access close_nowrite")));
	CHECK_OK(TIMED(canary, set("changed", "enabled", "0")));
	CHECK_OK(TIMED(canary, scope_set("changed", "s", "enabled", "0")));
	CHECK_OK(TIMED(canary, scope_remove("changed", "s")));
	CHECK_OK(TIMED(canary, group_remove("changed")));
}

static const struct {
	const char *name;
	bool inside;
	void (*round)(struct canary *canary);
} kinds[COUNT] = {
	{ "opener inside", true, open_anew },
	{ "reader inside", true, read_anew },
	{ "writer inside", true, write_anew },
	{ "stranger outside", false, access_outside },
	{ "watcher elsewhere", false, watch_outside },
	{ "changer of groups", false, change_groups },
};

static int live(const void *argument)
{
	unsigned int number = *(const unsigned int *)argument;
	struct canary *canary = &shared->canaries[number];

	for (; !shared->stop; canary->rounds++)
		kinds[number].round(canary);
	return 0;
}

void canaries_make(void)
{
	char path[32];

	CHECK(!mkdir("in", 0755) && !mkdir("out", 0755) && !mkdir("elsewhere", 0755));
	tmpfs_mount("elsewhere");
	for (int i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "in/f%d", i);
		create_file(path, "content");
	}
	create_file("in/written", "");
	create_file("out/f", "content");
	create_file("out/unused", "");
	create_file("elsewhere/f", "content");
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	CHECK(shared != MAP_FAILED);
}

void canaries_start(long long inside_ms)
{
	for (unsigned int i = 0; i < COUNT; i++) {
		struct canary *canary = &shared->canaries[i];

		canary->name = kinds[i].name;
		canary->bound_ms = kinds[i].inside ? inside_ms + SLACK_MS : OUTSIDE_MS;
		task_start(&tasks[i], live, &i);
	}
}

/* Does it want nothing but a processor? Else where the kernel has it, for who reads of a failure. */
static bool is_runnable(pid_t pid)
{
	char path[32], text[4096];
	const char *state;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	CHECK(file_read(path, text, sizeof(text)) > 0);
	state = strrchr(text, ')');
	if (state && !strncmp(state, ") R", 3))
		return true;
	snprintf(path, sizeof(path), "/proc/%d/stack", pid);
	CHECK(file_read(path, text, sizeof(text)) >= 0);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		note("%s", line);
	return false;
}

static void check(const struct canary *canary)
{
	long long since = canary->since_ms;

	if (since && now_ms() - since > canary->bound_ms &&
	    !is_runnable(tasks[canary - shared->canaries].pid))
		FAIL("the %s is at %s for more than %lld ms", canary->name, canary->doing,
		     canary->bound_ms);
	if (canary->longest_ms > canary->bound_ms)
		FAIL("the %s was at %s for %lld ms, not %lld", canary->name, canary->longest,
		     canary->longest_ms, canary->bound_ms);
}

void canaries_check(void)
{
	for (unsigned int i = 0; i < COUNT; i++) {
		check(&shared->canaries[i]);
		if (task_is_done(&tasks[i]))
			FAIL("the %s died", kinds[i].name);
	}
}

void canaries_stop(void)
{
	shared->stop = true;
	for (unsigned int i = 0; i < COUNT; i++) {
		struct canary *canary = &shared->canaries[i];

		while (!task_is_done(&tasks[i])) {
			check(canary);
			nap();
		}
		CHECK_OK(tasks[i].result);
		check(canary);
		note("%s: %u rounds, longest %lld of %lld ms: %.40s", canary->name, canary->rounds,
		     canary->longest_ms, canary->bound_ms, canary->longest ?: "nothing");
		CHECK(canary->rounds > 0);
	}
}
