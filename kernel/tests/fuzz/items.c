// SPDX-License-Identifier: GPL-2.0-only
/* See items.h. */
#include "items.h"
#include "attempt.h"
#include "fuzz.h"
#include "random.h"
#include "text.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const item_directory[OWNERS] = {
	[OF_SCOPE] = "scopes",
	[OF_RULE] = "rules",
	[OF_EXEMPTION] = "exemptions",
};

void item_path(char *path, enum owner owner)
{
	const char *group = group_pick();

	if (owner == OF_GROUP)
		sprintf(path, GROUPS_DIR "/%s", group);
	else
		sprintf(path, GROUPS_DIR "/%s/%s/i%u", group, item_directory[owner], below(3));
}

static void write_valid(const char *path, enum owner owner, const char *name)
{
	const struct attribute *attribute = attribute_find(owner, name);
	char value[TEXT_MAX + 512];

	item_write(path, owner, attribute, value, value_valid(attribute, value));
}

static void write_word(const char *path, const char *name, const char *word)
{
	char attribute[1024];

	path_join(attribute, path, name);
	try_write(attribute, word, strlen(word));
}

/*
 * Whoever makes a group may be killed before it bounds the group's waits, so whoever enables one
 * does that again.
 */
static void bound_waits(const char *group)
{
	char word[16];

	sprintf(word, "%u", 10 + below(TIMEOUT_MS - 9));
	write_word(group, "timeout_ms", word);
	sprintf(word, "%u", below(EXTENSIONS + 1));
	write_word(group, "max_extensions", word);
}

void item_write(const char *path, enum owner owner, const struct attribute *attribute,
		const char *value, size_t length)
{
	char file[1024];

	if (owner == OF_GROUP && !strcmp(attribute->name, "enabled"))
		bound_waits(path);
	path_join(file, path, attribute->name);
	try_write(file, value, length);
}

void item_build(void)
{
	enum owner owner = 1 + below(OWNERS - 1);
	char path[1024];

	item_path(path, owner);
	aim("%s", path);
	TRY("item mkdir", mkdir(path, 0755));
	switch (owner) {
	case OF_SCOPE:
		write_valid(path, owner, "type");
		write_valid(path, owner, "path");
		break;
	case OF_RULE:
		write_valid(path, owner, "respond");
		for (unsigned int more = below(4); more; more--)
			write_valid(path, owner, attribute_pick(owner)->name);
		break;
	default:
		write_valid(path, owner, "type");
		for (unsigned int tries = 3; tries; tries--)
			write_valid(path, owner, "value");
	}
	write_word(path, "enabled", "1");
}

void item_demolish(void)
{
	char path[1024];

	item_path(path, 1 + below(OWNERS - 1));
	if (!once_in(4))
		write_word(path, "enabled", "0");
	aim("%s", path);
	TRY("item rmdir", rmdir(path));
}

/* A tree, so that something is heard. */
static void build_first_scope(const char *group)
{
	char path[1024], value[TEXT_MAX + 512];

	path_join(path, group, "scopes/i0");
	aim("%s", path);
	TRY("item mkdir", mkdir(path, 0755));
	write_word(path, "type", once_in(3) ? "filesystem" : "subtree");
	do
		value_path(value);
	while (strncmp(value, FUZZ_DIR "/tree", strlen(FUZZ_DIR "/tree")));
	/* Cut after the tree's own name, or before. */
	value[strlen(once_in(3) ? FUZZ_DIR : FUZZ_DIR "/treeN")] = 0;
	write_word(path, "path", value);
	write_word(path, "enabled", "1");
}

void group_build(void)
{
	static const char *const first[] = { "priority",  "mask",	  "report",
					     "fd_mode",	  "write_events", "on_no_listener",
					     "on_timeout" };
	char path[1024];

	item_path(path, OF_GROUP);
	aim("%s", path);
	if (TRY("group mkdir", mkdir(path, 0755)))
		return;
	bound_waits(path);
	for (size_t i = 0; i < COUNT(first); i++)
		write_valid(path, OF_GROUP, first[i]);
	build_first_scope(path);
	write_word(path, "enabled", "1");
}

static void demolish_items(const char *group, enum owner owner)
{
	char directory[512], path[1024];
	struct dirent *entry;
	DIR *items;

	path_join(directory, group, item_directory[owner]);
	items = opendir(directory);
	if (!items)
		return;
	while ((entry = readdir(items))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		path_join(path, directory, entry->d_name);
		write_word(path, "enabled", "0");
		aim("%s", path);
		TRY("item rmdir", rmdir(path));
	}
	closedir(items);
}

void group_demolish(void)
{
	u64 counters[COUNTERS_MAX];
	char path[512];

	item_path(path, OF_GROUP);
	if (access(path, F_OK))
		return;
	write_word(path, "enabled", "0");
	demolish_items(path, OF_SCOPE);
	demolish_items(path, OF_RULE);
	demolish_items(path, OF_EXEMPTION);
	counters_read(path, counters);
	aim("%s", path);
	if (!TRY("group rmdir", rmdir(path)))
		counters_add(counters);
}
