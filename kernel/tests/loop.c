// SPDX-License-Identifier: GPL-2.0-only
/* Loop devices and mounts, see loop.h. */
#include "loop.h"
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* Made once, and copied for each case that wants it: mkfs is slow. */
#define EXT4_IMAGE "/tmp/fang-ext4.img"

/* The descriptor stays open on purpose: the device must not go before it is used. */
void loop_attach(const char *image, char *device, size_t size)
{
	struct loop_config config = { .info.lo_flags = LO_FLAGS_AUTOCLEAR };
	int control, backing, number, loop = -1;

	control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	if (control < 0)
		skip("no loop devices: %s", strerror(errno));
	backing = open(image, O_RDWR | O_CLOEXEC);
	CHECK(backing >= 0);
	config.fd = backing;
	for (int tries = 0; tries < 10; tries++) {
		number = ioctl(control, LOOP_CTL_GET_FREE);
		CHECK(number >= 0);
		snprintf(device, size, "/dev/loop%d", number);
		loop = open(device, O_RDWR | O_CLOEXEC);
		if (loop >= 0 && !ioctl(loop, LOOP_CONFIGURE, &config))
			break;
		close(loop);
		loop = -1;
	}
	if (loop < 0)
		FAIL("%s: %s", device, strerror(errno));
	close(backing);
	close(control);
}

static void run(const char *command)
{
	if (system(command))
		skip("\"%s\" does not work here", command);
}

void ext4_mount(const char *directory)
{
	char device[32];

	if (access(EXT4_IMAGE, F_OK)) {
		run("dd if=/dev/zero of=" EXT4_IMAGE ".new bs=1M count=0 seek=24 2>/dev/null");
		run("mkfs.ext4 -q -F " EXT4_IMAGE ".new");
		CHECK(!rename(EXT4_IMAGE ".new", EXT4_IMAGE));
	}
	run("cp --sparse=always " EXT4_IMAGE " ext4.img 2>/dev/null || cp " EXT4_IMAGE " ext4.img");
	loop_attach("ext4.img", device, sizeof(device));
	if (mount(device, directory, "ext4", 0, NULL))
		skip("ext4: %s", strerror(errno));
}

void tmpfs_mount(const char *directory)
{
	CHECK(!mount("tmpfs", directory, "tmpfs", 0, NULL));
}

void overlay_mount(const char *directory)
{
	CHECK(!mkdir("lower", 0755) && !mkdir("upper", 0755) && !mkdir("work", 0755));
	if (mount("overlay", directory, "overlay", 0, "lowerdir=lower,upperdir=upper,workdir=work"))
		skip("overlay: %s", strerror(errno));
}
