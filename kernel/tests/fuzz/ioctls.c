// SPDX-License-Identifier: GPL-2.0-only
/* The device's ioctls: valid, a field wrong, a bad address, of 64 and of 32 bits. */
#include "caller32.h"
#include "devices.h"
#include "random.h"
#include "trees.h"

#include "../harness.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define RESPONSES_MAX 4

/* What an ioctl gets, where callers of both sorts can name it. */
static struct argument {
	union {
		struct fang_abi abi;
		struct fang_exempt exempt;
		struct fang_open open;
		struct fang_remember remember;
		struct fang_exchange exchange;
		unsigned char bytes[128];
	};
	struct fang_response responses[RESPONSES_MAX];
	char records[FANG_RECORD_MAX] __attribute__((aligned(8)));
} * argument;

static long call(int fd, const char *name, unsigned int command)
{
	void *at = once_in(64) ? bad_address() : argument;

	/* A byte of the structure is wrong, or none. */
	if (once_in(4))
		argument->bytes[below(48)] = random_bits() >> below(64);
	aim("device %d", fd);
	/* Low memory fits both. */
	if (at == argument && once_in(4))
		return TRY("device ioctl of 32 bits", ioctl32(fd, command, at));
	return TRY(name, ioctl(fd, command, at));
}

static void ask_abi(void)
{
	call(device_pick(), "FANG_IOC_ABI", FANG_IOC_ABI);
}

static void exempt(void)
{
	argument->exempt = (struct fang_exempt){
		.size = sizeof(argument->exempt),
		.flags = once_in(4) ? FANG_EXEMPT_PROCESS_GROUP : 0,
		/* If those that access files are exempt, little happens. */
		.pid = once_in(16) ? shared->slots[below(WORKERS_MAX)].pid : (int)below(3),
	};
	call(device_pick(), "FANG_IOC_EXEMPT", FANG_IOC_EXEMPT);
}

static void need_argument(void)
{
	if (!argument)
		argument = low_memory(sizeof(*argument));
	if (!argument)
		FAIL("no memory below 4 GiB");
}

void request_open(int device, u64 id)
{
	long fd;

	need_argument();
	argument->open = (struct fang_open){ .size = sizeof(argument->open), .id = id };
	fd = call(device, "FANG_IOC_OPEN", FANG_IOC_OPEN);
	if (fd >= 0)
		TRY("reported close", close(fd));
}

static void open_file(void)
{
	request_open(device_pick(), id_pick());
}

static void remember(void)
{
	char path[1024];
	int fd;

	tree_any_path(path);
	aim("%s", path);
	fd = TRY("file open", open(path, (once_in(4) ? O_RDWR : O_RDONLY) | O_CLOEXEC));
	argument->remember = (struct fang_remember){
		.size = sizeof(argument->remember),
		.flags = once_in(4) ? FANG_REMEMBER_SURVIVE : 0,
		.fd = fd,
		.kinds = below(128),
	};
	call(device_pick(), "FANG_IOC_FASTPATH", FANG_IOC_FASTPATH);
	if (fd >= 0)
		TRY("file close", close(fd));
}

static void exchange(void)
{
	static const int timeouts[] = { 0, 0, 1, 10, 50, -1, -2, 0x7fffffff };
	unsigned int count = below(RESPONSES_MAX + 1);
	int fd = device_pick();

	for (unsigned int i = 0; i < count; i++)
		response_make(&argument->responses[i], id_pick());
	argument->exchange = (struct fang_exchange){
		.size = sizeof(argument->exchange),
		.responses = (uintptr_t)argument->responses,
		.records = (uintptr_t)argument->records,
		.responses_length = count * sizeof(argument->responses[0]),
		.records_size = once_in(4) ? below(FANG_RECORD_MAX) : FANG_RECORD_MAX,
		.timeout_ms = PICK(timeouts),
	};
	if (!call(fd, "FANG_IOC_EXCHANGE", FANG_IOC_EXCHANGE) &&
	    argument->exchange.records == (uintptr_t)argument->records &&
	    argument->exchange.size == sizeof(argument->exchange))
		records_take(fd, argument->records, argument->exchange.records_length);
}

static void any(void)
{
	random_fill(argument->bytes, sizeof(argument->bytes));
	call(device_pick(), "unknown ioctl", _IOC(below(4), 'F', 0xA0 + below(8), below(64)));
}

void device_ioctl(void)
{
	static const struct chance chances[] = {
		{ 5, ask_abi },	  { 5, exempt },    { 5, open_file },
		{ 10, remember }, { 40, exchange }, { 5, any },
	};

	need_argument();
	ACT(chances);
}
