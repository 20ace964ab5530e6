/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CLEANUP_H
#define CLEANUP_H

/*
 * Removes every group with what is below it and sets the module parameter back. Fails the calling
 * process if that cannot be done, or if a group's counters do not add up in the end.
 */
void cleanup_groups(void);

#endif /* CLEANUP_H */
