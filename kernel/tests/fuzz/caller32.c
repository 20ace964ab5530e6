// SPDX-License-Identifier: GPL-2.0-only
/* See caller32.h. A 64-bit program on x86 can make such calls. */
#include "caller32.h"

#include <errno.h>
#include <sys/mman.h>

#ifdef __x86_64__

/* From the 32-bit table. */
#define CALL32_IOCTL 54

long ioctl32(int fd, unsigned int command, void *argument)
{
	long result;
	int error;

	asm volatile("int $0x80"
		     : "=a"(result)
		     : "a"(CALL32_IOCTL), "b"((long)fd), "c"((long)command), "d"(argument)
		     : "memory", "r8", "r9", "r10", "r11");
	error = (int)result;
	if (error >= 0 || error < -4095)
		return error;
	errno = -error;
	return -1;
}

#else

long ioctl32(int fd, unsigned int command, void *argument)
{
	errno = ENOSYS;
	return -1;
}

#define MAP_32BIT 0

#endif

void *low_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}
