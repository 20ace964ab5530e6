/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tasks that wait for a response in the middle of a system call, and what others do meanwhile: for
 * cases about whom a wait holds up.
 */
#ifndef HELD_H
#define HELD_H

#include "fang.h"

/* A task that waits, and its request in group "g". */
struct held {
	struct listener *listener;
	struct task task;
	struct event event;
};

/*
 * Makes a group "g" that is asked about one file of the case's directory and nothing else, so
 * that its neighbours can be used; or about all below a directory. With a long timeout.
 */
void ask_about(const char *mask, const char *file);
void ask_below(const char *mask, const char *directory);
/* Starts a task and waits until it waits. Its process may be another one than the task's. */
void hold(struct held *held, enum fang_kind kind, task_function function, const void *argument);
/* The next request of the same task. */
void hold_next(struct held *held, enum fang_kind kind);
/* Checks that it still waits, and allows this one. */
void allow_one(struct held *held);
/* Checks that it still waits, allows this and all that it asks for later, and takes its result. */
void let_go(struct held *held, int expected);
/* SIGKILL ends the wait, and nothing is left of the request. */
void check_killed(struct held *held);

/* The task neither ends nor runs: it sleeps in the kernel for some time. */
#define CHECK_WAITS(task) check_waits(__FILE__, __LINE__, task)
void check_waits(const char *file, int line, struct task *task);

/* Is this kernel older than MAJOR.MINOR? */
bool kernel_is_before(unsigned int major, unsigned int minor);

/* An ext4 on "m" with a directory "m/d" and in it the files "a" and "other". */
void ext4_start(void);
/*
 * A task: makes, finds, reads, lists, links, renames and unlinks in a directory with "a", which it
 * does not open, and "other".
 */
int do_use_directory(const void *directory);
/* A task: freezes a file system and thaws it. */
int do_freeze(const void *directory);

/* More that tasks do with a path, besides those of task.h. */
int do_open_truncating(const void *path);
int do_open_tmpfile(const void *directory);
int do_pread(const void *path);
int do_aio_read(const void *path);
int do_send_to_socket(const void *path);
int do_splice_to_pipe(const void *path);
int do_chmod(const void *path);

#endif /* HELD_H */
