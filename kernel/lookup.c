// SPDX-License-Identifier: GPL-2.0-only
/*
 * Paths that are written to attributes.
 *
 * configfs holds a read lock of the item, frag_sem, around each store, and rmdir
 * waits for that with the directories' locks held. A look-up that waits for one
 * of these, because the path leads into configfs, would never end. So rmdir is
 * refused for as long as a look-up may wait: it looks for dependents before it
 * waits for stores.
 */
#include <linux/configfs.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/namei.h>

#include "lookup.h"

int fang_look_up(struct config_item *item, const char *name, unsigned int flags, struct path *path)
{
	/* Most names were used just now, if only by who wrote the path: that takes no lock. */
	int error = kern_path(name, flags | LOOKUP_CACHED, path);

	if (error != -EAGAIN)
		return error;
	error = configfs_depend_item_unlocked(item->ci_group->cg_subsys, item);
	if (error)
		return error;
	/* lockdep knows locks by their class and not that this rmdir does not come to wait. */
	lockdep_off();
	error = kern_path(name, flags, path);
	lockdep_on();
	configfs_undepend_item(item);
	return error;
}
