// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fastpath: which kinds of which groups need not be raised for an inode.
 *
 * Locks: memory->lock, then fastpath->lock. Entries name their group by serial,
 * never by pointer; the registry below leads from serial to group under RCU,
 * and whoever finds a group there changes its count only under its lock and
 * only if its key still fits. So a group may go without visiting its inodes.
 *
 * Why an entry can be trusted. Content changes through files open for writing
 * only: write, truncate and mappings all keep i_writecount above zero, a mapping
 * until its last unmap, and FS_MODIFY or FS_CLOSE_WRITE comes before the count
 * falls. So "not open for writing now, and no change counted since" means that
 * the content is what was judged. The count of writers is read before the
 * count of changes: a writer that left in between has counted its change.
 *
 * Files that were opened for a listener raise no event. When one is opened for
 * writing that counts as a change at once, and no judgement that began while
 * any writer was there is remembered. Not seen: writes through descriptors of
 * mainline fanotify listeners, and through an overlay to its upper layer, which
 * raise no events either.
 */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/gfs2_ondisk.h>
#include <linux/magic.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "fastpath.h"

#define FANG_SERIAL_SHIFT    32
#define FANG_GENERATION_STEP 0x100ULL
#define FANG_GENERATION_MASK 0xffffff00ULL

/* Serial to struct fang_fastpath; serial 0 is nobody's. */
static DEFINE_XARRAY_ALLOC1(registry);
static u32 registry_next;
static bool registry_spent;

/*
 * Local file systems that have a device, and tmpfs and ramfs. On others content
 * changes without a file being open for writing here: on another machine, in a
 * layer below, in user space.
 */
bool fang_can_remember(const struct inode *inode)
{
	const struct super_block *sb = inode->i_sb;

	switch (sb->s_magic) {
	case TMPFS_MAGIC:
	case RAMFS_MAGIC:
		return true;
	case FUSE_SUPER_MAGIC:
	case OCFS2_SUPER_MAGIC:
	case GFS2_MAGIC:
		return false;
	default:
		return sb->s_type->fs_flags & FS_REQUIRES_DEV;
	}
}

static int fang_fastpath_register(struct fang_fastpath *fastpath, u64 *key)
{
	u32 serial;
	int error;

	if (READ_ONCE(registry_spent))
		return -ENOSPC;
	error = xa_alloc_cyclic(&registry, &serial, fastpath, xa_limit_32b, &registry_next,
				GFP_KERNEL);
	if (error == 1) {
		/* All serials were used once: an inode may remember any of them. */
		WRITE_ONCE(registry_spent, true);
		xa_erase(&registry, serial);
		return -ENOSPC;
	}
	if (error)
		return error;
	*key = (u64)serial << FANG_SERIAL_SHIFT;
	return 0;
}

int fang_fastpath_init(struct fang_fastpath *fastpath)
{
	spin_lock_init(&fastpath->lock);
	fastpath->max = FANG_FASTPATH_DEFAULT;
	return fang_fastpath_register(fastpath, &fastpath->key);
}

void fang_fastpath_destroy(struct fang_fastpath *fastpath)
{
	xa_erase(&registry, fastpath->key >> FANG_SERIAL_SHIFT);
}

/*
 * After 2^24 flushes the generation would begin again and old entries fit; the
 * group then gets a new serial. If that fails its key is 0, which no entry
 * has: it remembers nothing any more, which is safe.
 */
void fang_fastpath_flush(struct fang_fastpath *fastpath)
{
	u64 old = READ_ONCE(fastpath->key);
	bool renew = (old & FANG_GENERATION_MASK) == FANG_GENERATION_MASK || !old;
	u64 key = old + FANG_GENERATION_STEP;

	if (renew && fang_fastpath_register(fastpath, &key))
		key = 0;
	spin_lock(&fastpath->lock);
	WRITE_ONCE(fastpath->key, key);
	fastpath->generation++;
	fastpath->count = 0;
	spin_unlock(&fastpath->lock);
	if (renew)
		xa_erase(&registry, old >> FANG_SERIAL_SHIFT);
}

void fang_memory_init(struct fang_memory *memory)
{
	spin_lock_init(&memory->lock);
	memory->changes = 0;
	memory->first = 0;
	memory->more = NULL;
}

/*
 * Clear a slot and tell the group, if it still exists and has not flushed: then
 * the entry was in force.
 */
static bool fang_slot_end(u64 *slot, bool by_change)
{
	struct fang_fastpath *fastpath;
	u64 entry = *slot;
	bool in_force = false;

	if (!entry)
		return false;
	WRITE_ONCE(*slot, 0);
	rcu_read_lock();
	fastpath = xa_load(&registry, entry >> FANG_SERIAL_SHIFT);
	if (fastpath) {
		spin_lock(&fastpath->lock);
		in_force = (entry & FANG_ENTRY_KEY) == fastpath->key;
		if (in_force) {
			fastpath->count--;
			fastpath->ended += by_change;
		}
		spin_unlock(&fastpath->lock);
	}
	rcu_read_unlock();
	return in_force;
}

static u64 *fang_memory_slot(struct fang_memory *memory, unsigned int i)
{
	return i ? &memory->more->entry[i - 1] : &memory->first;
}

static unsigned int fang_memory_slots(const struct fang_memory *memory)
{
	return memory->more ? 1 + FANG_FASTPATH_SLOTS : 1;
}

void fang_memory_destroy(struct fang_memory *memory)
{
	unsigned int i;

	for (i = 0; i < fang_memory_slots(memory); i++)
		fang_slot_end(fang_memory_slot(memory, i), true);
	kfree(memory->more);
}

void fang_memory_changed(struct fang_memory *memory, struct fang_ended *ended)
{
	unsigned int i;

	spin_lock(&memory->lock);
	WRITE_ONCE(memory->changes, memory->changes + 1);
	for (i = 0; i < fang_memory_slots(memory); i++) {
		u64 *slot = fang_memory_slot(memory, i);
		u64 entry = *slot;

		if (!(entry & FANG_ENTRY_SURVIVE) && fang_slot_end(slot, true) && ended)
			ended->serial[ended->count++] = entry >> FANG_SERIAL_SHIFT;
	}
	spin_unlock(&memory->lock);
}

bool fang_ended_has(const struct fang_ended *ended, const struct fang_fastpath *fastpath)
{
	u32 serial = READ_ONCE(fastpath->key) >> FANG_SERIAL_SHIFT;
	unsigned int i;

	for (i = 0; i < ended->count; i++)
		if (ended->serial[i] == serial)
			return true;
	return false;
}

struct fang_memo fang_memo_take(const struct fang_fastpath *fastpath,
				const struct fang_memory *memory, const struct inode *inode)
{
	u32 changes = READ_ONCE(memory->changes);

	/* The writer may be one whose last close raises no event: see above. */
	if (inode_is_open_for_write(inode))
		changes--;
	return (struct fang_memo){
		.key = READ_ONCE(fastpath->key),
		.changes = changes,
	};
}

u64 fang_memory_find(const struct fang_memory *memory, u64 key)
{
	const struct fang_slots *more = READ_ONCE(memory->more);
	u64 entry = READ_ONCE(memory->first);
	unsigned int i;

	if ((entry & FANG_ENTRY_KEY) == key)
		return entry;
	for (i = 0; more && i < FANG_FASTPATH_SLOTS; i++) {
		entry = READ_ONCE(more->entry[i]);
		if ((entry & FANG_ENTRY_KEY) == key)
			return entry;
	}
	return 0;
}

/* Does nobody miss this entry: its group is gone or has flushed since? */
static bool fang_entry_is_stale(u64 entry)
{
	struct fang_fastpath *fastpath;
	bool stale;

	rcu_read_lock();
	fastpath = xa_load(&registry, entry >> FANG_SERIAL_SHIFT);
	stale = !fastpath || READ_ONCE(fastpath->key) != (entry & FANG_ENTRY_KEY);
	rcu_read_unlock();
	return stale;
}

/* The group's own slot, else one that is free; allocates the second lot. */
static u64 *fang_memory_claim(struct fang_memory *memory, u64 key)
{
	u64 *free = NULL;
	unsigned int i;

	lockdep_assert_held(&memory->lock);
	for (i = 0; i < fang_memory_slots(memory); i++) {
		u64 *slot = fang_memory_slot(memory, i);

		if (*slot && (*slot & FANG_ENTRY_KEY) == key)
			return slot;
		if (!free && (!*slot || fang_entry_is_stale(*slot)))
			free = slot;
	}
	if (!free && !memory->more) {
		struct fang_slots *more = kzalloc(sizeof(*more), GFP_NOWAIT | __GFP_NOWARN);

		if (!more)
			return NULL;
		/* Readers see it zeroed. */
		smp_store_release(&memory->more, more);
		free = &more->entry[0];
	}
	return free;
}

/* Kinds that the entry has already, unless they would survive more than before. */
static u64 fang_entry_keep(u64 entry, u32 kinds)
{
	if ((kinds & FANG_ENTRY_SURVIVE) && !(entry & FANG_ENTRY_SURVIVE))
		return 0;
	return entry & FANG_ENTRY_KINDS;
}

static int fang_memory_store(u64 *slot, struct fang_fastpath *fastpath, u64 key, u32 kinds)
{
	bool ours = *slot && (*slot & FANG_ENTRY_KEY) == key;
	int error = 0;

	spin_lock(&fastpath->lock);
	if (fastpath->key != key) {
		error = -ESTALE;
	} else if (!key || (!ours && fastpath->count >= READ_ONCE(fastpath->max))) {
		error = -ENOSPC;
	} else {
		fastpath->count += !ours;
		WRITE_ONCE(*slot, key | kinds | (ours ? fang_entry_keep(*slot, kinds) : 0));
	}
	spin_unlock(&fastpath->lock);
	return error;
}

int fang_memory_add(struct fang_memory *memory, struct fang_fastpath *fastpath,
		    const struct inode *inode, u32 kinds, const struct fang_memo *memo)
{
	u64 *slot;
	int error;

	spin_lock(&memory->lock);
	error = -ETXTBSY;
	if (!(kinds & FANG_ENTRY_SURVIVE) && inode_is_open_for_write(inode))
		goto unlock;
	/* Writers first, changes second: see the top of this file. */
	smp_rmb();
	error = -ESTALE;
	if (!(kinds & FANG_ENTRY_SURVIVE) && READ_ONCE(memory->changes) != memo->changes)
		goto unlock;
	error = -ENOMEM;
	slot = fang_memory_claim(memory, memo->key);
	if (slot)
		error = fang_memory_store(slot, fastpath, memo->key, kinds);
unlock:
	spin_unlock(&memory->lock);
	return error;
}

int fang_memory_remove(struct fang_memory *memory, struct fang_fastpath *fastpath)
{
	int error = -ENOENT;
	unsigned int i;

	spin_lock(&memory->lock);
	for (i = 0; i < fang_memory_slots(memory); i++) {
		u64 *slot = fang_memory_slot(memory, i);

		if (*slot && (*slot & FANG_ENTRY_KEY) == READ_ONCE(fastpath->key)) {
			fang_slot_end(slot, false);
			error = 0;
		}
	}
	spin_unlock(&memory->lock);
	return error;
}
