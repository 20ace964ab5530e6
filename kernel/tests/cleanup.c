// SPDX-License-Identifier: GPL-2.0-only
/* Leaves the module as it was before a case, and checks what must hold at the end of any case. */
#include "cleanup.h"
#include "fang.h"
#include "harness.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The name of some directory in a directory; false if there is none. */
static bool find_child(const char *parent, char *name, size_t size)
{
	DIR *dir = opendir(parent);
	struct dirent *entry;
	bool found = false;

	if (!dir)
		FAIL("%s: %s", parent, strerror(errno));
	while (!found && (entry = readdir(dir))) {
		found = entry->d_type == DT_DIR && entry->d_name[0] != '.';
		if (found)
			snprintf(name, size, "%s", entry->d_name);
	}
	closedir(dir);
	return found;
}

/* Everything below a group that mkdir makes is disabled and removed in the same way. */
static void remove_items(const char *group, const char *directory)
{
	char items[512], item[256], path[1024];

	snprintf(items, sizeof(items), FANG_GROUPS "/%s/%s", group, directory);
	while (find_child(items, item, sizeof(item))) {
		snprintf(path, sizeof(path), "%s/%s/enabled", directory, item);
		CHECK_OK(set(group, path, "0"));
		snprintf(path, sizeof(path), "%s/%s", items, item);
		CHECK(!rmdir(path));
	}
}

static void remove_group(const char *group)
{
	CHECK_OK(set(group, "enabled", "0"));
	/* Nobody may wait for a disabled group, and every request must be accounted for. */
	CHECK_STRING(get(group, "pending"), "");
	check_balance(group);
	remove_items(group, "scopes");
	remove_items(group, "rules");
	remove_items(group, "exemptions");
	CHECK_OK(group_remove(group));
}

void cleanup_groups(void)
{
	char group[256];

	CHECK_OK(file_write(FANG_ENFORCE, "Y", 1));
	while (find_child(FANG_GROUPS, group, sizeof(group)))
		remove_group(group);
}
