// SPDX-License-Identifier: GPL-2.0-only
/*
 * The KTAP runner, see harness.h. What a case may leave behind is removed by cleanup.c.
 *
 *   fang-tests [--list] [--self-check] [SUBSTRING...]
 *
 * Names are TOPIC.CASE; with substrings only the cases that contain one of them run.
 */
#include "harness.h"
#include "cleanup.h"
#include "kmsg.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_FAILED	 1
#define EXIT_SKIPPED	 4
#define CASE_DIR	 "/tmp/fang-tests"
#define CLEANUP_LIMIT_S	 60
#define UNMOUNT_LIMIT_MS 3000

enum outcome { PASSED, FAILED, SKIPPED };

extern const struct test_case *const __start_fang_cases[];
extern const struct test_case *const __stop_fang_cases[];

/* Shared with the processes of a case. */
struct shared {
	char skip_reason[200];
};

static struct shared *shared;

const char *case_dir(void)
{
	return CASE_DIR;
}

void skip(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(shared->skip_reason, sizeof(shared->skip_reason), format, args);
	va_end(args);
	_exit(EXIT_SKIPPED);
}

/* The name of a case is TOPIC.CASE, the topic being its source file. */
static const char *full_name(const struct test_case *test)
{
	static char name[200];
	const char *dot = strchr(test->file, '.');
	int topic = dot ? (int)(dot - test->file) : (int)strlen(test->file);

	snprintf(name, sizeof(name), "%.*s.%s", topic, test->file, test->name);
	return name;
}

/* Kills whatever else descends from the case: orphans are given to this process. */
static void kill_orphans(void)
{
	char path[64];
	int pid;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	for (;;) {
		FILE *children = fopen(path, "re");
		bool found = children && fscanf(children, "%d", &pid) == 1;

		if (children)
			fclose(children);
		if (!found)
			return;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
}

/* Waits for the child for so long, then kills its process group. Returns its wait status. */
static int wait_limited(pid_t pid, unsigned int limit_s, bool *killed)
{
	int pidfd = syscall(SYS_pidfd_open, pid, 0);
	struct pollfd ready = { .fd = pidfd, .events = POLLIN };
	int status = -1;

	limit_s *= slowness();
	*killed = poll(&ready, 1, limit_s * 1000) == 0;
	if (*killed)
		note("killed after %u s", limit_s);
	kill(-pid, SIGKILL);
	if (poll(&ready, 1, LIMIT_MS) == 0) {
		print("Bail out! process %d cannot be killed", pid);
		_exit(EXIT_FAILED);
	}
	close(pidfd);
	waitpid(pid, &status, 0);
	kill_orphans();
	return status;
}

static pid_t fork_group(void)
{
	pid_t pid = fork();

	if (pid < 0) {
		perror("fork");
		exit(EXIT_FAILED);
	}
	setpgid(pid, pid);
	return pid;
}

static enum outcome run_function(void (*function)(void), unsigned int limit_s)
{
	pid_t pid = fork_group();
	bool killed;
	int status;

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		function();
		_exit(0);
	}
	status = wait_limited(pid, limit_s, &killed);
	if (killed)
		return FAILED;
	if (WIFSIGNALED(status)) {
		note("died of signal %d", WTERMSIG(status));
		return FAILED;
	}
	switch (WEXITSTATUS(status)) {
	case 0:
		return PASSED;
	case EXIT_SKIPPED:
		return SKIPPED;
	default:
		return FAILED;
	}
}

static const struct test_case *current;

static void run_current(void)
{
	if (unshare(CLONE_NEWNS) || chdir(CASE_DIR))
		FAIL("set-up: %s", strerror(errno));
	umask(022);
	current->run();
}

static bool mount_case_dir(void)
{
	return !mount("fang-tests", CASE_DIR, "tmpfs", 0, "mode=0755");
}

/* After the groups are gone nothing holds the file system any more, but a closing loop device. */
static bool unmount_case_dir(void)
{
	long long end = now_ms() + UNMOUNT_LIMIT_MS;

	do {
		if (!umount2(CASE_DIR, 0))
			return true;
		nap();
	} while (errno == EBUSY && now_ms() < end);
	note("umount of the case's file system: %s", strerror(errno));
	umount2(CASE_DIR, MNT_DETACH);
	return false;
}

static enum outcome run_case(const struct test_case *test)
{
	enum outcome outcome;

	current = test;
	kmsg_skip();
	if (!mount_case_dir()) {
		note("mount: %s", strerror(errno));
		return FAILED;
	}
	outcome = run_function(run_current, test->limit_s);
	if (run_function(cleanup_groups, CLEANUP_LIMIT_S) != PASSED)
		outcome = FAILED;
	if (!unmount_case_dir())
		outcome = FAILED;
	if (!kmsg_is_clean())
		outcome = FAILED;
	return outcome;
}

static bool report(unsigned int number, const struct test_case *test, enum outcome outcome)
{
	if (outcome == SKIPPED)
		print("ok %u %s # SKIP %s", number, full_name(test), shared->skip_reason);
	else
		print("%sok %u %s", outcome == PASSED ? "" : "not ", number, full_name(test));
	return outcome != FAILED;
}

static bool is_chosen(const struct test_case *test, char **filters)
{
	if (!*filters)
		return true;
	for (; *filters; filters++) {
		if (strstr(full_name(test), *filters))
			return true;
	}
	return false;
}

static void set_up(void)
{
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL)) {
		print("Bail out! fang-tests needs root: %s", strerror(errno));
		exit(EXIT_FAILED);
	}
	if (access("/sys/kernel/config/fang", F_OK)) {
		print("Bail out! the module is not loaded or configfs is not mounted");
		exit(EXIT_FAILED);
	}
	mkdir(CASE_DIR, 0755);
}

static int run_cases(char **filters)
{
	unsigned int number = 0, failed = 0;
	const struct test_case *const *test;

	set_up();
	for (test = __start_fang_cases; test < __stop_fang_cases; test++)
		number += is_chosen(*test, filters);
	print("KTAP version 1");
	print("1..%u", number);
	number = 0;
	for (test = __start_fang_cases; test < __stop_fang_cases; test++) {
		if (is_chosen(*test, filters))
			failed += !report(++number, *test, run_case(*test));
	}
	note("%u passed, %u failed", number - failed, failed);
	return number && !failed ? 0 : EXIT_FAILED;
}

static void list_cases(void)
{
	const struct test_case *const *test;

	for (test = __start_fang_cases; test < __stop_fang_cases; test++)
		print("%s", full_name(*test));
}

static void selfcheck_pass(void)
{
}

static void selfcheck_fail(void)
{
	CHECK_EQ(1, 2);
}

static void selfcheck_skip(void)
{
	skip("because");
}

static void selfcheck_crash(void)
{
	raise(SIGSEGV);
}

/* A child of the case that outlives it must be gone, too: else waiting for it never ends. */
static void selfcheck_hang(void)
{
	if (!fork())
		setpgid(0, 0);
	for (;;)
		pause();
}

/* Does the harness itself see a failure? Needs no module. */
static int self_check(void)
{
	static const struct {
		void (*run)(void);
		enum outcome outcome;
	} checks[] = {
		{ selfcheck_pass, PASSED },  { selfcheck_fail, FAILED },
		{ selfcheck_skip, SKIPPED }, { selfcheck_crash, FAILED },
		{ selfcheck_hang, FAILED },
	};

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		if (run_function(checks[i].run, 1) != checks[i].outcome) {
			note("self-check %zu: wrong outcome", i);
			return EXIT_FAILED;
		}
	}
	return strcmp(shared->skip_reason, "because") ? EXIT_FAILED : 0;
}

int main(int argc, char **argv)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED)
		return EXIT_FAILED;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	signal(SIGPIPE, SIG_IGN);
	if (argc > 1 && !strcmp(argv[1], "--exit"))
		return 0; /* run by cases that need a harmless program */
	if (argc > 1 && !strcmp(argv[1], "--self-check"))
		return self_check();
	if (argc > 1 && !strcmp(argv[1], "--list")) {
		list_cases();
		return 0;
	}
	return run_cases(argv + 1);
}
