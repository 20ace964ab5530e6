/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A condition on who raises an event or on which file: what rules and exemptions
 * are made of.
 */
#ifndef FANG_CONDITION_H
#define FANG_CONDITION_H

#include <linux/pid.h>
#include <linux/types.h>
#include <linux/uidgid.h>

#include "target.h"

struct config_item;
struct dentry;

/* In the order of fang_condition_words. */
enum fang_condition_type {
	FANG_CONDITION_UNSET,
	FANG_CONDITION_TGID,
	FANG_CONDITION_UID,
	FANG_CONDITION_EXE,
	FANG_CONDITION_CGROUP,
	FANG_CONDITION_SUBTREE,
};

/**
 * struct fang_condition - one condition
 * @type: FANG_CONDITION_UNSET always holds
 * @number: of a process or user, as written
 * @process: held, for TGID
 * @uid: for UID: the file system uid of the task
 * @cgroup: id in the default hierarchy, for CGROUP; the task may be further below
 * @target: for SUBTREE the directory, for EXE directory and last name; for CGROUP
 *	only the text
 *
 * Immutable while the rule or exemption is enabled.
 */
struct fang_condition {
	enum fang_condition_type type;
	u32 number;
	struct pid *process;
	kuid_t uid;
	u64 cgroup;
	struct fang_target target;
};

/*
 * Parse @text (unescaped), written to an attribute of @item, as the current task
 * means it: its pids, users, cgroups and paths. -EINVAL malformed, -ERANGE, -ESRCH
 * no such process, -ENOENT no such cgroup or path, -EOPNOTSUPP without cgroups. May
 * wait, see fang_look_up().
 */
int fang_condition_parse(struct config_item *item, struct fang_condition *condition,
			 enum fang_condition_type type, char *text);

/* Leaves it unset. May sleep. */
void fang_condition_release(struct fang_condition *condition);

/* Does it hold for the current task and the file at @dentry (may be NULL)? Under RCU. */
bool fang_condition_holds(const struct fang_condition *condition, const struct dentry *dentry);

/* Does what it names still exist? May sleep. */
bool fang_condition_is_active(const struct fang_condition *condition);

#endif /* FANG_CONDITION_H */
