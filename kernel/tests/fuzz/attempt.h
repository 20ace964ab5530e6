/* SPDX-License-Identifier: GPL-2.0-only */
/* Small accesses that several roles make, counted. */
#ifndef FUZZ_ATTEMPT_H
#define FUZZ_ATTEMPT_H

#include <stdbool.h>
#include <stddef.h>

/* Writes to a file of configfs or sysfs, in one system call. */
bool try_write(const char *path, const void *data, size_t size);
/* Reads, with a size that may be odd; the length or -1. */
long try_read(const char *path, char *buffer, size_t size);
/* Reads a number; 0 if there is none. */
unsigned long long read_number(const char *path);

/* The name of one of the groups. */
const char *group_pick(void);
/* DIRECTORY/NAME */
void path_join(char *path, const char *directory, const char *name);
/* Below a group: GROUPS_DIR/GROUP/NAME. */
void group_path(char *path, const char *group, const char *name);

#endif /* FUZZ_ATTEMPT_H */
