// SPDX-License-Identifier: GPL-2.0-only
/* Subjects, see subject.h. The program is cat. */
#include "subject.h"
#include "fang.h"
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CGROUPS "/sys/fs/cgroup"

static void enter_cgroup(const char *cgroup)
{
	char path[512];

	snprintf(path, sizeof(path), CGROUPS "%s/cgroup.procs", cgroup);
	CHECK_OK(file_write(path, "0", 1));
}

/* cat ends with 1 if it could not open something. */
static int open_by_program(const struct subject *subject)
{
	pid_t pid = fork();
	int status;

	CHECK(pid >= 0);
	if (!pid) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		if (subject->pipe)
			execl(subject->program, "cat", subject->pipe, subject->path, NULL);
		else
			execl(subject->program, "cat", subject->path, NULL);
		_exit(127);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	if (WEXITSTATUS(status) > 1)
		FAIL("%s ends with %d", subject->program, WEXITSTATUS(status));
	return WEXITSTATUS(status) ? -EPERM : 0;
}

int do_open_as(const void *argument)
{
	const struct subject *subject = argument;

	if (subject->cgroup)
		enter_cgroup(subject->cgroup);
	CHECK(!setresuid(subject->uid, subject->uid, subject->uid));
	if (subject->program)
		return open_by_program(subject);
	return do_read(subject->path);
}

int do_open_as_user(const void *uid)
{
	struct subject subject = { .path = "a", .uid = *(const uid_t *)uid };

	return do_open_as(&subject);
}

void program_create(const char *path)
{
	char command[512];

	snprintf(command, sizeof(command), "cp /bin/cat %s", path);
	if (system(command))
		skip("\"%s\" does not work here", command);
}

void program_copy(const char *path)
{
	int from = open("/proc/self/exe", O_RDONLY);
	int to = open(path, O_WRONLY | O_CREAT, 0755);
	struct stat status;
	off_t left;

	CHECK(from >= 0 && to >= 0 && !fstat(from, &status));
	for (left = status.st_size; left > 0;) {
		ssize_t sent = sendfile(to, from, NULL, left);

		CHECK(sent > 0);
		left -= sent;
	}
	close(from);
	close(to);
}

void cgroup_create(const char *cgroup)
{
	char path[512];

	if (access(CGROUPS "/cgroup.procs", W_OK))
		skip("no cgroups below " CGROUPS);
	snprintf(path, sizeof(path), CGROUPS "%s", cgroup);
	if (mkdir(path, 0755) && errno != EEXIST)
		FAIL("%s: %s", path, strerror(errno));
}

void cgroup_remove(const char *cgroup)
{
	char path[512];

	/* Who just left may still be counted. */
	snprintf(path, sizeof(path), CGROUPS "%s", cgroup);
	WAIT_FOR(!rmdir(path));
}
