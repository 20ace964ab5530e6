// SPDX-License-Identifier: GPL-2.0-only
/* A worker that mounts and unmounts what groups cover, and drops caches. */
#include "attempt.h"
#include "fuzz.h"
#include "random.h"
#include "trees.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static void mount_memory(void)
{
	char path[512];

	mount_path(path);
	aim("%s", path);
	TRY("mount tmpfs", mount("tmpfs", path, "tmpfs", 0, "size=1m,nr_inodes=200,mode=0777"));
}

static void mount_bind(void)
{
	char path[512], from[512];

	mount_path(path);
	if (once_in(2))
		tree_path(from, once_in(2) ? "" : "d");
	else
		mount_path(from);
	aim("%s", path);
	TRY("mount bind", mount(from, path, NULL, MS_BIND | (once_in(4) ? MS_REC : 0), NULL));
}

/*
 * Layers may be covered, too. An upper layer and its working directory belong to one overlay at a
 * time, as index=on demands: two that tidy one working directory let the kernel warn in
 * drop_nlink(). It also demands one and the same lower layer for an upper one.
 */
static void mount_overlay(void)
{
	char path[512], options[1024], lower[256], upper[256];

	mount_path(path);
	tree_path(lower, "");
	tree_path(upper, "");
	strcat(upper, strrchr(lower, '/'));
	sprintf(options, "index=on,lowerdir=%s,upperdir=%s/upper,workdir=%s/work", lower, upper,
		upper);
	aim("%s: %s", path, options);
	TRY("mount overlay", mount("overlay", path, "overlay", 0, options));
}

static void unmount(void)
{
	static const int flags[] = { 0, 0, MNT_DETACH, MNT_FORCE, MNT_EXPIRE, UMOUNT_NOFOLLOW };
	char path[512];

	mount_path(path);
	aim("%s", path);
	TRY("umount", umount2(path, PICK(flags)));
}

static void remount(void)
{
	char path[512];

	mount_path(path);
	aim("%s", path);
	TRY("mount remount",
	    mount(NULL, path, NULL,
		  MS_REMOUNT | (once_in(2) ? MS_RDONLY : 0) | (once_in(2) ? MS_BIND : 0), NULL));
}

static void move(void)
{
	char path[512], to[512];

	mount_path(path);
	mount_path(to);
	aim("%s", path);
	TRY("mount move", mount(path, to, NULL, MS_MOVE, NULL));
}

/* What is mounted in it goes with it. */
static void leave_namespace(void)
{
	aim("a mount namespace");
	TRY("unshare", unshare(CLONE_NEWNS));
}

/* As a user of the place keeps it busy. */
static void touch(void)
{
	char path[512];
	int fd;

	mount_path(path);
	strcat(path, "/a");
	aim("%s", path);
	fd = TRY("file open", open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0777));
	if (fd < 0)
		return;
	TRY("file write", write(fd, path, below(10)));
	if (once_in(2))
		unmount();
	TRY("file close", close(fd));
}

static void drop_caches(void)
{
	static const char *const values[] = { "1", "2", "3" };

	try_write("/proc/sys/vm/drop_caches", PICK(values), 1);
}

static void act(void)
{
	static const struct chance chances[] = {
		{ 20, mount_memory },	{ 20, mount_bind }, { 10, mount_overlay },
		{ 70, unmount },	{ 10, remount },    { 5, move },
		{ 1, leave_namespace }, { 120, touch },	    { 1, drop_caches },
	};

	ACT(chances);
}

const struct role mounting = { .name = "mounting", .act = act };
