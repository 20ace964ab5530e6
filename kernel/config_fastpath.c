// SPDX-License-Identifier: GPL-2.0-only
/*
 * groups/<group>/fastpath/
 */
#include <linux/configfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/namei.h>
#include <linux/string.h>

#include "config_internal.h"
#include "lookup.h"
#include "text.h"

static struct fang_group *fang_fastpath_group(struct config_item *item)
{
	return container_of(to_config_group(item), struct fang_group_item, fastpath)->group;
}

/* The regular file that an escaped, absolute path leads to. */
static int fang_look_up_file(struct config_item *item, char *text, struct path *path)
{
	int error = fang_text_unescape(text);

	if (error < 0)
		return error;
	if (text[0] != '/')
		return -EINVAL;
	/* The directory fastpath/ goes with the group's. */
	error = fang_look_up(item->ci_parent, text, LOOKUP_FOLLOW, path);
	if (error)
		return error;
	if (d_is_reg(path->dentry))
		return 0;
	path_put(path);
	return -EINVAL;
}

/* "KINDS PATH" or "KINDS survive PATH" */
static int fang_set_add(struct config_item *item, char *text)
{
	static const char survive[] = "survive ";
	char *words = strsep(&text, " ");
	struct path path;
	u32 kinds;
	int error;

	if (!text)
		return -EINVAL;
	error = fang_words_parse(&fang_kind_words, words, &kinds);
	if (error)
		return error;
	if (!kinds)
		return -EINVAL;
	if (strstarts(text, survive)) {
		kinds |= FANG_ENTRY_SURVIVE;
		text += strlen(survive);
	}
	error = fang_look_up_file(item, text, &path);
	if (error)
		return error;
	error = fang_group_remember_inode(fang_fastpath_group(item), d_inode(path.dentry), kinds);
	path_put(&path);
	return error;
}

FANG_STORE(fang_fastpath_, add, fang_set_add)
CONFIGFS_ATTR_WO(fang_fastpath_, add);

static int fang_set_remove(struct config_item *item, char *text)
{
	struct path path;
	int error = fang_look_up_file(item, text, &path);

	if (error)
		return error;
	error = fang_group_forget_inode(fang_fastpath_group(item), d_inode(path.dentry));
	path_put(&path);
	return error;
}

FANG_STORE(fang_fastpath_, remove, fang_set_remove)
CONFIGFS_ATTR_WO(fang_fastpath_, remove);

static int fang_set_flush(struct config_item *item, char *text)
{
	bool flush;

	if (fang_text_bool(text, &flush) || !flush)
		return -EINVAL;
	mutex_lock(&fang_config_mutex);
	fang_fastpath_flush(&fang_fastpath_group(item)->fastpath);
	mutex_unlock(&fang_config_mutex);
	return 0;
}

FANG_STORE(fang_fastpath_, flush, fang_set_flush)
CONFIGFS_ATTR_WO(fang_fastpath_, flush);

static int fang_set_max(struct config_item *item, char *text)
{
	u64 max;
	int error = fang_text_number(text, 0, FANG_FASTPATH_MAX, &max);

	if (!error)
		WRITE_ONCE(fang_fastpath_group(item)->fastpath.max, max);
	return error;
}

FANG_STORE(fang_fastpath_, max, fang_set_max)

static ssize_t fang_fastpath_max_show(struct config_item *item, char *page)
{
	return fang_show_number(page, READ_ONCE(fang_fastpath_group(item)->fastpath.max));
}

CONFIGFS_ATTR(fang_fastpath_, max);

static ssize_t fang_fastpath_count_show(struct config_item *item, char *page)
{
	return fang_show_number(page, READ_ONCE(fang_fastpath_group(item)->fastpath.count));
}

CONFIGFS_ATTR_RO(fang_fastpath_, count);

static ssize_t fang_fastpath_generation_show(struct config_item *item, char *page)
{
	return fang_show_number(page, READ_ONCE(fang_fastpath_group(item)->fastpath.generation));
}

CONFIGFS_ATTR_RO(fang_fastpath_, generation);

static struct configfs_attribute *fang_fastpath_attrs[] = {
	&fang_fastpath_attr_add,
	&fang_fastpath_attr_remove,
	&fang_fastpath_attr_flush,
	&fang_fastpath_attr_max,
	&fang_fastpath_attr_count,
	&fang_fastpath_attr_generation,
	NULL,
};

const struct config_item_type fang_fastpath_type = {
	.ct_attrs = fang_fastpath_attrs,
	.ct_owner = THIS_MODULE,
};
