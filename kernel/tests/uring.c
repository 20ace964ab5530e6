// SPDX-License-Identifier: GPL-2.0-only
/* An open through io_uring is an open: it waits and can be denied. */
#include "fang.h"
#include "harness.h"
#include "held.h"

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

struct ring {
	int fd;
	struct io_uring_params params;
	char *submissions, *completions;
	struct io_uring_sqe *entries;
};

static bool ring_make(struct ring *ring, unsigned int flags)
{
	struct io_uring_params *params = &ring->params;

	memset(params, 0, sizeof(*params));
	params->flags = flags;
	ring->fd = syscall(SYS_io_uring_setup, 4, params);
	if (ring->fd < 0)
		return false;
	ring->submissions = map_ring(ring->fd,
				     params->sq_off.array + params->sq_entries * sizeof(__u32),
				     IORING_OFF_SQ_RING);
	ring->completions = map_ring(
		ring->fd, params->cq_off.cqes + params->cq_entries * sizeof(struct io_uring_cqe),
		IORING_OFF_CQ_RING);
	ring->entries =
		map_ring(ring->fd, params->sq_entries * sizeof(*ring->entries), IORING_OFF_SQES);
	return true;
}

/* Submits one, and waits for so many completions. */
static int ring_submit(struct ring *ring, const struct io_uring_sqe *entry, unsigned int wait_for)
{
	unsigned int *tail = (unsigned int *)(ring->submissions + ring->params.sq_off.tail);
	unsigned int *array = (unsigned int *)(ring->submissions + ring->params.sq_off.array);
	unsigned int at = *tail % ring->params.sq_entries;
	unsigned int flags = wait_for ? IORING_ENTER_GETEVENTS : 0;

	if (ring->params.flags & IORING_SETUP_SQPOLL)
		flags |= IORING_ENTER_SQ_WAKEUP;
	ring->entries[at] = *entry;
	array[at] = at;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	return syscall(SYS_io_uring_enter, ring->fd, 1, wait_for, flags, NULL, 0) == 1 ? 0 : -errno;
}

/* One open. Returns the descriptor or a negated errno. */
static int open_by(struct ring *ring, const char *path, unsigned int entry_flags)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_OPENAT,
		.flags = entry_flags,
		.fd = AT_FDCWD,
		.addr = (unsigned long)path,
		.open_flags = O_RDONLY,
	};
	int error = ring_submit(ring, &entry, 1);
	const struct io_uring_cqe *completion;

	completion = (struct io_uring_cqe *)(ring->completions + ring->params.cq_off.cqes);
	return error ? error : completion->res;
}

/* With a ring of its own. */
static int open_by_ring(const char *path, unsigned int ring_flags, unsigned int entry_flags)
{
	struct ring ring;
	int fd;

	if (!ring_make(&ring, ring_flags))
		return -ENOSYS;
	fd = open_by(&ring, path, entry_flags);
	return fd < 0 ? fd : close(fd);
}

static int open_inline(const void *path)
{
	return open_by_ring(path, 0, 0);
}

static int open_by_worker(const void *path)
{
	return open_by_ring(path, 0, IOSQE_ASYNC);
}

/* A thread of the kernel that submits for the process. */
static int open_by_poller(const void *path)
{
	return open_by_ring(path, IORING_SETUP_SQPOLL, 0);
}

static void start(task_function function)
{
	create_file("a", "");
	if (task_run(function, "a") == -ENOSYS)
		skip("no io_uring here");
	ask_about("open_access", "a");
}

static void check_asked(task_function function)
{
	static const unsigned int responses[] = { FANG_DENY, FANG_ALLOW };

	start(function);
	for (int i = 0; i < 2; i++) {
		struct held held;

		hold(&held, FANG_OPEN_ACCESS, function, "a");
		CHECK_EQ(held.event.head.tgid, held.task.pid);
		CHECK_OK(respond(held.listener, held.event.head.id, responses[i]));
		CHECK_ERROR(task_result(&held.task), i ? 0 : -EPERM);
		stop_listening(held.listener);
	}
	CHECK_EQ(stat_of("g", "not_waited"), 0);
}

CASE(an_open_through_io_uring_is_asked_about)
{
	check_asked(open_inline);
}

CASE(an_open_by_an_io_uring_worker_is_asked_about)
{
	check_asked(open_by_worker);
}

CASE(an_open_by_a_thread_that_polls_an_io_uring_is_asked_about)
{
	check_asked(open_by_poller);
}

static void check_killable(task_function function)
{
	struct held held;

	start(function);
	hold(&held, FANG_OPEN_ACCESS, function, "a");
	check_killed(&held);
}

CASE(an_open_that_waits_in_io_uring_can_be_killed)
{
	check_killable(open_inline);
}

CASE(an_open_that_waits_in_an_io_uring_worker_can_be_killed)
{
	check_killable(open_by_worker);
}

CASE(an_open_that_waits_in_a_thread_that_polls_an_io_uring_can_be_killed)
{
	check_killable(open_by_poller);
}

static struct ring shared_ring;

static int open_by_shared(const void *path)
{
	int fd = open_by(&shared_ring, path, 0);

	return fd < 0 ? fd : close(fd);
}

static int submit_to_shared(const void *unused)
{
	static const struct io_uring_sqe nothing = { .opcode = IORING_OP_NOP };

	(void)unused;
	return ring_submit(&shared_ring, &nothing, 0);
}

CASE(an_open_that_waits_in_io_uring_holds_up_who_submits_to_the_same_ring)
{
	struct task submitter;
	struct held held;

	if (!ring_make(&shared_ring, 0))
		skip("no io_uring here");
	create_file("a", "");
	create_file("b", "");
	ask_about("open_access", "a");
	hold(&held, FANG_OPEN_ACCESS, open_by_shared, "a");
	task_start(&submitter, submit_to_shared, NULL);
	CHECK_WAITS(&submitter);
	/* Others use theirs. */
	CHECK_OK(task_run(open_inline, "b"));
	let_go(&held, 0);
	CHECK_OK(task_result(&submitter));
}
