// SPDX-License-Identifier: GPL-2.0-only
/* Runs last: the cases before left nothing behind. */
#include "fang.h"
#include "harness.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

static unsigned int count_entries(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	unsigned int count = 0;

	if (!dir && errno == ENOENT)
		return 0;
	CHECK(dir);
	while ((entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

CASE(no_group_and_no_node_is_left)
{
	CHECK_EQ(count_entries(FANG_GROUPS), 0);
	CHECK_EQ(count_entries("/dev/fang"), 0);
}

CASE(nothing_uses_the_module)
{
	char text[32];

	if (file_read("/sys/module/fang/refcnt", text, sizeof(text)) < 0)
		skip("the module is not one that can be unloaded");
	CHECK_STRING(text, "0\n");
}
