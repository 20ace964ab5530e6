/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a debug build does besides: tests of the pure parts at load, a look at the
 * locks held at each wait, and faults that the sanitizers must find.
 */
#ifndef FANG_SELFTEST_H
#define FANG_SELFTEST_H

#include <linux/refcount.h>
#include <linux/types.h>

#ifdef FANG_SELFTEST
/* 0, or -EINVAL if a test failed: the module then refuses to load. */
int fang_selftest(void);

/* Does the wrong that the module parameter control asks for. */
void fang_control(void);

/* Is fsnotify's SRCU to be missed, as on a kernel where it cannot be found? */
bool fang_control_hides_srcu(void);

/*
 * A request is about to pin its scope's mark, which @count counts. It may be told to
 * wait until the mark goes, which is too short a moment to be met by chance.
 */
void fang_control_await_end(const refcount_t *count);
#else
static inline int fang_selftest(void)
{
	return 0;
}

static inline void fang_control(void)
{
}

static inline bool fang_control_hides_srcu(void)
{
	return false;
}

static inline void fang_control_await_end(const refcount_t *count)
{
}
#endif

#if defined(FANG_SELFTEST) && defined(CONFIG_LOCKDEP)
/* The current task is about to wait: complain of locks that it must not hold. */
void fang_selftest_held_locks(void);
#else
static inline void fang_selftest_held_locks(void)
{
}
#endif

#endif /* FANG_SELFTEST_H */
