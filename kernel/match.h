/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a file stands: below a directory, under a name, and its path as text.
 *
 * All of it looks at dentries and inodes, never at mounts: what an opener sees
 * through a bind mount is the opener's to choose.
 */
#ifndef FANG_MATCH_H
#define FANG_MATCH_H

#include <linux/dcache.h>
#include <linux/seqlock.h>

/* Inside rename_lock's sequence. */
static inline bool fang_walk_below(const struct dentry *dentry, const struct inode *root)
{
	const struct dentry *parent;

	for (;; dentry = parent) {
		if (d_inode_rcu(dentry) == root)
			return true;
		parent = READ_ONCE(dentry->d_parent);
		if (parent == dentry)
			return false;
	}
}

/* A rename came between. */
bool fang_match_below_again(const struct dentry *dentry, const struct inode *root);

/* Under RCU: is @dentry below the directory @root, on the same file system? */
static inline bool fang_match_below(const struct dentry *dentry, const struct inode *root)
{
	unsigned int seq = read_seqbegin(&rename_lock);
	bool below = fang_walk_below(dentry, root);

	if (unlikely(read_seqretry(&rename_lock, seq)))
		return fang_match_below_again(dentry, root);
	return below;
}

/* Has @dentry this last name in the directory @directory? Never sleeps. */
bool fang_match_name(const struct dentry *dentry, const struct inode *directory, const char *name,
		     size_t length);

/*
 * Under RCU: bytes of the path as by fang_match_path(), unless something is renamed
 * meanwhile.
 */
size_t fang_match_room(const struct dentry *dentry, const struct inode *root, bool *below);

/*
 * Under RCU: the path of @dentry below the directory @root (NULL: below the root of the
 * file system), each name with a slash before it. Copies the last @size bytes
 * of it so that they end at @buffer + @size, and returns the bytes of the whole.
 * @below tells whether the walk met @root; if not, the path starts at the root
 * of the file system.
 */
size_t fang_match_path(const struct dentry *dentry, const struct inode *root, char *buffer,
		       size_t size, bool *below);

#endif /* FANG_MATCH_H */
