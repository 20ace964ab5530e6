// SPDX-License-Identifier: GPL-2.0-only
/* The file systems and files on which everything happens. */
#include "fuzz.h"
#include "trees.h"

#include "../harness.h"
#include "../loop.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Descriptors of what was unmounted lazily, and of queued records, are let go of late. */
#define UNMOUNT_LIMIT_MS (10000 * slowness())

#define CGROUP "/sys/fs/cgroup/fang-fuzz"

/* Small, so that they are full at times. */
#define TREE_OPTIONS "size=8m,nr_inodes=2000,mode=0777"

static void tree_mount(unsigned int tree, const char *type, const char *options)
{
	char path[64];

	sprintf(path, FUZZ_DIR "/tree%u", tree);
	CHECK(!mkdir(path, 0777));
	if (type && mount(type, path, type, 0, options))
		FAIL("mount of %s: %s", type, strerror(errno));
}

static void copy_program(const char *to)
{
	int in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), out;
	struct stat status;
	off_t at = 0;

	out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0777);
	CHECK(in >= 0 && out >= 0 && !fstat(in, &status));
	while (at < status.st_size)
		CHECK(sendfile(out, in, &at, status.st_size) > 0);
	close(in);
	close(out);
}

/* An upper layer and its working directory. */
static void layers_make(unsigned int tree, const char *below_tree)
{
	static const char *const layers[] = { "", "/upper", "/work" };
	char path[128];

	for (unsigned int i = 0; i < COUNT(layers); i++) {
		sprintf(path, FUZZ_DIR "/tree%u%s%s", tree, below_tree, layers[i]);
		mkdir(path, 0777);
	}
}

/* Layers for the overlay of all trees, and those that workers mount above each tree. */
static void tree_fill(unsigned int tree)
{
	char path[64], line[128];
	int fd;

	sprintf(path, FUZZ_DIR "/tree%u/d", tree);
	mkdir(path, 0777);
	strcat(path, "/d");
	mkdir(path, 0777);
	layers_make(tree, "");
	for (unsigned int lower = 0; lower < TREES_MAX; lower++) {
		sprintf(path, "/tree%u", lower);
		layers_make(tree, path);
	}
	sprintf(path, FUZZ_DIR "/tree%u/prog", tree);
	copy_program(path);
	sprintf(line, "#!%s --exit\n", path);
	sprintf(path, FUZZ_DIR "/tree%u/script", tree);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0777);
	CHECK(write(fd, line, strlen(line)) == (ssize_t)strlen(line));
	close(fd);
}

/* In a process of its own, as it ends that where there is no ext4. */
static bool ext4_tree_mount(unsigned int tree)
{
	char path[64];
	int status = -1;
	pid_t pid;

	sprintf(path, FUZZ_DIR "/tree%u", tree);
	mkdir(path, 0777);
	pid = fork();
	if (!pid) {
		if (chdir(FUZZ_DIR))
			_exit(1);
		ext4_mount(path);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	if (!status)
		return !chmod(path, 0777);
	rmdir(path);
	return false;
}

void ground_prepare(void)
{
	char path[64];

	umask(0);
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		FAIL("root is needed: %s", strerror(errno));
	mkdir(FUZZ_DIR, 0777);
	if (mount("fang-fuzz", FUZZ_DIR, "tmpfs", 0, "size=64m,mode=0777"))
		FAIL("%s: %s", FUZZ_DIR, strerror(errno));
	mkdir(FUZZ_DIR "/mounts", 0777);
	for (unsigned int i = 0; i < MOUNTS; i++) {
		sprintf(path, FUZZ_DIR "/mounts/m%u", i);
		CHECK(!mkdir(path, 0777));
	}
	/* A directory beside others, a file system, an overlay of the two, and one with blocks. */
	tree_mount(0, NULL, NULL);
	tree_mount(1, "tmpfs", TREE_OPTIONS);
	tree_fill(0);
	tree_fill(1);
	tree_mount(2, "overlay",
		   "lowerdir=" FUZZ_DIR "/tree0,upperdir=" FUZZ_DIR "/tree1/upper,workdir=" FUZZ_DIR
		   "/tree1/work");
	shared->trees = 3;
	if (ext4_tree_mount(3)) {
		tree_fill(3);
		shared->trees = 4;
	}
	mkdir(CGROUP, 0755);
}

/* The last of a list is what was mounted last. */
static bool last_mount(char *path, size_t size)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char line[4096], point[1024];
	bool found = false;

	while (mounts && fgets(line, sizeof(line), mounts)) {
		if (sscanf(line, "%*s %*s %*s %*s %1023s", point) == 1 &&
		    !strncmp(point, FUZZ_DIR, strlen(FUZZ_DIR))) {
			snprintf(path, size, "%s", point);
			found = true;
		}
	}
	if (mounts)
		fclose(mounts);
	return found;
}

/* Not lazily: that nothing holds the file systems any more is part of what is proved. */
bool ground_remove(void)
{
	long long end = now_ms() + UNMOUNT_LIMIT_MS;
	char path[1024];

	rmdir(CGROUP);
	while (last_mount(path, sizeof(path))) {
		if (!umount2(path, 0))
			continue;
		if (now_ms() > end) {
			note("umount of %s: %s", path, strerror(errno));
			return false;
		}
		nap();
	}
	rmdir(FUZZ_DIR);
	return true;
}
