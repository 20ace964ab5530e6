// SPDX-License-Identifier: GPL-2.0-only
/* Reads /dev/kmsg: one record a read, `PRIORITY,SEQUENCE,TIME,-;TEXT`. */
#include "kmsg.h"
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char *const complaints[] = {
	"BUG:",
	"WARNING:",
	"Oops",
	"KASAN",
	"UBSAN",
	"possible circular",
	"possible recursive",
	"inconsistent lock",
	"suspicious RCU",
	"unreferenced object",
	"blocked for more than",
	"refcount_t:",
	"general protection",
	"soft lockup",
	"self-detected stall",
	"list_del corruption",
	"list_add corruption",
};

/* A complaint's registers and calls come after it, up to this line; without it, so many lines. */
#define LAST_LINE "end trace"
#define LINES_MAX 60
/* They may still be on their way. */
#define LINES_LIMIT_MS 1000

static int kmsg = -1;

void kmsg_skip(void)
{
	if (kmsg < 0)
		kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kmsg >= 0)
		lseek(kmsg, 0, SEEK_END);
}

static bool is_complaint(const char *text)
{
	for (size_t i = 0; i < sizeof(complaints) / sizeof(complaints[0]); i++) {
		if (strstr(text, complaints[i]))
			return true;
	}
	return false;
}

/* The text of the next record; NULL at the end. */
static const char *next_text(int log)
{
	static char record[8192];
	ssize_t length;
	char *text;

	do {
		/* EPIPE: records were overwritten before they were read. */
		do
			length = read(log, record, sizeof(record) - 1);
		while (length < 0 && errno == EPIPE);
		if (length <= 0)
			return NULL;
		record[length] = 0;
		text = strchr(record, ';');
	} while (!text);
	text[strcspn(text, "\n")] = 0;
	return text + 1;
}

static void tell_calls(void)
{
	long long end = now_ms() + LINES_LIMIT_MS;
	unsigned int told = 0;
	const char *text;

	while (told < LINES_MAX && now_ms() < end) {
		text = next_text(kmsg);
		if (!text) {
			nap();
			continue;
		}
		note("kernel log: %s", text);
		told++;
		if (strstr(text, LAST_LINE))
			return;
	}
}

bool kmsg_is_clean(void)
{
	bool clean = true;
	const char *text;

	while ((text = next_text(kmsg))) {
		if (is_complaint(text)) {
			note("kernel log: %s", text);
			tell_calls();
			clean = false;
		}
	}
	return clean;
}

int kmsg_open(void)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	CHECK(log >= 0);
	lseek(log, 0, SEEK_END);
	return log;
}

unsigned int kmsg_tells(int log, const char *text)
{
	unsigned int times = 0;
	const char *told;

	while ((told = next_text(log)))
		times += strstr(told, text) != NULL;
	return times;
}
