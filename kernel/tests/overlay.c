// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an overlay does in covered layers is asked about while the overlay holds locks of its own.
 * On a kernel with lockdep the module compares them with those that fang(7) names.
 */
#include "fang.h"
#include "harness.h"
#include "loop.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

static int do_mount_overlay(const void *directory)
{
	const char *options = "lowerdir=lower,upperdir=upper,workdir=work";

	return mount("overlay", directory, "overlay", 0, options) ? -errno : 0;
}

/* Has the overlay copy the file up. */
static int do_rename(const void *path)
{
	return rename(path, "merged/renamed") ? -errno : 0;
}

static struct listener *cover_layers(void)
{
	group_start("g", "open_access read_access", NULL);
	return listen_to("g");
}

/* Which makes a file there without a name, to see whether it can. */
CASE(mounting_an_overlay_asks_about_its_upper_layer)
{
	struct listener *listener;
	const char *asked;

	CHECK(!mkdir("lower", 0755) && !mkdir("upper", 0755) && !mkdir("work", 0755));
	CHECK(!mkdir("merged", 0755));
	/* Does this kernel have them? */
	if (do_mount_overlay("merged") || umount("merged"))
		skip("overlay: %s", strerror(errno));
	listener = cover_layers();
	asked = heard_of(listener, do_mount_overlay, "merged");
	note("asked: %s", asked);
	CHECK(strstr(asked, "open_access:"));
}

CASE(renaming_in_an_overlay_asks_about_the_file_that_is_copied_up)
{
	struct listener *listener;
	const char *asked;

	CHECK(!mkdir("merged", 0755));
	overlay_mount("merged");
	create_file("lower/a", "content");
	listener = cover_layers();
	asked = heard_of(listener, do_rename, "merged/a");
	note("asked: %s", asked);
	CHECK(strstr(asked, "open_access:a"));
}
