// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words and what they stand for.
 */
#include <linux/build_bug.h>
#include <linux/fsnotify_backend.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "mask.h"

#define FANG_WORDS(table)                                 \
	{                                                 \
		.count = ARRAY_SIZE(table), .word = table \
	}

static const struct fang_word kinds[FANG_KINDS] = {
	{ "open", FANG_BIT(FANG_OPEN) },
	{ "read", FANG_BIT(FANG_READ) },
	{ "write", FANG_BIT(FANG_WRITE) },
	{ "close_write", FANG_BIT(FANG_CLOSE_WRITE) },
	{ "close_nowrite", FANG_BIT(FANG_CLOSE_NOWRITE) },
	{ "open_access", FANG_BIT(FANG_OPEN_ACCESS) },
	{ "read_access", FANG_BIT(FANG_READ_ACCESS) },
};

const struct fang_words fang_kind_words = FANG_WORDS(kinds);

static const struct fang_word reports[] = {
	{ "fd", FANG_REPORT_FD },   { "path", FANG_REPORT_PATH },     { "comm", FANG_REPORT_COMM },
	{ "exe", FANG_REPORT_EXE }, { "cgroup", FANG_REPORT_CGROUP },
};

const struct fang_words fang_report_words = FANG_WORDS(reports);

static const struct fang_word absents[] = {
	{ "allow", FANG_DEFAULT_ALLOW },
	{ "deny", FANG_DEFAULT_DENY },
	{ "wait", FANG_DEFAULT_WAIT },
};

const struct fang_words fang_absent_words = FANG_WORDS(absents);
const struct fang_words fang_default_words = { .count = 2, .word = absents };

static const struct fang_word responses[] = {
	{ "allow", FANG_ALLOW },
	{ "deny", FANG_DENY },
	{ "more_time", FANG_MORE_TIME },
};

const struct fang_words fang_response_words = FANG_WORDS(responses);

/* In the order of enum fang_scope_type. */
static const struct fang_word scopes[] = {
	{ "filesystem", 1 },
	{ "subtree", 2 },
	{ "file", 3 },
};

const struct fang_words fang_scope_words = FANG_WORDS(scopes);

/* In the order of enum fang_condition_type. */
static const struct fang_word conditions[] = {
	{ "tgid", 1 }, { "uid", 2 }, { "exe", 3 }, { "cgroup", 4 }, { "subtree", 5 },
};

const struct fang_words fang_condition_words = FANG_WORDS(conditions);

static const struct fang_word rules[] = {
	{ "ask", 0 },
	{ "allow", FANG_ALLOW },
	{ "deny", FANG_DENY },
};

const struct fang_words fang_rule_words = FANG_WORDS(rules);

static const struct fang_word fd_modes[] = {
	{ "ro", 0 },
	{ "rw", 1 },
};

const struct fang_words fang_fd_mode_words = FANG_WORDS(fd_modes);

static const struct fang_word write_events[] = {
	{ "all", FANG_WRITES_ALL },
	{ "coalesced", FANG_WRITES_COALESCED },
	{ "state_change", FANG_WRITES_STATE_CHANGE },
};

const struct fang_words fang_write_events_words = FANG_WORDS(write_events);

/* Indexed by kind, like kinds[]. */
static const u32 fsnotify_events[FANG_KINDS] = {
	FS_OPEN,	  FS_ACCESS,	FS_MODIFY,	FS_CLOSE_WRITE,
	FS_CLOSE_NOWRITE, FS_OPEN_PERM, FS_ACCESS_PERM,
};

static const struct fang_word *fang_word_find(const struct fang_words *words, const char *text,
					      size_t length)
{
	unsigned int i;

	for (i = 0; i < words->count; i++)
		if (strlen(words->word[i].word) == length &&
		    !strncmp(words->word[i].word, text, length))
			return &words->word[i];
	return NULL;
}

int fang_words_parse(const struct fang_words *words, const char *text, u32 *bits)
{
	static const char between[] = " \t,";
	u32 found = 0;

	for (text += strspn(text, between); *text; text += strspn(text, between)) {
		size_t length = strcspn(text, between);
		const struct fang_word *word = fang_word_find(words, text, length);

		if (!word)
			return -EINVAL;
		found |= word->value;
		text += length;
	}
	*bits = found;
	return 0;
}

int fang_words_print(const struct fang_words *words, u32 bits, char *text, size_t size)
{
	int length = 0;
	unsigned int i;

	*text = '\0';
	for (i = 0; i < words->count; i++)
		if (bits & words->word[i].value)
			length += scnprintf(text + length, size - length, "%s%s", length ? " " : "",
					    words->word[i].word);
	return length;
}

int fang_word_value(const struct fang_words *words, const char *text)
{
	const struct fang_word *word = fang_word_find(words, text, strlen(text));

	return word ? (int)word->value : -EINVAL;
}

const char *fang_word_of(const struct fang_words *words, u32 value)
{
	unsigned int i;

	for (i = 0; i < words->count; i++)
		if (words->word[i].value == value)
			return words->word[i].word;
	return "?";
}

u32 fang_mask_to_fsnotify(u32 mask)
{
	u32 events = 0;
	int kind;

	BUILD_BUG_ON(FANG_READ_ACCESS + 1 != FANG_KINDS);
	for (kind = 0; kind < FANG_KINDS; kind++)
		if (mask & FANG_BIT(kind))
			events |= fsnotify_events[kind];
	return events;
}
