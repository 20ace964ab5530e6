// SPDX-License-Identifier: GPL-2.0-only
/*
 * The layout is the same for 32-bit callers. A 64-bit program on x86 can make their system calls,
 * with addresses below 4 GiB.
 */
#include "fang.h"
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __x86_64__

/* From the 32-bit table. */
#define CALL32_READ  3
#define CALL32_WRITE 4
#define CALL32_IOCTL 54

static long call32(long number, long first, long second, long third)
{
	long result;

	asm volatile("int $0x80"
		     : "=a"(result)
		     : "a"(number), "b"(first), "c"(second), "d"(third)
		     : "memory", "r8", "r9", "r10", "r11");
	return (int)result;
}

static void *low_memory(void)
{
	void *page = mmap(NULL, FANG_RECORD_MAX, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	CHECK(page != MAP_FAILED);
	return page;
}

CASE(a_32_bit_caller_reads_and_responds)
{
	struct fang_response *response;
	struct fang_abi *abi = low_memory();
	char *buffer = low_memory();
	struct event event;
	struct task opener;
	size_t offset = 0;
	long length;
	int device;

	create_file("a", "");
	group_start("g", "open_access", NULL);
	device = device_open("g", O_RDWR);
	CHECK(device >= 0);
	task_closes(device);
	if (call32(CALL32_IOCTL, device, FANG_IOC_ABI, (long)abi) == -ENOSYS)
		skip("this kernel has no 32-bit calls");
	CHECK_EQ(abi->min, FANG_ABI_MIN);
	CHECK_EQ(abi->max, FANG_ABI_MAX);
	task_start(&opener, do_open, "a");
	length = call32(CALL32_READ, device, (long)buffer, FANG_RECORD_MAX);
	CHECK(length > 0);
	parse_event(buffer, length, &offset, &event);
	CHECK_STRING(kind_word(event.head.kind), "open_access");
	response = low_memory();
	response->id = event.head.id;
	response->response = FANG_DENY;
	CHECK_EQ(call32(CALL32_WRITE, device, (long)response, sizeof(*response)),
		 sizeof(*response));
	CHECK_ERROR(task_result(&opener), -EPERM);
}

#endif
