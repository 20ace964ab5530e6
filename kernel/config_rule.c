// SPDX-License-Identifier: GPL-2.0-only
/*
 * groups/<group>/rules/<name>/ and groups/<group>/exemptions/<name>/
 */
#include <linux/configfs.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "config_internal.h"
#include "text.h"

/**
 * struct fang_rule_item - one directory below rules/ or exemptions/
 * @item: the directory
 * @rule: held
 * @type: of an exemption whose value may not be written yet [config mutex]
 */
struct fang_rule_item {
	struct config_item item;
	struct fang_rule *rule;
	enum fang_condition_type type;
};

static struct fang_rule_item *to_rule_item(struct config_item *item)
{
	return container_of(item, struct fang_rule_item, item);
}

static struct fang_rule *fang_item_rule(struct config_item *item)
{
	return to_rule_item(item)->rule;
}

static int fang_rule_assign(struct fang_rule *rule, u32 *field, u32 value)
{
	int error;

	mutex_lock(&fang_config_mutex);
	error = fang_rule_begin_change(rule);
	if (!error)
		*field = value;
	mutex_unlock(&fang_config_mutex);
	return error;
}

static int fang_rule_item_set_enabled(struct config_item *item, bool enable)
{
	struct fang_rule *rule = fang_item_rule(item);
	int error;

	lockdep_assert_held(&fang_config_mutex);
	if (rule->enabled == enable)
		return 0;
	if (!enable) {
		fang_rule_disable(rule);
		configfs_undepend_item(item);
		return 0;
	}
	error = configfs_depend_item_unlocked(&fang_subsystem, item);
	if (error)
		return error;
	error = fang_rule_enable(rule);
	if (error)
		configfs_undepend_item(item);
	return error;
}

static int fang_set_rule_enabled(struct config_item *item, char *text)
{
	bool enable;
	int error = fang_text_bool(text, &enable);

	if (error)
		return error;
	mutex_lock(&fang_config_mutex);
	error = fang_rule_item_set_enabled(item, enable);
	mutex_unlock(&fang_config_mutex);
	return error;
}

FANG_STORE(fang_rule_, enabled, fang_set_rule_enabled)

static ssize_t fang_rule_enabled_show(struct config_item *item, char *page)
{
	return fang_show_number(page, READ_ONCE(fang_item_rule(item)->enabled));
}

CONFIGFS_ATTR(fang_rule_, enabled);

/* The two numbers of a rule. */
#define FANG_RULE_NUMBER(_name)                                                        \
	static int fang_set_rule_##_name(struct config_item *item, char *text)         \
	{                                                                              \
		struct fang_rule *rule = fang_item_rule(item);                         \
		u64 number;                                                            \
		int error = fang_text_number(text, 0, U32_MAX, &number);               \
		return error ?: fang_rule_assign(rule, &rule->_name, number);          \
	}                                                                              \
	FANG_STORE(fang_rule_, _name, fang_set_rule_##_name)                           \
	static ssize_t fang_rule_##_name##_show(struct config_item *item, char *page)  \
	{                                                                              \
		return fang_show_number(page, READ_ONCE(fang_item_rule(item)->_name)); \
	}                                                                              \
	CONFIGFS_ATTR(fang_rule_, _name)

FANG_RULE_NUMBER(set);
FANG_RULE_NUMBER(order);

static int fang_set_rule_kinds(struct config_item *item, char *text)
{
	struct fang_rule *rule = fang_item_rule(item);
	u32 kinds;
	int error = fang_words_parse(&fang_kind_words, text, &kinds);

	if (error)
		return error;
	/* There is nothing to decide about the others. */
	if (kinds & ~FANG_BLOCKING)
		return -EINVAL;
	return fang_rule_assign(rule, &rule->kinds, kinds);
}

FANG_STORE(fang_rule_, kinds, fang_set_rule_kinds)

static ssize_t fang_rule_kinds_show(struct config_item *item, char *page)
{
	return fang_show_words(page, &fang_kind_words, READ_ONCE(fang_item_rule(item)->kinds));
}

CONFIGFS_ATTR(fang_rule_, kinds);

static int fang_set_rule_respond(struct config_item *item, char *text)
{
	struct fang_rule *rule = fang_item_rule(item);
	int respond = fang_word_value(&fang_rule_words, text);
	int error;

	if (respond < 0)
		return respond;
	error = fang_rule_assign(rule, &rule->respond, respond);
	if (!error)
		WRITE_ONCE(rule->respond_set, true);
	return error;
}

FANG_STORE(fang_rule_, respond, fang_set_rule_respond)

static ssize_t fang_rule_respond_show(struct config_item *item, char *page)
{
	const struct fang_rule *rule = fang_item_rule(item);

	if (!READ_ONCE(rule->respond_set))
		return fang_show_text(page, "");
	return fang_show_text(page, fang_word_of(&fang_rule_words, READ_ONCE(rule->respond)));
}

CONFIGFS_ATTR(fang_rule_, respond);

static ssize_t fang_rule_hits_show(struct config_item *item, char *page)
{
	return fang_show_number(page, atomic64_read(&fang_item_rule(item)->hits));
}

CONFIGFS_ATTR_RO(fang_rule_, hits);

/*
 * Parsed before the lock is taken, because that may wait for file systems. @pending is
 * what the type was when that began, and must still be.
 */
static int fang_set_condition(struct config_item *item, struct fang_condition *place,
			      const enum fang_condition_type *pending, char *text)
{
	struct fang_rule *rule = fang_item_rule(item);
	enum fang_condition_type type = READ_ONCE(*pending);
	struct fang_condition condition = {};
	int error = 0;

	/* An empty line takes a condition away. */
	if (*text) {
		error = fang_text_unescape(text);
		if (error < 0)
			return error;
		error = fang_condition_parse(item, &condition, type, text);
		if (error)
			return error;
	}
	mutex_lock(&fang_config_mutex);
	error = *pending == type ? fang_rule_begin_change(rule) : -EBUSY;
	if (!error)
		swap(*place, condition);
	mutex_unlock(&fang_config_mutex);
	fang_condition_release(&condition);
	return error;
}

static ssize_t fang_show_condition(const struct fang_condition *condition, char *page)
{
	ssize_t shown;

	mutex_lock(&fang_config_mutex);
	switch (condition->type) {
	case FANG_CONDITION_UNSET:
		shown = fang_show_text(page, "");
		break;
	case FANG_CONDITION_TGID:
	case FANG_CONDITION_UID:
		shown = fang_show_number(page, condition->number);
		break;
	default:
		shown = fang_show_path(page, condition->target.path, condition->target.path_length);
	}
	mutex_unlock(&fang_config_mutex);
	return shown;
}

#define FANG_RULE_CONDITION(_name, _place, _type)                                           \
	static int fang_set_rule_##_name(struct config_item *item, char *text)              \
	{                                                                                   \
		struct fang_rule *rule = fang_item_rule(item);                              \
		static const enum fang_condition_type type = _type;                         \
		return fang_set_condition(item, &rule->condition[_place], &type, text);     \
	}                                                                                   \
	FANG_STORE(fang_rule_, _name, fang_set_rule_##_name)                                \
	static ssize_t fang_rule_##_name##_show(struct config_item *item, char *page)       \
	{                                                                                   \
		return fang_show_condition(&fang_item_rule(item)->condition[_place], page); \
	}                                                                                   \
	CONFIGFS_ATTR(fang_rule_, _name)

FANG_RULE_CONDITION(subtree, FANG_RULE_SUBTREE, FANG_CONDITION_SUBTREE);
FANG_RULE_CONDITION(uid, FANG_RULE_UID, FANG_CONDITION_UID);
FANG_RULE_CONDITION(exe, FANG_RULE_EXE, FANG_CONDITION_EXE);
FANG_RULE_CONDITION(cgroup, FANG_RULE_CGROUP, FANG_CONDITION_CGROUP);

static bool fang_rule_is_active(const struct fang_rule *rule)
{
	int i;

	for (i = 0; i < FANG_RULE_CONDITIONS; i++)
		if (!fang_condition_is_active(&rule->condition[i]))
			return false;
	return rule->enabled;
}

static ssize_t fang_rule_active_show(struct config_item *item, char *page)
{
	bool active;

	mutex_lock(&fang_config_mutex);
	active = fang_rule_is_active(fang_item_rule(item));
	mutex_unlock(&fang_config_mutex);
	return fang_show_number(page, active);
}

CONFIGFS_ATTR_RO(fang_rule_, active);

static struct configfs_attribute *fang_rule_attrs[] = {
	&fang_rule_attr_enabled, &fang_rule_attr_set,	  &fang_rule_attr_order,
	&fang_rule_attr_kinds,	 &fang_rule_attr_subtree, &fang_rule_attr_uid,
	&fang_rule_attr_exe,	 &fang_rule_attr_cgroup,  &fang_rule_attr_respond,
	&fang_rule_attr_hits,	 &fang_rule_attr_active,  NULL,
};

static int fang_set_exemption_type(struct config_item *item, char *text)
{
	struct fang_rule_item *rule_item = to_rule_item(item);
	int type = fang_word_value(&fang_condition_words, text);
	struct fang_condition old = {};
	int error;

	if (type < 0)
		return type;
	mutex_lock(&fang_config_mutex);
	error = fang_rule_begin_change(rule_item->rule);
	if (!error && rule_item->type != type) {
		/* The value was one of the other type. */
		rule_item->type = type;
		swap(old, rule_item->rule->condition[0]);
	}
	mutex_unlock(&fang_config_mutex);
	fang_condition_release(&old);
	return error;
}

FANG_STORE(fang_exemption_, type, fang_set_exemption_type)

static ssize_t fang_exemption_type_show(struct config_item *item, char *page)
{
	enum fang_condition_type type = READ_ONCE(to_rule_item(item)->type);

	if (type == FANG_CONDITION_UNSET)
		return fang_show_text(page, "");
	return fang_show_text(page, fang_word_of(&fang_condition_words, type));
}

CONFIGFS_ATTR(fang_exemption_, type);

static int fang_set_exemption_value(struct config_item *item, char *text)
{
	struct fang_rule_item *rule_item = to_rule_item(item);

	return fang_set_condition(item, &rule_item->rule->condition[0], &rule_item->type, text);
}

FANG_STORE(fang_exemption_, value, fang_set_exemption_value)

static ssize_t fang_exemption_value_show(struct config_item *item, char *page)
{
	return fang_show_condition(&fang_item_rule(item)->condition[0], page);
}

CONFIGFS_ATTR(fang_exemption_, value);

static struct configfs_attribute *fang_exemption_attrs[] = {
	&fang_rule_attr_enabled, &fang_exemption_attr_type, &fang_exemption_attr_value,
	&fang_rule_attr_active,	 &fang_rule_attr_hits,	    NULL,
};

static void fang_rule_item_release(struct config_item *item)
{
	fang_rule_put(fang_item_rule(item));
	kfree(to_rule_item(item));
}

static struct configfs_item_operations fang_rule_item_ops = {
	.release = fang_rule_item_release,
};

static const struct config_item_type fang_rule_type = {
	.ct_item_ops = &fang_rule_item_ops,
	.ct_attrs = fang_rule_attrs,
	.ct_owner = THIS_MODULE,
};

static const struct config_item_type fang_exemption_type = {
	.ct_item_ops = &fang_rule_item_ops,
	.ct_attrs = fang_exemption_attrs,
	.ct_owner = THIS_MODULE,
};

static struct config_item *fang_make_rule_item(struct fang_group *group, struct list_head *list,
					       const struct config_item_type *type,
					       const char *name)
{
	struct fang_rule_item *rule_item;

	if (!fang_text_is_name(name))
		return ERR_PTR(-EINVAL);
	rule_item = kzalloc(sizeof(*rule_item), GFP_KERNEL_ACCOUNT);
	if (!rule_item)
		return ERR_PTR(-ENOMEM);
	rule_item->rule = fang_rule_create(group, name);
	if (!rule_item->rule) {
		kfree(rule_item);
		return ERR_PTR(-ENOMEM);
	}
	rule_item->rule->is_exemption = list == &group->exemptions;
	config_item_init_type_name(&rule_item->item, name, type);
	mutex_lock(&fang_config_mutex);
	list_add_tail(&rule_item->rule->link, list);
	mutex_unlock(&fang_config_mutex);
	return &rule_item->item;
}

/* configfs lets only a disabled one go, so it is not in force. */
static void fang_drop_rule_item(struct config_group *parent, struct config_item *item)
{
	mutex_lock(&fang_config_mutex);
	list_del_init(&fang_item_rule(item)->link);
	mutex_unlock(&fang_config_mutex);
	config_item_put(item);
}

static struct fang_group *fang_rules_group(struct config_item *item)
{
	return container_of(to_config_group(item), struct fang_group_item, rules)->group;
}

static struct config_item *fang_make_rule(struct config_group *parent, const char *name)
{
	struct fang_group *group = fang_rules_group(&parent->cg_item);

	return fang_make_rule_item(group, &group->rules, &fang_rule_type, name);
}

static struct config_item *fang_make_exemption(struct config_group *parent, const char *name)
{
	struct fang_group *group = container_of(parent, struct fang_group_item, exemptions)->group;

	return fang_make_rule_item(group, &group->exemptions, &fang_exemption_type, name);
}

static struct configfs_group_operations fang_rules_ops = {
	.make_item = fang_make_rule,
	.drop_item = fang_drop_rule_item,
};

static struct configfs_group_operations fang_exemptions_ops = {
	.make_item = fang_make_exemption,
	.drop_item = fang_drop_rule_item,
};

static int fang_set_active_set(struct config_item *item, char *text)
{
	u64 set;
	int error = fang_text_number(text, 0, U32_MAX, &set);

	if (error)
		return error;
	mutex_lock(&fang_config_mutex);
	error = fang_group_set_active_set(fang_rules_group(item), set);
	mutex_unlock(&fang_config_mutex);
	return error;
}

FANG_STORE(fang_rules_, active_set, fang_set_active_set)

static ssize_t fang_rules_active_set_show(struct config_item *item, char *page)
{
	return fang_show_number(page, READ_ONCE(fang_rules_group(item)->active_set));
}

CONFIGFS_ATTR(fang_rules_, active_set);

static struct configfs_attribute *fang_rules_attrs[] = {
	&fang_rules_attr_active_set,
	NULL,
};

const struct config_item_type fang_rules_type = {
	.ct_group_ops = &fang_rules_ops,
	.ct_attrs = fang_rules_attrs,
	.ct_owner = THIS_MODULE,
};

const struct config_item_type fang_exemptions_type = {
	.ct_group_ops = &fang_exemptions_ops,
	.ct_owner = THIS_MODULE,
};
