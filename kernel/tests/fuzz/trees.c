// SPDX-License-Identifier: GPL-2.0-only
/* See trees.h. */
#include "trees.h"
#include "fuzz.h"
#include "random.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 40

void tree_path(char *path, const char *name)
{
	sprintf(path, FUZZ_DIR "/tree%u%s%s", below(shared->trees), *name ? "/" : "", name);
}

void mount_path(char *path)
{
	sprintf(path, FUZZ_DIR "/mounts/m%u", below(MOUNTS));
}

static void append_deep(char *path)
{
	unsigned int depth = once_in(32) ? below(DEPTH_MAX) : once_in(2) ? 0 : below(3);

	while (depth--)
		strcat(path, "/d");
}

/* Few names, so that workers meet at them. */
static void append_name(char *path)
{
	static const char *const names[] = { "a",    "a",    "b", "b",	 "c",	  "c",	 "e",
					     "link", "prog", "d", "x y", "\\n\n", "\xff" };
	char name[300];

	if (once_in(64))
		name_hostile(name, sizeof(name));
	else
		sprintf(name, "%s", PICK(names));
	strcat(path, "/");
	strcat(path, name);
}

void tree_path_beside(char *path, const char *other)
{
	size_t length = strcspn(other + strlen(FUZZ_DIR "/"), "/");

	length += strlen(FUZZ_DIR "/");
	memcpy(path, other, length);
	path[length] = 0;
	append_deep(path);
	append_name(path);
}

void tree_any_path(char *path)
{
	if (once_in(4))
		mount_path(path);
	else
		tree_path(path, "");
	append_deep(path);
	append_name(path);
}
