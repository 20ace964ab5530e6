/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fastpath: per inode, which kinds of which groups need not be raised.
 *
 * An entry is one word: serial of the group (32 bits), generation (24), kinds (7), survive (1).
 * It is read without a lock, compared with the group's key (serial and
 * generation), and so a flush is one store: the key moves on and no entry fits.
 */
#ifndef FANG_FASTPATH_H
#define FANG_FASTPATH_H

#include <linux/fs.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "limits.h"

#define FANG_ENTRY_KINDS   0x7fULL
#define FANG_ENTRY_SURVIVE 0x80ULL
#define FANG_ENTRY_KEY	   (~0xffULL)

/**
 * struct fang_fastpath - a group's side
 * @key: serial and generation [@lock for writing; read without]
 * @lock: orders flush against entries made and ended
 * @generation: flushes so far [@lock]
 * @max: entries allowed [READ_ONCE]
 * @count: entries of the present key [@lock]
 * @ended: entries ended by a change or by eviction [@lock]
 */
struct fang_fastpath {
	u64 key;
	spinlock_t lock;
	u64 generation;
	u32 max;
	u32 count;
	u64 ended;
};

/**
 * struct fang_slots - entries of further groups on one inode
 * @entry: zero, or an entry
 */
struct fang_slots {
	u64 entry[FANG_FASTPATH_SLOTS];
};

/**
 * struct fang_memory - an inode's side
 * @lock: held to change entries
 * @changes: modifications heard since this memory exists [@lock for writing]
 * @first: entry of one group, zero if none
 * @more: NULL until a second group has an entry; then it stays
 */
struct fang_memory {
	spinlock_t lock;
	u32 changes;
	u64 first;
	struct fang_slots *more;
};

/* Can changes of the file be seen, so that an allow may be remembered? */
bool fang_can_remember(const struct inode *inode);

/* -ENOMEM, or -ENOSPC after four thousand million groups. */
int fang_fastpath_init(struct fang_fastpath *fastpath);

/* No entry fits any more; to be followed by an RCU grace period before freeing. */
void fang_fastpath_destroy(struct fang_fastpath *fastpath);

/* Forget every entry of the group without a visit to any. Callers exclude each other; may sleep. */
void fang_fastpath_flush(struct fang_fastpath *fastpath);

void fang_memory_init(struct fang_memory *memory);

/* Ends all entries, counts them, frees what belongs to @memory but not itself. */
void fang_memory_destroy(struct fang_memory *memory);

/**
 * struct fang_ended - whose entries a change ended
 * @count: how many
 * @serial: of the groups, as in their keys
 */
struct fang_ended {
	unsigned int count;
	u32 serial[1 + FANG_FASTPATH_SLOTS];
};

/*
 * The inode was, or may have been, modified: ends what does not survive that, and
 * adds to @ended, which may be NULL.
 */
void fang_memory_changed(struct fang_memory *memory, struct fang_ended *ended);

/* Did the change end an entry of this group? */
bool fang_ended_has(const struct fang_ended *ended, const struct fang_fastpath *fastpath);

/**
 * struct fang_memo - what was known when a judgement began
 * @key: the group's key
 * @changes: the inode's count of changes
 */
struct fang_memo {
	u64 key;
	u32 changes;
};

/* Taken while the inode is open for writing it serves for nothing. */
struct fang_memo fang_memo_take(const struct fang_fastpath *fastpath,
				const struct fang_memory *memory, const struct inode *inode);

/*
 * Remember @kinds (with FANG_ENTRY_SURVIVE) of @inode for the group. The inode must
 * not be open for writing and nothing may have moved since @memo, unless
 * the entry survives changes. Returns 0, -ETXTBSY (open for writing), -ESTALE (changed
 * or flushed since), -ENOSPC (max), -ENOMEM (all slots are taken). Never sleeps.
 */
int fang_memory_add(struct fang_memory *memory, struct fang_fastpath *fastpath,
		    const struct inode *inode, u32 kinds, const struct fang_memo *memo);

/* -ENOENT if there is no entry. */
int fang_memory_remove(struct fang_memory *memory, struct fang_fastpath *fastpath);

u64 fang_memory_find(const struct fang_memory *memory, u64 key);

/*
 * Does this entry of the inode answer this kind? A shared writable mapping keeps its file
 * and thereby i_writecount, so the check sees stores that raise no event.
 */
static inline bool fang_entry_allows(u64 entry, const struct inode *inode, u32 kind_bit)
{
	return (entry & kind_bit) &&
	       ((entry & FANG_ENTRY_SURVIVE) || !inode_is_open_for_write(inode));
}

/* The same of the group's entry, if that is the inode's first. */
static inline bool fang_memory_first_allows(const struct fang_memory *memory,
					    const struct fang_fastpath *fastpath,
					    const struct inode *inode, u32 kind_bit)
{
	u64 entry = READ_ONCE(memory->first);

	return (entry & FANG_ENTRY_KEY) == READ_ONCE(fastpath->key) &&
	       fang_entry_allows(entry, inode, kind_bit);
}

/* The same of the group's entry. */
static inline bool fang_memory_allows(const struct fang_memory *memory,
				      const struct fang_fastpath *fastpath,
				      const struct inode *inode, u32 kind_bit)
{
	u64 key = READ_ONCE(fastpath->key);
	u64 entry = READ_ONCE(memory->first);

	if ((entry & FANG_ENTRY_KEY) != key) {
		if (likely(!READ_ONCE(memory->more)))
			return false;
		entry = fang_memory_find(memory, key);
	}
	return fang_entry_allows(entry, inode, kind_bit);
}

#endif /* FANG_FASTPATH_H */
