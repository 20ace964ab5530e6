// SPDX-License-Identifier: GPL-2.0-only
/* An open through io_uring is an open: it waits and can be denied. */
#include "fang.h"
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static void *map_ring(int ring, size_t size, off_t offset)
{
	void *address = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring, offset);

	CHECK(address != MAP_FAILED);
	return address;
}

/* One open with a ring of its own. Returns the descriptor or a negated errno. */
static int open_by_ring(const char *path, unsigned int sqe_flags)
{
	struct io_uring_params params = { 0 };
	int ring = syscall(SYS_io_uring_setup, 1, &params);
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqe;
	char *submissions, *completions;
	unsigned int *tail;

	if (ring < 0)
		return -ENOSYS;
	submissions = map_ring(ring, params.sq_off.array + sizeof(__u32), IORING_OFF_SQ_RING);
	completions = map_ring(ring, params.cq_off.cqes + params.cq_entries * sizeof(*cqe),
			       IORING_OFF_CQ_RING);
	sqe = map_ring(ring, sizeof(*sqe), IORING_OFF_SQES);
	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = IORING_OP_OPENAT;
	sqe->flags = sqe_flags;
	sqe->fd = AT_FDCWD;
	sqe->addr = (unsigned long)path;
	sqe->open_flags = O_RDONLY;
	*(unsigned int *)(submissions + params.sq_off.array) = 0;
	tail = (unsigned int *)(submissions + params.sq_off.tail);
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		return -errno;
	cqe = (struct io_uring_cqe *)(completions + params.cq_off.cqes);
	return cqe->res;
}

static int open_inline(const void *path)
{
	int fd = open_by_ring(path, 0);

	return fd < 0 ? fd : close(fd);
}

static int open_by_worker(const void *path)
{
	int fd = open_by_ring(path, IOSQE_ASYNC);

	return fd < 0 ? fd : close(fd);
}

static void check_asked(task_function function)
{
	static const unsigned int responses[] = { FANG_DENY, FANG_ALLOW };
	struct listener *listener;
	struct event event;
	struct task opener;

	create_file("a", "");
	if (task_run(function, "a") == -ENOSYS)
		skip("no io_uring here");
	group_start("g", "open_access", "timeout_ms", "60000", NULL);
	listener = listen_to("g");
	for (int i = 0; i < 2; i++) {
		task_start(&opener, function, "a");
		expect_event(listener, &event, FANG_OPEN_ACCESS, "a");
		CHECK_EQ(event.head.tgid, opener.pid);
		CHECK_OK(respond(listener, event.head.id, responses[i]));
		CHECK_ERROR(task_result(&opener), i ? 0 : -EPERM);
	}
}

CASE(an_open_through_io_uring_is_asked_about)
{
	check_asked(open_inline);
}

CASE(an_open_by_an_io_uring_worker_is_asked_about)
{
	check_asked(open_by_worker);
}
