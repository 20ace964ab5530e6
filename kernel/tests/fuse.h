/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file system in user space: the smallest that can create files, in one step as network file
 * systems do.
 */
#ifndef FUSE_H
#define FUSE_H

/* Mounts it on a directory, served by a task until it is unmounted. Skips where there is no FUSE. */
void fuse_mount(const char *directory);

#endif /* FUSE_H */
