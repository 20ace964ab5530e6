// SPDX-License-Identifier: GPL-2.0-only
/*
 * fang-map FILE: map it shared and writable, close the descriptor, say so, and
 * stay until killed. Stores through such a mapping raise no event.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char *mapped;
	int fd;

	if (argc != 2) {
		fprintf(stderr, "usage: fang-map FILE\n");
		return 2;
	}
	fd = open(argv[1], O_RDWR);
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	mapped = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (mapped == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	close(fd);
	*(volatile char *)mapped = 'N';
	puts("mapped and written");
	fflush(stdout);
	return pause();
}
