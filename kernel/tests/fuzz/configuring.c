// SPDX-License-Identifier: GPL-2.0-only
/* A worker that changes groups and looks at them: configfs, debugfs, the module parameter. */
#include "attempt.h"
#include "attributes.h"
#include "fuzz.h"
#include "items.h"
#include "random.h"
#include "text.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Attributes that stay open while the rest goes on. */
static int kept[4] = { -1, -1, -1, -1 };

static enum owner owner_pick(void)
{
	return once_in(2) ? OF_GROUP : (enum owner)below(OWNERS);
}

static void write_attribute(void)
{
	enum owner owner = owner_pick();
	const struct attribute *attribute = attribute_pick(owner);
	char path[1024], value[TEXT_MAX + 512];

	item_path(path, owner);
	/* Else most would be off most of the time. */
	if (!strcmp(attribute->name, "enabled") && once_in(2))
		item_write(path, owner, attribute, "1", 1);
	else
		item_write(path, owner, attribute, value, value_any(attribute, value));
}

static void attribute_path(char *path)
{
	enum owner owner = owner_pick();

	item_path(path, owner);
	strcat(path, "/");
	strcat(path, attribute_pick_name(owner));
}

static void read_attribute(void)
{
	static const unsigned int sizes[] = { 4096, 4096, 4096, 0, 1, 2, 3, 100, 4095, 8192 };
	char path[1024], buffer[8192];

	attribute_path(path);
	try_read(path, buffer, PICK(sizes));
}

static void read_module_attribute(void)
{
	static const char *const files[] = { CONFIG_DIR "/abi", CONFIG_DIR "/features", ENFORCE,
					     "/sys/module/fang/refcnt" };
	char buffer[4096];

	try_read(PICK(files), buffer, sizeof(buffer));
}

static void read_list(void)
{
	static const char *const lists[] = { "pending", "denials" };
	char path[512], buffer[8192];

	sprintf(path, "/sys/kernel/debug/fang/%s/%s", group_pick(), PICK(lists));
	try_read(path, buffer, below(sizeof(buffer)));
}

static void list_directory(void)
{
	static const char *const below_group[] = { "",	     "stats",	   "rules",
						   "scopes", "exemptions", "fastpath" };
	char path[512];
	DIR *dir;

	group_path(path, group_pick(), PICK(below_group));
	dir = opendir(path);
	if (!dir)
		return;
	aim("%s", path);
	TRY("configfs list", readdir(dir) ? 0 : -1);
	closedir(dir);
}

/* Opened now, used when what it belongs to may be gone. */
static void keep_attribute(void)
{
	unsigned int at = below(COUNT(kept));
	char path[1024];

	attribute_path(path);
	close(kept[at]);
	aim("%s", path);
	kept[at] = TRY("attribute open", open(path, (once_in(2) ? O_RDWR : O_RDONLY) | O_CLOEXEC));
}

static void use_kept(void)
{
	int fd = kept[below(COUNT(kept))];
	char buffer[4096];

	aim("a kept attribute");
	switch (below(4)) {
	case 0:
		TRY("kept attribute write", write(fd, "1\n", below(3)));
		break;
	case 1:
		TRY("kept attribute pread", pread(fd, buffer, below(100), below(5000)));
		break;
	case 2:
		TRY("kept attribute lseek", lseek(fd, below(3), SEEK_SET));
		break;
	default:
		TRY("kept attribute read", read(fd, buffer, sizeof(buffer)));
	}
}

static void make_odd_item(void)
{
	static const char *const parents[] = { "",	 "stats/",    "scopes/",
					       "rules/", "fastpath/", "exemptions/" };
	char path[1024], name[300], group[64];

	name_hostile(name, sizeof(name));
	sprintf(group, "%s", group_pick());
	if (once_in(3))
		snprintf(path, sizeof(path), GROUPS_DIR "/%s", name);
	else
		snprintf(path, sizeof(path), GROUPS_DIR "/%s/%s%s", group, PICK(parents), name);
	aim("%s", path);
	if (!TRY("odd mkdir", mkdir(path, below(01000))))
		TRY("odd rmdir", rmdir(path));
}

/* What configfs forbids, or leaves to nobody. */
static void misuse_directory(void)
{
	char path[1024], other[1024];

	item_path(path, owner_pick());
	item_path(other, owner_pick());
	aim("%s", path);
	switch (below(7)) {
	case 0:
		TRY("config rename", rename(path, other));
		break;
	case 1:
		TRY("config symlink", symlink(other, path));
		break;
	case 2:
		TRY("config rmdir", rmdir(path));
		break;
	case 3:
		TRY("config chmod", chmod(path, 0700 | below(01000)));
		break;
	case 4:
		strcat(path, "/enabled");
		TRY("attribute unlink", unlink(path));
		break;
	case 5:
		strcat(path, "/enabled");
		TRY("attribute truncate", truncate(path, below(2)));
		break;
	default:
		TRY("config mkdir", mkdir(path, 0755));
	}
}

static void write_enforce(void)
{
	static const char *const values[] = { "Y", "N", "1", "0", "y\n", "", "x", "N\n" };
	const char *value = PICK(values);

	try_write(ENFORCE, value, strlen(value));
	try_write(ENFORCE, "Y", 1);
}

static void flush(void)
{
	char path[512];

	group_path(path, group_pick(), "fastpath/flush");
	try_write(path, "1", 1);
}

/* Without groups the others have nothing to do. */
static void begin(void)
{
	group_build();
	group_build();
}

static void act(void)
{
	static const struct chance chances[] = {
		{ 300, write_attribute },      { 260, read_attribute }, { 60, item_build },
		{ 25, item_demolish },	       { 10, group_build },	{ 1, group_demolish },
		{ 20, read_module_attribute }, { 40, read_list },	{ 10, list_directory },
		{ 20, keep_attribute },	       { 60, use_kept },	{ 8, make_odd_item },
		{ 12, misuse_directory },      { 6, write_enforce },	{ 10, flush },
	};

	ACT(chances);
}

const struct role configuring = { .name = "configuring", .begin = begin, .act = act };
