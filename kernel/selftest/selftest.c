// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of the pure parts, run at load in a debug build.
 */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/fsnotify_backend.h>
#include <linux/gfs2_ondisk.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/magic.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "fastpath.h"
#include "mask.h"
#include "selftest.h"
#include "subject.h"
#include "text.h"

static int failures;

/* Goes on after a failure, so that one load shows all of them. */
#define CHECK(condition)                                                                       \
	do {                                                                                   \
		if (!(condition)) {                                                            \
			pr_err("fang: selftest: %s:%d: %s\n", __func__, __LINE__, #condition); \
			failures++;                                                            \
		}                                                                              \
	} while (0)

static void mask_words_round_trip(void)
{
	char text[128];
	u32 mask, parsed;

	for (mask = 0; mask <= FANG_ALL_KINDS; mask++) {
		int length = fang_words_print(&fang_kind_words, mask, text, sizeof(text));

		CHECK(length == strlen(text));
		CHECK(!fang_words_parse(&fang_kind_words, text, &parsed));
		CHECK(parsed == mask);
	}
}

static void mask_words_take_any_separator(void)
{
	u32 mask;

	CHECK(!fang_words_parse(&fang_kind_words, " ,read_access,,open\t", &mask));
	CHECK(mask == (FANG_BIT(FANG_OPEN) | FANG_BIT(FANG_READ_ACCESS)));
	CHECK(fang_words_parse(&fang_kind_words, "open opne", &mask) == -EINVAL);
	CHECK(fang_words_parse(&fang_kind_words, "ope", &mask) == -EINVAL);
	CHECK(fang_word_value(&fang_response_words, "deny") == FANG_DENY);
	CHECK(fang_word_value(&fang_default_words, "wait") == -EINVAL);
	CHECK(fang_word_value(&fang_absent_words, "wait") == FANG_DEFAULT_WAIT);
}

static void mask_maps_to_fsnotify_and_back(void)
{
	u32 mask;

	for (mask = 0; mask <= FANG_ALL_KINDS; mask++)
		CHECK(fang_mask_from_fsnotify(fang_mask_to_fsnotify(mask)) == mask);
	CHECK(fang_mask_to_fsnotify(FANG_BIT(FANG_OPEN_ACCESS)) == FS_OPEN_PERM);
	CHECK(!fang_mask_from_fsnotify(~fang_mask_to_fsnotify(FANG_ALL_KINDS)));
}

static void numbers_are_strict(void)
{
	u64 number;

	CHECK(!fang_text_number("10", 10, 20, &number) && number == 10);
	CHECK(!fang_text_number("0", 0, 0, &number) && !number);
	CHECK(!fang_text_number("18446744073709551615", 0, U64_MAX, &number) && number == U64_MAX);
	CHECK(fang_text_number("9", 10, 20, &number) == -ERANGE);
	CHECK(fang_text_number("21", 10, 20, &number) == -ERANGE);
	CHECK(fang_text_number("18446744073709551616", 0, U64_MAX, &number) == -ERANGE);
	CHECK(fang_text_number("", 0, 9, &number) == -EINVAL);
	CHECK(fang_text_number("+1", 0, 9, &number) == -EINVAL);
	CHECK(fang_text_number("01", 0, 9, &number) == -EINVAL);
	CHECK(fang_text_number("0x1", 0, 9, &number) == -EINVAL);
	CHECK(fang_text_number("1 ", 0, 9, &number) == -EINVAL);
	CHECK(fang_text_number("1\n", 0, 9, &number) == -EINVAL);
}

static void names_are_checked(void)
{
	char name[66];

	CHECK(fang_text_is_name("a"));
	CHECK(fang_text_is_name("9.a-B_c"));
	CHECK(!fang_text_is_name(""));
	CHECK(!fang_text_is_name(".a"));
	CHECK(!fang_text_is_name("-a"));
	CHECK(!fang_text_is_name("a/b"));
	CHECK(!fang_text_is_name("a b"));
	CHECK(!fang_text_is_name("\303\244"));
	memset(name, 'a', sizeof(name));
	name[64] = '\0';
	CHECK(fang_text_is_name(name));
	name[64] = 'a';
	name[65] = '\0';
	CHECK(!fang_text_is_name(name));
}

static void escapes_round_trip(void)
{
	char raw[256], escaped[1024];
	int length, i;

	for (i = 1; i < 256; i++)
		raw[i - 1] = i;
	length = fang_text_escape(escaped, sizeof(escaped), raw, 255);
	CHECK(length == strlen(escaped));
	CHECK(!strpbrk(escaped, "\n\t "));
	CHECK(fang_text_unescape(escaped) == 255);
	CHECK(!memcmp(escaped, raw, 255));
}

static void bad_escapes_are_refused(void)
{
	static const char *const bad[] = { "\\", "\\0", "\\01", "\\000", "\\400", "\\08x", "\\n" };
	char text[8];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		strscpy(text, bad[i], sizeof(text));
		CHECK(fang_text_unescape(text) == -EINVAL);
	}
}

static void escape_never_overruns(void)
{
	char text[8];

	CHECK(fang_text_escape(text, 5, "a\n\n", 3) == 1 && !strcmp(text, "a"));
	CHECK(fang_text_escape(text, 6, "a\n\n", 3) == 5 && !strcmp(text, "a\\012"));
	CHECK(fang_text_fitting_end("b\na", 3, 2) == 1);
	CHECK(fang_text_fitting_end("b\na", 3, 5) == 1);
	CHECK(fang_text_fitting_end("b\na", 3, 6) == 2);
	CHECK(fang_text_fitting_end("b\na", 3, 8) == 3);
}

static void remember_and_forget(struct fang_memory *memory, struct fang_fastpath *fastpath,
				struct inode *inode)
{
	struct fang_memo memo = fang_memo_take(fastpath, memory, inode);
	u32 open = FANG_BIT(FANG_OPEN_ACCESS);

	CHECK(!fang_memory_allows(memory, fastpath, inode, open));
	CHECK(!fang_memory_add(memory, fastpath, inode, open, &memo));
	CHECK(fang_memory_allows(memory, fastpath, inode, open));
	CHECK(!fang_memory_allows(memory, fastpath, inode, FANG_BIT(FANG_READ_ACCESS)));
	CHECK(fastpath->count == 1);

	atomic_set(&inode->i_writecount, 1);
	CHECK(!fang_memory_allows(memory, fastpath, inode, open));
	CHECK(fang_memory_add(memory, fastpath, inode, open, &memo) == -ETXTBSY);
	atomic_set(&inode->i_writecount, 0);
	CHECK(fang_memory_allows(memory, fastpath, inode, open));

	fang_memory_changed(memory, NULL);
	CHECK(!fang_memory_allows(memory, fastpath, inode, open));
	CHECK(fastpath->count == 0 && fastpath->ended == 1);
	CHECK(fang_memory_add(memory, fastpath, inode, open, &memo) == -ESTALE);

	memo = fang_memo_take(fastpath, memory, inode);
	CHECK(!fang_memory_add(memory, fastpath, inode, open | FANG_ENTRY_SURVIVE, &memo));
	fang_memory_changed(memory, NULL);
	CHECK(fang_memory_allows(memory, fastpath, inode, open));
	fang_fastpath_flush(fastpath);
	CHECK(!fang_memory_allows(memory, fastpath, inode, open));
	CHECK(fastpath->count == 0 && fastpath->generation == 1);
	CHECK(fang_memory_add(memory, fastpath, inode, open, &memo) == -ESTALE);
	CHECK(fang_memory_remove(memory, fastpath) == -ENOENT);
}

static void groups_share_an_inode(struct fang_memory *memory, struct fang_fastpath *one,
				  struct fang_fastpath *two, struct inode *inode)
{
	struct fang_memo memo_one = fang_memo_take(one, memory, inode);
	struct fang_memo memo_two = fang_memo_take(two, memory, inode);
	u32 open = FANG_BIT(FANG_OPEN_ACCESS);

	CHECK(!fang_memory_add(memory, one, inode, open, &memo_one));
	CHECK(!fang_memory_add(memory, two, inode, open, &memo_two));
	CHECK(fang_memory_allows(memory, one, inode, open));
	CHECK(fang_memory_allows(memory, two, inode, open));
	CHECK(!fang_memory_remove(memory, one));
	CHECK(!fang_memory_allows(memory, one, inode, open));
	CHECK(fang_memory_allows(memory, two, inode, open));
	one->max = 0;
	CHECK(fang_memory_add(memory, one, inode, open, &memo_one) == -ENOSPC);
}

/* However many entries there are: the one that is there stays as it is, and fits no more. */
static void a_flush_visits_no_entry(struct fang_memory *memory, struct fang_fastpath *fastpath,
				    struct inode *inode)
{
	struct fang_memo memo = fang_memo_take(fastpath, memory, inode);
	u64 entry;

	CHECK(!fang_memory_add(memory, fastpath, inode, FANG_BIT(FANG_OPEN), &memo));
	entry = fang_memory_find(memory, fastpath->key);
	CHECK(entry);
	fang_fastpath_flush(fastpath);
	CHECK(!fastpath->count);
	CHECK(!fang_memory_allows(memory, fastpath, inode, FANG_BIT(FANG_OPEN)));
	CHECK(fang_memory_find(memory, entry & FANG_ENTRY_KEY) == entry);
}

/* The generation begins again: the group must get another serial. */
static void generations_run_out(struct fang_memory *memory, struct fang_fastpath *fastpath,
				struct inode *inode)
{
	u64 serial = fastpath->key >> 32;
	struct fang_memo memo;

	fastpath->key |= 0xffffff00ULL;
	memo = fang_memo_take(fastpath, memory, inode);
	CHECK(!fang_memory_add(memory, fastpath, inode, FANG_BIT(FANG_OPEN), &memo));
	fang_fastpath_flush(fastpath);
	CHECK(fastpath->key >> 32 != serial);
	CHECK(!fang_memory_allows(memory, fastpath, inode, FANG_BIT(FANG_OPEN)));
}

static void fastpath_remembers_and_forgets(void)
{
	struct inode *inode = kzalloc(sizeof(*inode), GFP_KERNEL);
	struct fang_fastpath one = {}, two = {};
	struct fang_memory memory;

	if (!inode || fang_fastpath_init(&one) || fang_fastpath_init(&two)) {
		CHECK(!"no memory");
		return;
	}
	fang_memory_init(&memory);
	remember_and_forget(&memory, &one, inode);
	a_flush_visits_no_entry(&memory, &one, inode);
	groups_share_an_inode(&memory, &one, &two, inode);
	generations_run_out(&memory, &two, inode);
	fang_fastpath_destroy(&one);
	fang_memory_destroy(&memory);
	fang_fastpath_destroy(&two);
	kfree(inode);
}

/* A file system that has a device, unless it is one of those that share it. */
static void shared_file_systems_are_not_remembered(void)
{
	static const unsigned long shared[] = { GFS2_MAGIC, OCFS2_SUPER_MAGIC, FUSE_SUPER_MAGIC };
	struct super_block *sb = kzalloc(sizeof(*sb), GFP_KERNEL);
	struct inode *inode = kzalloc(sizeof(*inode), GFP_KERNEL);
	struct file_system_type with_device = { .fs_flags = FS_REQUIRES_DEV }, without = {};
	size_t i;

	if (!sb || !inode) {
		CHECK(!"no memory");
	} else {
		inode->i_sb = sb;
		sb->s_type = &with_device;
		CHECK(fang_can_remember(inode));
		for (i = 0; i < ARRAY_SIZE(shared); i++) {
			sb->s_magic = shared[i];
			CHECK(!fang_can_remember(inode));
		}
		sb->s_magic = NFS_SUPER_MAGIC;
		sb->s_type = &without;
		CHECK(!fang_can_remember(inode));
	}
	kfree(inode);
	kfree(sb);
}

/* Nothing lets a program open a file while it is one of those, so this task plays them. */
static void who_reclaims_or_exits_cannot_wait(void)
{
	static const unsigned int never[] = { PF_MEMALLOC, PF_EXITING, PF_DUMPCORE };
	bool cannot;
	unsigned long flags;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(never); i++) {
		/* Nobody else on this processor meets the task as it is now. */
		local_irq_save(flags);
		current->flags |= never[i];
		cannot = !fang_task_can_wait();
		current->flags &= ~never[i];
		local_irq_restore(flags);
		CHECK(cannot);
	}
	CHECK(fang_task_can_wait());
}

int fang_selftest(void)
{
	mask_words_round_trip();
	mask_words_take_any_separator();
	mask_maps_to_fsnotify_and_back();
	numbers_are_strict();
	names_are_checked();
	escapes_round_trip();
	bad_escapes_are_refused();
	escape_never_overruns();
	fastpath_remembers_and_forgets();
	shared_file_systems_are_not_remembered();
	who_reclaims_or_exits_cannot_wait();
	if (!failures)
		pr_info("fang: selftest: all passed\n");
	return failures ? -EINVAL : 0;
}
