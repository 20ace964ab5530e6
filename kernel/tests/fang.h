/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The module's interfaces as the cases use them: groups and scopes through configfs, listeners
 * through /dev/fang. Calls named "try" or returning int give 0 or a negated errno; the others fail
 * the case.
 */
#ifndef FANG_H
#define FANG_H

#include "task.h"

#include <linux/fang.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define FANG_CONFIG  "/sys/kernel/config/fang"
#define FANG_GROUPS  FANG_CONFIG "/groups"
#define FANG_ENFORCE "/sys/module/fang/parameters/enforce"

typedef unsigned long long u64;

/* ---- configfs ---- */

/* One write(2) to an existing file. */
int file_write(const char *path, const void *data, size_t size);
/* Everything that one read gives, and how much; terminated. */
int file_read(const char *path, char *buffer, size_t size);

/* How many names a directory has; none if it does not exist. */
unsigned int entry_count(const char *directory);

int group_create(const char *group);
int group_remove(const char *group);

/* An attribute is named by its path below the group: "mask", "stats/asked". */
int set(const char *group, const char *attribute, const char *value);
int try_get(const char *group, const char *attribute, char *buffer, size_t size);
/* The value without its newline; good until a few more calls. */
const char *get(const char *group, const char *attribute);
u64 get_number(const char *group, const char *attribute);
/* A counter, stats/NAME. */
u64 stat_of(const char *group, const char *name);
/* Lines of `pending`. */
unsigned int pending_count(const char *group);
bool has_feature(const char *word);

/*
 * A group with the mask given, a priority that no other has and a long timeout, and then pairs of
 * attribute and value, ended by NULL. group_start() also makes a subtree scope "here" of the current directory,
 * and enables the group.
 */
void group_make(const char *group, const char *mask, ...) __attribute__((sentinel));
void group_start(const char *group, const char *mask, ...) __attribute__((sentinel));

int scope_remove(const char *group, const char *scope);
/* Makes and enables a scope. What failed half-way stays. */
int scope_try(const char *group, const char *scope, const char *type, const char *path);
void scope_add(const char *group, const char *scope, const char *type, const char *path);
/* An attribute of a scope. */
int scope_set(const char *group, const char *scope, const char *attribute, const char *value);
const char *scope_get(const char *group, const char *scope, const char *attribute);

/*
 * Makes an item below a group by its path ("rules/r"), sets pairs of attribute and value, ended by
 * NULL, and enables it.
 */
void item_add(const char *group, const char *item, ...) __attribute__((sentinel));
int item_make(const char *group, const char *item);
int item_remove(const char *group, const char *item);
int item_set(const char *group, const char *item, const char *attribute, const char *value);
const char *item_get(const char *group, const char *item, const char *attribute);
u64 item_hits(const char *group, const char *item);

/* The absolute path of something in the case's directory; good until a few more calls. */
const char *case_path(const char *name);

/* Fails unless asked = settled + pending and settled is the sum of its reasons. */
void check_balance(const char *group);

/* ---- listeners ---- */

struct event {
	struct fang_record head;
	size_t path_length; /* 0: no path */
	char path[FANG_RECORD_MAX];
	/* Empty if they were not told. */
	char comm[17], exe[2049], cgroup[2049];
};

struct listener {
	int fd;
	bool wants_state; /* else records of FANG_STATE are passed over */
	size_t at, end; /* records in the buffer that were not given out yet */
	char buffer[FANG_RECORD_MAX] __attribute__((aligned(8)));
};

/* O_RDWR, O_NONBLOCK and O_CLOEXEC. Closed in the children that task_start() makes. */
struct listener *listen_to(const char *group);
int device_open(const char *group, int flags);
void stop_listening(struct listener *listener);

/* The next record, whatever it is; false if none comes in time. */
bool next_event(struct listener *listener, struct event *event, int limit_ms);
/* The next record, which must be of this kind and, unless NULL, of a file with this last name. */
void expect_event(struct listener *listener, struct event *event, enum fang_kind kind,
		  const char *name);
/*
 * All that the listener gets up to now, as text: "open:a read:a". Proves that nothing more comes
 * by having a child access a marker file in the current directory and waiting for that, so the
 * group must cover it. Access requests are allowed.
 */
const char *heard(struct listener *listener);
/* The same, while a task runs, which must succeed, and after it. */
const char *heard_of(struct listener *listener, task_function function, const void *argument);
/*
 * A group "g" that hears of opens in a directory "markers", which is made the current one, and of
 * what scopes are added. Files are then "../a".
 */
struct listener *listen_beside_markers(void);

int respond_with(int fd, const struct fang_response *response);
int respond(struct listener *listener, u64 id, unsigned int response);
int respond_fastpath(struct listener *listener, u64 id, unsigned int flags);

const char *kind_word(unsigned int kind);
/* The last name of the event's path. */
const char *event_name(const struct event *event);

/* Splits a buffer that read() filled: the record at the offset; moves the offset on. */
void parse_event(const char *buffer, size_t size, size_t *offset, struct event *event);

/* 4096 bytes that may be neither read nor written. */
void *bad_address(void);

#endif /* FANG_H */
