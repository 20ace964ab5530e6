/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the figures of fang-bench are made with. A figure is a word and a number on a line of its
 * own; tools/bench-table.awk makes a table of them.
 *
 * In an emulated guest whose clock counts instructions (tools/bench-kernel.sh) the time stamp
 * counter is the number of instructions executed, which hardly depends on anything else.
 */
#ifndef BENCH_H
#define BENCH_H

#include "../fang.h"
#include "../harness.h"

#include <stdbool.h>
#include <stddef.h>

/* A file system of its own, where everything happens, and one beside it. */
#define BENCH_ROOT	"/run/fang-bench"
#define BENCH_FS	BENCH_ROOT "/fs"
#define BENCH_ELSEWHERE BENCH_ROOT "/elsewhere"
/* Where the files stand: as deep as files of a share. */
#define BENCH_DIR  BENCH_FS "/srv/share"
#define BENCH_FILE BENCH_DIR "/file"

/* A batch is too short for a tick of the clock to be in each. */
#define BATCHES 11
#define BATCH	100

/*
 * File structures are freed some ticks after their close. What a batch meets of free ones would be
 * by chance, at 163 or 5700 instructions for one open in sixteen; so they come back before it.
 */
#define FREED_US 50000

/* The most groups beside the one that is measured. */
#define OTHERS_MAX 100

/* What is counted: instructions, or cycles where the guest is not emulated. */
u64 count_now(void);

void figure(const char *name, double value);
/* With two decimals. */
void figure_exact(const char *name, double value);

/* In a process of its own, since a listener does not hear itself: the sum of BATCH turns. */
typedef void (*turn_function)(unsigned int turn);
struct worker {
	int commands[2];
	int results[2];
	pid_t process;
};

void worker_start(struct worker *worker);
u64 worker_batch(struct worker *worker, turn_function function);
void worker_stop(struct worker *worker);

/* The least of BATCHES batches, for one turn. */
double least(turn_function function);

/* Turns: */
void turn_open(unsigned int turn);
void turn_pread(unsigned int turn);
/* Each of BATCH files, in turn. */
void turn_open_next(unsigned int turn);

void make_file(const char *path);
/* The N-th of the files that turn_open_next() opens. */
const char *next_file(unsigned int turn);

/* An open file for turn_pread(), opened when those who hear of reads are there. */
void open_for_pread(void);
void close_after_pread(void);

/* Groups of ours, mostly on all of BENCH_FS; made and removed by each row. */
void bench_group(const char *group, const char *mask, const char *report, const char *scope_type,
		 const char *scope_path);
void bench_group_end(const char *group);
int bench_listen(const char *group);

/* Groups of mainline's fanotify. */
int fanotify_group(unsigned int flags);
void fanotify_mark_fs(int group, u64 mask);
void fanotify_ignore(int group, u64 mask, const char *path);

/* Rows; @quick leaves out what takes long. */
void rows_without_module(void);
void rows_of_opens(void);
void rows_of_access(void);
void rows_of_notifications(void);
void rows_of_memory(bool quick);
void rows_of_listeners(void);

#endif /* BENCH_H */
