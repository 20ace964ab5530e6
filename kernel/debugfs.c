// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/debug/fang/<group>/: whole lists, where configfs has but a page.
 *
 * A list is made when the file is opened, into as much memory as it needs. debugfs
 * itself sees to it that no file is in use when its group goes.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "debugfs.h"
#include "group.h"

static struct dentry *top;

typedef ssize_t (*fang_show_list)(struct fang_group *group, char *text, size_t size, bool *all);

/* seq_file comes again with a larger buffer until everything fits. */
static int fang_list_show(struct seq_file *seq, fang_show_list show)
{
	struct fang_group *group = seq->private;
	char *text;
	size_t room = seq_get_buf(seq, &text);
	bool all = false;
	ssize_t shown = 0;

	if (room)
		shown = show(group, text, room, &all);
	seq_commit(seq, all ? shown : -1);
	return 0;
}

static int pending_show(struct seq_file *seq, void *unused)
{
	return fang_list_show(seq, fang_group_show_pending);
}

DEFINE_SHOW_ATTRIBUTE(pending);

static int denials_show(struct seq_file *seq, void *unused)
{
	return fang_list_show(seq, fang_group_show_denials);
}

DEFINE_SHOW_ATTRIBUTE(denials);

static void fang_lists_add(struct fang_group *group)
{
	group->lists = debugfs_create_dir(group->name, top);
	debugfs_create_file("pending", 0400, group->lists, group, &pending_fops);
	debugfs_create_file("denials", 0400, group->lists, group, &denials_fops);
}

static void fang_lists_remove(struct fang_group *group)
{
	debugfs_remove_recursive(group->lists);
}

static const struct fang_list_ops fang_list_ops = {
	.add = fang_lists_add,
	.remove = fang_lists_remove,
};

void fang_debugfs_init(void)
{
	top = debugfs_create_dir("fang", NULL);
	fang_group_set_list_ops(&fang_list_ops);
}

void fang_debugfs_exit(void)
{
	debugfs_remove_recursive(top);
}
