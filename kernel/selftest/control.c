// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults on purpose, which the tests demand to be found: without them, finding
 * none would prove nothing about the module. And what hardly ever happens, made
 * to happen.
 */
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/refcount.h>
#include <linux/string.h>

#include "event.h"
#include "selftest.h"

static char *control = "";
module_param(control, charp, 0400);
MODULE_PARM_DESC(control, "leak, use_after_free, inside_srcu or scope_gone: see control.c");

/* A test disables a group meanwhile: a few commands of a shell on an emulated processor. */
#define FANG_CONTROL_LIMIT_MS 60000
#define FANG_CONTROL_POLL_MS  10

/*
 * Whoever looks for leaks passes over what any word in memory happens to point to, as a stack's
 * that was written long ago; it cannot be so with all of these.
 */
#define FANG_CONTROL_LEAKS 32

static void fang_leak(void)
{
	unsigned int count = 0;

	while (count < FANG_CONTROL_LEAKS && fang_event_create_overflow())
		count++;
	pr_info("fang: control: leaked %u events\n", count);
}

static void fang_use_after_free(void)
{
	struct fang_event *event = fang_event_create_overflow();

	if (!event)
		return;
	fang_event_put(event);
	pr_info("fang: control: used an event that was freed, of kind %u\n",
		READ_ONCE(event->kind));
}

void fang_control(void)
{
	if (!strcmp(control, "leak"))
		fang_leak();
	else if (!strcmp(control, "use_after_free"))
		fang_use_after_free();
}

bool fang_control_hides_srcu(void)
{
	return !strcmp(control, "inside_srcu");
}

void fang_control_await_end(const refcount_t *count)
{
	int left_ms = FANG_CONTROL_LIMIT_MS;

	if (strcmp(control, "scope_gone"))
		return;
	pr_info("fang: control: a request waits for the end of its scope\n");
	for (; refcount_read(count) && left_ms > 0; left_ms -= FANG_CONTROL_POLL_MS)
		msleep(FANG_CONTROL_POLL_MS);
}
