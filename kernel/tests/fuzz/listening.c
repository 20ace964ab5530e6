// SPDX-License-Identifier: GPL-2.0-only
/* A worker that listens: opens devices, hands them on, forks, closes them. */
#include "attempt.h"
#include "devices.h"
#include "random.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <linux/capability.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

/* Few, so that reading records runs out of descriptors at times. */
#define DESCRIPTORS_MAX 64

/* Nobody waits for ever in a read of which nothing comes. */
#define ALARM_US 50000

#define CHILD_LIMIT_US 100000

int devices[DEVICES] = { -1, -1, -1, -1, -1, -1 };

static int epoll = -1;

int device_pick(void)
{
	int fd = PICK(devices);

	if (fd < 0)
		fd = devices[0];
	return once_in(200) ? DESCRIPTORS_MAX + 1 : fd;
}

static void replace(unsigned int at, int fd)
{
	if (devices[at] >= 0) {
		aim("device %d", devices[at]);
		TRY("device close", close(devices[at]));
	}
	devices[at] = fd;
}

static void keep(int fd)
{
	if (fd >= 0)
		replace(below(DEVICES), fd);
}

static void open_device(void)
{
	/* Not O_CREAT: that would make a file where a node is to come. */
	static const int odd_flags[] = {
		O_RDONLY | O_NONBLOCK, O_WRONLY,	O_RDWR, O_RDONLY,
		O_RDWR | O_APPEND,     O_RDWR | O_SYNC, O_PATH, O_RDWR | O_TRUNC | O_NONBLOCK,
		O_RDWR | O_DIRECT
	};
	char path[64];

	sprintf(path, DEVICES_DIR "/%s", group_pick());
	aim("%s", path);
	keep(TRY("device open",
		 open(path, O_CLOEXEC | (once_in(4) ? PICK(odd_flags) : O_RDWR | O_NONBLOCK))));
}

static void serve(void)
{
	if (devices[0] < 0 && devices[1] < 0 && devices[2] < 0)
		open_device();
	records_serve();
}

static void close_device(void)
{
	replace(below(DEVICES), -1);
}

static void poll_device(void)
{
	struct pollfd ready = { .fd = device_pick(), .events = random_bits() };

	aim("device %d", ready.fd);
	TRY("device poll", poll(&ready, 1, below(4) * 3));
}

static void watch_device(void)
{
	struct epoll_event event = { .events = EPOLLIN | (once_in(2) ? EPOLLET : 0) };
	int fd = device_pick();

	if (epoll < 0)
		epoll = epoll_create1(EPOLL_CLOEXEC);
	aim("device %d", fd);
	switch (below(3)) {
	case 0:
		TRY("device epoll add", epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
		break;
	case 1:
		TRY("device epoll del", epoll_ctl(epoll, EPOLL_CTL_DEL, fd, &event));
		break;
	default:
		TRY("device epoll wait", epoll_wait(epoll, &event, 1, below(5)));
	}
}

static void duplicate(void)
{
	int fd = device_pick();

	aim("device %d", fd);
	keep(TRY("device dup", dup(fd)));
}

static void misuse_device(void)
{
	int fd = device_pick();
	void *mapped;

	aim("device %d", fd);
	switch (below(7)) {
	case 0:
		mapped = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
		TRY("device mmap", mapped == MAP_FAILED ? -1 : munmap(mapped, 4096));
		break;
	case 1:
		TRY("device lseek", lseek(fd, below(100), below(3)));
		break;
	case 2:
		TRY("device ftruncate", ftruncate(fd, 0));
		break;
	case 3:
		TRY("device sendfile", sendfile(device_pick(), fd, NULL, below(20000)));
		break;
	case 4:
		TRY("device flags", fcntl(fd, F_SETFL, once_in(4) ? O_ASYNC : O_NONBLOCK));
		break;
	case 5:
		TRY("device fsync", fsync(fd));
		break;
	default:
		TRY("device flags", fcntl(fd, F_SETFL, once_in(4) ? 0 : O_NONBLOCK));
	}
}

/* Its reader becomes the listener's process. */
static void pass_device(void)
{
	char control[CMSG_SPACE(sizeof(int))] = "", byte = 0;
	struct iovec one = { &byte, 1 };
	struct msghdr message = { .msg_iov = &one,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	int fd = device_pick();

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	aim("device %d", fd);
	TRY("device send", sendmsg(shared->mailbox[0], &message, MSG_DONTWAIT));
}

static void take_device(void)
{
	char control[CMSG_SPACE(sizeof(int))] = "", byte;
	struct iovec one = { &byte, 1 };
	struct msghdr message = { .msg_iov = &one,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *head;
	int fd;

	aim("mailbox");
	if (TRY("device receive", recvmsg(shared->mailbox[1], &message, MSG_DONTWAIT)) < 0)
		return;
	head = CMSG_FIRSTHDR(&message);
	if (!head || head->cmsg_len != CMSG_LEN(sizeof(fd)))
		return;
	memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	/* It may be one of those in which calls wait. */
	keep(fd);
}

/* A child holds the devices for a while, reads perhaps, and may outlive this process. */
static void fork_holding(void)
{
	static struct slot child;
	pid_t pid;

	aim("a child");
	pid = TRY("device fork", fork());
	if (pid)
		return;
	self = &child;
	ualarm(CHILD_LIMIT_US, CHILD_LIMIT_US);
	usleep(below(CHILD_LIMIT_US));
	if (once_in(2))
		records_serve();
	_exit(0);
}

static void on_alarm(int number)
{
	(void)number;
}

/* Without the privilege that reporting descriptors and other processes' exemption need. */
static void drop_capabilities(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	syscall(SYS_capset, &head, data);
}

static void begin(void)
{
	struct rlimit descriptors = { DESCRIPTORS_MAX, DESCRIPTORS_MAX };
	struct sigaction alarm_action = { .sa_handler = on_alarm };
	struct itimerval interval = { { 0, ALARM_US }, { 0, ALARM_US } };

	setrlimit(RLIMIT_NOFILE, &descriptors);
	sigaction(SIGALRM, &alarm_action, NULL);
	setitimer(ITIMER_REAL, &interval, NULL);
	signal(SIGCHLD, SIG_IGN);
	signal(SIGIO, SIG_IGN);
	if (once_in(8))
		unshare(CLONE_NEWUSER);
	else if (once_in(4))
		drop_capabilities();
}

static void act(void)
{
	static const struct chance chances[] = {
		{ 400, serve },
		{ 60, open_device },
		{ 25, close_device },
		{ 40, poll_device },
		{ 15, watch_device },
		{ 8, duplicate },
		{ 20, misuse_device },
		{ 8, pass_device },
		{ 8, take_device },
		{ 2, fork_holding },
		{ 60, responses_write },
		{ 30, respond_by_attribute },
		{ 60, records_read_oddly },
		{ 80, device_ioctl },
		{ 30, reported_use },
	};

	ACT(chances);
}

const struct role listening = { .name = "listening", .begin = begin, .act = act };
