/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The last denials of a group, for people who wonder why something was refused.
 */
#ifndef FANG_DENIAL_H
#define FANG_DENIAL_H

#include <linux/types.h>

struct fang_event;
struct fang_group;

/* Why an access was denied. */
enum fang_denial_reason {
	FANG_DENIAL_NONE,
	FANG_DENIAL_RESPONSE,
	FANG_DENIAL_RULE,
	FANG_DENIAL_TIMEOUT,
	FANG_DENIAL_POISONED,
	FANG_DENIAL_NO_LISTENER,
	FANG_DENIAL_CANNOT_WAIT,
	FANG_DENIAL_OVERFLOW,
	FANG_DENIAL_DEGRADED,
	FANG_DENIAL_LATE,
};

/*
 * Keep it; the oldest one goes when there are FANG_DENIALS. @rule is the name of a
 * rule, or empty. Without memory it is not kept. May sleep.
 */
void fang_denial_note(struct fang_group *group, struct fang_event *event,
		      enum fang_denial_reason reason, const char *rule, bool permissive);

#endif /* FANG_DENIAL_H */
