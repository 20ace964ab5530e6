// SPDX-License-Identifier: GPL-2.0-only
/* The configfs half of fang.h. */
#include "fang.h"
#include "harness.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int file_write(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t written;
	int error;

	if (fd < 0)
		return -errno;
	written = write(fd, data, size);
	error = written < 0 ? -errno : 0;
	close(fd);
	if (written >= 0 && (size_t)written != size)
		FAIL("%s takes %zd of %zu bytes", path, written, size);
	return error;
}

int file_read(const char *path, char *buffer, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length;
	int error;

	if (fd < 0)
		return -errno;
	length = read(fd, buffer, size - 1);
	error = length < 0 ? -errno : (int)length;
	close(fd);
	buffer[length < 0 ? 0 : length] = 0;
	return error;
}

unsigned int entry_count(const char *directory)
{
	DIR *dir = opendir(directory);
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

static void attribute_path(char *path, size_t size, const char *group, const char *attribute)
{
	snprintf(path, size, FANG_GROUPS "/%s/%s", group, attribute);
}

int group_create(const char *group)
{
	char path[1024];

	snprintf(path, sizeof(path), FANG_GROUPS "/%s", group);
	return mkdir(path, 0755) ? -errno : 0;
}

int group_remove(const char *group)
{
	char path[1024];

	snprintf(path, sizeof(path), FANG_GROUPS "/%s", group);
	return rmdir(path) ? -errno : 0;
}

int set(const char *group, const char *attribute, const char *value)
{
	char path[1024];

	attribute_path(path, sizeof(path), group, attribute);
	return file_write(path, value, strlen(value));
}

int try_get(const char *group, const char *attribute, char *buffer, size_t size)
{
	char path[1024];
	int length;

	attribute_path(path, sizeof(path), group, attribute);
	length = file_read(path, buffer, size);
	return length < 0 ? length : 0;
}

const char *get(const char *group, const char *attribute)
{
	static _Thread_local char values[4][4097];
	static _Thread_local unsigned int turn;
	char *value = values[turn++ % 4];
	int error = try_get(group, attribute, value, sizeof(values[0]));
	size_t length = strlen(value);

	if (error)
		FAIL("%s of %s: %s", attribute, group, error_name(error));
	/* A list without entries has no line at all; a value is one line. */
	if (length) {
		if (value[length - 1] != '\n')
			FAIL("%s of %s lacks its newline", attribute, group);
		value[length - 1] = 0;
	}
	return value;
}

u64 get_number(const char *group, const char *attribute)
{
	const char *value = get(group, attribute);
	char *end;
	u64 number = strtoull(value, &end, 10);

	if (end == value || *end)
		FAIL("%s of %s is no number: \"%s\"", attribute, group, value);
	return number;
}

u64 stat_of(const char *group, const char *name)
{
	char attribute[64];

	snprintf(attribute, sizeof(attribute), "stats/%s", name);
	return get_number(group, attribute);
}

unsigned int pending_count(const char *group)
{
	const char *line = get(group, "pending");
	unsigned int count = *line != 0;
	const char *more = strstr(line, "... and ");

	for (; *line; line++)
		count += *line == '\n';
	return more ? count - 1 + atoi(more + strlen("... and ")) : count;
}

bool has_feature(const char *word)
{
	char features[4097];
	char *token, *rest = features;

	if (file_read(FANG_CONFIG "/features", features, sizeof(features)) < 0)
		FAIL("features cannot be read");
	while ((token = strsep(&rest, " \n"))) {
		if (!strcmp(token, word))
			return true;
	}
	return false;
}

static void set_pairs(const char *group, va_list pairs)
{
	const char *attribute, *value;

	while ((attribute = va_arg(pairs, const char *))) {
		int error;

		value = va_arg(pairs, const char *);
		error = set(group, attribute, value);
		if (error)
			FAIL("%s=%s of %s: %s", attribute, value, group, error_name(error));
	}
}

static void make(const char *group, const char *mask, va_list pairs)
{
	static unsigned int priority = 100;
	char number[16];

	snprintf(number, sizeof(number), "%u", priority++);
	CHECK_OK(group_create(group));
	CHECK_OK(set(group, "priority", number));
	CHECK_OK(set(group, "mask", mask));
	/* A busy machine must not let a request time out; some kernels allow less. */
	set(group, "timeout_ms", "60000");
	set_pairs(group, pairs);
}

void group_make(const char *group, const char *mask, ...)
{
	va_list pairs;

	va_start(pairs, mask);
	make(group, mask, pairs);
	va_end(pairs);
}

void group_start(const char *group, const char *mask, ...)
{
	char here[4096];
	va_list pairs;

	va_start(pairs, mask);
	make(group, mask, pairs);
	va_end(pairs);
	if (!getcwd(here, sizeof(here)))
		FAIL("getcwd: %s", strerror(errno));
	scope_add(group, "here", "subtree", here);
	CHECK_OK(set(group, "enabled", "1"));
}

int scope_remove(const char *group, const char *scope)
{
	char path[1024];

	snprintf(path, sizeof(path), FANG_GROUPS "/%s/scopes/%s", group, scope);
	return rmdir(path) ? -errno : 0;
}

int scope_set(const char *group, const char *scope, const char *attribute, const char *value)
{
	char name[512];

	snprintf(name, sizeof(name), "scopes/%s/%s", scope, attribute);
	return set(group, name, value);
}

const char *scope_get(const char *group, const char *scope, const char *attribute)
{
	char name[512];

	snprintf(name, sizeof(name), "scopes/%s/%s", scope, attribute);
	return get(group, name);
}

int scope_try(const char *group, const char *scope, const char *type, const char *path)
{
	char directory[512];
	int error;

	snprintf(directory, sizeof(directory), FANG_GROUPS "/%s/scopes/%s", group, scope);
	if (mkdir(directory, 0755))
		return -errno;
	error = scope_set(group, scope, "type", type);
	if (!error)
		error = scope_set(group, scope, "path", path);
	if (!error)
		error = scope_set(group, scope, "enabled", "1");
	return error;
}

void scope_add(const char *group, const char *scope, const char *type, const char *path)
{
	int error = scope_try(group, scope, type, path);

	if (error)
		FAIL("scope %s %s %s: %s", scope, type, path, error_name(error));
}

int item_make(const char *group, const char *item)
{
	char path[1024];

	attribute_path(path, sizeof(path), group, item);
	return mkdir(path, 0755) ? -errno : 0;
}

int item_remove(const char *group, const char *item)
{
	char path[1024];

	attribute_path(path, sizeof(path), group, item);
	return rmdir(path) ? -errno : 0;
}

int item_set(const char *group, const char *item, const char *attribute, const char *value)
{
	char name[256];

	snprintf(name, sizeof(name), "%s/%s", item, attribute);
	return set(group, name, value);
}

const char *item_get(const char *group, const char *item, const char *attribute)
{
	char name[256];

	snprintf(name, sizeof(name), "%s/%s", item, attribute);
	return get(group, name);
}

u64 item_hits(const char *group, const char *item)
{
	char name[256];

	snprintf(name, sizeof(name), "%s/hits", item);
	return get_number(group, name);
}

void item_add(const char *group, const char *item, ...)
{
	const char *attribute;
	va_list pairs;

	CHECK_OK(item_make(group, item));
	va_start(pairs, item);
	while ((attribute = va_arg(pairs, const char *))) {
		const char *value = va_arg(pairs, const char *);
		int error = item_set(group, item, attribute, value);

		if (error)
			FAIL("%s=%s of %s: %s", attribute, value, item, error_name(error));
	}
	va_end(pairs);
	CHECK_OK(item_set(group, item, "enabled", "1"));
}

const char *case_path(const char *name)
{
	static char paths[4][4096];
	static unsigned int turn;
	char *path = paths[turn++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", case_dir(), name);
	return path;
}

void check_balance(const char *group)
{
	u64 asked = stat_of(group, "asked"), settled = stat_of(group, "settled");
	u64 sum = stat_of(group, "allowed") + stat_of(group, "denied") +
		  stat_of(group, "timed_out") + stat_of(group, "poisoned") +
		  stat_of(group, "abandoned") + stat_of(group, "interrupted");

	CHECK_EQ(settled, sum);
	CHECK_EQ(asked, settled + pending_count(group));
}
