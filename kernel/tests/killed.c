// SPDX-License-Identifier: GPL-2.0-only
/* SIGKILL ends the wait at each place in the kernel where a task may wait, and frees what it held. */
#include "fang.h"
#include "fuse.h"
#include "harness.h"
#include "held.h"
#include "loop.h"
#include "subject.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* Waits on ext4; afterwards the file system can be used and frozen. */
static void kill_on_ext4(const char *mask, enum fang_kind kind, task_function function)
{
	struct held held;

	ext4_start();
	ask_about(mask, "m/d/a");
	hold(&held, kind, function, "m/d/a");
	check_killed(&held);
	CHECK_OK(task_run(do_use_directory, "m/d"));
	CHECK_OK(task_run(do_freeze, "m"));
}

CASE(in_an_open_for_reading)
{
	kill_on_ext4("open_access", FANG_OPEN_ACCESS, do_open);
}

CASE(in_an_open_that_truncates_and_then_does_not)
{
	struct stat status;

	kill_on_ext4("open_access", FANG_OPEN_ACCESS, do_open_truncating);
	CHECK(!stat("m/d/a", &status));
	CHECK_EQ(status.st_size, 7);
}

CASE(in_an_open_that_creates)
{
	struct held held;

	ext4_start();
	ask_about("open_access", "m/d/made");
	hold(&held, FANG_OPEN_ACCESS, do_write, "m/d/made");
	check_killed(&held);
	CHECK_OK(task_run(do_use_directory, "m/d"));
	CHECK_OK(task_run(do_freeze, "m"));
}

CASE(in_an_open_that_creates_in_one_step)
{
	struct held held;

	CHECK(!mkdir("m", 0755));
	fuse_mount("m");
	ask_about("open_access", "m/made");
	hold(&held, FANG_OPEN_ACCESS, do_write, "m/made");
	check_killed(&held);
	CHECK_OK(task_run(do_write, "m/another"));
}

CASE(in_an_open_of_a_temporary_file)
{
	struct held held;

	ext4_start();
	CHECK(!mkdir("m/t", 0755));
	ask_below("open_access", "m/t");
	hold(&held, FANG_OPEN_ACCESS, do_open_tmpfile, "m/t");
	check_killed(&held);
	CHECK_OK(task_run(do_use_directory, "m/d"));
	CHECK_OK(task_run(do_freeze, "m"));
}

CASE(in_a_read)
{
	kill_on_ext4("read_access", FANG_READ_ACCESS, do_read);
}

CASE(in_a_pread)
{
	kill_on_ext4("read_access", FANG_READ_ACCESS, do_pread);
}

CASE(in_an_asynchronous_read)
{
	kill_on_ext4("read_access", FANG_READ_ACCESS, do_aio_read);
}

CASE(in_sendfile)
{
	kill_on_ext4("read_access", FANG_READ_ACCESS, do_send_to_socket);
}

CASE(in_splice)
{
	kill_on_ext4("read_access", FANG_READ_ACCESS, do_splice_to_pipe);
}

static int become_program(const void *path)
{
	execl(path, path, "--exit", NULL);
	return -errno;
}

static void kill_in_exec(const char *mask, enum fang_kind kind)
{
	struct held held;

	program_copy("program");
	ask_about(mask, "program");
	hold(&held, kind, become_program, "program");
	check_killed(&held);
}

CASE(in_exec_when_the_program_is_opened)
{
	kill_in_exec("open_access", FANG_OPEN_ACCESS);
}

CASE(in_exec_when_the_program_is_read)
{
	kill_in_exec("read_access", FANG_READ_ACCESS);
}

static void kill_in_copy_up(enum fang_kind kind)
{
	struct held held;

	CHECK(!mkdir("o", 0755));
	overlay_mount("o");
	create_file("lower/f", "content");
	ask_about("open_access read_access", "lower/f");
	hold(&held, FANG_OPEN_ACCESS, do_chmod, "o/f");
	if (kind == FANG_READ_ACCESS) {
		allow_one(&held);
		hold_next(&held, kind);
	}
	check_killed(&held);
	CHECK(access("upper/f", F_OK));
	CHECK_OK(set("g", "enabled", "0"));
	CHECK_OK(task_run(do_chmod, "o/f"));
	CHECK(!access("upper/f", F_OK));
}

CASE(in_copying_up_when_the_lower_file_is_opened)
{
	kill_in_copy_up(FANG_OPEN_ACCESS);
}

CASE(in_copying_up_when_the_lower_file_is_read)
{
	kill_in_copy_up(FANG_READ_ACCESS);
}
