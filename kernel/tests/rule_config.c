// SPDX-License-Identifier: GPL-2.0-only
/* The files of rules: what they take, what they show, and when they may be written. */
#include "fang.h"
#include "fastpath.h"
#include "harness.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
	const char *name, *initial, *good, *other;
} attributes[] = {
	{ "set", "0", "4294967295", "7" },
	{ "order", "0", "4294967295", "7" },
	{ "kinds", "", "read_access", "open_access" },
	{ "subtree", "", "/tmp", "/dev" },
	{ "uid", "", "4294967294", "0" },
	{ "exe", "", "/usr/bin/no-such", "/bin/cat" },
	{ "cgroup", "", "/", "/" },
	{ "respond", "", "ask", "deny" },
};

#define ATTRIBUTES (sizeof(attributes) / sizeof(attributes[0]))

CASE(a_new_rule_has_its_defaults)
{
	CHECK_OK(group_create("g"));
	CHECK_STRING(get("g", "rules/active_set"), "0");
	CHECK_OK(item_make("g", "rules/r"));
	for (size_t i = 0; i < ATTRIBUTES; i++)
		CHECK_STRING(item_get("g", "rules/r", attributes[i].name), attributes[i].initial);
	CHECK_STRING(get("g", "rules/r/enabled"), "0");
	CHECK_STRING(get("g", "rules/r/active"), "0");
	CHECK_STRING(get("g", "rules/r/hits"), "0");
}

CASE(what_is_written_to_a_rule_reads_back)
{
	CHECK_OK(group_create("g"));
	CHECK_OK(item_make("g", "rules/r"));
	for (size_t i = 0; i < ATTRIBUTES; i++) {
		CHECK_OK(item_set("g", "rules/r", attributes[i].name, attributes[i].good));
		CHECK_STRING(item_get("g", "rules/r", attributes[i].name), attributes[i].good);
	}
	CHECK_OK(set("g", "rules/active_set", "4294967295\n"));
	CHECK_STRING(get("g", "rules/active_set"), "4294967295");
}

CASE(values_of_a_rule_read_back_in_their_canonical_spelling)
{
	static const char *const spellings[][3] = {
		{ "set", "12\n", "12" },
		{ "kinds", "read_access,open_access", "open_access read_access" },
		{ "kinds", " read_access  read_access ", "read_access" },
		{ "subtree", "/tmp/", "/tmp" },
		{ "subtree", "/\n", "/" },
		{ "uid", "1000\n", "1000" },
		{ "exe", "/tmp/a b", "/tmp/a\\040b" },
		{ "exe", "/tmp/a\\134\\012", "/tmp/a\\134\\012" },
		{ "respond", "allow\n", "allow" },
	};

	CHECK_OK(group_create("g"));
	CHECK_OK(item_make("g", "rules/r"));
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		CHECK_OK(item_set("g", "rules/r", spellings[i][0], spellings[i][1]));
		CHECK_STRING(item_get("g", "rules/r", spellings[i][0]), spellings[i][2]);
	}
}

CASE(bad_values_leave_the_old_one_standing)
{
	static const struct {
		const char *name, *value;
		int error;
	} bad[] = {
		{ "set", "\n", -EINVAL },
		{ "set", "-1", -EINVAL },
		{ "set", "4294967296", -ERANGE },
		{ "order", "01", -EINVAL },
		{ "order", "1 ", -EINVAL },
		{ "order", "99999999999999999999", -ERANGE },
		{ "kinds", "open", -EINVAL },
		{ "kinds", "read_access write", -EINVAL },
		{ "kinds", "close_write", -EINVAL },
		{ "kinds", "none", -EINVAL },
		{ "subtree", "tmp", -EINVAL },
		{ "subtree", "/no/such/directory", -ENOENT },
		{ "subtree", "/tmp\\9", -EINVAL },
		{ "uid", "root", -EINVAL },
		{ "uid", "-1", -EINVAL },
		{ "uid", "4294967295", -EINVAL },
		{ "uid", "4294967296", -ERANGE },
		{ "exe", "cat", -EINVAL },
		{ "exe", "/no/such/directory/cat", -ENOENT },
		{ "cgroup", "no-slash", -EINVAL },
		{ "cgroup", "/no-such-cgroup", -ENOENT },
		{ "respond", "maybe", -EINVAL },
		{ "respond", "allow deny", -EINVAL },
		{ "respond", "Allow", -EINVAL },
		{ "enabled", "2", -EINVAL },
		{ "enabled", "yes", -EINVAL },
	};

	CHECK_OK(group_create("g"));
	CHECK_OK(item_make("g", "rules/r"));
	for (size_t i = 0; i < ATTRIBUTES; i++)
		CHECK_OK(item_set("g", "rules/r", attributes[i].name, attributes[i].good));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int seen = item_set("g", "rules/r", bad[i].name, bad[i].value);

		if (seen != bad[i].error)
			FAIL("%s=\"%s\" gives %s, not %s", bad[i].name, bad[i].value,
			     error_name(seen), error_name(bad[i].error));
	}
	for (size_t i = 0; i < ATTRIBUTES; i++)
		CHECK_STRING(item_get("g", "rules/r", attributes[i].name), attributes[i].good);
	CHECK_STRING(get("g", "rules/r/enabled"), "0");
	CHECK_ERROR(set("g", "rules/active_set", "4294967296"), -ERANGE);
	CHECK_ERROR(set("g", "rules/active_set", "one"), -EINVAL);
	CHECK_STRING(get("g", "rules/active_set"), "0");
}

CASE(an_empty_line_takes_a_condition_away)
{
	/* None of these holds for the open below, but the last. */
	static const char *const conditions[][2] = {
		{ "kinds", "read_access" }, { "subtree", "/dev" }, { "uid", "1000" },
		{ "exe", "/no-such" },	    { "cgroup", "/" },
	};

	create_file("a", "");
	group_start("g", "open_access", NULL);
	CHECK_OK(item_make("g", "rules/r"));
	CHECK_OK(item_set("g", "rules/r", "respond", "deny"));
	for (size_t i = 0; i < 5; i++)
		CHECK_OK(item_set("g", "rules/r", conditions[i][0], conditions[i][1]));
	for (size_t i = 0; i < 5; i++) {
		CHECK_OK(item_set("g", "rules/r", conditions[i][0], "\n"));
		CHECK_STRING(item_get("g", "rules/r", conditions[i][0]), "");
	}
	CHECK_OK(item_set("g", "rules/r", "enabled", "1"));
	CHECK_ERROR(task_run(do_open, "a"), -EPERM);
}

CASE(a_rule_cannot_be_enabled_without_a_response)
{
	CHECK_OK(group_create("g"));
	CHECK_OK(item_make("g", "rules/r"));
	CHECK_OK(item_set("g", "rules/r", "uid", "0"));
	CHECK_ERROR(item_set("g", "rules/r", "enabled", "1"), -EINVAL);
	CHECK_STRING(get("g", "rules/r/enabled"), "0");
	CHECK_OK(item_set("g", "rules/r", "respond", "ask"));
	CHECK_OK(item_set("g", "rules/r", "enabled", "1"));
	CHECK_STRING(get("g", "rules/r/enabled"), "1");
	CHECK_STRING(get("g", "rules/r/active"), "1");
}

/* As a scope of type subtree does; which of the two writes says so is left open. */
CASE(the_subtree_of_a_rule_is_a_directory)
{
	int error;

	create_file("a", "");
	CHECK_OK(group_create("g"));
	CHECK_OK(item_make("g", "rules/r"));
	CHECK_OK(item_set("g", "rules/r", "respond", "deny"));
	error = item_set("g", "rules/r", "subtree", case_path("a"));
	if (!error)
		error = item_set("g", "rules/r", "enabled", "1");
	CHECK_ERROR(error, -ENOTDIR);
	CHECK_STRING(get("g", "rules/r/enabled"), "0");
}

CASE(exe_has_a_last_name)
{
	CHECK_OK(group_create("g"));
	CHECK_OK(item_make("g", "rules/r"));
	CHECK_ERROR(item_set("g", "rules/r", "exe", "/"), -EINVAL);
	CHECK_STRING(get("g", "rules/r/exe"), "");
}

CASE(an_enabled_rule_is_busy)
{
	CHECK_OK(group_create("g"));
	CHECK_OK(item_make("g", "rules/r"));
	for (size_t i = 0; i < ATTRIBUTES; i++)
		CHECK_OK(item_set("g", "rules/r", attributes[i].name, attributes[i].good));
	CHECK_OK(item_set("g", "rules/r", "enabled", "1"));
	CHECK_OK(item_set("g", "rules/r", "enabled", "1"));
	for (size_t i = 0; i < ATTRIBUTES; i++) {
		CHECK_ERROR(item_set("g", "rules/r", attributes[i].name, attributes[i].other),
			    -EBUSY);
		CHECK_STRING(item_get("g", "rules/r", attributes[i].name), attributes[i].good);
	}
	CHECK_ERROR(item_set("g", "rules/r", "uid", "\n"), -EBUSY);
	CHECK_ERROR(item_remove("g", "rules/r"), -EBUSY);
	CHECK_OK(item_set("g", "rules/r", "enabled", "0"));
	CHECK_OK(item_set("g", "rules/r", "enabled", "0"));
	for (size_t i = 0; i < ATTRIBUTES; i++)
		CHECK_OK(item_set("g", "rules/r", attributes[i].name, attributes[i].other));
	CHECK_OK(item_remove("g", "rules/r"));
}

CASE(rules_have_names_like_groups)
{
	char name[80] = "rules/";

	CHECK_OK(group_create("g"));
	memset(name + strlen("rules/"), 'n', 65);
	CHECK_ERROR(item_make("g", name), -EINVAL);
	name[strlen("rules/") + 64] = 0;
	CHECK_OK(item_make("g", name));
	CHECK_ERROR(item_make("g", name), -EEXIST);
	CHECK_ERROR(item_make("g", "rules/-r"), -EINVAL);
	CHECK_ERROR(item_make("g", "rules/a b"), -EINVAL);
	CHECK_OK(item_make("g", "rules/0.a-b_C"));
}

CASE(a_group_that_has_rules_or_exemptions_stays)
{
	CHECK_OK(group_create("g"));
	CHECK_OK(item_make("g", "rules/r"));
	CHECK_ERROR(group_remove("g"), -ENOTEMPTY);
	CHECK_OK(item_remove("g", "rules/r"));
	CHECK_OK(item_make("g", "exemptions/e"));
	CHECK_ERROR(group_remove("g"), -ENOTEMPTY);
	CHECK_OK(item_remove("g", "exemptions/e"));
	CHECK_OK(group_remove("g"));
}

CASE(the_files_of_rules_have_their_modes)
{
	static const char *const read_only[] = { "rules/r/hits", "rules/r/active",
						 "exemptions/e/hits", "exemptions/e/active" };
	struct stat status;

	CHECK_OK(group_create("g"));
	CHECK_OK(item_make("g", "rules/r"));
	CHECK_OK(item_make("g", "exemptions/e"));
	CHECK(!chdir(FANG_GROUPS "/g"));
	for (size_t i = 0; i < 4; i++) {
		CHECK(!stat(read_only[i], &status));
		CHECK_EQ(status.st_mode & 07777, 0444);
	}
	CHECK(!chdir("rules/r"));
	for (size_t i = 0; i < ATTRIBUTES; i++) {
		CHECK(!stat(attributes[i].name, &status));
		CHECK_EQ(status.st_mode & 07777, 0644);
	}
	CHECK(!chdir("/"));
}

/* The entry of "a" is used, and not any more after this; then it is made anew. */
static void check_flush(struct listener *listener, const char *attribute, const char *value)
{
	u64 generation = get_number("g", "fastpath/generation");

	CHECK(!is_asked(listener, "a"));
	CHECK_OK(set("g", attribute, value));
	if (get_number("g", "fastpath/generation") <= generation)
		FAIL("%s=%s does not end the fastpath", attribute, value);
	remember(listener, "a");
}

/* All of them are about another user, so that the open is asked about. */
CASE(every_change_of_rules_and_exemptions_ends_the_fastpath)
{
	struct listener *listener = fastpath_start();

	item_add("g", "rules/r", "respond", "deny", "uid", "1000", NULL);
	item_add("g", "exemptions/e", "type", "uid", "value", "1000", NULL);
	remember(listener, "a");
	check_flush(listener, "rules/r/enabled", "0");
	check_flush(listener, "rules/r/enabled", "1");
	check_flush(listener, "rules/active_set", "1");
	check_flush(listener, "exemptions/e/enabled", "0");
	check_flush(listener, "exemptions/e/enabled", "1");
}
