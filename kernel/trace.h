/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints: the life of an event, step by step. Below events/fang/ in tracefs.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM fang

#if !defined(FANG_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define FANG_TRACE_H

#include <linux/tracepoint.h>

#include "group.h"
#include "mask.h"

/* clang-format off */
/* A group that wants it is about to be told or asked. */
TRACE_EVENT(fang_raised,
	TP_PROTO(const struct fang_group *group, const struct fang_occurrence *occurrence),
	TP_ARGS(group, occurrence),
	TP_STRUCT__entry(
		__string(group, group->name)
		__field(u32, kind)
		__field(dev_t, dev)
		__field(u64, ino)
	),
	TP_fast_assign(
		fang_assign_group();
		__entry->kind = occurrence->kind;
		__entry->dev = occurrence->inode->i_sb->s_dev;
		__entry->ino = occurrence->inode->i_ino;
	),
	TP_printk("group=%s kind=%s dev=%u:%u ino=%llu", __get_str(group),
		  fang_word_of(&fang_kind_words, FANG_BIT(__entry->kind)),
		  MAJOR(__entry->dev), MINOR(__entry->dev), __entry->ino)
);

DECLARE_EVENT_CLASS(fang_event_class,
	TP_PROTO(const struct fang_group *group, u64 id, u32 kind),
	TP_ARGS(group, id, kind),
	TP_STRUCT__entry(
		__string(group, group->name)
		__field(u64, id)
		__field(u32, kind)
	),
	TP_fast_assign(
		fang_assign_group();
		__entry->id = id;
		__entry->kind = kind;
	),
	TP_printk("group=%s id=%llu kind=%s", __get_str(group), __entry->id,
		  fang_word_of(&fang_kind_words, FANG_BIT(__entry->kind)))
);

/* It waits for a listener. */
DEFINE_EVENT(fang_event_class, fang_queued,
	TP_PROTO(const struct fang_group *group, u64 id, u32 kind), TP_ARGS(group, id, kind));

/* The current task has read it. */
DEFINE_EVENT(fang_event_class, fang_delivered,
	TP_PROTO(const struct fang_group *group, u64 id, u32 kind), TP_ARGS(group, id, kind));

/* The current task responded to an open request. */
TRACE_EVENT(fang_responded,
	TP_PROTO(const struct fang_group *group, const struct fang_response *response),
	TP_ARGS(group, response),
	TP_STRUCT__entry(
		__string(group, group->name)
		__field(u64, id)
		__field(u32, response)
		__field(u32, flags)
	),
	TP_fast_assign(
		fang_assign_group();
		__entry->id = response->id;
		__entry->response = response->response;
		__entry->flags = response->flags;
	),
	TP_printk("group=%s id=%llu response=%s%s", __get_str(group), __entry->id,
		  fang_word_of(&fang_response_words, __entry->response),
		  __entry->flags & FANG_FASTPATH ? " fastpath" : "")
);

/* The current task's request is over. */
TRACE_EVENT(fang_settled,
	TP_PROTO(const struct fang_group *group, u64 id, u32 outcome, bool deny, u64 waited_ns),
	TP_ARGS(group, id, outcome, deny, waited_ns),
	TP_STRUCT__entry(
		__string(group, group->name)
		__field(u64, id)
		__field(u32, outcome)
		__field(bool, deny)
		__field(u64, waited_ns)
	),
	TP_fast_assign(
		fang_assign_group();
		__entry->id = id;
		__entry->outcome = outcome;
		__entry->deny = deny;
		__entry->waited_ns = waited_ns;
	),
	TP_printk("group=%s id=%llu outcome=%s deny=%d waited_us=%llu", __get_str(group),
		  __entry->id, fang_word_of(&fang_outcome_words, __entry->outcome), __entry->deny,
		  __entry->waited_ns / NSEC_PER_USEC)
);
/* clang-format on */

#endif /* FANG_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
