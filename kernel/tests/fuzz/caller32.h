/* SPDX-License-Identifier: GPL-2.0-only */
/* System calls as a 32-bit program makes them. Addresses must be below 4 GiB. */
#ifndef FUZZ_CALLER32_H
#define FUZZ_CALLER32_H

#include <stddef.h>

/* As the C library gives it: -1 and errno. */
long ioctl32(int fd, unsigned int command, void *argument);
/* Memory that both sorts of callers can name; NULL if there is none. */
void *low_memory(size_t size);

#endif /* FUZZ_CALLER32_H */
