/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tasks: functions in forked children. A listener's own process raises no events in its group, so
 * what a case wants to be heard, a task does.
 */
#ifndef TASK_H
#define TASK_H

#include <stdbool.h>
#include <sys/types.h>

struct task {
	pid_t pid;
	int fd; /* the result comes through this */
	bool done;
	int result;
	long long started_ms;
};

/* The result is mostly 0 or a negated errno. A task that dies gives TASK_DIED. */
#define TASK_DIED 0x7fffffff

typedef int (*task_function)(const void *argument);

void task_start(struct task *task, task_function function, const void *argument);
/* Has it ended? Does not wait. */
bool task_is_done(struct task *task);
/* Waits until it has ended, within LIMIT_MS. */
int task_result(struct task *task);
/* Starts and waits. */
int task_run(task_function function, const void *argument);
/* Starts one that has this process id, which must be free. May skip the case. */
void task_start_as(struct task *task, pid_t pid, task_function function, const void *argument);
long long task_age_ms(const struct task *task);
/* SIGKILL, and waits for its end. */
void task_kill(struct task *task);

/* Descriptors that children close: a listener ends with its process, not with the children. */
void task_closes(int fd);
/* No longer: the number may be given to something else now. */
void task_keeps(int fd);

/* What tasks do; the argument is a path. Each opens, does as named, and closes. */
int do_open(const void *path); /* read-only */
int do_read(const void *path); /* one byte */
int do_write(const void *path); /* one byte, made if missing */
int do_open_rw(const void *path); /* for writing, writes nothing */
int do_truncate(const void *path); /* truncate(2) to nothing */
int do_exec(const void *path); /* runs it; 0 if it could be executed */

/* How cases and tasks tell each other to go on: a directory, as those raise no events. */
void raise_flag(const char *name);
void wait_for_flag(const char *name);
/* Makes or overwrites a file, in this process. */
void create_file(const char *path, const char *content);

#endif /* TASK_H */
