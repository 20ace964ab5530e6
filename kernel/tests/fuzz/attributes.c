// SPDX-License-Identifier: GPL-2.0-only
/* The tables of attributes, see attributes.h. */
#include "attributes.h"
#include "fuzz.h"
#include "random.h"
#include "text.h"
#include "trees.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const char *const boolean[] = { "0", "1", "1", NULL };
static const char *const allow_or_deny[] = { "allow", "allow", "allow", "deny", NULL };

/* Some of the words of a list, with commas or blanks between. */
static size_t some_words(char *value, const char *const *words, size_t count, unsigned int one_in)
{
	size_t length = 0;

	for (size_t i = 0; i < count; i++) {
		if (once_in(one_in))
			length += sprintf(value + length, "%s%s",
					  length ? once_in(2) ? "," : " " : "", words[i]);
	}
	return length;
}

static const char *const kinds[] = {
	"open", "read", "write", "close_write", "close_nowrite", "open_access", "read_access",
};

static size_t make_mask(char *value)
{
	size_t length = some_words(value, kinds, COUNT(kinds), 2);

	/* Waiting is where most can go wrong. */
	if (once_in(2))
		length += sprintf(value + length, " open_access");
	return length;
}

static size_t make_access_kinds(char *value)
{
	return some_words(value, kinds + 5, 2, 2);
}

static size_t make_report(char *value)
{
	static const char *const words[] = { "fd", "path", "comm", "exe", "cgroup" };

	return some_words(value, words, COUNT(words), 2);
}

/* In most cases different from all others. */
static size_t make_priority(char *value)
{
	return sprintf(value, "%u", once_in(4) ? below(3) : below(1000000));
}

static size_t make_label(char *value)
{
	return sprintf(value, "label %llu", random_bits());
}

static size_t make_subtree(char *value)
{
	if (once_in(4))
		return sprintf(value, "\n");
	return value_path(value);
}

static size_t make_uid(char *value)
{
	if (once_in(4))
		return sprintf(value, "\n");
	/* Most tasks are root. */
	return sprintf(value, "%u", once_in(8) ? 0 : 1000 + 1000 * below(2));
}

static size_t make_exe(char *value)
{
	if (once_in(4))
		return sprintf(value, "\n");
	tree_path(value, "prog");
	return strlen(value);
}

static size_t make_cgroup(char *value)
{
	static const char *const cgroups[] = { "\n", "/", "/fang-fuzz", "/fang-none", "fang-fuzz" };

	return sprintf(value, "%s", PICK(cgroups));
}

static size_t make_tgid(char *value)
{
	return sprintf(value, "%d", shared->slots[below(WORKERS_MAX)].pid);
}

/* Whatever the type may be. */
static size_t make_exemption(char *value)
{
	static size_t (*const makers[])(char *) = { make_tgid, make_uid, make_exe, make_cgroup,
						    value_path };

	return PICK(makers)(value);
}

static size_t make_fastpath(char *value)
{
	size_t length = make_mask(value);

	for (size_t i = 0; i < length; i++)
		value[i] = value[i] == ' ' ? ',' : value[i];
	length += sprintf(value + length, once_in(3) ? " survive " : " ");
	return length + value_path(value + length);
}

/* Of a request whose id this can only guess. */
static size_t make_respond(char *value)
{
	static const char *const responses[] = { "allow", "deny", "more_time", "allow fastpath",
						 "clear" };

	return sprintf(value, "%u %s", below(10000), PICK(responses));
}

static const struct attribute of_group[] = {
	{ "enabled", .words = boolean },
	{ "permissive", .words = boolean },
	{ "label", .make = make_label },
	{ "mask", .make = make_mask },
	{ "priority", .make = make_priority, .max = 4294967295 },
	{ "timeout_ms", .min = 10, .max = 600000 },
	{ "max_extensions", .max = 1000 },
	{ "max_deliveries", .min = 1, .max = 1000 },
	{ "max_timeouts", .max = 1000 },
	{ "on_timeout", .words = allow_or_deny },
	{ "on_no_listener", .words = WORDS("allow", "wait", "wait", "deny") },
	{ "on_overflow", .words = allow_or_deny },
	{ "on_cannot_wait", .words = allow_or_deny },
	{ "queue_max", .min = 16, .max = 1048576 },
	{ "queue_bytes", .min = 65536, .max = 1073741824 },
	{ "access_max", .min = 1, .max = 1048576 },
	{ "write_events", .words = WORDS("all", "coalesced", "state_change") },
	{ "report", .make = make_report },
	{ "fd_mode", .words = WORDS("ro", "rw") },
	{ "respond", .make = make_respond },
	{ "rules/active_set", .max = 4294967295 },
	{ "fastpath/add", .make = make_fastpath },
	{ "fastpath/add", .make = make_fastpath },
	{ "fastpath/remove", .make = value_path },
	{ "fastpath/flush", .words = boolean },
	{ "fastpath/max", .max = 16777216 },
};

static const struct attribute of_scope[] = {
	{ "type", .words = WORDS("filesystem", "subtree", "subtree", "file") },
	{ "path", .make = value_path },
	{ "enabled", .words = boolean },
};

static const struct attribute of_rule[] = {
	{ "set", .max = 4294967295 },
	{ "order", .max = 4294967295 },
	{ "kinds", .make = make_access_kinds },
	{ "subtree", .make = make_subtree },
	{ "uid", .make = make_uid, .max = 4294967295 },
	{ "exe", .make = make_exe },
	{ "cgroup", .make = make_cgroup },
	{ "respond", .words = WORDS("allow", "deny", "ask", "ask") },
	{ "enabled", .words = boolean },
};

static const struct attribute of_exemption[] = {
	{ "type", .words = WORDS("tgid", "uid", "exe", "cgroup", "subtree") },
	{ "value", .make = make_exemption },
	{ "enabled", .words = boolean },
};

static const struct {
	const struct attribute *attributes;
	size_t count;
	const char *const *read_only;
	size_t read_only_count;
} owners[OWNERS] = {
#define OWNER(attributes, ...)                                                                   \
	{                                                                                        \
		attributes, COUNT(attributes), WORDS(__VA_ARGS__), COUNT(WORDS(__VA_ARGS__)) - 1 \
	}
	[OF_GROUP] = OWNER(of_group, "pending", "denials", "degraded", "listeners", "outstanding",
			   "queue_count", "fastpath/count", "fastpath/generation", "stats/asked",
			   "stats/settled", "stats/allowed", "stats/denied", "stats/latency_us",
			   "stats/max_wait_ms", "stats/fastpath_hits", "stats/exempted",
			   "stats/lost", "stats/would_deny", "stats/scope_gone"),
	[OF_SCOPE] = OWNER(of_scope, "resolved", "active"),
	[OF_RULE] = OWNER(of_rule, "hits", "active"),
	[OF_EXEMPTION] = OWNER(of_exemption, "hits", "active"),
#undef OWNER
};

const struct attribute *attribute_pick(enum owner owner)
{
	return &owners[owner].attributes[below(owners[owner].count)];
}

const struct attribute *attribute_find(enum owner owner, const char *name)
{
	const struct attribute *attribute = owners[owner].attributes;

	while (strcmp(attribute->name, name))
		attribute++;
	return attribute;
}

const char *attribute_pick_name(enum owner owner)
{
	if (once_in(2))
		return attribute_pick(owner)->name;
	return owners[owner].read_only[below(owners[owner].read_only_count)];
}

static bool is_named(const struct attribute *attribute, const char *name)
{
	return !strcmp(attribute->name, name);
}

/* Small ones are those that make a difference here. */
static unsigned long long number_within(const struct attribute *attribute)
{
	unsigned long long range = attribute->max - attribute->min, number;

	if (is_named(attribute, "timeout_ms"))
		range = TIMEOUT_MS - 10;
	number = once_in(4) ? random_bits() % (range + 1) : below(range < 3 ? range + 1 : 3);
	return attribute->min + number;
}

size_t value_valid(const struct attribute *attribute, char *value)
{
	size_t count = 0;

	if (attribute->make)
		return attribute->make(value);
	if (!attribute->words)
		return sprintf(value, "%llu", number_within(attribute));
	while (attribute->words[count])
		count++;
	return sprintf(value, "%s", attribute->words[below(count)]);
}

/* No accident may make a wait longer than the limit of an operation. */
static size_t bound_waits(const struct attribute *attribute, char *value, size_t length)
{
	unsigned int bound;

	if (is_named(attribute, "timeout_ms"))
		bound = TIMEOUT_MS;
	else if (is_named(attribute, "max_extensions"))
		bound = EXTENSIONS;
	else
		return length;
	value[length < TEXT_MAX ? length : TEXT_MAX - 1] = 0;
	if (strtoull(value, NULL, 10) <= bound || strtoull(value, NULL, 10) > attribute->max)
		return length;
	return sprintf(value, "%u", bound);
}

size_t value_any(const struct attribute *attribute, char *value)
{
	size_t length;

	switch (below(16)) {
	case 0:
		length = text_hostile(value);
		break;
	case 1:
	case 2:
		length = text_spoil(value, value_valid(attribute, value));
		break;
	case 3:
		length = text_number_around(value, attribute->min, attribute->max);
		break;
	case 4: /* what belongs elsewhere */
		length = value_valid(attribute_pick(below(OWNERS)), value);
		break;
	default:
		length = value_valid(attribute, value);
		if (once_in(2))
			value[length++] = '\n';
	}
	return bound_waits(attribute, value, length);
}

size_t value_path(char *value)
{
	static const char *const others[] = {
		"/",
		"/tmp",
		"/dev",
		"/dev/fang",
		"/dev/null",
		"/proc",
		"/proc/self/fd",
		"/sys",
		GROUPS_DIR,
		"/sys/kernel/debug/fang",
		FUZZ_DIR,
		FUZZ_DIR "/none",
		FUZZ_DIR "/../fang-fuzz",
		"relative",
	};

	if (once_in(12))
		return sprintf(value, "%s", PICK(others));
	switch (below(4)) {
	case 0:
		tree_path(value, "");
		break;
	case 1:
		mount_path(value);
		break;
	default:
		tree_any_path(value);
	}
	return strlen(value);
}
