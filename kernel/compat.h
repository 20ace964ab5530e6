/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels that Fang runs on, 6.1 and later. The build
 * includes this file first everywhere; no other file knows kernel versions.
 */
#ifndef FANG_COMPAT_H
#define FANG_COMPAT_H

#include <linux/cred.h>
#include <linux/device.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fsnotify_backend.h>
#include <linux/mm_types.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/version.h>

/* fsnotify: objects instead of connector pointers since 6.10 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)

static inline int fang_add_sb_mark(struct fsnotify_mark *mark, struct super_block *sb)
{
	return fsnotify_add_mark(mark, sb, FSNOTIFY_OBJ_TYPE_SB, 0);
}

static inline struct fsnotify_mark *fang_find_inode_mark(struct inode *inode,
							 struct fsnotify_group *group)
{
	return fsnotify_find_mark(inode, FSNOTIFY_OBJ_TYPE_INODE, group);
}

#define FANG_PRIORITY_CONTENT FSNOTIFY_PRIO_CONTENT

#else

static inline int fang_add_sb_mark(struct fsnotify_mark *mark, struct super_block *sb)
{
	return fsnotify_add_mark(mark, &sb->s_fsnotify_marks, FSNOTIFY_OBJ_TYPE_SB, 0, NULL);
}

static inline struct fsnotify_mark *fang_find_inode_mark(struct inode *inode,
							 struct fsnotify_group *group)
{
	return fsnotify_find_mark(&inode->i_fsnotify_marks, group);
}

#define FANG_PRIORITY_CONTENT FS_PRIO_1

#endif

/* Reclaim may evict inodes and with them our marks: since 6.8 the default. */
#ifdef FSNOTIFY_GROUP_NOFS
#define FANG_GROUP_NOFS FSNOTIFY_GROUP_NOFS
#else
#define FANG_GROUP_NOFS 0
#endif

/* class_create() lost its module argument in 6.4 */
static inline struct class *fang_class_create(const char *name)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	return class_create(name);
#else
	return class_create(THIS_MODULE, name);
#endif
}

/* struct class::devnode takes a const device since 6.2 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define FANG_CONST_DEVICE const struct device
#else
#define FANG_CONST_DEVICE struct device
#endif

/*
 * Open a file whose use raises no events. The flag by which the open itself raises
 * none went away in 6.14, and its successor is not exported: there the file is told
 * afterwards.
 */
#ifdef __FMODE_NONOTIFY
#define FANG_OPENS_UNHEARD true
#else
#define FANG_OPENS_UNHEARD false
#endif

static inline struct file *fang_open_unheard(const struct path *path, int flags,
					     const struct cred *cred)
{
#ifdef __FMODE_NONOTIFY
	return dentry_open(path, flags | __FMODE_NONOTIFY, cred);
#else
	struct file *file = dentry_open(path, flags, cred);

	if (!IS_ERR(file))
		file_set_fsnotify_mode(file, FMODE_NONOTIFY);
	return file;
#endif
}

/*
 * Since 6.14, and in later stable releases of 6.12, it is settled when a file is
 * opened whether reading it asks: by what is wanted then.
 */
#ifdef FMODE_NONOTIFY_PERM
#define FANG_READS_ASK_ON_OPEN_FILES 0
#else
#define FANG_READS_ASK_ON_OPEN_FILES 1
#endif

/*
 * Freezing the task, for suspend, does not wait until its request is settled, where the
 * kernel's own fanotify does so, too. 6.1 holds more during a wait, like
 * cred_guard_mutex on exec, which must not be frozen.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#define FANG_WAIT_STATE	     (TASK_KILLABLE | TASK_FREEZABLE)
#define FANG_WAITS_FREEZABLE 1
#else
#define FANG_WAIT_STATE	     TASK_KILLABLE
#define FANG_WAITS_FREEZABLE 0
#endif

/* Is another task to run here as soon as this one gives way? Some kernels ask lazily since 6.13. */
static inline bool fang_should_give_way(void)
{
#ifdef TIF_NEED_RESCHED_LAZY
	if (test_thread_flag(TIF_NEED_RESCHED_LAZY))
		return true;
#endif
	return need_resched();
}

/*
 * The flags of the open file that @path belongs to. fsnotify hands out a path
 * only from inside a struct file, on all kernels so far.
 */
static inline u32 fang_open_flags(const struct path *path)
{
	if (!path)
		return 0;
	return container_of(path, struct file, f_path)->f_flags & VALID_OPEN_FLAGS;
}

/*
 * The program that @mm runs, with a reference; NULL if there is none. get_file_rcu()
 * takes the address of the pointer since 6.7.
 */
static inline struct file *fang_get_exe_file(struct mm_struct *mm)
{
	struct file *file;

	rcu_read_lock();
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	file = get_file_rcu(&mm->exe_file);
#else
	file = rcu_dereference(mm->exe_file);
	if (file && !get_file_rcu(file))
		file = NULL;
#endif
	rcu_read_unlock();
	return file;
}

/* struct fd keeps its file to itself since 6.10 */
#ifdef fd_file
#define fang_fd_file(f) fd_file(f)
#else
#define fang_fd_file(f) ((f).file)
#endif

/* In tracepoints: __assign_str() lost its second argument in 6.10. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define fang_assign_group() __assign_str(group)
#else
#define fang_assign_group() __assign_str(group, group->name)
#endif

/* On the stack; each field is written before it is read. Kernels may clear all others. */
#if __has_attribute(__uninitialized__)
#define FANG_FILLED_LATER __attribute__((__uninitialized__))
#else
#define FANG_FILLED_LATER
#endif

/* The marks that prune_icache may evict hold no inode: since 5.19. */
#define FANG_MARK_EVICTABLE FSNOTIFY_MARK_FLAG_NO_IREF

#endif /* FANG_COMPAT_H */
