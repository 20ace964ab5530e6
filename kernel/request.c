// SPDX-License-Identifier: GPL-2.0-only
/*
 * An access request: who may move it from state to state.
 */
#include <linux/errno.h>
#include <linux/hash.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>

#include "event.h"
#include "request.h"

void fang_requests_init(struct fang_requests *requests)
{
	unsigned int i;

	spin_lock_init(&requests->lock);
	requests->open = 0;
	INIT_LIST_HEAD(&requests->all);
	INIT_LIST_HEAD(&requests->queued);
	for (i = 0; i < ARRAY_SIZE(requests->by_id); i++)
		INIT_HLIST_HEAD(&requests->by_id[i]);
}

void fang_request_init(struct fang_request *request)
{
	request->state = FANG_REQUEST_SETTLED;
	request->waiter = current;
	request->extensions = 0;
	request->deliveries = 0;
	request->holder = NULL;
	INIT_LIST_HEAD(&request->all);
	INIT_LIST_HEAD(&request->link);
	INIT_HLIST_NODE(&request->by_id);
}

static struct hlist_head *fang_request_bucket(struct fang_requests *requests, u64 id)
{
	return &requests->by_id[hash_64(id, FANG_REQUEST_HASH_BITS)];
}

void fang_request_queue(struct fang_requests *requests, struct fang_request *request)
{
	lockdep_assert_held(&requests->lock);
	request->state = FANG_REQUEST_QUEUED;
	list_add_tail(&request->all, &requests->all);
	list_add_tail(&request->link, &requests->queued);
	hlist_add_head(&request->by_id, fang_request_bucket(requests, request->event->id));
	requests->open++;
}

struct fang_request *fang_request_first(struct fang_requests *requests)
{
	lockdep_assert_held(&requests->lock);
	return list_first_entry_or_null(&requests->queued, struct fang_request, link);
}

struct fang_request *fang_request_find(struct fang_requests *requests, u64 id)
{
	struct fang_request *request;

	lockdep_assert_held(&requests->lock);
	hlist_for_each_entry(request, fang_request_bucket(requests, id), by_id)
		if (request->event->id == id)
			return request;
	return NULL;
}

void fang_request_deliver(struct fang_requests *requests, struct fang_request *request,
			  void *holder, struct list_head *held)
{
	lockdep_assert_held(&requests->lock);
	request->state = FANG_REQUEST_DELIVERED;
	request->holder = holder;
	list_move_tail(&request->link, held);
}

void fang_request_requeue(struct fang_requests *requests, struct fang_request *request)
{
	struct fang_request *later;

	lockdep_assert_held(&requests->lock);
	request->state = FANG_REQUEST_QUEUED;
	request->holder = NULL;
	list_del(&request->link);
	list_for_each_entry(later, &requests->queued, link)
		if (later->event->id > request->event->id)
			break;
	/* Without a later one this is the head, so before it is the end. */
	list_add_tail(&request->link, &later->link);
}

void fang_request_settle(struct fang_requests *requests, struct fang_request *request,
			 enum fang_outcome outcome, bool deny)
{
	lockdep_assert_held(&requests->lock);
	list_del_init(&request->all);
	list_del_init(&request->link);
	hlist_del_init(&request->by_id);
	requests->open--;
	request->holder = NULL;
	request->outcome = outcome;
	request->deny = deny;
	WRITE_ONCE(request->state, FANG_REQUEST_SETTLED);
	/* Still on its way: it takes the lock before it goes. A barrier is in there. */
	wake_up_process(request->waiter);
}

int fang_request_extend(struct fang_requests *requests, struct fang_request *request,
			u32 timeout_ms, u32 max_extensions)
{
	lockdep_assert_held(&requests->lock);
	if (request->extensions >= max_extensions)
		return -ERANGE;
	request->extensions++;
	/* The waiter looks again when the old deadline has passed. */
	WRITE_ONCE(request->deadline_ns, ktime_get_ns() + (u64)timeout_ms * NSEC_PER_MSEC);
	return 0;
}
