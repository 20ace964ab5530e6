/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random operations by many processes at once: what the parts of fang-fuzz share.
 *
 * A worker is a process with a number, a role and a stream of random numbers of its own. The first
 * process, the supervisor, starts and kills workers and looks whether they go on. It touches
 * nothing that a group may cover, so that it never waits for what it looks after.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef unsigned long long u64;

/* Everything happens below this directory, a file system of its own. */
#define FUZZ_DIR "/tmp/fang-fuzz"

#define CONFIG_DIR  "/sys/kernel/config/fang"
#define GROUPS_DIR  CONFIG_DIR "/groups"
#define DEVICES_DIR "/dev/fang"
#define ENFORCE	    "/sys/module/fang/parameters/enforce"

/*
 * Few groups and short waits: an access that all of them are asked about, each until its last
 * extension is over, ends within GROUPS * TIMEOUT_MS * (1 + EXTENSIONS), here 1.2 s. One system
 * call raises a few accesses at most.
 */
#define GROUPS	   4
#define TIMEOUT_MS 100
#define EXTENSIONS 2

/* An operation that takes longer hangs. Mostly slack: for a machine that is busy with others. */
#define OPERATION_LIMIT_MS (30000 * slowness())

#define WORKERS_MAX  64
#define KINDS_MAX    256
#define COUNTERS_MAX 64

/* One worker, in memory that all share. Only the worker writes the upper half. */
struct slot {
	volatile u64 steps; /* goes up with everything it does */
	volatile u64 operations;
	const char *volatile operation; /* what it does just now */
	char detail[200]; /* to what */

	pid_t pid;
	unsigned int incarnation;
	bool stopped; /* by SIGSTOP */
	u64 steps_seen;
	long long moved_ms; /* when the supervisor last saw a step */
};

/* How often something was tried, and how often it succeeded. */
struct kind {
	const char *name;
	u64 tried, succeeded;
};

struct shared {
	u64 seed;
	struct slot slots[WORKERS_MAX];
	struct kind kinds[KINDS_MAX];
	u64 counters[COUNTERS_MAX]; /* of groups that were removed, see counters.c */
	int mailbox[2]; /* a pair of sockets through which workers pass descriptors */
	unsigned int trees; /* how many there are */
};

extern struct shared *shared;

/* This worker. */
extern struct slot *self;

/* What is done next and to what, for who looks for a hang. */
void aim(const char *format, ...) __attribute__((format(printf, 1, 2)));

void operation_begin(const char *name);
/* Keeps errno. */
void operation_end(const char *name, bool succeeded);

/*
 * One operation: a system call that is made on the module's interfaces or on a file below FUZZ_DIR.
 * What only leads there, like opening an attribute to read it, is not counted.
 */
#define TRY(name, call)                              \
	({                                           \
		operation_begin(name);               \
		long result_ = (long)(call);         \
		operation_end(name, result_ != -1L); \
		result_;                             \
	})

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- roles: each does something once, and is called again and again ---- */

struct role {
	const char *name;
	void (*begin)(void); /* in each new process; may be NULL */
	void (*act)(void);
};

extern const struct role configuring, listening, accessing, mounting;

/* ---- the parts of the supervisor ---- */

/* Mounts and makes what the workers need. */
void ground_prepare(void);
/* Takes it away; false, and says so, if something holds it. */
bool ground_remove(void);

/* Removes all groups and checks that counters balance and that nothing is left. */
bool module_is_clean(void);

void workers_start(unsigned int count);
/* Starts again those that have died. Returns false if one failed on its own. */
bool workers_look_after(void);
/* Kills or stops one, and lets others go on that were stopped. */
void workers_disturb(void);
/* Kills all; false, and says so, if one does not die. */
bool workers_end(void);

/* Has every worker moved? Else says what hangs, and where. */
bool watch_is_quiet(void);
u64 operations_done(void);
void tell_kinds(void);

/* Adds up what a group has counted, before it goes. */
void counters_read(const char *group, u64 *counters);
void counters_add(const u64 *counters);
/* What was counted by this name. */
u64 counter_of(const char *name);
void tell_counters(void);

#endif /* FUZZ_H */
