/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Words and what they stand for: event kinds, outcomes, report words. Each
 * table serves parse, print and the translation to fsnotify's bits.
 */
#ifndef FANG_MASK_H
#define FANG_MASK_H

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/fang.h>
#include <linux/fsnotify_backend.h>
#include <linux/types.h>

/* Kinds that files raise: FANG_OPEN to FANG_READ_ACCESS. */
#define FANG_KINDS     7
#define FANG_BIT(kind) BIT(kind)
#define FANG_ALL_KINDS (BIT(FANG_KINDS) - 1)
#define FANG_BLOCKING  (FANG_BIT(FANG_OPEN_ACCESS) | FANG_BIT(FANG_READ_ACCESS))

static inline bool fang_kind_is_blocking(u32 kind)
{
	return kind == FANG_OPEN_ACCESS || kind == FANG_READ_ACCESS;
}

/* What a group's report names. */
#define FANG_REPORT_FD	   BIT(0)
#define FANG_REPORT_PATH   BIT(1)
#define FANG_REPORT_COMM   BIT(2)
#define FANG_REPORT_EXE	   BIT(3)
#define FANG_REPORT_CGROUP BIT(4)

/* Which writes a group hears of. */
enum fang_write_events {
	FANG_WRITES_ALL,
	FANG_WRITES_COALESCED,
	FANG_WRITES_STATE_CHANGE,
};

/* How a request is settled when nobody responds. */
enum fang_default {
	FANG_DEFAULT_ALLOW,
	FANG_DEFAULT_DENY,
	FANG_DEFAULT_WAIT, /* on_no_listener only */
};

/**
 * struct fang_word - one row of a table of words
 * @word: as users write it
 * @value: bit or number
 */
struct fang_word {
	const char *word;
	u32 value;
};

/**
 * struct fang_words - a table of words
 * @count: rows
 * @word: the rows, in the order in which they are shown
 */
struct fang_words {
	unsigned int count;
	const struct fang_word *word;
};

extern const struct fang_words fang_kind_words;
extern const struct fang_words fang_report_words;
extern const struct fang_words fang_default_words; /* allow deny */
extern const struct fang_words fang_absent_words; /* allow deny wait */
extern const struct fang_words fang_response_words;
extern const struct fang_words fang_scope_words;
extern const struct fang_words fang_fd_mode_words;
extern const struct fang_words fang_write_events_words;
extern const struct fang_words fang_condition_words;
extern const struct fang_words fang_rule_words; /* ask allow deny */

/* Bits of blank- or comma-separated words in @text; -EINVAL for an unknown one. */
int fang_words_parse(const struct fang_words *words, const char *text, u32 *bits);

/* @bits as words with one blank between, no newline; returns the length. */
int fang_words_print(const struct fang_words *words, u32 bits, char *text, size_t size);

/* The value of exactly one word; -EINVAL if there is no such word. */
int fang_word_value(const struct fang_words *words, const char *text);

/* The word of a value; "?" if there is none, which would be a bug here. */
const char *fang_word_of(const struct fang_words *words, u32 value);

/* The fsnotify events that raise the kinds in @mask. */
u32 fang_mask_to_fsnotify(u32 mask);

/* The kinds that the fsnotify events in @events raise: their bits moved to ours, in two shifts. */
static inline u32 fang_mask_from_fsnotify(u32 events)
{
	BUILD_BUG_ON(FS_ACCESS != 1 << 0 || FS_MODIFY != 1 << 1);
	BUILD_BUG_ON(FS_CLOSE_WRITE != 1 << FANG_CLOSE_WRITE);
	BUILD_BUG_ON(FS_CLOSE_NOWRITE != 1 << FANG_CLOSE_NOWRITE);
	BUILD_BUG_ON(FS_OPEN != 1 << 5);
	BUILD_BUG_ON(FS_OPEN_PERM != 1 << 16 || FS_ACCESS_PERM != 1 << 17);
	return (events & FS_OPEN) >> 5 | (events & (FS_ACCESS | FS_MODIFY)) << 1 |
	       (events & (FS_CLOSE_WRITE | FS_CLOSE_NOWRITE)) |
	       (events & (FS_OPEN_PERM | FS_ACCESS_PERM)) >> 11;
}

#endif /* FANG_MASK_H */
