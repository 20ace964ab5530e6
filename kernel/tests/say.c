// SPDX-License-Identifier: GPL-2.0-only
/* What a test program says, and the clock it goes by; see harness.h. */
#include "harness.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define EXIT_FAILED 1

unsigned int slowness(void)
{
	const char *text = getenv("FANG_SLOWNESS");
	int factor = text ? atoi(text) : 1;

	return factor > 0 ? factor : 1;
}

long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

void nap(void)
{
	usleep(3000);
}

/* One write for a line, so that lines of several processes do not mix. */
static void say(const char *prefix, const char *format, va_list args)
{
	char line[2000];
	int length = snprintf(line, sizeof(line), "%s", prefix);

	length += vsnprintf(line + length, sizeof(line) - length - 1, format, args);
	if (length > (int)sizeof(line) - 2)
		length = sizeof(line) - 2;
	line[length++] = '\n';
	if (write(STDOUT_FILENO, line, length) != length)
		_exit(EXIT_FAILED);
}

void print(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("", format, args);
	va_end(args);
}

void note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("# ", format, args);
	va_end(args);
}

void fail_at(const char *file, int line, const char *format, ...)
{
	char prefix[100];
	va_list args;

	snprintf(prefix, sizeof(prefix), "# %s:%d: ", file, line);
	va_start(args, format);
	say(prefix, format, args);
	va_end(args);
	_exit(EXIT_FAILED);
}

void check_string(const char *file, int line, const char *what, const char *actual,
		  const char *expected)
{
	if (strcmp(actual, expected))
		fail_at(file, line, "%s is \"%s\", not \"%s\"", what, actual, expected);
}

const char *error_name(long error)
{
	static _Thread_local char texts[4][32];
	static _Thread_local unsigned int turn;
	char *text = texts[turn++ % 4];

	if (error < 0 && strerrorname_np(-error))
		snprintf(text, 32, "-%s", strerrorname_np(-error));
	else
		snprintf(text, 32, "%ld", error);
	return text;
}
