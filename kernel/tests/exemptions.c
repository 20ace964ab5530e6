// SPDX-License-Identifier: GPL-2.0-only
/* Exemptions in configfs: for whom and for what nothing is raised. Listeners: see exempt.c. */
#include "fang.h"
#include "harness.h"
#include "subject.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPENED "open_access:a open:a close_nowrite:a"

static const uid_t user = 1000;

/* A file "a" and a group that wants to know all and to be asked. */
static struct listener *start_hearing(void)
{
	create_file("a", "content");
	group_start("g", "open close_nowrite open_access", NULL);
	return listen_to("g");
}

/* ---- files ---- */

CASE(a_new_exemption_has_its_defaults)
{
	CHECK_OK(group_create("g"));
	CHECK_OK(item_make("g", "exemptions/e"));
	CHECK_STRING(get("g", "exemptions/e/type"), "");
	CHECK_STRING(get("g", "exemptions/e/value"), "");
	CHECK_STRING(get("g", "exemptions/e/enabled"), "0");
	CHECK_STRING(get("g", "exemptions/e/active"), "0");
	CHECK_EQ(item_hits("g", "exemptions/e"), 0);
}

static const struct {
	const char *type, *value, *shown;
} good[] = {
	{ "uid", "1000\n", "1000" },
	{ "exe", "/tmp/a b", "/tmp/a\\040b" },
	{ "cgroup", "/", "/" },
	{ "subtree", "/tmp/", "/tmp" },
	{ "exe", "/bin/no-such", "/bin/no-such" },
	{ "tgid", "1", "1" },
};

#define GOOD (sizeof(good) / sizeof(good[0]))

CASE(type_and_value_read_back)
{
	CHECK_OK(group_create("g"));
	CHECK_OK(item_make("g", "exemptions/e"));
	for (size_t i = 0; i < GOOD; i++) {
		CHECK_OK(item_set("g", "exemptions/e", "type", good[i].type));
		CHECK_OK(item_set("g", "exemptions/e", "value", good[i].value));
		CHECK_STRING(get("g", "exemptions/e/type"), good[i].type);
		CHECK_STRING(get("g", "exemptions/e/value"), good[i].shown);
	}
}

CASE(another_type_unsets_the_value)
{
	CHECK_OK(group_create("g"));
	CHECK_OK(item_make("g", "exemptions/e"));
	for (size_t i = 0; i < GOOD; i++) {
		CHECK_OK(item_set("g", "exemptions/e", "type", good[i].type));
		CHECK_STRING(get("g", "exemptions/e/value"), "");
		CHECK_OK(item_set("g", "exemptions/e", "value", good[i].value));
		CHECK_OK(item_set("g", "exemptions/e", "type", good[i].type));
		CHECK_STRING(get("g", "exemptions/e/value"), good[i].shown);
	}
}

CASE(an_exemption_cannot_be_enabled_without_a_value)
{
	CHECK_OK(group_create("g"));
	CHECK_OK(item_make("g", "exemptions/e"));
	CHECK_ERROR(item_set("g", "exemptions/e", "enabled", "1"), -EINVAL);
	CHECK_ERROR(item_set("g", "exemptions/e", "value", "1"), -EINVAL);
	CHECK_OK(item_set("g", "exemptions/e", "type", "uid"));
	CHECK_ERROR(item_set("g", "exemptions/e", "enabled", "1"), -EINVAL);
	CHECK_OK(item_set("g", "exemptions/e", "value", "1"));
	CHECK_OK(item_set("g", "exemptions/e", "type", "tgid"));
	CHECK_ERROR(item_set("g", "exemptions/e", "enabled", "1"), -EINVAL);
	CHECK_STRING(get("g", "exemptions/e/enabled"), "0");
}

CASE(bad_values_of_an_exemption_leave_the_old_one_standing)
{
	static const struct {
		const char *type, *old, *bad;
		int error;
	} bad[] = {
		{ "tgid", "1", "0", -ERANGE },
		{ "tgid", "1", "2147483648", -ERANGE },
		{ "tgid", "1", "self", -EINVAL },
		{ "uid", "5", "root", -EINVAL },
		{ "uid", "5", "4294967295", -EINVAL },
		{ "uid", "5", "4294967296", -ERANGE },
		{ "exe", "/bin/cat", "cat", -EINVAL },
		{ "exe", "/bin/cat", "/no/such/directory/cat", -ENOENT },
		{ "cgroup", "/", "/no-such-cgroup", -ENOENT },
		{ "cgroup", "/", "system", -EINVAL },
		{ "subtree", "/tmp", "/no/such", -ENOENT },
		{ "subtree", "/tmp", "tmp", -EINVAL },
	};

	CHECK_OK(group_create("g"));
	CHECK_OK(item_make("g", "exemptions/e"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int seen;

		CHECK_OK(item_set("g", "exemptions/e", "type", bad[i].type));
		CHECK_OK(item_set("g", "exemptions/e", "value", bad[i].old));
		seen = item_set("g", "exemptions/e", "value", bad[i].bad);
		if (seen != bad[i].error)
			FAIL("%s \"%s\" gives %s, not %s", bad[i].type, bad[i].bad,
			     error_name(seen), error_name(bad[i].error));
		CHECK_STRING(get("g", "exemptions/e/value"), bad[i].old);
	}
	CHECK_ERROR(item_set("g", "exemptions/e", "type", "pid"), -EINVAL);
	CHECK_STRING(get("g", "exemptions/e/type"), "subtree");
	CHECK_STRING(get("g", "exemptions/e/value"), "/tmp");
}

CASE(an_enabled_exemption_is_busy)
{
	CHECK_OK(group_create("g"));
	item_add("g", "exemptions/e", "type", "uid", "value", "1000", NULL);
	CHECK_ERROR(item_set("g", "exemptions/e", "value", "1001"), -EBUSY);
	CHECK_ERROR(item_set("g", "exemptions/e", "type", "exe"), -EBUSY);
	CHECK_ERROR(item_remove("g", "exemptions/e"), -EBUSY);
	CHECK_STRING(get("g", "exemptions/e/value"), "1000");
	CHECK_OK(item_set("g", "exemptions/e", "enabled", "0"));
	CHECK_OK(item_set("g", "exemptions/e", "value", "1001"));
	CHECK_OK(item_remove("g", "exemptions/e"));
}

CASE(a_process_that_has_ended_cannot_be_exempted)
{
	pid_t ended = fork();
	char number[16];

	if (!ended)
		_exit(0);
	waitpid(ended, NULL, 0);
	snprintf(number, sizeof(number), "%d", ended);
	CHECK_OK(group_create("g"));
	CHECK_OK(item_make("g", "exemptions/e"));
	CHECK_OK(item_set("g", "exemptions/e", "type", "tgid"));
	CHECK_ERROR(item_set("g", "exemptions/e", "value", number), -ESRCH);
	CHECK_STRING(get("g", "exemptions/e/value"), "");
}

/* ---- whom they are about ---- */

static void exempt_process(pid_t pid)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", pid);
	item_add("g", "exemptions/e", "type", "tgid", "value", number, NULL);
}

static int open_after_go(const void *path)
{
	int error;

	wait_for_flag("go");
	error = do_open(path);
	raise_flag("done");
	return error;
}

/* For heard_of(): until another task has opened. */
static int let_go(const void *unused)
{
	(void)unused;
	raise_flag("go");
	wait_for_flag("done");
	return 0;
}

CASE(a_process_is_exempt_from_requests_and_notifications)
{
	struct listener *listener = start_hearing();
	struct task task;

	task_start(&task, open_after_go, "a");
	exempt_process(task.pid);
	CHECK_STRING(get("g", "exemptions/e/active"), "1");
	raise_flag("go");
	CHECK_OK(task_result(&task));
	CHECK_STRING(heard(listener), "");
	/* The open is asked about and told of, the close only told of. */
	CHECK_EQ(stat_of("g", "exempted"), 3);
	CHECK_EQ(item_hits("g", "exemptions/e"), 3);
	CHECK_STRING(heard_of(listener, do_open, "a"), OPENED);
}

static void *open_in_thread(void *path)
{
	CHECK_OK(do_open(path));
	return NULL;
}

static int open_by_thread(const void *path)
{
	pthread_t thread;

	wait_for_flag("go");
	CHECK(!pthread_create(&thread, NULL, open_in_thread, (void *)path));
	CHECK(!pthread_join(thread, NULL));
	return 0;
}

CASE(every_thread_of_an_exempt_process_is_exempt)
{
	struct listener *listener = start_hearing();
	struct task task;

	task_start(&task, open_by_thread, "a");
	exempt_process(task.pid);
	raise_flag("go");
	CHECK_OK(task_result(&task));
	CHECK_STRING(heard(listener), "");
}

static int open_by_child(const void *path)
{
	int error;

	wait_for_flag("go");
	error = task_run(do_open, path);
	raise_flag("done");
	return error;
}

CASE(a_child_of_an_exempt_process_is_not_exempt)
{
	struct listener *listener = start_hearing();
	struct task task;

	task_start(&task, open_by_child, "a");
	exempt_process(task.pid);
	CHECK_STRING(heard_of(listener, let_go, NULL), OPENED);
	CHECK_OK(task_result(&task));
}

CASE(a_later_process_of_the_same_number_is_not_exempt)
{
	struct listener *listener = start_hearing();
	struct task task, heir;

	task_start(&task, open_after_go, "a");
	exempt_process(task.pid);
	task_kill(&task);
	CHECK_STRING(get("g", "exemptions/e/active"), "0");
	task_start_as(&heir, task.pid, open_after_go, "a");
	CHECK_STRING(get("g", "exemptions/e/active"), "0");
	CHECK_STRING(heard_of(listener, let_go, NULL), OPENED);
	CHECK_OK(task_result(&heir));
	CHECK_EQ(item_hits("g", "exemptions/e"), 0);
}

/* Process 1 of a new pid namespace, and its maker. */
static int exempt_1_and_open(const void *path)
{
	exempt_process(1);
	return do_open(path);
}

static int start_in_pid_namespace(const void *path)
{
	if (unshare(CLONE_NEWPID))
		return -errno;
	return task_run(exempt_1_and_open, path);
}

CASE(tgid_is_meant_in_the_pid_namespace_of_the_writer)
{
	struct listener *listener = start_hearing();
	int error = task_run(start_in_pid_namespace, "a");

	if (error == -EINVAL || error == -ENOSYS)
		skip("no pid namespaces: %s", error_name(error));
	CHECK_OK(error);
	CHECK_STRING(heard(listener), "");
	CHECK_EQ(item_hits("g", "exemptions/e"), 3);
}

CASE(a_user_is_exempt)
{
	struct listener *listener = start_hearing();

	item_add("g", "exemptions/e", "type", "uid", "value", "1000", NULL);
	CHECK_STRING(heard_of(listener, do_open_as_user, &user), "");
	CHECK_STRING(heard_of(listener, do_open, "a"), OPENED);
	CHECK_STRING(get("g", "exemptions/e/active"), "1");
	CHECK_EQ(stat_of("g", "exempted"), 3);
}

CASE(a_program_is_exempt)
{
	struct subject subject = { .path = "a", .program = "../bin/one" };
	struct listener *listener;

	CHECK(!mkdir("in", 0755) && !mkdir("bin", 0755) && !chdir("in"));
	program_create("../bin/one");
	program_create("../bin/two");
	listener = start_hearing();
	item_add("g", "exemptions/e", "type", "exe", "value", case_path("bin/one"), NULL);
	CHECK_STRING(heard_of(listener, do_open_as, &subject), "");
	CHECK(!rename("../bin/two", "../bin/one"));
	CHECK_STRING(heard_of(listener, do_open_as, &subject), "");
	CHECK(!rename("../bin/one", "../bin/two"));
	subject.program = "../bin/two";
	CHECK_STRING(heard_of(listener, do_open_as, &subject), OPENED);
}

CASE(a_cgroup_and_those_below_it_are_exempt)
{
	struct subject subject = { .path = "a", .cgroup = "/fang-tests" };
	struct listener *listener = start_hearing();

	cgroup_create("/fang-tests");
	cgroup_create("/fang-tests/child");
	item_add("g", "exemptions/e", "type", "cgroup", "value", "/fang-tests", NULL);
	CHECK_STRING(heard_of(listener, do_open_as, &subject), "");
	subject.cgroup = "/fang-tests/child";
	CHECK_STRING(heard_of(listener, do_open_as, &subject), "");
	CHECK_STRING(heard_of(listener, do_open, "a"), OPENED);
	CHECK_STRING(get("g", "exemptions/e/active"), "1");
	cgroup_remove("/fang-tests/child");
	CHECK_STRING(get("g", "exemptions/e/active"), "1");
	cgroup_remove("/fang-tests");
	CHECK_STRING(get("g", "exemptions/e/active"), "0");
	CHECK_STRING(get("g", "exemptions/e/value"), "/fang-tests");
}

CASE(files_below_a_directory_are_exempt)
{
	struct listener *listener;

	CHECK(!mkdir("x", 0755) && !mkdir("x/y", 0755));
	create_file("x/b", "");
	create_file("x/y/c", "");
	listener = start_hearing();
	item_add("g", "exemptions/e", "type", "subtree", "value", case_path("x"), NULL);
	CHECK_STRING(heard_of(listener, do_open, "x/b"), "");
	CHECK_STRING(heard_of(listener, do_open, "x/y/c"), "");
	CHECK_STRING(heard_of(listener, do_open, "a"), OPENED);
	CHECK(!rename("x/b", "b"));
	CHECK_STRING(heard_of(listener, do_open, "b"), "open_access:b open:b close_nowrite:b");
	CHECK_EQ(item_hits("g", "exemptions/e"), 6);
	CHECK(!unlink("x/y/c") && !rmdir("x/y") && !rmdir("x"));
	WAIT_FOR(!strcmp(get("g", "exemptions/e/active"), "0"));
}

/* ---- several, and when ---- */

CASE(each_of_several_exemptions_counts)
{
	struct listener *listener;

	CHECK(!mkdir("x", 0755));
	create_file("x/b", "");
	listener = start_hearing();
	item_add("g", "exemptions/d", "type", "uid", "value", "1001", NULL);
	item_add("g", "exemptions/e", "type", "uid", "value", "1000", NULL);
	item_add("g", "exemptions/f", "type", "subtree", "value", case_path("x"), NULL);
	CHECK_STRING(heard_of(listener, do_open_as_user, &user), "");
	CHECK_STRING(heard_of(listener, do_open, "x/b"), "");
	CHECK_EQ(item_hits("g", "exemptions/d"), 0);
	CHECK_EQ(item_hits("g", "exemptions/e"), 3);
	CHECK_EQ(item_hits("g", "exemptions/f"), 3);
	CHECK_EQ(stat_of("g", "exempted"), 6);
}

CASE(an_exemption_holds_only_while_it_is_enabled)
{
	struct listener *listener = start_hearing();

	CHECK_OK(item_make("g", "exemptions/e"));
	CHECK_OK(item_set("g", "exemptions/e", "type", "uid"));
	CHECK_OK(item_set("g", "exemptions/e", "value", "1000"));
	CHECK_STRING(heard_of(listener, do_open_as_user, &user), OPENED);
	CHECK_OK(item_set("g", "exemptions/e", "enabled", "1"));
	CHECK_STRING(heard_of(listener, do_open_as_user, &user), "");
	CHECK_OK(item_set("g", "exemptions/e", "enabled", "0"));
	CHECK_STRING(heard_of(listener, do_open_as_user, &user), OPENED);
	CHECK_STRING(get("g", "exemptions/e/active"), "0");
}

CASE(an_exemption_holds_whatever_the_active_set)
{
	struct listener *listener = start_hearing();

	item_add("g", "exemptions/e", "type", "uid", "value", "1000", NULL);
	CHECK_OK(set("g", "rules/active_set", "5"));
	CHECK_STRING(heard_of(listener, do_open_as_user, &user), "");
}

CASE(exemptions_of_one_group_do_not_touch_another)
{
	struct listener *listener = start_hearing();

	group_start("h", "open_access", NULL);
	item_add("h", "exemptions/e", "type", "uid", "value", "1000", NULL);
	CHECK_STRING(heard_of(listener, do_open_as_user, &user), OPENED);
	CHECK_STRING(get("h", "exemptions/e/hits"), "1");
	CHECK_EQ(stat_of("g", "exempted"), 0);
}
