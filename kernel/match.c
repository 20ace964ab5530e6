// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where a file stands.
 *
 * A walk to the root must not be fooled by a rename half-way: it runs under RCU
 * inside rename_lock's sequence, first without the lock; if renames come between
 * it runs once more with the lock held, so it ends.
 */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/rcupdate.h>
#include <linux/seqlock.h>
#include <linux/string.h>

#include "limits.h"
#include "match.h"

bool fang_match_below_again(const struct dentry *dentry, const struct inode *root)
{
	bool below;
	int tries;

	for (tries = 1; tries < FANG_WALK_TRIES; tries++) {
		unsigned int seq = read_seqbegin(&rename_lock);

		below = fang_walk_below(dentry, root);
		if (!read_seqretry(&rename_lock, seq))
			return below;
	}
	read_seqlock_excl(&rename_lock);
	below = fang_walk_below(dentry, root);
	read_sequnlock_excl(&rename_lock);
	return below;
}

bool fang_match_name(const struct dentry *dentry, const struct inode *directory, const char *name,
		     size_t length)
{
	/* The name changes under d_lock alone; casting const away to take it. */
	struct dentry *locked = (struct dentry *)dentry;
	bool match;

	spin_lock(&locked->d_lock);
	match = !IS_ROOT(dentry) && d_inode_rcu(dentry->d_parent) == directory &&
		dentry->d_name.len == length && !memcmp(dentry->d_name.name, name, length);
	spin_unlock(&locked->d_lock);
	return match;
}

/* Put @length bytes before the @used ones at the end, as far as they fit. */
static void fang_prepend(char *buffer, size_t size, size_t used, const char *from, size_t length)
{
	size_t room = used < size ? size - used : 0;
	size_t fits = min(room, length);

	memcpy(buffer + room - fits, from + length - fits, fits);
}

static size_t fang_walk_path(const struct dentry *dentry, const struct inode *root, char *buffer,
			     size_t size, bool *below)
{
	size_t used = 0;

	while (!(*below = root && d_inode_rcu(dentry) == root) && !IS_ROOT(dentry)) {
		struct dentry *locked = (struct dentry *)dentry;

		spin_lock(&locked->d_lock);
		fang_prepend(buffer, size, used, dentry->d_name.name, dentry->d_name.len);
		used += dentry->d_name.len;
		spin_unlock(&locked->d_lock);
		fang_prepend(buffer, size, used++, "/", 1);
		dentry = READ_ONCE(dentry->d_parent);
	}
	return used;
}

size_t fang_match_path(const struct dentry *dentry, const struct inode *root, char *buffer,
		       size_t size, bool *below)
{
	size_t used;
	int tries;

	for (tries = 0; tries < FANG_WALK_TRIES; tries++) {
		unsigned int seq = read_seqbegin(&rename_lock);

		used = fang_walk_path(dentry, root, buffer, size, below);
		if (!read_seqretry(&rename_lock, seq))
			return used;
	}
	read_seqlock_excl(&rename_lock);
	used = fang_walk_path(dentry, root, buffer, size, below);
	read_sequnlock_excl(&rename_lock);
	return used;
}

size_t fang_match_room(const struct dentry *dentry, const struct inode *root, bool *below)
{
	size_t room = 0;

	while (!(*below = root && d_inode_rcu(dentry) == root) && !IS_ROOT(dentry)) {
		/* Without d_lock it may be another name's, as with a rename a moment later. */
		room += 1 + READ_ONCE(dentry->d_name.len);
		dentry = READ_ONCE(dentry->d_parent);
	}
	return room;
}
