// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lists every constant, size and offset of <linux/fang.h>.
 *
 * abi.golden is this listing as it was agreed on: the program prints what the header says now, the
 * tests compare, and the tool's own tests read the same golden file. A new name in the header
 * needs a line here and one in abi.golden. Constants are decimal, ioctl numbers hexadecimal.
 */
#include "abi_listing.h"

#include <linux/fang.h>
#include <stddef.h>

#define CONSTANT(out, name) fprintf(out, "%s %llu\n", #name, (unsigned long long)(name))
#define IOCTL(out, name)    fprintf(out, "%s 0x%08lx\n", #name, (unsigned long)(name))
#define SIZE(out, type)	    fprintf(out, "sizeof(%s) %zu\n", #type, sizeof(type))
#define OFFSET(out, type, field) \
	fprintf(out, "offsetof(%s, %s) %zu\n", #type, #field, offsetof(type, field))

static void print_constants(FILE *out)
{
	CONSTANT(out, FANG_ABI_MIN);
	CONSTANT(out, FANG_ABI_MAX);
	CONSTANT(out, FANG_RECORD_MAX);

	CONSTANT(out, FANG_OPEN);
	CONSTANT(out, FANG_READ);
	CONSTANT(out, FANG_WRITE);
	CONSTANT(out, FANG_CLOSE_WRITE);
	CONSTANT(out, FANG_CLOSE_NOWRITE);
	CONSTANT(out, FANG_OPEN_ACCESS);
	CONSTANT(out, FANG_READ_ACCESS);
	CONSTANT(out, FANG_OVERFLOW);
	CONSTANT(out, FANG_STATE);

	CONSTANT(out, FANG_REDELIVERED);
	CONSTANT(out, FANG_PATH_IN_FS);
	CONSTANT(out, FANG_PATH_DELETED);
	CONSTANT(out, FANG_PATH_TRUNCATED);
	CONSTANT(out, FANG_STATE_ENABLED);
	CONSTANT(out, FANG_STATE_DISABLED);
	CONSTANT(out, FANG_OUTSTANDING);

	CONSTANT(out, FANG_ADDITION_PATH);
	CONSTANT(out, FANG_ADDITION_COMM);
	CONSTANT(out, FANG_ADDITION_EXE);
	CONSTANT(out, FANG_ADDITION_CGROUP);

	CONSTANT(out, FANG_ALLOW);
	CONSTANT(out, FANG_DENY);
	CONSTANT(out, FANG_MORE_TIME);

	CONSTANT(out, FANG_FASTPATH);
	CONSTANT(out, FANG_SURVIVE);
	CONSTANT(out, FANG_CLEAR);

	CONSTANT(out, FANG_EXEMPT_PROCESS_GROUP);
	CONSTANT(out, FANG_REMEMBER_SURVIVE);

	IOCTL(out, FANG_IOC_ABI);
	IOCTL(out, FANG_IOC_EXEMPT);
	IOCTL(out, FANG_IOC_OPEN);
	IOCTL(out, FANG_IOC_FASTPATH);
	IOCTL(out, FANG_IOC_EXCHANGE);
}

static void print_record(FILE *out)
{
	SIZE(out, struct fang_record);
	OFFSET(out, struct fang_record, length);
	OFFSET(out, struct fang_record, head_length);
	OFFSET(out, struct fang_record, flags);
	OFFSET(out, struct fang_record, id);
	OFFSET(out, struct fang_record, time_ns);
	OFFSET(out, struct fang_record, kind);
	OFFSET(out, struct fang_record, fd);
	OFFSET(out, struct fang_record, pid);
	OFFSET(out, struct fang_record, tgid);
	OFFSET(out, struct fang_record, uid);
	OFFSET(out, struct fang_record, gid);
	OFFSET(out, struct fang_record, dev);
	OFFSET(out, struct fang_record, ino);
	OFFSET(out, struct fang_record, open_flags);
	OFFSET(out, struct fang_record, count);
	OFFSET(out, struct fang_record, deadline_ns);

	SIZE(out, struct fang_addition);
	OFFSET(out, struct fang_addition, type);
	OFFSET(out, struct fang_addition, flags);
	OFFSET(out, struct fang_addition, length);
}

static void print_response(FILE *out)
{
	SIZE(out, struct fang_response);
	OFFSET(out, struct fang_response, id);
	OFFSET(out, struct fang_response, response);
	OFFSET(out, struct fang_response, flags);
	OFFSET(out, struct fang_response, kinds);
	OFFSET(out, struct fang_response, result);
	OFFSET(out, struct fang_response, zero);
}

static void print_ioctls(FILE *out)
{
	SIZE(out, struct fang_exempt);
	OFFSET(out, struct fang_exempt, size);
	OFFSET(out, struct fang_exempt, flags);
	OFFSET(out, struct fang_exempt, pid);
	OFFSET(out, struct fang_exempt, pad);

	SIZE(out, struct fang_abi);
	OFFSET(out, struct fang_abi, min);
	OFFSET(out, struct fang_abi, max);

	SIZE(out, struct fang_open);
	OFFSET(out, struct fang_open, size);
	OFFSET(out, struct fang_open, flags);
	OFFSET(out, struct fang_open, id);

	SIZE(out, struct fang_remember);
	OFFSET(out, struct fang_remember, size);
	OFFSET(out, struct fang_remember, flags);
	OFFSET(out, struct fang_remember, fd);
	OFFSET(out, struct fang_remember, kinds);

	SIZE(out, struct fang_exchange);
	OFFSET(out, struct fang_exchange, size);
	OFFSET(out, struct fang_exchange, flags);
	OFFSET(out, struct fang_exchange, responses);
	OFFSET(out, struct fang_exchange, records);
	OFFSET(out, struct fang_exchange, responses_length);
	OFFSET(out, struct fang_exchange, records_size);
	OFFSET(out, struct fang_exchange, timeout_ms);
	OFFSET(out, struct fang_exchange, responses_done);
	OFFSET(out, struct fang_exchange, unknown);
	OFFSET(out, struct fang_exchange, records_length);
}

void abi_print(FILE *out)
{
	print_constants(out);
	print_record(out);
	print_response(out);
	print_ioctls(out);
}
