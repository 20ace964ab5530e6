// SPDX-License-Identifier: GPL-2.0-only
/*
 * Load and unload, in order: whatever is used is there before its user.
 */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "chardev.h"
#include "config.h"
#include "debugfs.h"
#include "dispatch.h"
#include "event.h"
#include "group.h"
#include "selftest/selftest.h"
#include "work.h"

struct workqueue_struct *fang_workqueue;

module_param_named(enforce, fang_enforce, bool, 0644);
MODULE_PARM_DESC(enforce, "N: allow every access request at once (default Y)");

static int __init fang_init(void)
{
	int error = fang_event_init();

	if (error)
		return error;
	error = fang_selftest();
	if (error)
		goto exit_events;
	fang_control();
	error = -ENOMEM;
	fang_workqueue = alloc_workqueue("fang", WQ_UNBOUND, 0);
	if (!fang_workqueue)
		goto exit_events;
	error = fang_dispatch_init();
	if (error)
		goto destroy_workqueue;
	error = fang_chardev_init();
	if (error)
		goto exit_dispatch;
	fang_debugfs_init();
	error = fang_config_init();
	if (error)
		goto exit_debugfs;
	return 0;

exit_debugfs:
	fang_debugfs_exit();
	fang_chardev_exit();
exit_dispatch:
	fang_dispatch_stop();
	fang_dispatch_exit();
destroy_workqueue:
	destroy_workqueue(fang_workqueue);
exit_events:
	fang_event_exit();
	return error;
}

/* configfs and open files hold the module, so no group and no listener is left. */
static void __exit fang_exit(void)
{
	fang_config_exit();
	fang_debugfs_exit();
	fang_chardev_exit();
	/* The last tasks in our code put the last groups and scopes ... */
	fang_dispatch_stop();
	/* ... which are freed after a grace period, by our workqueue ... */
	rcu_barrier();
	destroy_workqueue(fang_workqueue);
	/* ... and let go of their anchors. */
	fang_dispatch_exit();
	/* Exempt processes and plans. */
	rcu_barrier();
	fang_event_exit();
}

module_init(fang_init);
module_exit(fang_exit);

MODULE_DESCRIPTION("Listener groups that hear about, or decide on, every access to a file");
MODULE_AUTHOR("The Fang authors");
MODULE_LICENSE("GPL");
/* With it the kernel shows srcversion, too: together they tell builds apart. */
MODULE_VERSION(FANG_VERSION);
