// SPDX-License-Identifier: GPL-2.0-only
/*
 * A condition on who raises an event or on which file.
 */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/limits.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/user_namespace.h>

#include "condition.h"
#include "match.h"
#include "text.h"

static int fang_parse_process(struct fang_condition *condition, const char *text)
{
	u64 number;
	int error = fang_text_number(text, 1, S32_MAX, &number);
	struct pid *pid;

	if (error)
		return error;
	rcu_read_lock();
	pid = find_vpid(number);
	pid = pid && pid_task(pid, PIDTYPE_TGID) ? get_pid(pid) : NULL;
	rcu_read_unlock();
	condition->number = number;
	condition->process = pid;
	return pid ? 0 : -ESRCH;
}

static int fang_parse_uid(struct fang_condition *condition, const char *text)
{
	u64 number;
	int error = fang_text_number(text, 0, U32_MAX, &number);

	if (error)
		return error;
	condition->number = number;
	condition->uid = make_kuid(current_user_ns(), number);
	return uid_valid(condition->uid) ? 0 : -EINVAL;
}

#ifdef CONFIG_CGROUPS

/* The id of a cgroup by its path as in /proc/PID/cgroup; 0 if there is none. */
static u64 fang_cgroup_find(const char *path)
{
	struct cgroup *cgroup = cgroup_get_from_path(path);
	u64 id;

	if (IS_ERR(cgroup))
		return 0;
	id = cgroup_id(cgroup);
	cgroup_put(cgroup);
	return id;
}

static bool fang_cgroup_exists(u64 id)
{
	struct cgroup *cgroup = cgroup_get_from_id(id);

	if (IS_ERR_OR_NULL(cgroup))
		return false;
	cgroup_put(cgroup);
	return true;
}

static bool fang_task_is_in_cgroup(u64 id)
{
	struct cgroup *cgroup = task_dfl_cgroup(current);

	for (; cgroup; cgroup = cgroup_parent(cgroup))
		if (cgroup_id(cgroup) == id)
			return true;
	return false;
}

static int fang_parse_cgroup(struct fang_condition *condition, const char *text)
{
	if (text[0] != '/')
		return -EINVAL;
	condition->cgroup = fang_cgroup_find(text);
	if (!condition->cgroup)
		return -ENOENT;
	condition->target.path = kstrdup(text, GFP_KERNEL_ACCOUNT);
	condition->target.path_length = strlen(text);
	return condition->target.path ? 0 : -ENOMEM;
}

#else

static bool fang_cgroup_exists(u64 id)
{
	return false;
}

static bool fang_task_is_in_cgroup(u64 id)
{
	return false;
}

static int fang_parse_cgroup(struct fang_condition *condition, const char *text)
{
	return -EOPNOTSUPP;
}

#endif

static int fang_check_directory(const struct fang_target *target)
{
	const struct inode *inode;
	int error = 0;

	rcu_read_lock();
	inode = fang_anchor_inode(target->whole);
	if (!inode)
		error = -ENOENT;
	else if (!S_ISDIR(inode->i_mode))
		error = -ENOTDIR;
	rcu_read_unlock();
	return error;
}

int fang_condition_parse(struct config_item *item, struct fang_condition *condition,
			 enum fang_condition_type type, char *text)
{
	int error = -EINVAL;

	*condition = (struct fang_condition){ .type = type };
	switch (type) {
	case FANG_CONDITION_UNSET:
		break;
	case FANG_CONDITION_TGID:
		error = fang_parse_process(condition, text);
		break;
	case FANG_CONDITION_UID:
		error = fang_parse_uid(condition, text);
		break;
	case FANG_CONDITION_EXE:
		/* It may be installed later; until then it holds for nobody. */
		error = fang_target_resolve(item, &condition->target, text, true);
		if (!error && !condition->target.path_length)
			error = -EINVAL;
		break;
	case FANG_CONDITION_CGROUP:
		error = fang_parse_cgroup(condition, text);
		break;
	case FANG_CONDITION_SUBTREE:
		error = fang_target_resolve(item, &condition->target, text, false);
		if (!error)
			error = fang_check_directory(&condition->target);
		break;
	}
	if (error)
		fang_condition_release(condition);
	return error;
}

void fang_condition_release(struct fang_condition *condition)
{
	put_pid(condition->process);
	fang_target_release(&condition->target);
	*condition = (struct fang_condition){};
}

/*
 * By directory and name, so that a program that was replaced by rename matches,
 * and a process that still runs the replaced one, too.
 */
static bool fang_task_runs(const struct fang_target *target)
{
	const struct inode *directory = fang_anchor_inode(target->directory);
	struct file *file;
	bool runs;

	if (!directory || !current->mm)
		return false;
	file = fang_get_exe_file(current->mm);
	if (!file)
		return false;
	runs = fang_match_name(file->f_path.dentry, directory, target->name,
			       fang_target_name_length(target));
	fput(file);
	return runs;
}

static bool fang_file_is_below(const struct fang_target *target, const struct dentry *dentry)
{
	const struct inode *root = fang_anchor_inode(target->whole);

	return root && dentry && fang_match_below(dentry, root);
}

bool fang_condition_holds(const struct fang_condition *condition, const struct dentry *dentry)
{
	switch (condition->type) {
	case FANG_CONDITION_UNSET:
		return true;
	case FANG_CONDITION_TGID:
		return task_tgid(current) == condition->process;
	case FANG_CONDITION_UID:
		return uid_eq(current_fsuid(), condition->uid);
	case FANG_CONDITION_EXE:
		return fang_task_runs(&condition->target);
	case FANG_CONDITION_CGROUP:
		return fang_task_is_in_cgroup(condition->cgroup);
	case FANG_CONDITION_SUBTREE:
		return fang_file_is_below(&condition->target, dentry);
	}
	return false;
}

bool fang_condition_is_active(const struct fang_condition *condition)
{
	bool active = true;

	rcu_read_lock();
	if (condition->type == FANG_CONDITION_TGID)
		active = pid_task(condition->process, PIDTYPE_TGID);
	else if (condition->type == FANG_CONDITION_EXE)
		active = fang_anchor_inode(condition->target.directory);
	else if (condition->type == FANG_CONDITION_SUBTREE)
		active = fang_anchor_inode(condition->target.whole);
	rcu_read_unlock();
	if (condition->type == FANG_CONDITION_CGROUP)
		active = fang_cgroup_exists(condition->cgroup);
	return active;
}
