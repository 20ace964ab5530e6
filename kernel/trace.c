// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one place where the tracepoints become code.
 */
#define CREATE_TRACE_POINTS
#include "trace.h"

#include <linux/minmax.h>
#include <linux/string.h>

#include "text.h"

void fang_trace_path(char *text, const struct fang_scope *scope, const struct dentry *dentry)
{
	char path[FANG_TRACE_PATH];
	size_t length = 0, fits;
	u16 flags;

	if (dentry)
		length = min(fang_scope_path(scope, dentry, path, sizeof(path), &flags),
			     sizeof(path));
	fits = fang_text_fitting_end(path + sizeof(path) - length, length, FANG_TRACE_PATH);
	length = fang_text_escape(text, FANG_TRACE_PATH, path + sizeof(path) - fits, fits);
	memset(text + length, 0, FANG_TRACE_PATH - length);
}
