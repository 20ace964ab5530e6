// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults on purpose, which the tests demand to be found: without them, finding
 * none would prove nothing about the module.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

#include "event.h"
#include "selftest.h"

static char *control = "";
module_param(control, charp, 0400);
MODULE_PARM_DESC(control, "leak or use_after_free: do that once, at load");

static void fang_leak(void)
{
	struct fang_event *event = fang_event_create_overflow();

	pr_info("fang: control: leaks an event%s\n", event ? "" : ", but there is no memory");
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
