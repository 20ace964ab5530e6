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

bool kmsg_is_clean(void)
{
	bool clean = true;
	char record[8192];
	ssize_t length;

	for (;;) {
		char *text;

		length = read(kmsg, record, sizeof(record) - 1);
		if (length < 0 && errno == EPIPE)
			continue; /* overwritten before it was read */
		if (length <= 0)
			return clean;
		record[length] = 0;
		text = strchr(record, ';');
		if (text && is_complaint(text)) {
			text[strcspn(text, "\n")] = 0;
			note("kernel log: %s", text + 1);
			clean = false;
		}
	}
}
