// SPDX-License-Identifier: GPL-2.0-only
/* The attributes of groups: defaults, values, bounds, errors, modes. */
#include "fang.h"
#include "harness.h"
#include "kmsg.h"
#include "task.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct attribute {
	const char *name;
	mode_t mode;
	const char *first; /* what a new group shows, with its newline; NULL: not told */
};

static const struct attribute attributes[] = {
	{ "enabled", 0644, "0\n" },
	{ "permissive", 0644, "0\n" },
	{ "label", 0644, "\n" },
	{ "mask", 0644, "\n" },
	{ "priority", 0644, "\n" },
	{ "timeout_ms", 0644, "5000\n" },
	{ "max_extensions", 0644, "12\n" },
	{ "max_deliveries", 0644, "2\n" },
	{ "max_timeouts", 0644, "3\n" },
	{ "on_timeout", 0644, "allow\n" },
	{ "on_no_listener", 0644, "allow\n" },
	{ "on_overflow", 0644, "allow\n" },
	{ "on_cannot_wait", 0644, "allow\n" },
	{ "queue_max", 0644, "16384\n" },
	{ "queue_bytes", 0644, "16777216\n" },
	{ "access_max", 0644, "16384\n" },
	{ "report", 0644, "path\n" },
	{ "fd_mode", 0644, "ro\n" },
	{ "write_events", 0644, "all\n" },
	{ "outstanding", 0444, "0\n" },
	{ "queue_count", 0444, "0\n" },
	{ "respond", 0200, NULL },
	{ "pending", 0400, "" },
	{ "denials", 0400, NULL },
	{ "degraded", 0444, "0\n" },
	{ "rules/active_set", 0644, "0\n" },
	{ "listeners", 0444, "0\n" },
	{ "fastpath/add", 0200, NULL },
	{ "fastpath/remove", 0200, NULL },
	{ "fastpath/flush", 0200, NULL },
	{ "fastpath/max", 0644, "1048576\n" },
	{ "fastpath/count", 0444, "0\n" },
	{ "fastpath/generation", 0444, NULL },
	{ "stats/asked", 0444, "0\n" },
	{ "stats/settled", 0444, "0\n" },
	{ "stats/allowed", 0444, "0\n" },
	{ "stats/denied", 0444, "0\n" },
	{ "stats/timed_out", 0444, "0\n" },
	{ "stats/poisoned", 0444, "0\n" },
	{ "stats/abandoned", 0444, "0\n" },
	{ "stats/interrupted", 0444, "0\n" },
	{ "stats/extended", 0444, "0\n" },
	{ "stats/requeued", 0444, "0\n" },
	{ "stats/no_listener", 0444, "0\n" },
	{ "stats/not_waited", 0444, "0\n" },
	{ "stats/access_overflow", 0444, "0\n" },
	{ "stats/not_enforced", 0444, "0\n" },
	{ "stats/scope_gone", 0444, "0\n" },
	{ "stats/would_deny", 0444, "0\n" },
	{ "stats/exempted", 0444, "0\n" },
	{ "stats/queued", 0444, "0\n" },
	{ "stats/delivered", 0444, "0\n" },
	{ "stats/lost", 0444, "0\n" },
	{ "stats/coalesced", 0444, "0\n" },
	{ "stats/cleared", 0444, "0\n" },
	{ "stats/fastpath_hits", 0444, "0\n" },
	{ "stats/fastpath_added", 0444, "0\n" },
	{ "stats/fastpath_refused", 0444, "0\n" },
	{ "stats/fastpath_ended", 0444, "0\n" },
	{ "stats/not_asked_degraded", 0444, "0\n" },
	{ "stats/not_asked_late", 0444, "0\n" },
	{ "stats/rule_allowed", 0444, "0\n" },
	{ "stats/rule_denied", 0444, "0\n" },
	{ "stats/max_wait_ms", 0444, "65000\n" },
	{ "stats/waited_us", 0444, "0\n" },
};

static const struct attribute scope_attributes[] = {
	{ "scopes/s/type", 0644, "\n" },     { "scopes/s/path", 0644, "\n" },
	{ "scopes/s/resolved", 0444, "\n" }, { "scopes/s/active", 0444, "0\n" },
	{ "scopes/s/enabled", 0644, "0\n" },
};

static int scope_mkdir(const char *group, const char *scope)
{
	char path[512];

	snprintf(path, sizeof(path), FANG_GROUPS "/%s/scopes/%s", group, scope);
	return mkdir(path, 0755) ? -errno : 0;
}

static void make_plain(void)
{
	CHECK_OK(group_create("g"));
	CHECK_OK(scope_mkdir("g", "s"));
}

static void check_first(const struct attribute *attribute)
{
	char value[4097];

	if (!attribute->first)
		return;
	CHECK_OK(try_get("g", attribute->name, value, sizeof(value)));
	if (strcmp(value, attribute->first) &&
	    !(!strcmp(attribute->name, "pending") && !strcmp(value, "\n")))
		FAIL("%s is \"%s\" at first", attribute->name, value);
}

CASE(defaults_read_back)
{
	make_plain();
	for (size_t i = 0; i < COUNT(attributes); i++)
		check_first(&attributes[i]);
	for (size_t i = 0; i < COUNT(scope_attributes); i++)
		check_first(&scope_attributes[i]);
}

static void check_mode(const char *name, mode_t mode)
{
	struct stat status;
	char path[512];

	snprintf(path, sizeof(path), FANG_GROUPS "/g/%s", name);
	if (stat(path, &status))
		FAIL("%s: %s", name, strerror(errno));
	if ((status.st_mode & 07777) != mode || status.st_uid || status.st_gid)
		FAIL("%s has mode %o of %u:%u", name, status.st_mode & 07777, status.st_uid,
		     status.st_gid);
}

CASE(file_modes_are_as_documented)
{
	make_plain();
	for (size_t i = 0; i < COUNT(attributes); i++)
		check_mode(attributes[i].name, attributes[i].mode);
	for (size_t i = 0; i < COUNT(scope_attributes); i++)
		check_mode(scope_attributes[i].name, scope_attributes[i].mode);
	check_mode("../../abi", 0444);
	check_mode("../../features", 0444);
}

static int look_as_user(const void *unused)
{
	char value[4097];

	(void)unused;
	CHECK(!setgid(1000) && !setuid(1000));
	CHECK_ERROR(try_get("g", "pending", value, sizeof(value)), -EACCES);
	CHECK_ERROR(try_get("g", "denials", value, sizeof(value)), -EACCES);
	CHECK_ERROR(set("g", "respond", "1 allow"), -EACCES);
	CHECK_ERROR(set("g", "mask", "open"), -EACCES);
	CHECK_ERROR(set("g", "fastpath/flush", "1"), -EACCES);
	CHECK_ERROR(group_create("h"), -EACCES);
	CHECK_ERROR(device_open("g", O_RDWR), -EACCES);
	CHECK_STRING(get("g", "stats/asked"), "0");
	CHECK_STRING(get("g", "scopes/s/path"), "");
	CHECK_STRING(get("g", "timeout_ms"), "5000");
	return 0;
}

CASE(without_root_counters_are_readable_and_pending_is_not)
{
	make_plain();
	CHECK_OK(task_run(look_as_user, NULL));
}

CASE(reading_changes_nothing)
{
	char first[COUNT(attributes)][64], value[4097];

	group_start("g", "open", NULL);
	for (size_t i = 0; i < COUNT(attributes); i++) {
		if (attributes[i].first)
			snprintf(first[i], sizeof(first[i]), "%.63s", get("g", attributes[i].name));
	}
	for (size_t i = 0; i < COUNT(attributes); i++) {
		if (!attributes[i].first) {
			if (!(attributes[i].mode & 0444))
				CHECK_ERROR(try_get("g", attributes[i].name, value, sizeof(value)),
					    -EACCES);
			continue;
		}
		CHECK_STRING(get("g", attributes[i].name), first[i]);
	}
}

CASE(module_tells_abi_and_features)
{
	static const char *const words[] = {
		"open_access",	 "read_access", "exempt",	 "fastpath",
		"report_fd",	 "report_path", "scope_file",	 "scope_filesystem",
		"scope_subtree", "rules",	"exemptions",	 "exchange",
		"report_comm",	 "report_exe",	"report_cgroup", "state_records",
	};
	char text[4097];

	CHECK(file_read(FANG_CONFIG "/abi", text, sizeof(text)) > 0);
	CHECK_STRING(text, "1 1\n");
	for (size_t i = 0; i < COUNT(words); i++) {
		if (!has_feature(words[i]))
			FAIL("features lacks %s", words[i]);
	}
}

static const struct {
	const char *name;
	u64 min, max;
} numbers[] = {
	{ "priority", 0, 4294967295 }, { "timeout_ms", 10, 600000 },
	{ "max_timeouts", 0, 1000 },   { "rules/active_set", 0, 4294967295 },
	{ "max_extensions", 0, 1000 }, { "max_deliveries", 1, 1000 },
	{ "queue_max", 16, 1048576 },  { "queue_bytes", 65536, 1073741824 },
	{ "access_max", 1, 1048576 },  { "fastpath/max", 0, 16777216 },
};

static void check_set_number(const char *name, u64 value, int error)
{
	char text[32], before[64];

	snprintf(before, sizeof(before), "%s", get("g", name));
	snprintf(text, sizeof(text), "%llu", value);
	if (set("g", name, text) != error)
		FAIL("%s = %s does not give %s", name, text, error_name(error));
	CHECK_STRING(get("g", name), error ? before : text);
}

CASE(numbers_are_taken_within_their_bounds)
{
	make_plain();
	if (!has_feature("wait_outside_srcu"))
		skip("this kernel has tighter bounds");
	for (size_t i = 0; i < COUNT(numbers); i++) {
		check_set_number(numbers[i].name, numbers[i].min, 0);
		check_set_number(numbers[i].name, numbers[i].max, 0);
		check_set_number(numbers[i].name, numbers[i].max + 1, -ERANGE);
		check_set_number(numbers[i].name, ~0ULL, -ERANGE);
		if (numbers[i].min)
			check_set_number(numbers[i].name, numbers[i].min - 1, -ERANGE);
		CHECK_ERROR(set("g", numbers[i].name, "99999999999999999999999"), -ERANGE);
	}
}

/* Each value is refused and the one before it stands. */
static void check_refused(const char *name, const char *const *values, size_t count, int error)
{
	char before[4097];

	snprintf(before, sizeof(before), "%s", get("g", name));
	for (size_t i = 0; i < count; i++) {
		int seen = set("g", name, values[i]);

		if (seen != error)
			FAIL("%s = \"%s\" gives %s, not %s", name, values[i], error_name(seen),
			     error_name(error));
		CHECK_STRING(get("g", name), before);
	}
}

CASE(malformed_numbers_are_refused)
{
	static const char *const malformed[] = {
		"\n",	" ",	 "-1",	"+100",	   "0100", "00",   " 100",  "100 ",	"100\n\n",
		"0x64", "100ms", "1e2", "100 100", "100,", "many", "1_000", "\xd9\xa1",
	};

	make_plain();
	for (size_t i = 0; i < COUNT(numbers); i++)
		check_refused(numbers[i].name, malformed, COUNT(malformed), -EINVAL);
}

CASE(booleans_take_0_and_1_only)
{
	static const char *const names[] = { "enabled", "permissive", "scopes/s/enabled" };
	static const char *const malformed[] = {
		"\n", "y", "yes", "true", "01", "-1", "1 1", "on",
	};

	make_plain();
	for (size_t i = 0; i < COUNT(names); i++) {
		check_refused(names[i], malformed, COUNT(malformed), -EINVAL);
		CHECK_OK(set("g", names[i], "0"));
	}
	CHECK_OK(set("g", "permissive", "1\n"));
	CHECK_STRING(get("g", "permissive"), "1");
}

CASE(reactions_take_their_words_only)
{
	static const char *const names[] = {
		"on_timeout",
		"on_no_listener",
		"on_overflow",
		"on_cannot_wait",
	};
	static const char *const wrong[] = { "\n", "Allow", "allow deny", "maybe", "den", "1" };
	static const char *const wait[] = { "wait" };

	make_plain();
	for (size_t i = 0; i < COUNT(names); i++) {
		CHECK_OK(set("g", names[i], "deny"));
		CHECK_STRING(get("g", names[i]), "deny");
		check_refused(names[i], wrong, COUNT(wrong), -EINVAL);
		if (i != 1)
			check_refused(names[i], wait, 1, -EINVAL);
		CHECK_OK(set("g", names[i], "allow\n"));
		CHECK_STRING(get("g", names[i]), "allow");
	}
	CHECK_OK(set("g", "on_no_listener", "wait"));
	CHECK_STRING(get("g", "on_no_listener"), "wait");
}

CASE(mask_reads_back_in_canonical_order)
{
	static const char *const wrong[] = {
		"opne", "open;read", "OPEN", "open overflow", "open\nread",
	};
	static const char *const all =
		"open read write close_write close_nowrite open_access read_access";

	make_plain();
	CHECK_OK(set("g", "mask", "read,open"));
	CHECK_STRING(get("g", "mask"), "open read");
	CHECK_OK(set("g", "mask",
		     "read_access open_access close_nowrite,close_write write read open"));
	CHECK_STRING(get("g", "mask"), all);
	check_refused("mask", wrong, COUNT(wrong), -EINVAL);
	CHECK_OK(set("g", "mask", "write\n"));
	CHECK_STRING(get("g", "mask"), "write");
	CHECK_OK(set("g", "mask", "\n"));
	CHECK_STRING(get("g", "mask"), "");
}

CASE(words_of_report_fd_mode_and_write_events_only_are_taken)
{
	static const char *const wrong_writes[] = { "\n", "none", "all coalesced", "State_change" };
	static const char *const wrong_report[] = { "pid", "fd;path", "Path" };
	static const char *const wrong_mode[] = { "\n", "wo", "ro rw", "RW" };

	make_plain();
	CHECK_OK(set("g", "report", "path,fd"));
	CHECK_STRING(get("g", "report"), "fd path");
	check_refused("report", wrong_report, COUNT(wrong_report), -EINVAL);
	CHECK_OK(set("g", "report", "\n"));
	CHECK_STRING(get("g", "report"), "");
	CHECK_OK(set("g", "fd_mode", "rw"));
	check_refused("fd_mode", wrong_mode, COUNT(wrong_mode), -EINVAL);
	CHECK_OK(set("g", "write_events", "coalesced"));
	CHECK_OK(set("g", "write_events", "state_change"));
	check_refused("write_events", wrong_writes, COUNT(wrong_writes), -EINVAL);
}

CASE(label_takes_255_bytes_without_control_characters)
{
	static const char *const control[] = { "a\tb", "a\nb", "a\n\n", "\x7f", "\x01", "\x1b[0m" };
	char text[257];

	make_plain();
	memset(text, 'x', sizeof(text));
	text[255] = 0;
	CHECK_OK(set("g", "label", text));
	CHECK_STRING(get("g", "label"), text);
	text[255] = '\n';
	text[256] = 0;
	CHECK_OK(set("g", "label", text));
	text[255] = 'x';
	CHECK_ERROR(set("g", "label", text), -E2BIG);
	check_refused("label", control, COUNT(control), -EINVAL);
	CHECK_ERROR(file_write(FANG_GROUPS "/g/label", "a\0b", 3), -EINVAL);
	CHECK_OK(set("g", "label", " \xff\xfe \xc3\xa4\\ "));
	CHECK_STRING(get("g", "label"), " \xff\xfe \xc3\xa4\\ ");
	CHECK_OK(set("g", "label", "\n"));
	CHECK_STRING(get("g", "label"), "");
}

CASE(a_store_of_4095_bytes_is_too_long)
{
	static const char *const names[] = {
		"label",	   "mask",	     "timeout_ms",
		"enabled",	   "report",	     "respond",
		"scopes/s/path",   "scopes/s/type",  "fastpath/add",
		"fastpath/remove", "fastpath/flush",
	};
	char text[4097];

	make_plain();
	memset(text, '1', sizeof(text));
	text[4095] = 0;
	for (size_t i = 0; i < COUNT(names); i++) {
		int seen = set("g", names[i], text);

		if (seen != -E2BIG)
			FAIL("%s gives %s", names[i], error_name(seen));
	}
	CHECK_STRING(get("g", "label"), "");
}

CASE(names_of_groups_and_scopes_are_checked)
{
	static const char *const wrong[] = {
		".a", "-a", "_a", "a b", "a:b", "a*", "\xc3\xa4", "a\n", "a\x01",
	};
	char name[66];

	make_plain();
	memset(name, 'n', sizeof(name));
	name[64] = 0;
	CHECK_OK(group_create(name));
	CHECK_OK(scope_mkdir("g", name));
	name[64] = 'n';
	name[65] = 0;
	CHECK_ERROR(group_create(name), -EINVAL);
	CHECK_ERROR(scope_mkdir("g", name), -EINVAL);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		CHECK_ERROR(group_create(wrong[i]), -EINVAL);
		CHECK_ERROR(scope_mkdir("g", wrong[i]), -EINVAL);
	}
	CHECK_OK(group_create("A9.b-c_D"));
	CHECK_OK(group_create("0"));
	CHECK_OK(scope_mkdir("g", "A9.b-c_D"));
	CHECK_ERROR(group_create("g"), -EEXIST);
}

CASE(enabling_needs_priority_and_mask)
{
	CHECK_OK(group_create("g"));
	CHECK_ERROR(set("g", "enabled", "1"), -EINVAL);
	CHECK_OK(set("g", "mask", "open"));
	CHECK_ERROR(set("g", "enabled", "1"), -EINVAL);
	CHECK_STRING(get("g", "enabled"), "0");
	CHECK_OK(set("g", "mask", "\n"));
	CHECK_OK(set("g", "priority", "7"));
	CHECK_ERROR(set("g", "enabled", "1"), -EINVAL);
	CHECK_OK(set("g", "mask", "open"));
	CHECK_OK(set("g", "enabled", "1"));
	CHECK_OK(set("g", "enabled", "1"));
	CHECK_STRING(get("g", "enabled"), "1");
	CHECK_OK(set("g", "enabled", "0"));
	CHECK_OK(set("g", "enabled", "0"));
	CHECK_STRING(get("g", "enabled"), "0");
}

CASE(a_priority_is_unique_among_enabled_groups)
{
	group_make("g", "open", "priority", "7", NULL);
	group_make("h", "open", "priority", "7", NULL);
	CHECK_OK(set("g", "enabled", "1"));
	CHECK_ERROR(set("h", "enabled", "1"), -EEXIST);
	CHECK_STRING(get("h", "enabled"), "0");
	CHECK_OK(set("h", "priority", "8"));
	CHECK_OK(set("h", "enabled", "1"));
	CHECK_OK(set("h", "enabled", "0"));
	CHECK_OK(set("h", "priority", "7"));
	CHECK_OK(set("g", "enabled", "0"));
	CHECK_OK(set("h", "enabled", "1"));
	CHECK_ERROR(set("g", "enabled", "1"), -EEXIST);
}

CASE(some_attributes_are_busy_while_enabled)
{
	group_start("g", "open", NULL);
	CHECK_ERROR(set("g", "priority", "7"), -EBUSY);
	CHECK_ERROR(set("g", "report", "fd"), -EBUSY);
	CHECK_ERROR(set("g", "fd_mode", "rw"), -EBUSY);
	CHECK_ERROR(set("g", "write_events", "coalesced"), -EBUSY);
	CHECK_ERROR(scope_set("g", "here", "type", "filesystem"), -EBUSY);
	CHECK_ERROR(scope_set("g", "here", "path", "/"), -EBUSY);
	CHECK_OK(set("g", "enabled", "0"));
	CHECK_OK(set("g", "priority", "7"));
	CHECK_OK(set("g", "report", "fd"));
	CHECK_OK(set("g", "fd_mode", "rw"));
	CHECK_ERROR(scope_set("g", "here", "path", "/"), -EBUSY);
	CHECK_OK(scope_set("g", "here", "enabled", "0"));
	CHECK_OK(scope_set("g", "here", "type", "filesystem"));
	CHECK_OK(scope_set("g", "here", "path", "/"));
}

CASE(other_attributes_change_while_enabled)
{
	static const char *const pairs[][2] = {
		{ "permissive", "1" },	   { "label", "x" },
		{ "mask", "open read" },   { "timeout_ms", "100" },
		{ "max_extensions", "1" }, { "max_deliveries", "1" },
		{ "on_timeout", "deny" },  { "on_no_listener", "deny" },
		{ "on_overflow", "deny" }, { "on_cannot_wait", "deny" },
		{ "queue_max", "16" },	   { "queue_bytes", "65536" },
		{ "access_max", "1" },	   { "fastpath/max", "1" },
	};

	group_start("g", "open", NULL);
	for (size_t i = 0; i < COUNT(pairs); i++) {
		CHECK_OK(set("g", pairs[i][0], pairs[i][1]));
		CHECK_STRING(get("g", pairs[i][0]), pairs[i][1]);
	}
	CHECK_ERROR(set("g", "mask", "\n"), -EINVAL);
	CHECK_STRING(get("g", "mask"), "open read");
}

CASE(max_wait_follows_timeout_and_extensions)
{
	make_plain();
	CHECK_OK(set("g", "timeout_ms", "600000"));
	CHECK_OK(set("g", "max_extensions", "1000"));
	CHECK_EQ(stat_of("g", "max_wait_ms"), 600600000);
	CHECK_OK(set("g", "max_extensions", "0"));
	CHECK_EQ(stat_of("g", "max_wait_ms"), 600000);
}

CASE(rmdir_is_refused_while_enabled_or_with_scopes)
{
	group_start("g", "open", NULL);
	CHECK_ERROR(group_remove("g"), -EBUSY);
	CHECK_ERROR(scope_remove("g", "here"), -EBUSY);
	CHECK_OK(set("g", "enabled", "0"));
	CHECK_ERROR(group_remove("g"), -ENOTEMPTY);
	CHECK_ERROR(scope_remove("g", "here"), -EBUSY);
	CHECK_OK(scope_set("g", "here", "enabled", "0"));
	CHECK_ERROR(group_remove("g"), -ENOTEMPTY);
	CHECK_OK(scope_remove("g", "here"));
	CHECK_OK(set("g", "enabled", "1"));
	CHECK_ERROR(group_remove("g"), -EBUSY);
	CHECK_OK(set("g", "enabled", "0"));
	CHECK_OK(group_remove("g"));
	CHECK_OK(group_create("g"));
}

CASE(the_directories_of_a_group_are_fixed)
{
	static const char *const names[] = {
		"stats", "fastpath", "scopes", "rules", "exemptions",
	};
	char path[512];

	make_plain();
	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(path, sizeof(path), FANG_GROUPS "/g/%s", names[i]);
		CHECK(rmdir(path) && errno == EPERM);
	}
	CHECK(mkdir(FANG_GROUPS "/g/stats/s", 0755) && errno == EPERM);
	CHECK(mkdir(FANG_GROUPS "/g/s", 0755) && errno == EPERM);
	CHECK(mkdir(FANG_CONFIG "/g", 0755) && errno == EPERM);
	CHECK(rmdir(FANG_GROUPS) && errno == EPERM);
}

static void check_unload_refused(void)
{
	if (!syscall(SYS_delete_module, "fang", O_NONBLOCK))
		FAIL("the module was unloaded");
	if (errno == ENOENT || errno == ENOSYS)
		skip("the module is not one that can be unloaded");
	CHECK(errno == EWOULDBLOCK || errno == EBUSY);
}

CASE(unload_is_refused_while_a_group_exists)
{
	CHECK_OK(group_create("g"));
	check_unload_refused();
}

CASE(unload_is_refused_while_a_device_is_open)
{
	struct listener *listener;

	CHECK_OK(group_create("g"));
	listener = listen_to("g");
	CHECK_OK(group_remove("g"));
	check_unload_refused();
	stop_listening(listener);
}

static int remake_groups(const void *number)
{
	for (int i = 0; i < 50; i++) {
		char name[16];

		snprintf(name, sizeof(name), "g%d", *(const int *)number);
		CHECK_OK(group_create(name));
		CHECK_OK(set(name, "mask", "open open_access"));
		CHECK_OK(set(name, "priority", name + 1));
		CHECK_OK(scope_try(name, "s", "filesystem", case_dir()));
		CHECK_OK(set(name, "enabled", "1"));
		CHECK_OK(do_write("f"));
		CHECK_OK(set(name, "enabled", "0"));
		CHECK_OK(scope_set(name, "s", "enabled", "0"));
		CHECK_OK(scope_remove(name, "s"));
		CHECK_OK(group_remove(name));
	}
	return 0;
}

CASE(groups_come_and_go_side_by_side)
{
	static const int numbers[4] = { 1, 2, 3, 4 };
	struct task tasks[4];

	for (int i = 0; i < 4; i++)
		task_start(&tasks[i], remake_groups, &numbers[i]);
	for (int i = 0; i < 4; i++)
		CHECK_OK(task_result(&tasks[i]));
}

CASE(a_group_that_may_hold_up_for_long_is_warned_of_when_it_is_enabled)
{
	int log = kmsg_open();

	group_make("g", "open_access", "timeout_ms", "20000", "max_extensions", "0", NULL);
	CHECK_OK(set("g", "enabled", "1"));
	CHECK(!kmsg_tells(log, "group g may hold up"));
	CHECK_OK(set("g", "enabled", "0"));
	if (!has_feature("wait_outside_srcu"))
		skip("this kernel has tighter bounds");
	CHECK_OK(set("g", "timeout_ms", "21000"));
	CHECK_OK(set("g", "enabled", "1"));
	CHECK(kmsg_tells(log, "group g may hold up an access for 21 s"));
}
