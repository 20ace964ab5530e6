// SPDX-License-Identifier: GPL-2.0-only
/* The device half of fang.h. Every record that passes here is checked for being well-formed. */
#include "fang.h"
#include "harness.h"
#include "task.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARKER "fang-marker-"

static const char *const kind_words[] = {
	[FANG_OPEN] = "open",
	[FANG_READ] = "read",
	[FANG_WRITE] = "write",
	[FANG_CLOSE_WRITE] = "close_write",
	[FANG_CLOSE_NOWRITE] = "close_nowrite",
	[FANG_OPEN_ACCESS] = "open_access",
	[FANG_READ_ACCESS] = "read_access",
	[FANG_OVERFLOW] = "overflow",
	[FANG_STATE] = "state",
};

const char *kind_word(unsigned int kind)
{
	if (kind >= sizeof(kind_words) / sizeof(kind_words[0]) || !kind_words[kind])
		FAIL("unknown kind %u", kind);
	return kind_words[kind];
}

static bool is_access(unsigned int kind)
{
	return kind == FANG_OPEN_ACCESS || kind == FANG_READ_ACCESS;
}

int device_open(const char *group, int flags)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/dev/fang/%s", group);
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

struct listener *listen_to(const char *group)
{
	struct listener *listener = calloc(1, sizeof(*listener));

	listener->fd = device_open(group, O_RDWR | O_NONBLOCK);
	if (listener->fd < 0)
		FAIL("open /dev/fang/%s: %s", group, error_name(listener->fd));
	task_closes(listener->fd);
	return listener;
}

void stop_listening(struct listener *listener)
{
	task_keeps(listener->fd);
	close(listener->fd);
	free(listener);
}

static void check_pad(const char *bytes, size_t from, size_t to)
{
	for (; from < to; from++) {
		if (bytes[from])
			FAIL("pad byte %zu of an addition is %#x", from, bytes[from]);
	}
}

/* A text of an addition into a place of this size. */
static void take_text(char *to, size_t size, const char *from, size_t length)
{
	CHECK(length < size && !*to);
	memcpy(to, from, length);
	to[length] = 0;
	CHECK_EQ(strlen(to), length);
}

static void parse_addition(const char *bytes, size_t room, size_t *used, struct event *event)
{
	struct fang_addition head;

	CHECK(room >= sizeof(head));
	memcpy(&head, bytes, sizeof(head));
	CHECK(head.length > sizeof(head) && head.length <= room);
	CHECK_EQ(head.flags, 0);
	*used = (head.length + 7) & ~7u;
	CHECK(*used <= room);
	check_pad(bytes, head.length, *used);
	bytes += sizeof(head);
	head.length -= sizeof(head);
	switch (head.type) {
	case FANG_ADDITION_PATH:
		take_text(event->path, sizeof(event->path), bytes, head.length);
		event->path_length = head.length;
		break;
	case FANG_ADDITION_COMM:
		take_text(event->comm, sizeof(event->comm), bytes, head.length);
		break;
	case FANG_ADDITION_EXE:
		take_text(event->exe, sizeof(event->exe), bytes, head.length);
		break;
	case FANG_ADDITION_CGROUP:
		take_text(event->cgroup, sizeof(event->cgroup), bytes, head.length);
		break;
	}
}

void parse_event(const char *buffer, size_t size, size_t *offset, struct event *event)
{
	const char *record = buffer + *offset;
	size_t at, used;

	CHECK(size - *offset >= sizeof(event->head));
	memcpy(&event->head, record, sizeof(event->head));
	event->path_length = 0;
	event->path[0] = event->comm[0] = event->exe[0] = event->cgroup[0] = 0;
	CHECK_EQ(event->head.length % 8, 0);
	CHECK(event->head.length <= size - *offset);
	CHECK_EQ(event->head.head_length, sizeof(event->head));
	CHECK(event->head.id);
	kind_word(event->head.kind);
	CHECK((event->head.deadline_ns != 0) == is_access(event->head.kind));
	for (at = event->head.head_length; at < event->head.length; at += used)
		parse_addition(record + at, event->head.length - at, &used, event);
	*offset += event->head.length;
}

static bool refill(struct listener *listener, int limit_ms)
{
	struct pollfd ready = { .fd = listener->fd, .events = POLLIN };
	long long end = now_ms() + limit_ms;
	ssize_t length;

	for (;;) {
		long long left = end - now_ms();

		if (poll(&ready, 1, left > 0 ? left : 0) < 0)
			FAIL("poll: %s", strerror(errno));
		length = read(listener->fd, listener->buffer, sizeof(listener->buffer));
		if (length > 0)
			break;
		if (length == 0)
			return false;
		if (errno != EAGAIN)
			FAIL("read from the device: %s", strerror(errno));
		if (left <= 0)
			return false;
	}
	listener->at = 0;
	listener->end = length;
	return true;
}

bool next_event(struct listener *listener, struct event *event, int limit_ms)
{
	do {
		if (listener->at == listener->end && !refill(listener, limit_ms))
			return false;
		parse_event(listener->buffer, listener->end, &listener->at, event);
	} while (event->head.kind == FANG_STATE && !listener->wants_state);
	return true;
}

const char *event_name(const struct event *event)
{
	const char *slash = strrchr(event->path, '/');

	return slash ? slash + 1 : event->path;
}

static bool is_marker(const struct event *event)
{
	return !strncmp(event_name(event), MARKER, strlen(MARKER));
}

void expect_event(struct listener *listener, struct event *event, enum fang_kind kind,
		  const char *name)
{
	do {
		if (!next_event(listener, event, LIMIT_MS))
			FAIL("no %s of %s comes", kind_word(kind), name ? name : "anything");
		if (is_marker(event) && is_access(event->head.kind))
			respond(listener, event->head.id, FANG_ALLOW);
	} while (is_marker(event));
	CHECK_STRING(kind_word(event->head.kind), kind_word(kind));
	if (name)
		CHECK_STRING(event_name(event), name);
}

/* Accesses a new file in each way, so that it is heard whatever the mask. */
static int touch_marker(const void *name)
{
	int fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0644);
	char byte;

	if (fd < 0 || write(fd, "x", 1) != 1 || pread(fd, &byte, 1, 0) != 1 || close(fd))
		return -errno;
	fd = open(name, O_RDONLY);
	return fd < 0 || close(fd) ? -errno : 0;
}

static void append(char *text, size_t size, const struct event *event)
{
	size_t length = strlen(text);

	snprintf(text + length, size - length, "%s%s:%.300s", length ? " " : "",
		 kind_word(event->head.kind), event_name(event));
}

/* Takes what comes, allows requests, and says whether the file of this name was among it. */
static bool take(struct listener *listener, int limit_ms, const char *marker, char *text,
		 size_t size, bool *seen)
{
	struct event event;

	if (!next_event(listener, &event, limit_ms))
		return false;
	if (is_access(event.head.kind))
		CHECK_OK(respond(listener, event.head.id, FANG_ALLOW));
	if (!is_marker(&event))
		append(text, size, &event);
	else
		*seen |= !strcmp(event_name(&event), marker);
	return true;
}

const char *heard_of(struct listener *listener, task_function function, const void *argument)
{
	static char text[8192];
	static unsigned int number;
	struct task actor, marker;
	bool seen = false;
	char name[64];

	snprintf(name, sizeof(name), MARKER "%u", number++);
	text[0] = 0;
	if (function) {
		task_start(&actor, function, argument);
		while (!task_is_done(&actor)) {
			take(listener, 20, name, text, sizeof(text), &seen);
			CHECK(task_age_ms(&actor) < LIMIT_MS);
		}
		CHECK_OK(task_result(&actor));
	}
	task_start(&marker, touch_marker, name);
	for (;;) {
		bool done = task_is_done(&marker);

		if (take(listener, done && seen ? 0 : 20, name, text, sizeof(text), &seen))
			continue;
		if (done && seen)
			break;
		if (task_age_ms(&marker) > LIMIT_MS)
			FAIL("the marker is not heard of, but \"%s\"", text);
	}
	CHECK_OK(task_result(&marker));
	unlink(name);
	return text;
}

const char *heard(struct listener *listener)
{
	return heard_of(listener, NULL, NULL);
}

struct listener *listen_beside_markers(void)
{
	CHECK(!mkdir("markers", 0755) && !chdir("markers"));
	group_start("g", "open", NULL);
	return listen_to("g");
}

int respond_with(int fd, const struct fang_response *response)
{
	ssize_t written = write(fd, response, sizeof(*response));

	if (written < 0)
		return -errno;
	CHECK_EQ(written, sizeof(*response));
	return 0;
}

int respond(struct listener *listener, u64 id, unsigned int response)
{
	struct fang_response record = { .id = id, .response = response };

	return respond_with(listener->fd, &record);
}

int respond_fastpath(struct listener *listener, u64 id, unsigned int flags)
{
	struct fang_response record = { .id = id,
					.response = FANG_ALLOW,
					.flags = FANG_FASTPATH | flags };

	return respond_with(listener->fd, &record);
}

void *bad_address(void)
{
	void *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(page != MAP_FAILED);
	return page;
}
