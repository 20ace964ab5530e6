// SPDX-License-Identifier: GPL-2.0-only
/* Tasks that must never wait, and listeners that could wait for each other. */
#include "fang.h"
#include "harness.h"
#include "held.h"
#include "loop.h"
#include "never_waits.h"
#include "subject.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __x86_64__
/* Signals that process 1 gets meanwhile are passed on. */
static void run_to_syscall_stop(void)
{
	int status, signal = 0;

	do {
		CHECK(!ptrace(PTRACE_SYSCALL, 1, NULL, signal));
		CHECK(waitpid(1, &status, __WALL) == 1 && WIFSTOPPED(status));
		signal = WSTOPSIG(status);
	} while (signal != (SIGTRAP | 0x80));
}

/* Makes process 1, which is stopped after a system call, do another one. */
static long call_in_init(const struct user_regs_struct *saved, long number, long first, long second)
{
	struct user_regs_struct registers = *saved;

	registers.rip = saved->rip - 2; /* back to the instruction */
	registers.orig_rax = -1; /* nothing is to be restarted */
	registers.rax = number;
	registers.rdi = first;
	registers.rsi = second;
	CHECK(!ptrace(PTRACE_SETREGS, 1, NULL, &registers));
	run_to_syscall_stop();
	run_to_syscall_stop();
	CHECK(!ptrace(PTRACE_GETREGS, 1, NULL, &registers));
	return registers.rax;
}

/* Lets it go on with what it was doing: a system call that was interrupted is made again. */
static void release_init(struct user_regs_struct *saved)
{
	long result = saved->rax;

	if (result <= -512 && result >= -516) {
		saved->rip -= 2;
		saved->rax = saved->orig_rax;
	}
	saved->orig_rax = -1;
	CHECK(!ptrace(PTRACE_SETREGS, 1, NULL, saved));
	CHECK(!ptrace(PTRACE_DETACH, 1, NULL, NULL));
}

long open_as_process_1(const char *name)
{
	struct user_regs_struct saved;
	long words[16] = { 0 }, result;
	unsigned long long place;
	int status;

	/* The case has a mount namespace of its own. */
	CHECK(snprintf((char *)words, sizeof(words), "/proc/%d/root%s/%s", getpid(), case_dir(),
		       name) < (int)sizeof(words));
	if (ptrace(PTRACE_SEIZE, 1, NULL, PTRACE_O_TRACESYSGOOD))
		skip("process 1 cannot be traced: %s", strerror(errno));
	CHECK(!ptrace(PTRACE_INTERRUPT, 1, NULL, NULL));
	CHECK(waitpid(1, &status, __WALL) == 1);
	CHECK(!ptrace(PTRACE_GETREGS, 1, NULL, &saved));
	if ((ptrace(PTRACE_PEEKTEXT, 1, saved.rip - 2, NULL) & 0xffff) != 0x050f) {
		ptrace(PTRACE_DETACH, 1, NULL, NULL);
		skip("process 1 is not in a system call");
	}
	place = (saved.rsp - 4096) & ~15ULL;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		CHECK(!ptrace(PTRACE_POKEDATA, 1, place + i * sizeof(long), words[i]));
	result = call_in_init(&saved, SYS_open, place, O_RDONLY);
	if (result >= 0) {
		CHECK_EQ(call_in_init(&saved, SYS_close, result, 0), 0);
		result = 0;
	}
	release_init(&saved);
	return result;
}

#else
long open_as_process_1(const char *name)
{
	skip("process 1 cannot be made to open %s here", name);
}
#endif

CASE(process_1_never_waits_and_is_allowed)
{
	struct listener *listener;

	create_file("a", "");
	group_start("g", "open_access", "timeout_ms", "60000", "on_cannot_wait", "deny", NULL);
	listener = listen_to("g");
	CHECK_OK(open_as_process_1("a"));
	CHECK_EQ(stat_of("g", "not_waited"), 1);
	CHECK_EQ(stat_of("g", "asked"), 0);
	CHECK(!next_event(listener, &(struct event){ 0 }, 0));
}

int do_read_block(const void *device)
{
	char block[4096];
	int fd = open(device, O_RDONLY);

	CHECK(fd >= 0);
	CHECK_EQ(read(fd, block, sizeof(block)), sizeof(block));
	CHECK_EQ(block[0], 'x');
	return close(fd);
}

void create_image(const char *path)
{
	char block[4097];

	memset(block, 'x', 4096);
	block[4096] = 0;
	create_file(path, block);
}

/*
 * The kernel thread behind a loop device never waits. Later kernels do not ask it, and in 6.12 it
 * depends on the release.
 */
CASE(a_kernel_thread_never_waits_and_is_allowed)
{
	struct listener *listener;
	char device[32];

	create_image("image");
	loop_attach("image", device, sizeof(device));
	group_start("g", "read_access", "timeout_ms", "60000", "on_cannot_wait", "deny", NULL);
	listener = listen_to("g");
	CHECK_OK(task_run(do_read_block, device));
	CHECK_EQ(stat_of("g", "asked"), 0);
	if (kernel_is_before(6, 12))
		CHECK(stat_of("g", "not_waited") > 0);
	CHECK(!next_event(listener, &(struct event){ 0 }, 0));
}

static int switch_swap_on(const void *path)
{
	return swapon(path, 0) ? -errno : 0;
}

static int switch_swap_off(const void *path)
{
	return swapoff(path) ? -errno : 0;
}

/* Has its memory written to the swap file, and reads it back. */
static int swap_out_and_in(const void *unused)
{
	const size_t size = 1 << 20;
	unsigned char *memory =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char status[4096];
	int swapped;

	(void)unused;
	CHECK(memory != MAP_FAILED);
	memset(memory, 'x', size);
	CHECK(!madvise(memory, size, MADV_PAGEOUT));
	CHECK(file_read("/proc/self/status", status, sizeof(status)) > 0);
	CHECK_EQ(sscanf(strstr(status, "VmSwap:"), "VmSwap: %d kB", &swapped), 1);
	for (size_t i = 0; i < size; i++)
		CHECK_EQ(memory[i], 'x');
	return swapped ? 0 : -EAGAIN;
}

/* Who runs short of memory must not wait for a listener, which may run short, too. */
CASE(swapping_to_a_covered_file_raises_nothing)
{
	struct held held;

	if (access("/proc/swaps", F_OK))
		skip("no swapping here");
	ext4_start();
	if (system("dd if=/dev/zero of=m/d/swap bs=1M count=4 2>/dev/null && chmod 600 m/d/swap &&"
		   " mkswap m/d/swap >/dev/null"))
		skip("no swap files here");
	ask_about("open_access read_access read write", "m/d/swap");
	hold(&held, FANG_OPEN_ACCESS, switch_swap_on, "m/d/swap");
	let_go(&held, 0);
	while (next_event(held.listener, &held.event, 0))
		;
	CHECK_OK(task_run(swap_out_and_in, NULL));
	CHECK(!next_event(held.listener, &held.event, 0));
	task_start(&held.task, switch_swap_off, "m/d/swap");
	hold_next(&held, FANG_OPEN_ACCESS);
	let_go(&held, 0);
	CHECK_EQ(stat_of("g", "not_waited"), 0);
}

static int dump_core(const void *unused)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	int status;
	pid_t pid;

	(void)unused;
	CHECK(!setrlimit(RLIMIT_CORE, &unlimited));
	pid = fork();
	if (!pid) {
		raise(SIGQUIT);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
	return !!WCOREDUMP(status);
}

/* To a file of this name, or to "|PROGRAM". */
static bool dump_core_to(const char *name)
{
	static const char *const pattern = "/proc/sys/kernel/core_pattern";
	char before[128];
	int dumped;

	CHECK(file_read(pattern, before, sizeof(before)) > 0);
	CHECK_OK(file_write(pattern, name, strlen(name)));
	dumped = task_run(dump_core, NULL);
	CHECK_OK(file_write(pattern, before, strlen(before)));
	CHECK(dumped != TASK_DIED);
	return dumped;
}

bool dump_core_here(void)
{
	return dump_core_to("core");
}

static void dump_into_scope(const char *reaction, bool expected)
{
	struct listener *listener;

	group_start("g", "open_access", "timeout_ms", "60000", "on_cannot_wait", reaction, NULL);
	listener = listen_to("g");
	CHECK_EQ(dump_core_here(), expected);
	CHECK_EQ(stat_of("g", "not_waited"), 1);
	CHECK_EQ(stat_of("g", "asked"), 0);
	CHECK(!next_event(listener, &(struct event){ 0 }, 0));
}

CASE(a_core_dump_does_not_wait_and_is_allowed)
{
	dump_into_scope("allow", true);
}

CASE(a_core_dump_does_not_wait_and_is_denied)
{
	dump_into_scope("deny", false);
}

/* Where the kernel finds it, who knows nothing of the namespace of a case. */
#define HELPER "/tmp/fang-tests-helper"

static void start_helper(const char *reaction)
{
	struct listener *listener;

	program_copy(HELPER);
	group_make("g", "open_access read_access", "on_cannot_wait", reaction, NULL);
	scope_add("g", "s", "file", HELPER);
	CHECK_OK(set("g", "enabled", "1"));
	listener = listen_to("g");
	dump_core_to("|" HELPER " --exit");
	CHECK(!unlink(HELPER));
	CHECK_EQ(stat_of("g", "asked"), 0);
	CHECK(!next_event(listener, &(struct event){ 0 }, 0));
}

/* Who starts it has no memory of its own yet, and may be on the way to free some. */
CASE(a_program_that_the_kernel_starts_does_not_wait_and_is_allowed)
{
	start_helper("allow");
	/* It is opened, and read. */
	CHECK(stat_of("g", "not_waited") > 1);
}

CASE(a_program_that_the_kernel_starts_does_not_wait_and_is_denied)
{
	start_helper("deny");
	CHECK_EQ(stat_of("g", "not_waited"), 1);
}

/* A listener that opens "a" when told to, and does nothing else. */
struct opener_listener {
	const char *group, *go;
};

static int listen_and_open(const void *argument)
{
	const struct opener_listener *self = argument;
	struct listener *listener = listen_to(self->group);
	int error;

	wait_for_flag(self->go);
	error = do_open("a");
	stop_listening(listener);
	return error;
}

/*
 * Were both asked about each other, neither would ever respond. A listener of a blocking group is
 * asked only by groups of lower number: "low" waits for nobody, "high" for "low".
 */
CASE(listeners_of_blocking_groups_do_not_wait_in_a_ring)
{
	static const struct opener_listener low = { "low", "go-low" }, high = { "high", "go-high" };
	struct task low_task, high_task;
	struct listener *listener;
	struct event event;

	create_file("a", "");
	group_start("low", "open_access", "priority", "10", "timeout_ms", "600000", NULL);
	group_start("high", "open_access", "priority", "20", "timeout_ms", "600000", NULL);
	task_start(&low_task, listen_and_open, &low);
	task_start(&high_task, listen_and_open, &high);
	WAIT_FOR(get_number("low", "listeners") == 1 && get_number("high", "listeners") == 1);
	raise_flag("go-low");
	CHECK_OK(task_result(&low_task));
	CHECK_EQ(stat_of("high", "asked"), 0);
	CHECK_EQ(stat_of("low", "asked"), 0);
	listener = listen_to("low");
	raise_flag("go-high");
	expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
	CHECK_EQ(event.head.tgid, high_task.pid);
	CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&high_task));
	CHECK_EQ(stat_of("high", "asked"), 0);
	CHECK_EQ(stat_of("low", "asked"), 1);
}

/* Notifications do not wait, so nobody is spared them. */
CASE(a_listener_of_a_blocking_group_is_heard_by_groups_that_only_notify)
{
	static const struct opener_listener low = { "low", "go-low" };
	struct listener *listener;
	struct event event;
	struct task task;

	create_file("a", "");
	group_start("low", "open_access", "priority", "10", NULL);
	group_start("high", "open", "priority", "20", NULL);
	task_start(&task, listen_and_open, &low);
	WAIT_FOR(get_number("low", "listeners") == 1);
	listener = listen_to("high");
	raise_flag("go-low");
	CHECK_OK(task_result(&task));
	expect_event(listener, &event, FANG_OPEN, "a");
	CHECK_EQ(event.head.tgid, task.pid);
}
