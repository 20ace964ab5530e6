// SPDX-License-Identifier: GPL-2.0-only
/* What the groups counted, all together: whether the workers got anywhere. */
#include "attempt.h"
#include "fuzz.h"

#include "../harness.h"

#include <string.h>

static const char *const names[] = {
	"asked",
	"settled",
	"allowed",
	"denied",
	"timed_out",
	"poisoned",
	"abandoned",
	"interrupted",
	"extended",
	"requeued",
	"no_listener",
	"not_waited",
	"access_overflow",
	"not_asked_degraded",
	"not_asked_late",
	"rule_allowed",
	"rule_denied",
	"not_enforced",
	"scope_gone",
	"would_deny",
	"exempted",
	"queued",
	"delivered",
	"coalesced",
	"cleared",
	"missed",
	"lost",
	"fastpath_hits",
	"fastpath_added",
	"fastpath_refused",
	"fastpath_ended",
};

void counters_read(const char *group, u64 *counters)
{
	char directory[1024], path[1100];

	path_join(directory, group, "stats");
	for (size_t i = 0; i < COUNT(names); i++) {
		path_join(path, directory, names[i]);
		counters[i] = read_number(path);
	}
}

void counters_add(const u64 *counters)
{
	for (size_t i = 0; i < COUNT(names); i++)
		__sync_fetch_and_add(&shared->counters[i], counters[i]);
}

u64 counter_of(const char *name)
{
	size_t i = 0;

	while (strcmp(names[i], name))
		i++;
	return shared->counters[i];
}

void tell_counters(void)
{
	for (size_t i = 0; i < COUNT(names); i++)
		print("%10llu %s", shared->counters[i], names[i]);
}
