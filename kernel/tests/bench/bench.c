// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the module costs beside mainline's fanotify, in the same guest:
 *
 *   fang-bench MODULE [quick | listeners]
 *
 * MODULE is the file of the module, which is not loaded yet. Prints figures, one a line: of what
 * each thing costs, quick without what takes long; or of several listeners. Runs as root in a guest
 * that is thrown away; see tools/bench-kernel.sh.
 */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>

/* What the start left to do, it does now; a clock of instructions jumps over it. */
#define SETTLE_S 60
/* Of a file that was just written nothing is remembered for 2 jiffies. */
#define WRITTEN_US 100000

#define READ_SIZE 4096

/* What parts of fang-tests need that are used here. */
const char *case_dir(void)
{
	return BENCH_DIR;
}

void skip(const char *format, ...)
{
	char text[300];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	FAIL("%s", text);
}

u64 count_now(void)
{
	unsigned int processor;

	return __rdtscp(&processor);
}

void figure(const char *name, double value)
{
	print("%s %.0f", name, value);
}

void figure_exact(const char *name, double value)
{
	print("%s %.2f", name, value);
}

/* ---- workers ---- */

static void work(const struct worker *worker)
{
	turn_function function;
	u64 start, spent;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Nor are the listeners of a machine in one process group with those who open files. */
	CHECK(!setpgid(0, 0));
	while (read(worker->commands[0], &function, sizeof(function)) == sizeof(function)) {
		start = count_now();
		for (unsigned int turn = 0; turn < BATCH; turn++)
			function(turn);
		spent = count_now() - start;
		CHECK_EQ(write(worker->results[1], &spent, sizeof(spent)), sizeof(spent));
	}
	_exit(0);
}

void worker_start(struct worker *worker)
{
	CHECK(!pipe2(worker->commands, O_CLOEXEC) && !pipe2(worker->results, O_CLOEXEC));
	worker->process = fork();
	CHECK(worker->process >= 0);
	if (!worker->process) {
		close(worker->commands[1]);
		work(worker);
	}
	close(worker->commands[0]);
	close(worker->results[1]);
}

u64 worker_batch(struct worker *worker, turn_function function)
{
	u64 spent;

	usleep(FREED_US);
	CHECK_EQ(write(worker->commands[1], &function, sizeof(function)), sizeof(function));
	CHECK_EQ(read(worker->results[0], &spent, sizeof(spent)), sizeof(spent));
	return spent;
}

void worker_stop(struct worker *worker)
{
	int status;

	close(worker->commands[1]);
	close(worker->results[0]);
	CHECK_EQ(waitpid(worker->process, &status, 0), worker->process);
	CHECK_EQ(status, 0);
}

double least(turn_function function)
{
	struct worker worker;
	u64 best = ~0ULL;

	worker_start(&worker);
	for (unsigned int i = 0; i < BATCHES; i++) {
		u64 spent = worker_batch(&worker, function);

		if (spent < best)
			best = spent;
	}
	worker_stop(&worker);
	return (double)best / BATCH;
}

/* ---- turns ---- */

static int pread_file = -1;
static char pread_buffer[READ_SIZE];

static void open_and_close(const char *path)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0 || close(fd))
		FAIL("open %s: %s", path, error_name(-errno));
}

void turn_open(unsigned int turn __attribute__((unused)))
{
	open_and_close(BENCH_FILE);
}

void turn_open_next(unsigned int turn)
{
	open_and_close(next_file(turn));
}

void turn_pread(unsigned int turn __attribute__((unused)))
{
	CHECK_EQ(pread(pread_file, pread_buffer, READ_SIZE, 0), READ_SIZE);
}

void open_for_pread(void)
{
	pread_file = open(BENCH_FILE, O_RDONLY | O_CLOEXEC);
	CHECK(pread_file >= 0);
}

void close_after_pread(void)
{
	close(pread_file);
}

/* ---- files and groups ---- */

void make_file(const char *path)
{
	static const char content[READ_SIZE];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	CHECK(fd >= 0);
	CHECK_EQ(write(fd, content, READ_SIZE), READ_SIZE);
	close(fd);
}

const char *next_file(unsigned int turn)
{
	static char names[BATCH][sizeof(BENCH_DIR "/next-000")];

	if (!names[turn][0])
		snprintf(names[turn], sizeof(names[turn]), BENCH_DIR "/next-%03u", turn);
	return names[turn];
}

void bench_group(const char *group, const char *mask, const char *report, const char *scope_type,
		 const char *scope_path)
{
	group_make(group, mask, "report", report, NULL);
	scope_add(group, "here", scope_type, scope_path);
	CHECK_OK(set(group, "enabled", "1"));
}

void bench_group_end(const char *group)
{
	CHECK_OK(set(group, "enabled", "0"));
	CHECK_OK(scope_set(group, "here", "enabled", "0"));
	CHECK_OK(scope_remove(group, "here"));
	CHECK_OK(group_remove(group));
}

int bench_listen(const char *group)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/dev/fang/%s", group);
	fd = open(path, O_RDWR | O_CLOEXEC);
	CHECK(fd >= 0);
	return fd;
}

static void make_ground(void)
{
	static const char *const file_systems[] = { BENCH_FS, BENCH_ELSEWHERE };

	CHECK(!mkdir(BENCH_ROOT, 0755));
	for (unsigned int i = 0; i < 2; i++) {
		CHECK(!mkdir(file_systems[i], 0755));
		CHECK(!mount("tmpfs", file_systems[i], "tmpfs", 0, NULL));
	}
	CHECK(!mkdir(BENCH_FS "/srv", 0755) && !mkdir(BENCH_DIR, 0755));
	make_file(BENCH_FILE);
	for (unsigned int i = 0; i < BATCH; i++)
		make_file(next_file(i));
	usleep(WRITTEN_US);
}

static void load(const char *module)
{
	int fd = open(module, O_RDONLY | O_CLOEXEC);

	CHECK(fd >= 0);
	if (syscall(SYS_finit_module, fd, "", 0))
		FAIL("%s: %s", module, error_name(-errno));
	close(fd);
}

int main(int argc, char **argv)
{
	const char *part = argc > 2 ? argv[2] : "";

	if (argc < 2)
		return 2;
	make_ground();
	if (!strcmp(part, "listeners")) {
		load(argv[1]);
		rows_of_listeners();
		return 0;
	}
	sleep(SETTLE_S);
	rows_without_module();
	load(argv[1]);
	rows_of_opens();
	rows_of_access();
	rows_of_notifications();
	rows_of_memory(!strcmp(part, "quick"));
	return 0;
}
