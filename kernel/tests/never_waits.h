/* SPDX-License-Identifier: GPL-2.0-only */
/* Tasks that must never wait, for cases about what comes before waiting. */
#ifndef NEVER_WAITS_H
#define NEVER_WAITS_H

#include <stdbool.h>

/* Has process 1 open and close a file of the case's directory. 0 or a negated errno; may skip. */
long open_as_process_1(const char *name);
/* A task: reads from a loop device, so that a kernel thread reads the file behind it. */
int do_read_block(const void *device);
/* A file of one block for loop_attach(). */
void create_image(const char *path);
/* Has a process dump core into the current directory; could it? */
bool dump_core_here(void);

#endif /* NEVER_WAITS_H */
