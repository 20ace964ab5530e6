/* SPDX-License-Identifier: GPL-2.0-only */
/* Whom rules and exemptions tell apart: users, programs and cgroups. */
#ifndef SUBJECT_H
#define SUBJECT_H

#include <sys/types.h>

struct subject {
	const char *path; /* what it opens */
	uid_t uid;
	const char *program; /* what it runs meanwhile, see program_create(); NULL: fang-tests */
	const char *pipe; /* what the program reads first: a named pipe raises no events */
	const char *cgroup; /* NULL: where fang-tests is */
};

/* A task: opens read-only as this subject, and reads. 0 or a negated errno. */
int do_open_as(const void *subject);
/* The same for the number of a user that opens "a". */
int do_open_as_user(const void *uid);

/* A program that opens and reads what its arguments name. */
void program_create(const char *path);
/* A program that does nothing when run with --exit, as do_exec() does. Needs no libraries. */
void program_copy(const char *path);

/* Named as in /proc/PID/cgroup. Skips the case where cgroups cannot be made. */
void cgroup_create(const char *cgroup);
void cgroup_remove(const char *cgroup);

#endif /* SUBJECT_H */
