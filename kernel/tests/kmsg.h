/* SPDX-License-Identifier: GPL-2.0-only */
/* Watches the kernel log, so that a warning or an oops fails the case during which it came. */
#ifndef KMSG_H
#define KMSG_H

#include <stdbool.h>

/* Only what comes from now on counts. */
void kmsg_skip(void);
/* Reads what came; false, and notes, if there was a complaint in it. */
bool kmsg_is_clean(void);

/* For cases: the log from now on, and how often it told this since one last asked. */
int kmsg_open(void);
unsigned int kmsg_tells(int log, const char *text);

#endif /* KMSG_H */
