/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs named cases one after the other, each in a process of its own, and reports in KTAP.
 *
 * A case is a function that returns if all is well. It starts in the root directory of a tmpfs of
 * its own (case_dir()), with a mount namespace of its own, as root. What it leaves behind in
 * configfs is removed afterwards; what cannot be removed fails the case.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <stdbool.h>
#include <stddef.h>

/* Longest wait for anything that must happen. Generous: emulated processors are slow. */
#define LIMIT_MS (20000 * slowness())

/* Seconds that a case may take before its processes are killed. */
#define CASE_LIMIT_S 90

struct test_case {
	const char *file;
	const char *name;
	void (*run)(void);
	unsigned int limit_s;
};

/* Cases are collected by the linker, in the order of the object files. */
#define CASE_LIMITED(case_name, seconds)                                                    \
	static void case_name(void);                                                        \
	static const struct test_case case_name##_case = { __FILE__, #case_name, case_name, \
							   seconds };                       \
	static const struct test_case *const case_name##_entry                              \
		__attribute__((used, section("fang_cases"))) = &case_name##_case;           \
	static void case_name(void)

#define CASE(case_name) CASE_LIMITED(case_name, CASE_LIMIT_S)

/* The directory that a case starts in: the root of a file system of its own. */
const char *case_dir(void);

/* Ends this process and so fails the case. */
void fail_at(const char *file, int line, const char *format, ...)
	__attribute__((noreturn, format(printf, 3, 4)));
/* Ends the case: it cannot be decided here, and why. */
void skip(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
/* A line, and a line of diagnostics. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define FAIL(...) fail_at(__FILE__, __LINE__, __VA_ARGS__)

#define CHECK(condition)                                \
	do {                                            \
		if (!(condition))                       \
			FAIL("not so: %s", #condition); \
	} while (0)

/* Two numbers are equal. */
#define CHECK_EQ(actual, expected)                                                 \
	do {                                                                       \
		long long actual_ = (actual), expected_ = (expected);              \
		if (actual_ != expected_)                                          \
			FAIL("%s is %lld, not %lld", #actual, actual_, expected_); \
	} while (0)

/* A call gives 0 or the negated errno that is expected. */
#define CHECK_ERROR(actual, expected)                                             \
	do {                                                                      \
		long actual_ = (actual), expected_ = (expected);                  \
		if (actual_ != expected_)                                         \
			FAIL("%s gives %s, not %s", #actual, error_name(actual_), \
			     error_name(expected_));                              \
	} while (0)

#define CHECK_OK(actual) CHECK_ERROR(actual, 0)

/* Two strings are equal. */
#define CHECK_STRING(actual, expected) check_string(__FILE__, __LINE__, #actual, actual, expected)

void check_string(const char *file, int line, const char *what, const char *actual,
		  const char *expected);
const char *error_name(long error);

/* Polls until the condition holds; fails the case if that takes too long. */
#define WAIT_FOR(condition)                                       \
	do {                                                      \
		long long end_ = now_ms() + LIMIT_MS;             \
		while (!(condition)) {                            \
			if (now_ms() > end_)                      \
				FAIL("never so: %s", #condition); \
			nap();                                    \
		}                                                 \
	} while (0)

/* What limits are multiplied by: FANG_SLOWNESS in the environment, for kernels full of checks. */
unsigned int slowness(void);

/* CLOCK_MONOTONIC. */
long long now_ms(void);
/* A few milliseconds, between two looks at a condition. */
void nap(void);

#endif /* HARNESS_H */
