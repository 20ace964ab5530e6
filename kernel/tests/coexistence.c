// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fang beside inotify and mainline's fanotify on the same files: they hear the same with and
 * without Fang, Fang hears the same with and without them, and a deny by either holds.
 *
 * The same script of accesses is run several times, and what each watcher logged is compared byte
 * for byte. Process ids are left out.
 */
#include "fang.h"
#include "harness.h"
#include "loop.h"
#include "subject.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define FANG_KINDS "open read write close_write close_nowrite open_access read_access"

#define FANOTIFY_KINDS                                                          \
	(FAN_OPEN | FAN_OPEN_EXEC | FAN_ACCESS | FAN_MODIFY | FAN_CLOSE_WRITE | \
	 FAN_CLOSE_NOWRITE | FAN_EVENT_ON_CHILD)
#define FANOTIFY_PERMISSIONS \
	(FAN_OPEN_PERM | FAN_OPEN_EXEC_PERM | FAN_ACCESS_PERM | FAN_EVENT_ON_CHILD)

/* What the script accesses is in a file system of its own, "m", which is made anew for each run. */
static void make_files(void)
{
	tmpfs_mount("m");
	create_file("m/a", "content of a");
	create_file("m/b", "content of b");
	program_create("m/program");
}

/* ---- the script: each step is a process ---- */

static int step_read(const void *unused)
{
	(void)unused;
	return do_read("m/a");
}

static int step_write(const void *unused)
{
	(void)unused;
	return do_write("m/new");
}

static int step_interleave(const void *unused)
{
	char bytes[8];
	int a = open("m/a", O_RDWR), b = open("m/b", O_RDONLY);

	(void)unused;
	CHECK(a >= 0 && b >= 0);
	CHECK_EQ(read(b, bytes, 8), 8);
	CHECK_EQ(write(a, bytes, 8), 8);
	CHECK_EQ(read(b, bytes, 8), 4);
	CHECK_EQ(pread(a, bytes, 8, 0), 8);
	CHECK_OK(close(b));
	CHECK_OK(ftruncate(a, 20));
	return close(a);
}

static int step_vectors(const void *unused)
{
	char bytes[2][4] = { "abc", "def" };
	struct iovec vector[2] = { { bytes[0], 3 }, { bytes[1], 3 } };
	int fd = open("m/b", O_RDWR | O_APPEND);

	(void)unused;
	CHECK(fd >= 0);
	CHECK_EQ(writev(fd, vector, 2), 6);
	CHECK_EQ(preadv(fd, vector, 2, 0), 6);
	return close(fd);
}

static int step_copy(const void *unused)
{
	int from = open("m/a", O_RDONLY), to = open("m/copy", O_WRONLY | O_CREAT | O_EXCL, 0644);

	(void)unused;
	CHECK(from >= 0 && to >= 0);
	CHECK_EQ(sendfile(to, from, NULL, 10), 10);
	return close(from) | close(to);
}

static int step_map(const void *unused)
{
	int fd = open("m/a", O_RDWR);
	char *bytes = mmap(NULL, 4, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	(void)unused;
	CHECK(fd >= 0 && bytes != MAP_FAILED);
	CHECK_OK(close(fd));
	bytes[0] ^= 1;
	return munmap(bytes, 4);
}

static int step_truncate(const void *unused)
{
	int fd;

	(void)unused;
	CHECK_OK(truncate("m/b", 3));
	fd = open("m/a", O_WRONLY | O_TRUNC);
	CHECK(fd >= 0);
	return close(fd);
}

static int step_names(const void *unused)
{
	int fd = open("m/new", O_RDONLY);
	char byte;

	(void)unused;
	CHECK(fd >= 0);
	CHECK_OK(rename("m/copy", "m/renamed"));
	CHECK_OK(link("m/b", "m/linked"));
	CHECK_OK(unlink("m/new"));
	CHECK_EQ(read(fd, &byte, 1), 1);
	CHECK_OK(close(fd));
	CHECK_OK(chmod("m/b", 0600));
	return do_read("m/linked");
}

static int step_execute(const void *unused)
{
	pid_t pid = fork();
	int status;

	(void)unused;
	CHECK(pid >= 0);
	if (!pid) {
		execl("m/program", "cat", "/dev/null", NULL);
		_exit(127);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	return status;
}

static const task_function steps[] = { step_read,     step_write, step_interleave,
				       step_vectors,  step_copy,  step_map,
				       step_truncate, step_names, step_execute };

/* ---- logs ---- */

struct log {
	size_t length;
	char text[30000];
};

/* Shared with tasks. */
static struct log *log_make(void)
{
	struct log *log =
		mmap(NULL, sizeof(*log), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CHECK(log != MAP_FAILED);
	return log;
}

static void __attribute__((format(printf, 2, 3))) log_line(struct log *log, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log->length +=
		vsnprintf(log->text + log->length, sizeof(log->text) - log->length, format, args);
	va_end(args);
	CHECK(log->length < sizeof(log->text));
}

static void check_same(const char *what, const struct log *one, const struct log *other)
{
	size_t at = 0, line = 0;

	CHECK(one->length > 0);
	while (at < one->length && one->text[at] == other->text[at]) {
		if (one->text[at++] == '\n')
			line = at;
	}
	if (one->text[at] != other->text[at])
		FAIL("%s differs: \"%.*s\" became \"%.*s\"", what,
		     (int)strcspn(one->text + line, "\n"), one->text + line,
		     (int)strcspn(other->text + line, "\n"), other->text + line);
}

/* ---- watchers ---- */

/* Of what kind a run has some. */
enum { INOTIFY = 1, FANOTIFY = 2, PERMISSION = 4, FANG = 8 };

static const struct {
	const char *name;
	unsigned int flag;
} marks[] = {
	{ "inode", 0 },
	{ "mount", FAN_MARK_MOUNT },
	{ "filesystem", FAN_MARK_FILESYSTEM },
};

#define MARKS (sizeof(marks) / sizeof(marks[0]))

struct run {
	int inotify, fanotify[MARKS];
	struct task permitters[MARKS], listener;
	struct log *heard; /* by inotify and fanotify's notifications, step by step */
	struct log *permitted[MARKS];
	struct log *fang;
};

static int inotify_start(void)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	CHECK(fd >= 0);
	CHECK(inotify_add_watch(fd, "m", IN_ALL_EVENTS) > 0);
	CHECK(inotify_add_watch(fd, "m/a", IN_ALL_EVENTS) > 0);
	return fd;
}

static void inotify_drain(int fd, struct log *log)
{
	char buffer[16384] __attribute__((aligned(8)));
	const struct inotify_event *event;
	ssize_t length = read(fd, buffer, sizeof(buffer));

	for (ssize_t at = 0; at < length; at += sizeof(*event) + event->len) {
		event = (const void *)(buffer + at);
		log_line(log, "inotify %d %#x %s%s\n", event->wd, event->mask,
			 event->len ? event->name : "", event->cookie ? " moved" : "");
	}
}

/* Skips the case where the kernel cannot do that. */
static int fanotify_start(unsigned int class, unsigned long long mask, unsigned int mark)
{
	int fd = fanotify_init(class | FAN_CLOEXEC, O_RDONLY);

	if (fd < 0 || fanotify_mark(fd, FAN_MARK_ADD | marks[mark].flag, mask, AT_FDCWD, "m"))
		skip("no fanotify by %s here: %s", marks[mark].name, strerror(errno));
	return fd;
}

static void log_fanotify(struct log *log, const char *name,
			 const struct fanotify_event_metadata *event)
{
	char link[64], path[4096];
	ssize_t length;

	CHECK_EQ(event->vers, FANOTIFY_METADATA_VERSION);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", event->fd);
	length = readlink(link, path, sizeof(path));
	CHECK(length > 0);
	log_line(log, "fanotify %s %#llx %.*s\n", name, (u64)event->mask, (int)length, path);
}

static void fanotify_drain(int fd, struct log *log, const char *name)
{
	struct fanotify_event_metadata events[64];
	ssize_t length;

	CHECK(!fcntl(fd, F_SETFL, O_NONBLOCK));
	while ((length = read(fd, events, sizeof(events))) > 0) {
		struct fanotify_event_metadata *event = events;

		for (; FAN_EVENT_OK(event, length); event = FAN_EVENT_NEXT(event, length)) {
			log_fanotify(log, name, event);
			close(event->fd);
		}
	}
}

struct permitter {
	unsigned int mark;
	struct log *log;
	unsigned int response;
};

/* A listener for fanotify's permission events, one mark a process. */
static int permit(const void *argument)
{
	const struct permitter *self = argument;
	int fd = fanotify_start(FAN_CLASS_CONTENT, FANOTIFY_PERMISSIONS, self->mark);
	struct fanotify_event_metadata event;
	struct fanotify_response response;

	raise_flag(marks[self->mark].name);
	while (read(fd, &event, sizeof(event)) == sizeof(event)) {
		log_fanotify(self->log, marks[self->mark].name, &event);
		response.fd = event.fd;
		response.response = self->response;
		CHECK_EQ(write(fd, &response, sizeof(response)), sizeof(response));
		close(event.fd);
	}
	return -errno;
}

static void permitter_start(struct task *task, unsigned int mark, struct log *log,
			    unsigned int response)
{
	struct permitter permitter = { mark, log, response };

	task_start(task, permit, &permitter);
	WAIT_FOR(!access(marks[mark].name, F_OK) || task_is_done(task));
	if (task_is_done(task))
		skip("no permission events of fanotify here");
	CHECK(!rmdir(marks[mark].name));
}

/* ---- Fang ---- */

/*
 * A listener that allows everything. Requests come before notifications, but are numbered together
 * with them: in the log each record has the place that its number says.
 */
static int allow_and_log(const void *argument)
{
	struct log *log = *(struct log *const *)argument;
	struct listener *listener = listen_to("g");
	struct event event;

	for (;;) {
		if (!next_event(listener, &event, LIMIT_MS))
			continue;
		log_line(log, "%020llu %s %s\n", (u64)event.head.id, kind_word(event.head.kind),
			 event.path);
		if (event.head.deadline_ns)
			CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	}
	return 0;
}

static int compare_lines(const void *one, const void *other)
{
	return strcmp(*(char *const *)one, *(char *const *)other);
}

/* By number, which is then left out. */
static void sort_log(struct log *log)
{
	struct log *sorted = log_make();
	char *lines[1000], *rest = log->text, *line;
	size_t count = 0;

	while ((line = strsep(&rest, "\n")) && *line) {
		CHECK(count < sizeof(lines) / sizeof(lines[0]));
		lines[count++] = line;
	}
	qsort(lines, count, sizeof(lines[0]), compare_lines);
	for (size_t i = 0; i < count; i++)
		log_line(sorted, "%s\n", strchr(lines[i], ' ') + 1);
	memcpy(log, sorted, sizeof(*log));
}

static void fang_start(struct run *run)
{
	group_make("g", FANG_KINDS, NULL);
	scope_add("g", "s", "filesystem", case_path("m"));
	CHECK_OK(set("g", "enabled", "1"));
	task_start(&run->listener, allow_and_log, &run->fang);
	WAIT_FOR(get_number("g", "listeners") == 1);
}

static void fang_stop(struct run *run)
{
	/* What was raised is in the log. */
	WAIT_FOR(stat_of("g", "delivered") == stat_of("g", "queued") + stat_of("g", "asked"));
	task_kill(&run->listener);
	sort_log(run->fang);
	CHECK_EQ(stat_of("g", "allowed"), stat_of("g", "asked"));
	CHECK(stat_of("g", "asked") > 0);
	CHECK_EQ(stat_of("g", "lost"), 0);
	check_balance("g");
	CHECK_OK(set("g", "enabled", "0"));
	CHECK_OK(scope_set("g", "s", "enabled", "0"));
	CHECK_OK(scope_remove("g", "s"));
	CHECK_OK(group_remove("g"));
}

/* ---- runs ---- */

static void start_watchers(struct run *run, unsigned int who)
{
	run->heard = log_make();
	run->fang = log_make();
	if (who & INOTIFY)
		run->inotify = inotify_start();
	for (unsigned int i = 0; i < MARKS; i++) {
		run->permitted[i] = log_make();
		if (who & FANOTIFY)
			run->fanotify[i] = fanotify_start(FAN_CLASS_NOTIF, FANOTIFY_KINDS, i);
		if (who & PERMISSION)
			permitter_start(&run->permitters[i], i, run->permitted[i], FAN_ALLOW);
	}
}

static void drain(struct run *run, unsigned int who)
{
	if (who & INOTIFY)
		inotify_drain(run->inotify, run->heard);
	for (unsigned int i = 0; i < MARKS && who & FANOTIFY; i++)
		fanotify_drain(run->fanotify[i], run->heard, marks[i].name);
}

static void stop_watchers(struct run *run, unsigned int who)
{
	if (who & INOTIFY)
		close(run->inotify);
	for (unsigned int i = 0; i < MARKS; i++) {
		if (who & FANOTIFY)
			close(run->fanotify[i]);
		if (who & PERMISSION)
			task_kill(&run->permitters[i]);
	}
}

/* All steps, with these watchers, on new files. */
static void run_script(struct run *run, unsigned int who)
{
	make_files();
	start_watchers(run, who);
	if (who & FANG)
		fang_start(run);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		CHECK_OK(task_run(steps[i], NULL));
		/* Before they are merged with those of the next step. */
		log_line(run->heard, "step %zu\n", i);
		drain(run, who);
	}
	if (who & FANG)
		fang_stop(run);
	stop_watchers(run, who);
	CHECK(!umount("m"));
}

static void check_both_hear_the_same(unsigned int who)
{
	static struct run without, with, alone;

	CHECK(!mkdir("m", 0755));
	run_script(&without, who);
	run_script(&with, who | FANG);
	run_script(&alone, FANG);
	check_same("what was heard", without.heard, with.heard);
	for (unsigned int i = 0; i < MARKS && who & PERMISSION; i++)
		check_same("what was permitted", without.permitted[i], with.permitted[i]);
	check_same("what Fang heard", alone.fang, with.fang);
	note("%zu bytes of others, %zu and more of permissions, %zu of Fang", with.heard->length,
	     with.permitted[0]->length, with.fang->length);
}

CASE(inotify_and_fang_hear_the_same_as_alone)
{
	check_both_hear_the_same(INOTIFY);
}

CASE(fanotify_and_fang_hear_the_same_as_alone)
{
	check_both_hear_the_same(FANOTIFY);
}

CASE(fanotify_and_fang_are_asked_the_same_as_alone)
{
	check_both_hear_the_same(PERMISSION);
}

CASE(all_watchers_together_hear_the_same_as_without_fang)
{
	check_both_hear_the_same(INOTIFY | FANOTIFY | PERMISSION);
}

/* ---- a deny ---- */

static int open_and_read(const void *unused)
{
	char byte;
	int fd = open("m/a", O_RDONLY), error;

	(void)unused;
	if (fd < 0)
		return -errno;
	error = read(fd, &byte, 1) < 0 ? -errno : 0;
	close(fd);
	return error;
}

/* Fang by a rule, or not at all; fanotify by these responses. */
static void check_deny(unsigned int mark, const char *rule, unsigned int response, int expected)
{
	struct log *log = log_make();
	struct task permitter;

	make_files();
	group_make("g", "open_access read_access", NULL);
	scope_add("g", "s", "filesystem", case_path("m"));
	item_add("g", "rules/r", "respond", rule, NULL);
	CHECK_OK(set("g", "enabled", "1"));
	permitter_start(&permitter, mark, log, response);
	CHECK_ERROR(task_run(open_and_read, NULL), expected);
	CHECK(stat_of("g", "rule_allowed") + stat_of("g", "rule_denied") > 0 || log->length > 0);
	task_kill(&permitter);
	CHECK_OK(set("g", "enabled", "0"));
	CHECK_OK(scope_set("g", "s", "enabled", "0"));
	CHECK_OK(scope_remove("g", "s"));
	CHECK_OK(item_set("g", "rules/r", "enabled", "0"));
	CHECK_OK(item_remove("g", "rules/r"));
	CHECK_OK(group_remove("g"));
	CHECK(!umount("m"));
}

CASE(a_deny_by_either_holds)
{
	CHECK(!mkdir("m", 0755));
	for (unsigned int mark = 0; mark < MARKS; mark++) {
		check_deny(mark, "allow", FAN_ALLOW, 0);
		check_deny(mark, "deny", FAN_ALLOW, -EPERM);
		check_deny(mark, "allow", FAN_DENY, -EPERM);
		check_deny(mark, "deny", FAN_DENY, -EPERM);
	}
}
