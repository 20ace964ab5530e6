/* SPDX-License-Identifier: GPL-2.0-only */
/* File systems that cases need besides tmpfs. Skip the case where the kernel lacks them. */
#ifndef LOOP_H
#define LOOP_H

#include <stddef.h>

/* Puts a loop device on a file; it goes away with its last user. Writes the device's path. */
void loop_attach(const char *image, char *device, size_t size);
/* Mounts a new ext4 on a directory, in the case's mount namespace. */
void ext4_mount(const char *directory);
/* Mounts a tmpfs there. */
void tmpfs_mount(const char *directory);
/* Mounts an overlay of the directories lower, upper and work, which it makes, on a directory. */
void overlay_mount(const char *directory);

#endif /* LOOP_H */
