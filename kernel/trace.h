/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints: the life of an event, step by step. Below events/fang/ in tracefs.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM fang

#if !defined(FANG_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define FANG_TRACE_H

#include <linux/sched.h>
#include <linux/tracepoint.h>

#include "group.h"
#include "limits.h"
#include "scope.h"

/*
 * The path of a file that @scope covers, escaped and with its NUL, into
 * FANG_TRACE_PATH bytes; one that does not begin with a slash lacks its start.
 */
void fang_trace_path(char *text, const struct fang_scope *scope, const struct dentry *dentry);

/* clang-format off */
/*
 * Words as in mask.c and, for outcomes, as the counters; spelt out here for those
 * who read a trace elsewhere, like trace-cmd.
 */
#define fang_show_kind(kind)						\
	__print_symbolic(kind, { FANG_OPEN, "open" },			\
			 { FANG_READ, "read" },				\
			 { FANG_WRITE, "write" },			\
			 { FANG_CLOSE_WRITE, "close_write" },		\
			 { FANG_CLOSE_NOWRITE, "close_nowrite" },	\
			 { FANG_OPEN_ACCESS, "open_access" },		\
			 { FANG_READ_ACCESS, "read_access" })

#define fang_show_response(response)					\
	__print_symbolic(response, { FANG_ALLOW, "allow" },		\
			 { FANG_DENY, "deny" },				\
			 { FANG_MORE_TIME, "more_time" })

#define fang_show_outcome(outcome)					\
	__print_symbolic(outcome, { FANG_OUTCOME_ALLOWED, "allowed" },	\
			 { FANG_OUTCOME_DENIED, "denied" },		\
			 { FANG_OUTCOME_TIMED_OUT, "timed_out" },	\
			 { FANG_OUTCOME_POISONED, "poisoned" },		\
			 { FANG_OUTCOME_ABANDONED, "abandoned" },	\
			 { FANG_OUTCOME_INTERRUPTED, "interrupted" })

#define TRACE_FANG_ENUM(name) TRACE_DEFINE_ENUM(FANG_##name)
TRACE_FANG_ENUM(OPEN);
TRACE_FANG_ENUM(READ);
TRACE_FANG_ENUM(WRITE);
TRACE_FANG_ENUM(CLOSE_WRITE);
TRACE_FANG_ENUM(CLOSE_NOWRITE);
TRACE_FANG_ENUM(OPEN_ACCESS);
TRACE_FANG_ENUM(READ_ACCESS);
TRACE_FANG_ENUM(OUTCOME_ALLOWED);
TRACE_FANG_ENUM(OUTCOME_DENIED);
TRACE_FANG_ENUM(OUTCOME_TIMED_OUT);
TRACE_FANG_ENUM(OUTCOME_POISONED);
TRACE_FANG_ENUM(OUTCOME_ABANDONED);
TRACE_FANG_ENUM(OUTCOME_INTERRUPTED);

/* A group that wants it is about to be told or asked. */
TRACE_EVENT(fang_raised,
	TP_PROTO(const struct fang_group *group, const struct fang_scope *scope,
		 const struct fang_occurrence *occurrence),
	TP_ARGS(group, scope, occurrence),
	TP_STRUCT__entry(
		__string(group, group->name)
		__field(u32, kind)
		__field(dev_t, dev)
		__field(u64, ino)
		__array(char, comm, TASK_COMM_LEN)
		__array(char, path, FANG_TRACE_PATH)
	),
	TP_fast_assign(
		fang_assign_group();
		__entry->kind = occurrence->kind;
		__entry->dev = occurrence->inode->i_sb->s_dev;
		__entry->ino = occurrence->inode->i_ino;
		memcpy(__entry->comm, current->comm, TASK_COMM_LEN);
		fang_trace_path(__entry->path, scope, occurrence->dentry);
	),
	TP_printk("group=%s kind=%s dev=%u:%u ino=%llu path=%s", __get_str(group),
		  fang_show_kind(__entry->kind),
		  MAJOR(__entry->dev), MINOR(__entry->dev), __entry->ino, __entry->path)
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
		  fang_show_kind(__entry->kind))
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
		  fang_show_response(__entry->response),
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
		  __entry->id, fang_show_outcome(__entry->outcome), __entry->deny,
		  __entry->waited_ns / NSEC_PER_USEC)
);
/* clang-format on */

#endif /* FANG_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
