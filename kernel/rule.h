/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rules: standing instructions of a group about access requests, and exemptions,
 * for whose tasks or files nothing is raised at all. Both hold without a listener.
 */
#ifndef FANG_RULE_H
#define FANG_RULE_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/workqueue.h>

#include "condition.h"
#include "limits.h"

struct fang_group;

/* The conditions that a rule can have; all that are set must hold. */
enum fang_rule_condition {
	FANG_RULE_SUBTREE,
	FANG_RULE_UID,
	FANG_RULE_EXE,
	FANG_RULE_CGROUP,
	FANG_RULE_CONDITIONS,
};

/* What a rule says: FANG_ALLOW, FANG_DENY, or this. */
#define FANG_RULE_ASK 0

/**
 * struct fang_rule - one item of rules/ or exemptions/
 * @refs: configfs item, and dispatch while it acts on a deny
 * @group: whose it is; the configfs item keeps it
 * @link: in the group's list of rules or of exemptions [config mutex]
 * @name: of the directory
 * @is_exemption: which of the two; immutable
 * @enabled: [config mutex]
 * @set: in force when the group's active_set is this; immutable while enabled
 * @order: rules are asked lowest first; immutable while enabled
 * @kinds: blocking kinds it is about, 0 for all; immutable while enabled
 * @respond: FANG_ALLOW, FANG_DENY or FANG_RULE_ASK; immutable while enabled
 * @respond_set: [config mutex]
 * @condition: an exemption uses the first only; immutable while enabled
 * @conditions: bits of those that are set, since it was put in force
 * @ended: RCU's state when it was disabled last: who found it before may look at it until
 *	a grace period is over
 * @hits: how often it decided
 * @free_work: frees it after an RCU grace period, where it may sleep
 */
struct fang_rule {
	refcount_t refs;
	struct fang_group *group;
	struct list_head link;
	char name[FANG_NAME_MAX + 1];
	bool is_exemption;
	bool enabled;
	u32 set;
	u32 order;
	u32 kinds;
	u32 respond;
	bool respond_set;
	struct fang_condition condition[FANG_RULE_CONDITIONS];
	u32 conditions;
	unsigned long ended;
	atomic64_t hits;
	struct rcu_work free_work;
};

/**
 * struct fang_rules - those in force
 * @rcu: frees it
 * @count: places in @rule
 * @rule: ascending by order; NULL where one ended since
 *
 * Replaced as a whole, but for rules that end: those are cleared in place, which
 * cannot fail.
 */
struct fang_rules {
	struct rcu_head rcu;
	unsigned int count;
	struct fang_rule *rule[];
};

struct fang_rule *fang_rule_create(struct fang_group *group, const char *name);
bool fang_rule_get(struct fang_rule *rule);
void fang_rule_put(struct fang_rule *rule);

/*
 * Put the enabled ones of @set in @list in force, in one step. -ENOMEM: nothing
 * changed. The config mutex is held.
 */
int fang_rules_publish(struct fang_rules __rcu **rules, struct list_head *list, u32 set);

/* This one is not in force any more. The config mutex is held. */
void fang_rules_end(struct fang_rules __rcu **rules, struct fang_rule *rule);

/*
 * May its settings be changed? EBUSY while it is enabled; on 0 nobody looks at them any
 * more. The config mutex is held; may wait for a grace period.
 */
int fang_rule_begin_change(const struct fang_rule *rule);

/* Nobody looks at them any more: free the table. */
void fang_rules_free(struct fang_rules __rcu **rules);

/* The first rule for this kind that holds for the current task and file, or NULL. Under RCU. */
struct fang_rule *fang_rules_find(const struct fang_rules *rules, u32 kind_bit,
				  const struct dentry *dentry);

#endif /* FANG_RULE_H */
