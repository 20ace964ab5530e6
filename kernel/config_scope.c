// SPDX-License-Identifier: GPL-2.0-only
/*
 * groups/<group>/scopes/<name>/
 */
#include <linux/configfs.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "config_internal.h"
#include "text.h"

/**
 * struct fang_scope_item - one directory below scopes/
 * @item: the directory
 * @scope: held; another one after a change of type or path [config mutex]
 */
struct fang_scope_item {
	struct config_item item;
	struct fang_scope *scope;
};

static struct fang_scope_item *to_scope_item(struct config_item *item)
{
	return container_of(item, struct fang_scope_item, item);
}

static struct fang_scope *fang_item_scope(struct config_item *item)
{
	lockdep_assert_held(&fang_config_mutex);
	return to_scope_item(item)->scope;
}

static int fang_change_scope(struct config_item *item, enum fang_scope_type type,
			     struct fang_target *target)
{
	struct fang_scope *old = fang_item_scope(item), *scope;

	if (old->enabled)
		return -EBUSY;
	scope = fang_scope_create(old->group, type, target);
	if (!scope)
		return -ENOMEM;
	list_replace_init(&old->link, &scope->link);
	to_scope_item(item)->scope = scope;
	fang_scope_put(old);
	return 0;
}

static int fang_set_scope_type(struct config_item *item, char *text)
{
	int type = fang_word_value(&fang_scope_words, text);
	int error;

	if (type < 0)
		return type;
	mutex_lock(&fang_config_mutex);
	error = fang_change_scope(item, type, fang_item_scope(item)->target);
	mutex_unlock(&fang_config_mutex);
	return error;
}

FANG_STORE(fang_scope_, type, fang_set_scope_type)

static enum fang_scope_type fang_item_scope_type(struct config_item *item)
{
	enum fang_scope_type type;

	mutex_lock(&fang_config_mutex);
	type = fang_item_scope(item)->type;
	mutex_unlock(&fang_config_mutex);
	return type;
}

static ssize_t fang_scope_type_show(struct config_item *item, char *page)
{
	enum fang_scope_type type = fang_item_scope_type(item);

	if (type == FANG_SCOPE_UNSET)
		return fang_show_text(page, "");
	return fang_show_text(page, fang_word_of(&fang_scope_words, type));
}

CONFIGFS_ATTR(fang_scope_, type);

/* The path is resolved before the lock is taken: that may wait for file systems. */
static int fang_set_scope_path(struct config_item *item, char *text)
{
	struct fang_target *target;
	int error = fang_text_unescape(text);

	if (error < 0)
		return error;
	target = fang_target_create(item, text, fang_item_scope_type(item) == FANG_SCOPE_FILE);
	if (IS_ERR(target))
		return PTR_ERR(target);
	mutex_lock(&fang_config_mutex);
	error = fang_change_scope(item, fang_item_scope(item)->type, target);
	mutex_unlock(&fang_config_mutex);
	fang_target_put(target);
	return error;
}

FANG_STORE(fang_scope_, path, fang_set_scope_path)

static ssize_t fang_scope_path_show(struct config_item *item, char *page)
{
	const struct fang_target *target;
	ssize_t shown;

	mutex_lock(&fang_config_mutex);
	target = fang_item_scope(item)->target;
	shown = target ? fang_show_path(page, target->path, target->path_length) :
			 fang_show_text(page, "");
	mutex_unlock(&fang_config_mutex);
	return shown;
}

CONFIGFS_ATTR(fang_scope_, path);

static ssize_t fang_scope_resolved_show(struct config_item *item, char *page)
{
	const struct fang_target *target;
	const char *resolved;
	ssize_t shown;

	mutex_lock(&fang_config_mutex);
	target = fang_item_scope(item)->target;
	resolved = target ? target->resolved : NULL;
	shown = fang_show_path(page, resolved, resolved ? strlen(resolved) : 0);
	mutex_unlock(&fang_config_mutex);
	return shown;
}

CONFIGFS_ATTR_RO(fang_scope_, resolved);

static ssize_t fang_scope_active_show(struct config_item *item, char *page)
{
	const struct fang_scope *scope;
	bool active;

	mutex_lock(&fang_config_mutex);
	scope = fang_item_scope(item);
	rcu_read_lock();
	active = scope->enabled && fang_scope_inode(scope);
	rcu_read_unlock();
	mutex_unlock(&fang_config_mutex);
	return fang_show_number(page, active);
}

CONFIGFS_ATTR_RO(fang_scope_, active);

static int fang_scope_item_set_enabled(struct config_item *item, bool enable)
{
	struct fang_scope *scope = fang_item_scope(item);
	int error;

	if (scope->enabled == enable)
		return 0;
	if (!enable) {
		fang_scope_disable(scope);
		configfs_undepend_item(item);
		return 0;
	}
	error = configfs_depend_item_unlocked(&fang_subsystem, item);
	if (error)
		return error;
	error = fang_scope_enable(scope);
	if (error)
		configfs_undepend_item(item);
	return error;
}

static int fang_set_scope_enabled(struct config_item *item, char *text)
{
	bool enable;
	int error = fang_text_bool(text, &enable);

	if (error)
		return error;
	mutex_lock(&fang_config_mutex);
	error = fang_scope_item_set_enabled(item, enable);
	mutex_unlock(&fang_config_mutex);
	return error;
}

FANG_STORE(fang_scope_, enabled, fang_set_scope_enabled)

static ssize_t fang_scope_enabled_show(struct config_item *item, char *page)
{
	bool enabled;

	mutex_lock(&fang_config_mutex);
	enabled = fang_item_scope(item)->enabled;
	mutex_unlock(&fang_config_mutex);
	return fang_show_number(page, enabled);
}

CONFIGFS_ATTR(fang_scope_, enabled);

static struct configfs_attribute *fang_scope_attrs[] = {
	&fang_scope_attr_type,	 &fang_scope_attr_path,	   &fang_scope_attr_resolved,
	&fang_scope_attr_active, &fang_scope_attr_enabled, NULL,
};

static void fang_scope_item_release(struct config_item *item)
{
	struct fang_scope_item *scope_item = to_scope_item(item);

	fang_scope_put(scope_item->scope);
	kfree(scope_item);
}

static struct configfs_item_operations fang_scope_item_ops = {
	.release = fang_scope_item_release,
};

static const struct config_item_type fang_scope_type = {
	.ct_item_ops = &fang_scope_item_ops,
	.ct_attrs = fang_scope_attrs,
	.ct_owner = THIS_MODULE,
};

static struct fang_group *fang_scopes_group(struct config_group *scopes)
{
	return container_of(scopes, struct fang_group_item, scopes)->group;
}

static struct config_item *fang_make_scope(struct config_group *scopes, const char *name)
{
	struct fang_group *group = fang_scopes_group(scopes);
	struct fang_scope_item *scope_item;

	if (!fang_text_is_name(name))
		return ERR_PTR(-EINVAL);
	scope_item = kzalloc(sizeof(*scope_item), GFP_KERNEL_ACCOUNT);
	if (!scope_item)
		return ERR_PTR(-ENOMEM);
	scope_item->scope = fang_scope_create(group, FANG_SCOPE_UNSET, NULL);
	if (!scope_item->scope) {
		kfree(scope_item);
		return ERR_PTR(-ENOMEM);
	}
	config_item_init_type_name(&scope_item->item, name, &fang_scope_type);
	mutex_lock(&fang_config_mutex);
	list_add_tail(&scope_item->scope->link, &group->scopes);
	mutex_unlock(&fang_config_mutex);
	return &scope_item->item;
}

/* configfs lets only a disabled scope go, so nothing is heard for it. */
static void fang_drop_scope(struct config_group *scopes, struct config_item *item)
{
	mutex_lock(&fang_config_mutex);
	list_del_init(&fang_item_scope(item)->link);
	mutex_unlock(&fang_config_mutex);
	config_item_put(item);
}

static struct configfs_group_operations fang_scopes_ops = {
	.make_item = fang_make_scope,
	.drop_item = fang_drop_scope,
};

const struct config_item_type fang_scopes_type = {
	.ct_group_ops = &fang_scopes_ops,
	.ct_owner = THIS_MODULE,
};
