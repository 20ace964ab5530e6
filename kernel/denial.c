// SPDX-License-Identifier: GPL-2.0-only
/*
 * The last denials of a group. Each keeps its event, which has the path and the
 * process; the ring is made with the first denial.
 */
#include <linux/kernel.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "denial.h"
#include "group_internal.h"
#include "text.h"

/**
 * struct fang_denial - one denial
 * @event: held; NULL while the place is free
 * @reason: why
 * @permissive: it was allowed all the same
 * @rule: name of the rule, or empty
 */
struct fang_denial {
	struct fang_event *event;
	enum fang_denial_reason reason;
	bool permissive;
	char rule[FANG_NAME_MAX + 1];
};

/**
 * struct fang_denials - a ring of them
 * @next: place for the next one [group lock]
 * @total: so many there have been [group lock]
 * @denial: [group lock]
 */
struct fang_denials {
	unsigned int next;
	u64 total;
	struct fang_denial denial[FANG_DENIALS];
};

static const char *const reasons[] = {
	[FANG_DENIAL_NONE] = "none",
	[FANG_DENIAL_RESPONSE] = "response",
	[FANG_DENIAL_RULE] = "rule",
	[FANG_DENIAL_TIMEOUT] = "timeout",
	[FANG_DENIAL_POISONED] = "poisoned",
	[FANG_DENIAL_NO_LISTENER] = "no_listener",
	[FANG_DENIAL_CANNOT_WAIT] = "cannot_wait",
	[FANG_DENIAL_OVERFLOW] = "overflow",
	[FANG_DENIAL_DEGRADED] = "degraded",
	[FANG_DENIAL_LATE] = "late",
};

/* The ring, made if need be. */
static struct fang_denials *fang_denials_get(struct fang_group *group)
{
	struct fang_denials *fresh;

	if (READ_ONCE(group->denials))
		return group->denials;
	fresh = kvzalloc(sizeof(*fresh), GFP_KERNEL_ACCOUNT);
	if (fresh && cmpxchg(&group->denials, NULL, fresh))
		kvfree(fresh);
	return group->denials;
}

void fang_denial_note(struct fang_group *group, struct fang_event *event,
		      enum fang_denial_reason reason, const char *rule, bool permissive)
{
	struct fang_denials *denials = fang_denials_get(group);
	struct fang_denial *denial;
	struct fang_event *old;

	if (!denials)
		return;
	fang_event_get(event);
	fang_group_lock(group);
	denial = &denials->denial[denials->next];
	denials->next = (denials->next + 1) % FANG_DENIALS;
	denials->total++;
	old = denial->event;
	denial->event = event;
	denial->reason = reason;
	denial->permissive = permissive;
	strscpy(denial->rule, rule, sizeof(denial->rule));
	fang_group_unlock(group);
	if (old)
		fang_event_put(old);
}

void fang_denials_free(struct fang_group *group)
{
	unsigned int i;

	if (!group->denials)
		return;
	for (i = 0; i < FANG_DENIALS; i++)
		if (group->denials->denial[i].event)
			fang_event_put(group->denials->denial[i].event);
	kvfree(group->denials);
}

/* TIME_NS KIND PID UID REASON RULE PATH; a dash where there is nothing. */
static int fang_denial_show(const struct fang_denial *denial, char *text, size_t size)
{
	const struct fang_event *event = denial->event;
	const char *path = NULL;
	size_t length = fang_event_text(event, &path);
	int shown = scnprintf(text, size, "%llu %s %d %u %s%s %s ", event->time_ns,
			      fang_word_of(&fang_kind_words, FANG_BIT(event->kind)),
			      pid_vnr(fang_event_process(event)),
			      from_kuid_munged(current_user_ns(), event->uid),
			      denial->permissive ? "would_" : "", reasons[denial->reason],
			      denial->rule[0] ? denial->rule : "-");

	if (length)
		shown += fang_text_escape(text + shown, size - shown - 1, path, length);
	else
		shown += scnprintf(text + shown, size - shown - 1, "-");
	text[shown++] = '\n';
	return shown;
}

/* Room for the last line, which tells what was left out. */
#define FANG_DENIALS_REST 32

/* So much at least for a denial, or it is left out rather than cut short. */
#define FANG_DENIAL_ROOM 512

ssize_t fang_group_show_denials(struct fang_group *group, char *text, size_t size, bool *all)
{
	struct fang_denials *denials = READ_ONCE(group->denials);
	unsigned int i, kept, lines = 0;
	size_t shown = 0;

	*all = true;
	if (!denials)
		return 0;
	fang_group_lock(group);
	kept = min_t(u64, denials->total, FANG_DENIALS);
	for (i = 1; i <= kept; i++) {
		const struct fang_denial *denial =
			&denials->denial[(denials->next + FANG_DENIALS - i) % FANG_DENIALS];

		if (size - shown < FANG_DENIALS_REST + FANG_DENIAL_ROOM)
			break;
		shown += fang_denial_show(denial, text + shown, size - shown - FANG_DENIALS_REST);
		lines++;
	}
	*all = lines == kept;
	if (!*all)
		shown += scnprintf(text + shown, size - shown, "... and %u more\n", kept - lines);
	fang_group_unlock(group);
	return shown;
}
