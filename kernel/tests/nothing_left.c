// SPDX-License-Identifier: GPL-2.0-only
/* Runs last: the cases before left nothing behind. */
#include "fang.h"
#include "harness.h"

CASE(no_group_and_no_node_is_left)
{
	CHECK_EQ(entry_count(FANG_GROUPS), 0);
	CHECK_EQ(entry_count("/dev/fang"), 0);
}

CASE(nothing_uses_the_module)
{
	char text[32];

	if (file_read("/sys/module/fang/refcnt", text, sizeof(text)) < 0)
		skip("the module is not one that can be unloaded");
	CHECK_STRING(text, "0\n");
}
