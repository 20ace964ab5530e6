// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a task that waits for a response holds on behalf of others: on a kernel
 * with lockdep every wait is compared with what the documentation tells admins.
 */
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "group.h"
#include "selftest.h"

/* Held by the kernel's own callers. fang(7), LIMITS, says by which of them. */
static const char *const known[] = {
	"sb_writers", /* O_TRUNC, O_TMPFILE, copy-up: freeze protection */
	"&sig->cred_guard_mutex", /* exec */
	"&f->f_pos_lock", /* read of a descriptor that others share */
	"&pipe->mutex", /* splice from a file to a pipe */
	"&ctx->uring_lock", /* io_uring, inline */
	"&sqd->lock", /* io_uring, a thread that polls */
	"&ovl_i_", /* copy-up: the overlay's file and, for a rename, its directories */
	"&type->i_mutex_dir_key", /* creating through atomic_open; copy-up without O_TMPFILE */
	"&type->s_vfs_rename_key", /* copy-up without O_TMPFILE */
	"&type->s_umount_key", /* mounting an overlay: it tries out its upper layer */
	"&sb->s_type->i_mutex_key", /* chmod and truncate of what must be copied up */
};

static bool fang_lock_is_known(const char *name)
{
	size_t i;

	/* fsnotify's, where it cannot be left: waits are short then. */
	if (!fang_waits_outside_srcu && !strcmp(name, "&fsnotify_mark_srcu"))
		return true;
	for (i = 0; i < ARRAY_SIZE(known); i++)
		/* Their beginnings: the depth of nested overlays follows some. */
		if (strstarts(name, known[i]))
			return true;
	return false;
}

void fang_selftest_held_locks(void)
{
	int i;

	for (i = 0; i < lockdep_depth(current); i++) {
		const char *name = current->held_locks[i].instance->name;

		if (!name || !fang_lock_is_known(name))
			pr_err("BUG: fang: %s (%d) waits while it holds %s\n", current->comm,
			       current->pid, name ?: "a lock without name");
	}
}
