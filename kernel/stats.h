/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A group's counters: one word a CPU each, added up when shown, so that counting
 * never makes CPUs wait for each other.
 */
#ifndef FANG_STATS_H
#define FANG_STATS_H

#include <linux/bitops.h>
#include <linux/percpu.h>
#include <linux/types.h>

/* FANG_STAT_ALLOWED to FANG_STAT_INTERRUPTED stand in the order of enum fang_outcome. */
/* clang-format off */
#define FANG_STATS(stat)				\
	stat(ASKED, asked)				\
	stat(SETTLED, settled)				\
	stat(ALLOWED, allowed)				\
	stat(DENIED, denied)				\
	stat(TIMED_OUT, timed_out)			\
	stat(POISONED, poisoned)			\
	stat(ABANDONED, abandoned)			\
	stat(INTERRUPTED, interrupted)			\
	stat(EXTENDED, extended)			\
	stat(REQUEUED, requeued)			\
	stat(NO_LISTENER, no_listener)			\
	stat(NOT_WAITED, not_waited)			\
	stat(ACCESS_OVERFLOW, access_overflow)		\
	stat(NOT_ASKED_DEGRADED, not_asked_degraded)	\
	stat(NOT_ASKED_LATE, not_asked_late)	\
	stat(RULE_ALLOWED, rule_allowed)	\
	stat(RULE_DENIED, rule_denied)	\
	stat(NOT_ENFORCED, not_enforced)		\
	stat(SCOPE_GONE, scope_gone)			\
	stat(WOULD_DENY, would_deny)			\
	stat(EXEMPTED, exempted)			\
	stat(QUEUED, queued)				\
	stat(DELIVERED, delivered)			\
	stat(COALESCED, coalesced)			\
	stat(CLEARED, cleared)				\
	stat(MISSED, missed)			\
	stat(LOST, lost)				\
	stat(WAITED_US, waited_us)			\
	stat(FASTPATH_HITS, fastpath_hits)		\
	stat(FASTPATH_ADDED, fastpath_added)		\
	stat(FASTPATH_REFUSED, fastpath_refused)

#define FANG_STAT_ENUM(NAME, name) FANG_STAT_##NAME,
enum fang_stat {
	FANG_STATS(FANG_STAT_ENUM)
	FANG_STAT_COUNT,
};

/* clang-format on */

/* Waits of less than 2^i us count at i; the longest possible, 600 s x 1001, below 2^40. */
#define FANG_LATENCY_BUCKETS 41

struct fang_stats {
	u64 count[FANG_STAT_COUNT];
	u64 latency[FANG_LATENCY_BUCKETS];
};

static inline void fang_stats_waited(struct fang_stats __percpu *stats, u64 waited_us)
{
	this_cpu_inc(stats->latency[fls64(waited_us)]);
	this_cpu_add(stats->count[FANG_STAT_WAITED_US], waited_us);
}

static inline u64 fang_stats_latency(const struct fang_stats __percpu *stats, int bucket)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(stats, cpu)->latency[bucket]);
	return sum;
}

static inline void fang_stats_add(struct fang_stats __percpu *stats, enum fang_stat stat, u64 n)
{
	this_cpu_add(stats->count[stat], n);
}

static inline void fang_stats_inc(struct fang_stats __percpu *stats, enum fang_stat stat)
{
	this_cpu_inc(stats->count[stat]);
}

static inline u64 fang_stats_sum(const struct fang_stats __percpu *stats, enum fang_stat stat)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(stats, cpu)->count[stat]);
	return sum;
}

#endif /* FANG_STATS_H */
