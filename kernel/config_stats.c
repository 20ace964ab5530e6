// SPDX-License-Identifier: GPL-2.0-only
/*
 * groups/<group>/stats/: one counter a file.
 */
#include <linux/configfs.h>
#include <linux/module.h>

#include "config_internal.h"

static struct fang_group *fang_stats_group(struct config_item *item)
{
	return container_of(to_config_group(item), struct fang_group_item, stats)->group;
}

#define FANG_STAT_ATTR(NAME, name)                                                          \
	static ssize_t fang_stat_##name##_show(struct config_item *item, char *page)        \
	{                                                                                   \
		return fang_show_number(page, fang_stats_sum(fang_stats_group(item)->stats, \
							     FANG_STAT_##NAME));            \
	}                                                                                   \
	CONFIGFS_ATTR_RO(fang_stat_, name);
FANG_STATS(FANG_STAT_ATTR)

static ssize_t fang_stat_fastpath_ended_show(struct config_item *item, char *page)
{
	return fang_show_number(page, READ_ONCE(fang_stats_group(item)->fastpath.ended));
}

CONFIGFS_ATTR_RO(fang_stat_, fastpath_ended);

static ssize_t fang_stat_max_wait_ms_show(struct config_item *item, char *page)
{
	return fang_show_number(page, fang_group_max_wait_ms(fang_stats_group(item)));
}

CONFIGFS_ATTR_RO(fang_stat_, max_wait_ms);

/* "LIMIT_US COUNT": that many waits were shorter, and not shorter than half of it. */
static ssize_t fang_stat_latency_us_show(struct config_item *item, char *page)
{
	const struct fang_group *group = fang_stats_group(item);
	ssize_t shown = 0;
	int i;

	for (i = 0; i < FANG_LATENCY_BUCKETS; i++) {
		u64 count = fang_stats_latency(group->stats, i);

		if (count)
			shown += scnprintf(page + shown, PAGE_SIZE - shown, "%llu %llu\n",
					   1ULL << i, count);
	}
	return shown;
}

CONFIGFS_ATTR_RO(fang_stat_, latency_us);

/* clang-format off */
#define FANG_STAT_POINTER(NAME, name) (&fang_stat_attr_##name),
static struct configfs_attribute *fang_stats_attrs[] = {
	&fang_stat_attr_fastpath_ended,
	&fang_stat_attr_max_wait_ms,
	&fang_stat_attr_latency_us,
	FANG_STATS(FANG_STAT_POINTER)
	NULL,
};

/* clang-format on */

const struct config_item_type fang_stats_type = {
	.ct_attrs = fang_stats_attrs,
	.ct_owner = THIS_MODULE,
};
