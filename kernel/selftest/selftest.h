/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests of the pure parts, run at load in a debug build.
 */
#ifndef FANG_SELFTEST_H
#define FANG_SELFTEST_H

#ifdef FANG_SELFTEST
/* 0, or -EINVAL if a test failed: the module then refuses to load. */
int fang_selftest(void);
#else
static inline int fang_selftest(void)
{
	return 0;
}
#endif

#endif /* FANG_SELFTEST_H */
