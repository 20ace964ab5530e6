/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Canaries: tasks that access, watch and change things all the time and take the time of every
 * single operation. The first one that takes too long fails the case, while it still hangs. What
 * never slept has waited for a processor only, which is not counted.
 *
 * They live in the case's directory: "in" is what groups should cover, "out" is on the same file
 * system, "elsewhere" is another one.
 */
#ifndef CANARY_H
#define CANARY_H

#include "harness.h"

/*
 * Who does not wait for a listener sleeps for a moment at most, and then needs processor time; but
 * processors are emulated, and a busy machine has few of them.
 */
#define OUTSIDE_MS (2000 * slowness())

/* Who does wait is woken at the deadline, and needs processor time, too. */
#define SLACK_MS (2000 * slowness())

/* Makes the directories and their files. */
void canaries_make(void);
/* Starts them. An operation inside may take so long for its listeners, and the slack. */
void canaries_start(long long inside_ms);
/* Fails if one died or has been at an operation for too long. */
void canaries_check(void);
/* Ends them: each in time, and after a few rounds at least. Notes the longest operations. */
void canaries_stop(void);

#endif /* CANARY_H */
