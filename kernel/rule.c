// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules and exemptions.
 */
#include <linux/bitops.h>
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "rule.h"
#include "work.h"

struct fang_rule *fang_rule_create(struct fang_group *group, const char *name)
{
	struct fang_rule *rule = kzalloc(sizeof(*rule), GFP_KERNEL_ACCOUNT);

	if (!rule)
		return NULL;
	refcount_set(&rule->refs, 1);
	rule->group = group;
	strscpy(rule->name, name, sizeof(rule->name));
	INIT_LIST_HEAD(&rule->link);
	rule->ended = get_completed_synchronize_rcu();
	return rule;
}

bool fang_rule_get(struct fang_rule *rule)
{
	return refcount_inc_not_zero(&rule->refs);
}

static void fang_rule_free(struct work_struct *work)
{
	struct fang_rule *rule = container_of(to_rcu_work(work), struct fang_rule, free_work);
	int i;

	for (i = 0; i < FANG_RULE_CONDITIONS; i++)
		fang_condition_release(&rule->condition[i]);
	kfree(rule);
}

void fang_rule_put(struct fang_rule *rule)
{
	if (!refcount_dec_and_test(&rule->refs))
		return;
	INIT_RCU_WORK(&rule->free_work, fang_rule_free);
	queue_rcu_work(fang_workqueue, &rule->free_work);
}

/* The same each time while it is enabled. */
static void fang_rule_note_conditions(struct fang_rule *rule)
{
	u32 conditions = 0;
	int i;

	for (i = 0; i < FANG_RULE_CONDITIONS; i++)
		if (rule->condition[i].type != FANG_CONDITION_UNSET)
			conditions |= BIT(i);
	WRITE_ONCE(rule->conditions, conditions);
}

static bool fang_rule_belongs(const struct fang_rule *rule, u32 set)
{
	return rule->enabled && rule->set == set;
}

/* By order, then by name, so that equal orders do not depend on the order of mkdir. */
static int fang_rule_compare(const void *a, const void *b)
{
	const struct fang_rule *left = *(struct fang_rule *const *)a;
	const struct fang_rule *right = *(struct fang_rule *const *)b;

	if (left->order != right->order)
		return left->order < right->order ? -1 : 1;
	return strcmp(left->name, right->name);
}

int fang_rules_publish(struct fang_rules __rcu **rules, struct list_head *list, u32 set)
{
	struct fang_rules *old = rcu_dereference_protected(*rules, true);
	struct fang_rules *table = NULL;
	struct fang_rule *rule;
	unsigned int count = 0;

	list_for_each_entry(rule, list, link)
		count += fang_rule_belongs(rule, set);
	if (count) {
		table = kzalloc(struct_size(table, rule, count), GFP_KERNEL_ACCOUNT);
		if (!table)
			return -ENOMEM;
		list_for_each_entry(rule, list, link) {
			if (!fang_rule_belongs(rule, set))
				continue;
			fang_rule_note_conditions(rule);
			table->rule[table->count++] = rule;
		}
		sort(table->rule, count, sizeof(table->rule[0]), fang_rule_compare, NULL);
	}
	rcu_assign_pointer(*rules, table);
	if (old)
		kfree_rcu(old, rcu);
	return 0;
}

void fang_rules_end(struct fang_rules __rcu **rules, struct fang_rule *rule)
{
	struct fang_rules *table = rcu_dereference_protected(*rules, true);
	unsigned int i;

	for (i = 0; table && i < table->count; i++)
		if (table->rule[i] == rule)
			WRITE_ONCE(table->rule[i], NULL);
	rule->ended = get_state_synchronize_rcu();
}

int fang_rule_begin_change(const struct fang_rule *rule)
{
	if (rule->enabled)
		return -EBUSY;
	cond_synchronize_rcu(rule->ended);
	return 0;
}

void fang_rules_free(struct fang_rules __rcu **rules)
{
	kfree(rcu_dereference_protected(*rules, true));
	RCU_INIT_POINTER(*rules, NULL);
}

/* What most rules ask takes no call. */
static __always_inline bool fang_rule_condition_holds(const struct fang_condition *condition,
						      const struct dentry *dentry)
{
	if (condition->type == FANG_CONDITION_UID)
		return uid_eq(current_fsuid(), condition->uid);
	return fang_condition_holds(condition, dentry);
}

static bool fang_rule_holds(const struct fang_rule *rule, u32 kind_bit, const struct dentry *dentry)
{
	u32 left = READ_ONCE(rule->conditions);

	if (rule->kinds && !(rule->kinds & kind_bit))
		return false;
	for (; left; left &= left - 1)
		if (!fang_rule_condition_holds(&rule->condition[__ffs(left)], dentry))
			return false;
	return true;
}

struct fang_rule *fang_rules_find(const struct fang_rules *rules, u32 kind_bit,
				  const struct dentry *dentry)
{
	unsigned int i;

	for (i = 0; i < rules->count; i++) {
		struct fang_rule *rule = READ_ONCE(rules->rule[i]);

		if (rule && fang_rule_holds(rule, kind_bit, dentry)) {
			atomic64_inc(&rule->hits);
			return rule;
		}
	}
	return NULL;
}
