// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whom a wait holds up, by what the kernel holds on the way to it: first what holds up nobody. That
 * the wait can be ended by SIGKILL is in killed.c.
 */
#include "fang.h"
#include "fuse.h"
#include "harness.h"
#include "held.h"
#include "loop.h"
#include "subject.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- nobody ---- */

/* Others use the directory, and the file system is frozen and thawed. */
static void check_nobody_waits(struct held *held)
{
	CHECK_OK(task_run(do_use_directory, "m/d"));
	CHECK_OK(task_run(do_freeze, "m"));
	let_go(held, 0);
	CHECK_EQ(stat_of("g", "allowed"), stat_of("g", "asked"));
}

static void hold_up_nobody(const char *mask, enum fang_kind kind, task_function function)
{
	struct held held;

	ext4_start();
	ask_about(mask, "m/d/a");
	hold(&held, kind, function, "m/d/a");
	check_nobody_waits(&held);
}

CASE(an_open_for_reading_holds_up_nobody)
{
	hold_up_nobody("open_access", FANG_OPEN_ACCESS, do_open);
}

CASE(an_open_for_writing_holds_up_nobody)
{
	hold_up_nobody("open_access", FANG_OPEN_ACCESS, do_open_rw);
}

CASE(an_open_that_creates_holds_up_nobody_on_a_local_file_system)
{
	struct held held;

	ext4_start();
	ask_about("open_access", "m/d/made");
	hold(&held, FANG_OPEN_ACCESS, do_write, "m/d/made");
	check_nobody_waits(&held);
}

CASE(a_read_holds_up_nobody)
{
	hold_up_nobody("read_access", FANG_READ_ACCESS, do_read);
}

CASE(a_pread_holds_up_nobody)
{
	hold_up_nobody("read_access", FANG_READ_ACCESS, do_pread);
}

CASE(an_asynchronous_read_holds_up_nobody)
{
	hold_up_nobody("read_access", FANG_READ_ACCESS, do_aio_read);
}

CASE(sendfile_to_a_socket_holds_up_nobody)
{
	hold_up_nobody("read_access", FANG_READ_ACCESS, do_send_to_socket);
}

static const int *shared_socket;

static int send_to_shared_socket(const void *path)
{
	int fd = open(path, O_RDONLY), error = 0;

	CHECK(fd >= 0);
	if (sendfile(*shared_socket, fd, NULL, 4) != 4)
		error = -errno;
	close(fd);
	return error;
}

static int write_to(const void *fd)
{
	return write(*(const int *)fd, "x", 1) == 1 ? 0 : -errno;
}

CASE(sendfile_to_a_socket_does_not_hold_up_who_else_writes_there)
{
	struct held held;
	int ends[2];

	CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
	shared_socket = &ends[0];
	create_file("a", "content");
	ask_about("read_access", "a");
	hold(&held, FANG_READ_ACCESS, send_to_shared_socket, "a");
	CHECK_OK(task_run(write_to, &ends[0]));
	let_go(&held, 0);
}

/* ---- freezing ---- */

static int read_other(const void *unused)
{
	(void)unused;
	return do_read("m/d/other");
}

static int write_other(const void *unused)
{
	(void)unused;
	return do_write("m/d/other");
}

/*
 * Freezing waits until the request is settled; until it begins everybody goes on, then every
 * writer waits behind it. Afterwards everything goes on.
 */
static void check_freezing_waits(struct held *held)
{
	struct task freezer, writer;

	CHECK_OK(task_run(do_use_directory, "m/d"));
	task_start(&freezer, do_freeze, "m");
	CHECK_WAITS(&freezer);
	task_start(&writer, write_other, NULL);
	CHECK_WAITS(&writer);
	CHECK_OK(task_run(read_other, NULL));
	let_go(held, 0);
	CHECK_OK(task_result(&freezer));
	CHECK_OK(task_result(&writer));
	CHECK_OK(task_run(do_use_directory, "m/d"));
}

CASE(an_open_that_truncates_holds_up_freezing)
{
	struct held held;

	ext4_start();
	ask_about("open_access", "m/d/a");
	hold(&held, FANG_OPEN_ACCESS, do_open_truncating, "m/d/a");
	check_freezing_waits(&held);
}

CASE(an_open_of_a_temporary_file_holds_up_freezing)
{
	struct held held;

	ext4_start();
	CHECK(!mkdir("m/t", 0755));
	ask_below("open_access", "m/t");
	hold(&held, FANG_OPEN_ACCESS, do_open_tmpfile, "m/t");
	check_freezing_waits(&held);
}

/* Copies in the kernel, from "a" to the file system that is frozen. */
static int copy_to_ext4(const void *path)
{
	int from = open(path, O_RDONLY), to = open("m/d/copy", O_WRONLY | O_CREAT, 0644);
	int error = 0;

	CHECK(from >= 0 && to >= 0);
	if (sendfile(to, from, NULL, 7) != 7)
		error = -errno;
	close(from);
	close(to);
	return error;
}

/* Old kernels ask twice: before they take the right to write to the target, and with it. */
CASE(sendfile_to_a_file_holds_up_freezing_of_its_file_system_before_6_8)
{
	struct held held;

	ext4_start();
	create_file("a", "content");
	ask_about("read_access", "a");
	hold(&held, FANG_READ_ACCESS, copy_to_ext4, "a");
	CHECK_OK(task_run(do_freeze, "m"));
	if (kernel_is_before(6, 8)) {
		allow_one(&held);
		hold_next(&held, FANG_READ_ACCESS);
		check_freezing_waits(&held);
	} else {
		let_go(&held, 0);
		CHECK_EQ(stat_of("g", "asked"), 1);
	}
}

/* ---- a directory ---- */

static int look_up_missing(const void *unused)
{
	struct stat status;

	(void)unused;
	return stat("m/missing", &status) ? -errno : 0;
}

static int create_another(const void *unused)
{
	(void)unused;
	return do_write("m/another");
}

static int look_up_known(const void *unused)
{
	struct stat status;

	(void)unused;
	return stat("m/known", &status) ? -errno : 0;
}

CASE(an_open_that_creates_holds_up_its_directory_where_that_is_one_step)
{
	struct task finder, creator;
	struct held held;

	CHECK(!mkdir("m", 0755));
	fuse_mount("m");
	CHECK_OK(do_write("m/known"));
	ask_about("open_access", "m/made");
	hold(&held, FANG_OPEN_ACCESS, do_write, "m/made");
	task_start(&finder, look_up_missing, NULL);
	CHECK_WAITS(&finder);
	task_start(&creator, create_another, NULL);
	CHECK_WAITS(&creator);
	/* What the kernel knows already is found without the directory's lock. */
	CHECK_OK(task_run(look_up_known, NULL));
	let_go(&held, 0);
	CHECK_ERROR(task_result(&finder), -ENOENT);
	CHECK_OK(task_result(&creator));
}

/* ---- programs ---- */

static int attach_to(const void *pid)
{
	pid_t traced = *(const pid_t *)pid;

	if (ptrace(PTRACE_SEIZE, traced, NULL, NULL))
		return -errno;
	/* Ends with the tracer. */
	return 0;
}

/* As a task that execs itself, so that its process is the one that waits. */
static int become_program(const void *path)
{
	execl(path, path, "--exit", NULL);
	return -errno;
}

/* The result pipe closes at a successful exec, so a task that does it "died". */
static void check_attaching(const char *mask, enum fang_kind kind, bool waits)
{
	struct task tracer;
	struct held held;

	program_copy("program");
	ask_about(mask, "program");
	hold(&held, kind, become_program, "program");
	CHECK_EQ(held.event.head.tgid, held.task.pid);
	task_start(&tracer, attach_to, &held.task.pid);
	if (waits) {
		CHECK_WAITS(&tracer);
		/* And its wait can be ended. */
		task_kill(&tracer);
		task_start(&tracer, attach_to, &held.task.pid);
		CHECK_WAITS(&tracer);
		let_go(&held, TASK_DIED);
		/* Or it came too late. */
		WAIT_FOR(task_is_done(&tracer));
	} else {
		CHECK_OK(task_result(&tracer));
		let_go(&held, TASK_DIED);
	}
}

CASE(the_open_of_a_program_holds_up_tracers_before_6_8)
{
	check_attaching("open_access", FANG_OPEN_ACCESS, kernel_is_before(6, 8));
}

CASE(reading_a_program_that_starts_holds_up_tracers)
{
	check_attaching("read_access", FANG_READ_ACCESS, true);
}

static int vfork_and_exec(const void *path)
{
	volatile int error = 0;
	pid_t pid = vfork();

	if (!pid) {
		execl(path, path, "--exit", NULL);
		error = -errno;
		_exit(1);
	}
	waitpid(pid, NULL, 0);
	return error;
}

static void hold_vfork(struct held *held)
{
	program_copy("program");
	ask_about("open_access", "program");
	hold(held, FANG_OPEN_ACCESS, vfork_and_exec, "program");
	CHECK(held->event.head.tgid != held->task.pid);
	CHECK_WAITS(&held->task);
}

CASE(a_program_that_starts_holds_up_the_parent_that_vforked_it)
{
	struct held held;

	hold_vfork(&held);
	let_go(&held, 0);
}

CASE(a_parent_held_up_by_the_program_that_it_vforked_can_be_killed)
{
	struct held held;

	hold_vfork(&held);
	kill(held.task.pid, SIGKILL);
	WAIT_FOR(waitpid(held.task.pid, NULL, WNOHANG) == held.task.pid);
	/* The child goes on waiting by itself. */
	CHECK_EQ(pending_count("g"), 1);
	CHECK_OK(respond(held.listener, held.event.head.id, FANG_ALLOW));
	WAIT_FOR(stat_of("g", "allowed") == 1);
}

CASE(a_script_is_asked_about_at_each_step_from_the_script_to_its_interpreter)
{
	struct listener *listener;
	char text[200];

	program_copy("program");
	snprintf(text, sizeof(text), "#!%s --exit\n", case_path("program"));
	create_file("script", text);
	CHECK(!chmod("script", 0755));
	group_start("g", "open_access read_access", NULL);
	listener = listen_to("g");
	CHECK_STRING(heard_of(listener, do_exec, "script"),
		     "open_access:script read_access:script open_access:program "
		     "read_access:program read_access:program");
}

static int run_with_library(const void *directory)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setenv("LD_LIBRARY_PATH", directory, 1);
		execl("/bin/true", "true", NULL);
		_exit(127);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	return WEXITSTATUS(status);
}

CASE(the_dynamic_linker_holds_up_nobody)
{
	struct held held;
	pid_t linking;

	ext4_start();
	if (system("cp /lib/x86_64-linux-gnu/libc.so.6 m/d/libc.so.6"))
		skip("the C library is in another place here");
	ask_about("open_access", "m/d/libc.so.6");
	hold(&held, FANG_OPEN_ACCESS, run_with_library, case_path("m/d"));
	linking = held.event.head.tgid;
	CHECK_OK(task_run(attach_to, &linking));
	CHECK_OK(task_run(do_use_directory, "m/d"));
	CHECK_OK(task_run(do_freeze, "m"));
	let_go(&held, 0);
}

/* ---- copying up ---- */

/* An overlay on "o" with its layer "lower" in the case's directory and the upper one on ext4. */
static void overlay_start(void)
{
	ext4_start();
	CHECK(!mkdir("o", 0755) && !mkdir("lower", 0755));
	CHECK(!mkdir("m/upper", 0755) && !mkdir("m/work", 0755));
	create_file("lower/f", "content");
	create_file("lower/g", "content");
	if (mount("overlay", "o", "overlay", 0, "lowerdir=lower,upperdir=m/upper,workdir=m/work"))
		skip("overlay: %s", strerror(errno));
}

static int change_mode_again(const void *path)
{
	return chmod(path, 0640) ? -errno : 0;
}

/* Until 6.7 it had the right to write to the upper layer before it opened the lower file. */
static void check_copying_up(enum fang_kind kind)
{
	struct task changer, freezer;
	struct held held;

	overlay_start();
	ask_about("open_access read_access", "lower/f");
	hold(&held, FANG_OPEN_ACCESS, do_chmod, "o/f");
	if (kind == FANG_READ_ACCESS) {
		allow_one(&held);
		hold_next(&held, kind);
	}
	/* Other files go on. */
	CHECK_OK(task_run(do_read, "o/g"));
	CHECK_OK(task_run(do_chmod, "o/g"));
	task_start(&changer, change_mode_again, "o/f");
	CHECK_WAITS(&changer);
	task_start(&freezer, do_freeze, "m");
	if (kernel_is_before(6, 7))
		CHECK_WAITS(&freezer);
	else
		CHECK_OK(task_result(&freezer));
	let_go(&held, 0);
	CHECK_OK(task_result(&changer));
	CHECK_OK(task_result(&freezer));
}

/* Asked about the overlay itself, it is asked before anything is copied. */
static void check_overlay_holds_up_nobody(task_function function)
{
	struct held held;

	overlay_start();
	ask_about("open_access", "o/f");
	hold(&held, FANG_OPEN_ACCESS, function, "o/f");
	CHECK(access("m/upper/f", F_OK));
	CHECK_OK(task_run(do_chmod, "o/f"));
	CHECK_OK(task_run(do_chmod, "o/g"));
	CHECK_OK(task_run(do_freeze, "m"));
	let_go(&held, 0);
}

CASE(an_open_on_an_overlay_holds_up_nobody)
{
	check_overlay_holds_up_nobody(do_open);
}

CASE(an_open_for_writing_on_an_overlay_holds_up_nobody)
{
	check_overlay_holds_up_nobody(do_open_rw);
}

CASE(copying_up_holds_up_changes_of_that_file_and_before_6_7_freezing_of_the_upper_layer)
{
	check_copying_up(FANG_OPEN_ACCESS);
}

CASE(copying_up_does_the_same_while_it_reads_the_lower_file)
{
	check_copying_up(FANG_READ_ACCESS);
}

CASE(a_deny_stops_copying_up)
{
	struct held held;

	overlay_start();
	ask_about("open_access", "lower/f");
	hold(&held, FANG_OPEN_ACCESS, do_chmod, "o/f");
	CHECK_OK(respond(held.listener, held.event.head.id, FANG_DENY));
	CHECK_ERROR(task_result(&held.task), -EPERM);
	CHECK(access("m/upper/f", F_OK));
	CHECK_OK(task_run(do_freeze, "m"));
}

/* ---- descriptors and pipes that are shared ---- */

static int shared_fd;

static int read_shared(const void *unused)
{
	char byte;

	(void)unused;
	return read(shared_fd, &byte, 1) == 1 ? 0 : -errno;
}

static int seek_shared(const void *unused)
{
	(void)unused;
	return lseek(shared_fd, 0, SEEK_SET) < 0 ? -errno : 0;
}

static int size_of_shared(const void *unused)
{
	struct stat status;

	(void)unused;
	return fstat(shared_fd, &status) ? -errno : 0;
}

static void hold_shared(struct held *held)
{
	create_file("a", "content");
	CHECK(!link("a", "link"));
	ask_about("read_access", "a");
	shared_fd = open("a", O_RDONLY | O_CLOEXEC);
	CHECK(shared_fd >= 0);
	hold(held, FANG_READ_ACCESS, read_shared, NULL);
}

CASE(a_read_holds_up_who_reads_or_seeks_by_the_same_descriptor)
{
	struct task reader, seeker;
	struct held held;

	hold_shared(&held);
	task_start(&seeker, seek_shared, NULL);
	CHECK_WAITS(&seeker);
	task_start(&reader, read_shared, NULL);
	CHECK_WAITS(&reader);
	/* A descriptor of one's own, and what needs no position. */
	CHECK_OK(task_run(do_read, "link"));
	CHECK_OK(task_run(size_of_shared, NULL));
	CHECK_EQ(pending_count("g"), 1);
	CHECK_EQ(stat_of("g", "asked"), 1);
	/* Allows the reader's request, too. */
	let_go(&held, 0);
	CHECK_OK(task_result(&seeker));
	while (!task_is_done(&reader)) {
		if (next_event(held.listener, &held.event, 20))
			CHECK_OK(respond(held.listener, held.event.head.id, FANG_ALLOW));
		CHECK(task_age_ms(&reader) < 3 * LIMIT_MS);
	}
	CHECK_OK(task_result(&reader));
}

static int pread_shared(const void *unused)
{
	char byte;

	(void)unused;
	return pread(shared_fd, &byte, 1, 0) == 1 ? 0 : -errno;
}

CASE(a_pread_does_not_hold_up_who_reads_by_the_same_descriptor)
{
	struct task reader;
	struct event event;
	struct held held;

	create_file("a", "content");
	ask_about("read_access", "a");
	shared_fd = open("a", O_RDONLY | O_CLOEXEC);
	CHECK(shared_fd >= 0);
	hold(&held, FANG_READ_ACCESS, pread_shared, NULL);
	CHECK_OK(task_run(seek_shared, NULL));
	/* It has a wait of its own. */
	task_start(&reader, read_shared, NULL);
	expect_event(held.listener, &event, FANG_READ_ACCESS, "a");
	CHECK_OK(respond(held.listener, event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&reader));
	let_go(&held, 0);
}

/*
 * The wait for the descriptor itself cannot be interrupted; but who is to be killed asks nobody
 * any more.
 */
CASE(a_reader_killed_behind_a_shared_descriptor_ends_with_the_wait_and_does_not_ask)
{
	struct task reader;
	struct held held;

	hold_shared(&held);
	task_start(&reader, read_shared, NULL);
	CHECK_WAITS(&reader);
	kill(reader.pid, SIGKILL);
	CHECK_OK(respond(held.listener, held.event.head.id, FANG_ALLOW));
	CHECK_OK(task_result(&held.task));
	CHECK_EQ(task_result(&reader), TASK_DIED);
	CHECK_EQ(stat_of("g", "asked"), 1);
	CHECK_EQ(stat_of("g", "not_waited"), 1);
}

static int shared_pipe[2];

static int splice_to_shared_pipe(const void *path)
{
	int fd = open(path, O_RDONLY), error = 0;

	CHECK(fd >= 0);
	if (splice(fd, NULL, shared_pipe[1], NULL, 4, 0) != 4)
		error = -errno;
	close(fd);
	return error;
}

static int read_from(const void *fd)
{
	char byte;

	return read(*(const int *)fd, &byte, 1) == 1 ? 0 : -errno;
}

CASE(splicing_into_a_pipe_holds_up_who_else_uses_the_pipe_before_6_8)
{
	struct task writer, reader;
	struct held held;

	CHECK(!pipe2(shared_pipe, O_CLOEXEC));
	CHECK_OK(task_run(write_to, &shared_pipe[1]));
	create_file("a", "content");
	ask_about("read_access", "a");
	hold(&held, FANG_READ_ACCESS, splice_to_shared_pipe, "a");
	task_start(&writer, write_to, &shared_pipe[1]);
	task_start(&reader, read_from, &shared_pipe[0]);
	if (kernel_is_before(6, 8)) {
		CHECK_WAITS(&writer);
		CHECK_WAITS(&reader);
		let_go(&held, 0);
	}
	CHECK_OK(task_result(&writer));
	CHECK_OK(task_result(&reader));
	if (!kernel_is_before(6, 8))
		let_go(&held, 0);
}

/* ---- freezing of tasks ---- */

#define FREEZER "/fang-tests-freezer"

static void freezer_set(const char *value)
{
	CHECK_OK(file_write("/sys/fs/cgroup" FREEZER "/cgroup.freeze", value, 1));
}

static bool is_frozen(void)
{
	char events[256];

	CHECK(file_read("/sys/fs/cgroup" FREEZER "/cgroup.events", events, sizeof(events)) > 0);
	return strstr(events, "frozen 1");
}

/* As with anything that waits in the kernel for a signal that kills. */
CASE(a_cgroup_is_frozen_only_once_its_waiting_task_got_its_response)
{
	static const struct subject subject = { .path = "a", .cgroup = FREEZER };
	struct held held;

	create_file("a", "content");
	cgroup_create(FREEZER);
	ask_about("open_access", "a");
	hold(&held, FANG_OPEN_ACCESS, do_open_as, &subject);
	freezer_set("1");
	for (int i = 0; i < 40; i++, nap())
		CHECK(!is_frozen());
	CHECK_EQ(pending_count("g"), 1);
	allow_one(&held);
	WAIT_FOR(is_frozen());
	CHECK_EQ(stat_of("g", "allowed"), 1);
	CHECK(!task_is_done(&held.task));
	freezer_set("0");
	CHECK_OK(task_result(&held.task));
	cgroup_remove(FREEZER);
}

CASE(a_waiting_task_of_a_cgroup_that_is_being_frozen_can_be_killed)
{
	static const struct subject subject = { .path = "a", .cgroup = FREEZER };
	struct held held;

	create_file("a", "content");
	cgroup_create(FREEZER);
	ask_about("open_access", "a");
	hold(&held, FANG_OPEN_ACCESS, do_open_as, &subject);
	freezer_set("1");
	check_killed(&held);
	cgroup_remove(FREEZER);
}
