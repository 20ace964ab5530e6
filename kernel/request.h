/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An access request: a task waits until a listener, the clock or the end of
 * something settles it.
 *
 * QUEUED -> DELIVERED -> SETTLED; DELIVERED -> QUEUED when its listener goes;
 * QUEUED -> SETTLED. All of it under the group's lock. The request lives on the
 * stack of the task that waits; that task takes the lock and unlinks it before
 * it goes on, so nobody finds it afterwards.
 */
#ifndef FANG_REQUEST_H
#define FANG_REQUEST_H

#include <linux/list.h>
#include <linux/path.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "event.h"
#include "fastpath.h"
#include "limits.h"

struct task_struct;

enum fang_request_state {
	FANG_REQUEST_QUEUED,
	FANG_REQUEST_DELIVERED,
	FANG_REQUEST_SETTLED,
};

/* Why a request was settled; indexes counters. */
enum fang_outcome {
	FANG_OUTCOME_ALLOWED,
	FANG_OUTCOME_DENIED,
	FANG_OUTCOME_TIMED_OUT,
	FANG_OUTCOME_POISONED,
	FANG_OUTCOME_ABANDONED,
	FANG_OUTCOME_INTERRUPTED,
	FANG_OUTCOMES,
};

/**
 * struct fang_request - a task that waits
 * @state: [lock]; read without it by the waiter
 * @outcome: valid once settled [lock]
 * @deny: valid once settled [lock]
 * @event: what the listener is told; held by the waiter, or @placed
 * @placed: its place, if it needs no more
 * @path: the file's; valid until settled because the waiter holds the file
 * @all: in the list of open requests, ascending by id [lock]
 * @link: queued list or the holder's list [lock]
 * @by_id: in the table of open requests [lock]
 * @waiter: who waits, and takes the lock before it goes
 * @asked_ns: CLOCK_MONOTONIC when it was queued
 * @deadline_ns: CLOCK_MONOTONIC [lock]; read without it by the waiter
 * @extensions: more_time responses so far [lock]
 * @deliveries: listeners that went away with it [lock]
 * @probe: the one that a degraded group still waits for [lock]
 * @holder: struct fang_listener that read it, while delivered [lock]
 * @inode: the file's
 * @memory: where an allow may be remembered; NULL if nowhere
 * @memo: what was known when it was raised
 */
struct fang_request {
	enum fang_request_state state;
	enum fang_outcome outcome;
	bool deny;
	struct fang_event *event;
	struct fang_event placed;
	const struct path *path;
	struct list_head all;
	struct list_head link;
	struct hlist_node by_id;
	struct task_struct *waiter;
	u64 asked_ns;
	u64 deadline_ns;
	u32 extensions;
	u32 deliveries;
	bool probe;
	void *holder;
	struct inode *inode;
	struct fang_memory *memory;
	struct fang_memo memo;
};

/**
 * struct fang_requests - the open requests of a group
 * @lock: the group's lock, here so that it can be asserted
 * @open: how many [@lock]
 * @all: every one, ascending by id [@lock]
 * @queued: those that no listener holds, ascending by id [@lock]
 * @by_id: every one, by id [@lock]
 */
struct fang_requests {
	spinlock_t lock;
	u32 open;
	struct list_head all;
	struct list_head queued;
	struct hlist_head by_id[1 << FANG_REQUEST_HASH_BITS];
};

void fang_requests_init(struct fang_requests *requests);

void fang_request_init(struct fang_request *request);

/* Ids grow, so the newest goes to the end. */
void fang_request_queue(struct fang_requests *requests, struct fang_request *request);

/* The first that no listener holds, or NULL. */
struct fang_request *fang_request_first(struct fang_requests *requests);

/* NULL if no open request has this id. */
struct fang_request *fang_request_find(struct fang_requests *requests, u64 id);

/* Hand a queued request to @holder, whose list is @held. */
void fang_request_deliver(struct fang_requests *requests, struct fang_request *request,
			  void *holder, struct list_head *held);

/* Back to its place among the queued, keeping deadline and extensions. */
void fang_request_requeue(struct fang_requests *requests, struct fang_request *request);

/* Unlink it and wake the waiter, who owns it again once the lock is released. */
void fang_request_settle(struct fang_requests *requests, struct fang_request *request,
			 enum fang_outcome outcome, bool deny);

/* Move the deadline; -ERANGE after @max_extensions. */
int fang_request_extend(struct fang_requests *requests, struct fang_request *request,
			u32 timeout_ms, u32 max_extensions);

#endif /* FANG_REQUEST_H */
