// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/config/fang: the module's own attributes and groups/<group>/.
 *
 * An enabled group depends on itself in configfs' sense, which makes rmdir say
 * EBUSY. configfs holds the module while a group's directory exists.
 */
#include <linux/configfs.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "config.h"
#include "config_internal.h"
#include "text.h"

ssize_t fang_show_text(char *page, const char *text)
{
	return scnprintf(page, PAGE_SIZE, "%s\n", text);
}

ssize_t fang_show_number(char *page, u64 number)
{
	return scnprintf(page, PAGE_SIZE, "%llu\n", number);
}

ssize_t fang_show_words(char *page, const struct fang_words *words, u32 bits)
{
	int length = fang_words_print(words, bits, page, PAGE_SIZE - 1);

	page[length] = '\n';
	return length + 1;
}

ssize_t fang_show_path(char *page, const char *path, size_t length)
{
	int shown;

	if (!path)
		return fang_show_text(page, "");
	if (!length)
		return fang_show_text(page, "/");
	shown = fang_text_escape(page, PAGE_SIZE - 1, path, length);
	page[shown] = '\n';
	return shown + 1;
}

ssize_t fang_store(struct config_item *item, const char *page, size_t count,
		   int (*set)(struct config_item *item, char *text))
{
	size_t length = count;
	char *text;
	int error = -EINVAL;

	if (count > FANG_STORE_MAX)
		return -E2BIG;
	if (length && page[length - 1] == '\n')
		length--;
	text = kmemdup_nul(page, length, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	/* A NUL inside would hide what follows. */
	if (strlen(text) == length)
		error = set(item, text);
	kfree(text);
	return error ?: count;
}

static struct fang_group_item *to_group_item(struct config_item *item)
{
	return container_of(to_config_group(item), struct fang_group_item, dir);
}

struct fang_group *fang_item_group(struct config_item *item)
{
	return to_group_item(item)->group;
}

/* Assign a parsed value: the one place that locks and checks for EBUSY. */
static int fang_assign(struct fang_group *group, u32 *field, u32 value, bool fixed)
{
	int error = 0;

	mutex_lock(&fang_config_mutex);
	if (fixed && group->enabled)
		error = -EBUSY;
	else
		WRITE_ONCE(*field, value);
	mutex_unlock(&fang_config_mutex);
	return error;
}

/* A number between bounds, changeable at any time. */
#define FANG_NUMBER(_name, _min, _max)                                                  \
	static int fang_set_##_name(struct config_item *item, char *text)               \
	{                                                                               \
		struct fang_group *group = fang_item_group(item);                       \
		u64 number;                                                             \
		int error = fang_text_number(text, _min, _max, &number);                \
		return error ?: fang_assign(group, &group->_name, number, false);       \
	}                                                                               \
	FANG_STORE(fang_, _name, fang_set_##_name)                                      \
	static ssize_t fang_##_name##_show(struct config_item *item, char *page)        \
	{                                                                               \
		return fang_show_number(page, READ_ONCE(fang_item_group(item)->_name)); \
	}                                                                               \
	CONFIGFS_ATTR(fang_, _name)

/* One word of a table. */
#define FANG_WORD(_name, _words, _fixed)                                                     \
	static int fang_set_##_name(struct config_item *item, char *text)                    \
	{                                                                                    \
		struct fang_group *group = fang_item_group(item);                            \
		int value = fang_word_value(&(_words), text);                                \
		return value < 0 ? value : fang_assign(group, &group->_name, value, _fixed); \
	}                                                                                    \
	FANG_STORE(fang_, _name, fang_set_##_name)                                           \
	static ssize_t fang_##_name##_show(struct config_item *item, char *page)             \
	{                                                                                    \
		u32 value = READ_ONCE(fang_item_group(item)->_name);                         \
		return fang_show_text(page, fang_word_of(&(_words), value));                 \
	}                                                                                    \
	CONFIGFS_ATTR(fang_, _name)

static u64 fang_timeout_ms_max(void)
{
	return fang_waits_outside_srcu ? FANG_TIMEOUT_MS_MAX : FANG_TIMEOUT_MS_INSIDE_SRCU;
}

static u64 fang_extensions_max(void)
{
	return fang_waits_outside_srcu ? FANG_EXTENSIONS_MAX : 0;
}

FANG_NUMBER(timeout_ms, FANG_TIMEOUT_MS_MIN, fang_timeout_ms_max());
FANG_NUMBER(max_extensions, 0, fang_extensions_max());
FANG_NUMBER(max_deliveries, FANG_DELIVERIES_MIN, FANG_DELIVERIES_MAX);
FANG_NUMBER(max_timeouts, 0, FANG_TIMEOUTS_MAX);
FANG_NUMBER(queue_max, FANG_QUEUE_MIN, FANG_QUEUE_MAX);
FANG_NUMBER(queue_bytes, FANG_QUEUE_BYTES_MIN, FANG_QUEUE_BYTES_MAX);
FANG_NUMBER(access_max, FANG_ACCESS_MIN, FANG_ACCESS_MAX);
FANG_WORD(on_timeout, fang_default_words, false);
FANG_WORD(on_no_listener, fang_absent_words, false);
FANG_WORD(on_overflow, fang_default_words, false);
FANG_WORD(on_cannot_wait, fang_default_words, false);
FANG_WORD(fd_mode, fang_fd_mode_words, true);
FANG_WORD(write_events, fang_write_events_words, true);

static int fang_group_item_set_enabled(struct config_item *item, bool enable)
{
	struct fang_group *group = fang_item_group(item);
	int error;

	lockdep_assert_held(&fang_config_mutex);
	if (group->enabled == enable)
		return 0;
	if (!enable) {
		fang_group_disable(group);
		configfs_undepend_item(item);
		return 0;
	}
	error = configfs_depend_item_unlocked(&fang_subsystem, item);
	if (error)
		return error;
	error = fang_group_enable(group);
	if (error)
		configfs_undepend_item(item);
	return error;
}

static int fang_set_enabled(struct config_item *item, char *text)
{
	bool enable;
	int error = fang_text_bool(text, &enable);

	if (error)
		return error;
	mutex_lock(&fang_config_mutex);
	error = fang_group_item_set_enabled(item, enable);
	mutex_unlock(&fang_config_mutex);
	return error;
}

FANG_STORE(fang_, enabled, fang_set_enabled)

static ssize_t fang_enabled_show(struct config_item *item, char *page)
{
	return fang_show_number(page, READ_ONCE(fang_item_group(item)->enabled));
}

CONFIGFS_ATTR(fang_, enabled);

static int fang_set_permissive(struct config_item *item, char *text)
{
	struct fang_group *group = fang_item_group(item);
	bool permissive;
	int error = fang_text_bool(text, &permissive);

	if (!error)
		WRITE_ONCE(group->permissive, permissive);
	return error;
}

FANG_STORE(fang_, permissive, fang_set_permissive)

static ssize_t fang_permissive_show(struct config_item *item, char *page)
{
	return fang_show_number(page, READ_ONCE(fang_item_group(item)->permissive));
}

CONFIGFS_ATTR(fang_, permissive);

static bool fang_label_is_clean(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

static int fang_set_label(struct config_item *item, char *text)
{
	struct fang_group *group = fang_item_group(item);

	if (strlen(text) > FANG_LABEL_MAX)
		return -E2BIG;
	if (!fang_label_is_clean(text))
		return -EINVAL;
	mutex_lock(&fang_config_mutex);
	strscpy(group->label, text, sizeof(group->label));
	mutex_unlock(&fang_config_mutex);
	return 0;
}

FANG_STORE(fang_, label, fang_set_label)

static ssize_t fang_label_show(struct config_item *item, char *page)
{
	ssize_t length;

	mutex_lock(&fang_config_mutex);
	length = fang_show_text(page, fang_item_group(item)->label);
	mutex_unlock(&fang_config_mutex);
	return length;
}

CONFIGFS_ATTR(fang_, label);

static int fang_set_mask(struct config_item *item, char *text)
{
	u32 mask;
	int error = fang_words_parse(&fang_kind_words, text, &mask);

	if (error)
		return error;
	mutex_lock(&fang_config_mutex);
	error = fang_group_set_mask(fang_item_group(item), mask);
	mutex_unlock(&fang_config_mutex);
	return error;
}

FANG_STORE(fang_, mask, fang_set_mask)

static ssize_t fang_mask_show(struct config_item *item, char *page)
{
	return fang_show_words(page, &fang_kind_words, READ_ONCE(fang_item_group(item)->mask));
}

CONFIGFS_ATTR(fang_, mask);

static int fang_set_report(struct config_item *item, char *text)
{
	struct fang_group *group = fang_item_group(item);
	u32 report;
	int error = fang_words_parse(&fang_report_words, text, &report);

	return error ?: fang_assign(group, &group->report, report, true);
}

FANG_STORE(fang_, report, fang_set_report)

static ssize_t fang_report_show(struct config_item *item, char *page)
{
	return fang_show_words(page, &fang_report_words, READ_ONCE(fang_item_group(item)->report));
}

CONFIGFS_ATTR(fang_, report);

static int fang_set_priority(struct config_item *item, char *text)
{
	struct fang_group *group = fang_item_group(item);
	u64 priority;
	int error = fang_text_number(text, 0, U32_MAX, &priority);

	if (error)
		return error;
	mutex_lock(&fang_config_mutex);
	if (group->enabled) {
		error = -EBUSY;
	} else {
		WRITE_ONCE(group->rank.priority, priority);
		WRITE_ONCE(group->priority_set, true);
	}
	mutex_unlock(&fang_config_mutex);
	return error;
}

FANG_STORE(fang_, priority, fang_set_priority)

static ssize_t fang_priority_show(struct config_item *item, char *page)
{
	struct fang_group *group = fang_item_group(item);

	if (!READ_ONCE(group->priority_set))
		return fang_show_text(page, "");
	return fang_show_number(page, READ_ONCE(group->rank.priority));
}

CONFIGFS_ATTR(fang_, priority);

/* "ID allow|deny|more_time", "ID allow fastpath" or "ID clear" */
static int fang_parse_response(char *text, struct fang_response *response)
{
	char *id = strsep(&text, " ");
	char *word = strsep(&text, " ");
	int value, error;

	*response = (struct fang_response){};
	if (!word)
		return -EINVAL;
	error = fang_text_number(id, 1, U64_MAX, &response->id);
	if (error)
		return error;
	if (!text && !strcmp(word, "clear")) {
		response->flags = FANG_CLEAR;
		return 0;
	}
	value = fang_word_value(&fang_response_words, word);
	if (value < 0)
		return value;
	response->response = value;
	if (!text)
		return 0;
	if (value != FANG_ALLOW || strcmp(text, "fastpath"))
		return -EINVAL;
	response->flags = FANG_FASTPATH;
	return 0;
}

static int fang_set_respond(struct config_item *item, char *text)
{
	struct fang_response response;
	int error = fang_parse_response(text, &response);

	return error ?: fang_group_respond(fang_item_group(item), &response, true);
}

FANG_STORE(fang_, respond, fang_set_respond)
CONFIGFS_ATTR_WO(fang_, respond);

static ssize_t fang_listeners_show(struct config_item *item, char *page)
{
	return fang_show_number(page, READ_ONCE(fang_item_group(item)->joined));
}

CONFIGFS_ATTR_RO(fang_, listeners);

static ssize_t fang_outstanding_show(struct config_item *item, char *page)
{
	return fang_show_number(page, READ_ONCE(fang_item_group(item)->writes.count));
}

CONFIGFS_ATTR_RO(fang_, outstanding);

static ssize_t fang_queue_count_show(struct config_item *item, char *page)
{
	return fang_show_number(page, READ_ONCE(fang_item_group(item)->queue.count));
}

CONFIGFS_ATTR_RO(fang_, queue_count);

static ssize_t fang_degraded_show(struct config_item *item, char *page)
{
	const struct fang_group *group = fang_item_group(item);

	return fang_show_number(page, READ_ONCE(group->degraded) && READ_ONCE(group->max_timeouts));
}

CONFIGFS_ATTR_RO(fang_, degraded);

static ssize_t fang_pending_show(struct config_item *item, char *page)
{
	bool all;

	return fang_group_show_pending(fang_item_group(item), page, PAGE_SIZE, &all);
}

/* Names pids, hence root's. */
static struct configfs_attribute fang_attr_pending = {
	.ca_name = "pending",
	.ca_mode = 0400,
	.ca_owner = THIS_MODULE,
	.show = fang_pending_show,
};

static ssize_t fang_denials_show(struct config_item *item, char *page)
{
	bool all;

	return fang_group_show_denials(fang_item_group(item), page, PAGE_SIZE, &all);
}

/* Names paths, hence root's. */
static struct configfs_attribute fang_attr_denials = {
	.ca_name = "denials",
	.ca_mode = 0400,
	.ca_owner = THIS_MODULE,
	.show = fang_denials_show,
};

static struct configfs_attribute *fang_group_attrs[] = {
	&fang_attr_enabled,	   &fang_attr_permissive,     &fang_attr_label,
	&fang_attr_mask,	   &fang_attr_priority,	      &fang_attr_timeout_ms,
	&fang_attr_max_extensions, &fang_attr_max_deliveries, &fang_attr_max_timeouts,
	&fang_attr_on_timeout,	   &fang_attr_on_no_listener, &fang_attr_on_overflow,
	&fang_attr_on_cannot_wait, &fang_attr_queue_max,      &fang_attr_queue_bytes,
	&fang_attr_access_max,	   &fang_attr_write_events,   &fang_attr_report,
	&fang_attr_fd_mode,	   &fang_attr_respond,	      &fang_attr_pending,
	&fang_attr_denials,	   &fang_attr_listeners,      &fang_attr_degraded,
	&fang_attr_outstanding,	   &fang_attr_queue_count,    NULL,
};

static void fang_group_item_release(struct config_item *item)
{
	struct fang_group_item *group_item = to_group_item(item);

	fang_group_put(group_item->group);
	kfree(group_item);
}

static struct configfs_item_operations fang_group_item_ops = {
	.release = fang_group_item_release,
};

static const struct config_item_type fang_group_type = {
	.ct_item_ops = &fang_group_item_ops,
	.ct_attrs = fang_group_attrs,
	.ct_owner = THIS_MODULE,
};

static struct config_group *fang_make_group(struct config_group *groups, const char *name)
{
	struct fang_group_item *group_item;

	if (!fang_text_is_name(name))
		return ERR_PTR(-EINVAL);
	group_item = kzalloc(sizeof(*group_item), GFP_KERNEL_ACCOUNT);
	if (!group_item)
		return ERR_PTR(-ENOMEM);
	group_item->group = fang_group_create(name);
	if (IS_ERR(group_item->group)) {
		int error = PTR_ERR(group_item->group);

		kfree(group_item);
		return ERR_PTR(error);
	}
	config_group_init_type_name(&group_item->dir, name, &fang_group_type);
	config_group_init_type_name(&group_item->scopes, "scopes", &fang_scopes_type);
	config_group_init_type_name(&group_item->exemptions, "exemptions", &fang_exemptions_type);
	config_group_init_type_name(&group_item->rules, "rules", &fang_rules_type);
	config_group_init_type_name(&group_item->fastpath, "fastpath", &fang_fastpath_type);
	config_group_init_type_name(&group_item->stats, "stats", &fang_stats_type);
	configfs_add_default_group(&group_item->scopes, &group_item->dir);
	configfs_add_default_group(&group_item->exemptions, &group_item->dir);
	configfs_add_default_group(&group_item->rules, &group_item->dir);
	configfs_add_default_group(&group_item->fastpath, &group_item->dir);
	configfs_add_default_group(&group_item->stats, &group_item->dir);
	return &group_item->dir;
}

static void fang_drop_group(struct config_group *groups, struct config_item *item)
{
	fang_group_remove(fang_item_group(item));
	config_item_put(item);
}

static struct configfs_group_operations fang_groups_ops = {
	.make_group = fang_make_group,
	.drop_item = fang_drop_group,
};

static const struct config_item_type fang_groups_type = {
	.ct_group_ops = &fang_groups_ops,
	.ct_owner = THIS_MODULE,
};

static ssize_t fang_abi_show(struct config_item *item, char *page)
{
	return scnprintf(page, PAGE_SIZE, "%d %d\n", FANG_ABI_MIN, FANG_ABI_MAX);
}

CONFIGFS_ATTR_RO(fang_, abi);

static const char *const fang_features[] = {
	"exchange",	 "exempt",	  "exemptions",	 "fastpath",	     "open_access",
	"read_access",	 "report_cgroup", "report_comm", "report_exe",	     "report_fd",
	"report_path",	 "rules",	  "scope_file",	 "scope_filesystem", "scope_subtree",
	"state_records", "write_events",
};

static ssize_t fang_features_show(struct config_item *item, char *page)
{
	size_t shown = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fang_features); i++)
		shown += scnprintf(page + shown, PAGE_SIZE - shown, "%s ", fang_features[i]);
	if (FANG_WAITS_FREEZABLE)
		shown += scnprintf(page + shown, PAGE_SIZE - shown, "freezable_waits ");
	if (FANG_READS_ASK_ON_OPEN_FILES)
		shown += scnprintf(page + shown, PAGE_SIZE - shown, "read_access_on_open_files ");
	if (FANG_OPENS_UNHEARD)
		shown += scnprintf(page + shown, PAGE_SIZE - shown, "report_fd_unheard ");
	if (fang_waits_outside_srcu)
		shown += scnprintf(page + shown, PAGE_SIZE - shown, "wait_outside_srcu ");
	page[shown - 1] = '\n';
	return shown;
}

CONFIGFS_ATTR_RO(fang_, features);

static struct configfs_attribute *fang_root_attrs[] = {
	&fang_attr_abi,
	&fang_attr_features,
	NULL,
};

static const struct config_item_type fang_root_type = {
	.ct_attrs = fang_root_attrs,
	.ct_owner = THIS_MODULE,
};

static struct config_group fang_groups_dir;

struct configfs_subsystem fang_subsystem = {
	.su_group = {
		.cg_item = {
			.ci_namebuf = "fang",
			.ci_type = &fang_root_type,
		},
	},
	.su_mutex = __MUTEX_INITIALIZER(fang_subsystem.su_mutex),
};

int fang_config_init(void)
{
	config_group_init(&fang_subsystem.su_group);
	config_group_init_type_name(&fang_groups_dir, "groups", &fang_groups_type);
	configfs_add_default_group(&fang_groups_dir, &fang_subsystem.su_group);
	return configfs_register_subsystem(&fang_subsystem);
}

void fang_config_exit(void)
{
	configfs_unregister_subsystem(&fang_subsystem);
}
