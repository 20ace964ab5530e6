// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attacks the loaded module with random operations of many processes, and looks whether it stands:
 *
 *   fang-fuzz [--seed N] [--operations N] [--seconds N] [--processes N] [--verbose]
 *
 * Runs as root, best in a virtual machine. A seed gives each process the same random numbers again,
 * but not the same schedule: what was a race may need several runs. It fails when an operation
 * does not end in time, the kernel's log complains, a record is malformed, or something is left in
 * the end.
 */
#include "fuzz.h"
#include "random.h"

#include "../harness.h"
#include "../kmsg.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEFAULT_SECONDS	  60
#define DEFAULT_PROCESSES 16

/* Between two looks at the workers; one in so many disturbs one. */
#define LOOK_US		20000
#define LOOKS_A_DISTURB 8
#define PROGRESS_MS	5000

struct shared *shared;
struct slot *self;

static u64 operations_wanted;
static unsigned int seconds, processes = DEFAULT_PROCESSES;
static bool verbose;

/* What parts of fang-tests need that are used here. */
const char *case_dir(void)
{
	return FUZZ_DIR;
}

void skip(const char *format, ...)
{
	char text[300];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	note("left out: %s", text);
	_exit(1);
}

static void __attribute__((noreturn)) usage(void)
{
	fprintf(stderr, "usage: fang-fuzz [--seed N] [--operations N] [--seconds N] "
			"[--processes N] [--verbose]\n");
	exit(2);
}

static u64 number(const char *text)
{
	char *end;
	u64 value = strtoull(text, &end, 10);

	if (*text < '0' || *text > '9' || *end)
		usage();
	return value;
}

static void parse_options(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "operations", required_argument, NULL, 'o' },
		{ "seconds", required_argument, NULL, 't' },
		{ "processes", required_argument, NULL, 'p' },
		{ "verbose", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		switch (option) {
		case 's':
			shared->seed = number(optarg);
			break;
		case 'o':
			operations_wanted = number(optarg);
			break;
		case 't':
			seconds = number(optarg);
			break;
		case 'p':
			processes = number(optarg);
			break;
		case 'v':
			verbose = true;
			break;
		default:
			usage();
		}
	}
	if (optind < argc || !processes || processes > WORKERS_MAX)
		usage();
	if (!operations_wanted && !seconds)
		seconds = DEFAULT_SECONDS;
}

static void tell_progress(long long started)
{
	static u64 last_done;
	static long long last_ms;
	long long now = now_ms();
	u64 done = operations_done();

	if (!last_ms)
		last_ms = started;
	if (now - last_ms < PROGRESS_MS)
		return;
	print("%6lld s: %llu operations, %llu/s", (now - started) / 1000, done,
	      (done - last_done) * 1000 / (now - last_ms));
	last_done = done;
	last_ms = now;
}

static bool is_over(long long started)
{
	return (seconds && now_ms() - started >= seconds * 1000LL) ||
	       (operations_wanted && operations_done() >= operations_wanted);
}

/* Until it is over, or something is wrong. */
static bool run(long long started)
{
	bool well = true;

	workers_start(processes);
	while (well && !is_over(started)) {
		usleep(LOOK_US);
		well = workers_look_after() & watch_is_quiet() & kmsg_is_clean();
		if (once_in(LOOKS_A_DISTURB))
			workers_disturb();
		tell_progress(started);
	}
	return well;
}

static bool take_down(void)
{
	/* Devices may be on their way. */
	close(shared->mailbox[0]);
	close(shared->mailbox[1]);
	return module_is_clean() & ground_remove() & kmsg_is_clean();
}

static void set_up(int argc, char **argv)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED)
		FAIL("mmap: %s", strerror(errno));
	/* Ten digits are enough, and can be typed. */
	if (getrandom(&shared->seed, sizeof(shared->seed), 0) < 0)
		FAIL("getrandom: %s", strerror(errno));
	shared->seed %= 10000000000ULL;
	parse_options(argc, argv);
	if (access(GROUPS_DIR, F_OK))
		FAIL("the module is not loaded or configfs is not mounted");
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	signal(SIGPIPE, SIG_IGN);
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, shared->mailbox))
		FAIL("socketpair: %s", strerror(errno));
	random_start(shared->seed, WORKERS_MAX, 0);
}

int main(int argc, char **argv)
{
	long long started, took;
	bool well;

	/* Run by workers that need a harmless program. */
	if (argc > 1 && !strcmp(argv[1], "--exit"))
		return 0;
	set_up(argc, argv);
	print("seed %llu, %u processes", shared->seed, processes);
	ground_prepare();
	kmsg_skip();
	started = now_ms();
	well = run(started);
	took = now_ms() - started;
	/* Whatever was found: no process is left that disturbs who comes next. */
	well &= workers_end();
	well = well && take_down();
	if (verbose) {
		tell_kinds();
		tell_counters();
	}
	print("seed %llu: %llu operations in %lld s, %lld/s; %llu asked, %llu queued, %llu delivered",
	      shared->seed, operations_done(), took / 1000,
	      (long long)operations_done() * 1000 / (took ? took : 1), counter_of("asked"),
	      counter_of("queued"), counter_of("delivered"));
	if (!well)
		print("FAILED with --seed %llu --processes %u", shared->seed, processes);
	return !well;
}
