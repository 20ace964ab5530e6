/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file system in user space: the smallest that can create files, in one step as network file
 * systems do.
 */
#ifndef FUSE_H
#define FUSE_H

/* Mounts it on a directory, served by a task until it is unmounted. Skips where there is no FUSE. */
void fuse_mount(const char *directory);

/* A name that nobody finds there; asked for it, the server raises FUSE_ASKED and waits for FUSE_GO. */
#define FUSE_SLOW  "slow"
#define FUSE_ASKED "fuse-asked"
#define FUSE_GO	   "fuse-go"

/* A name that can be created and found, but not opened: the server says that there is no such file. */
#define FUSE_GONE "gone"

#endif /* FUSE_H */
