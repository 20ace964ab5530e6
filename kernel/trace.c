// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one place where the tracepoints become code.
 */
#define CREATE_TRACE_POINTS
#include "trace.h"
