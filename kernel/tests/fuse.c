// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file system in user space, see fuse.h: one directory, in it empty files that are never removed.
 * Node 1 is the directory; a file's node is 2 and its place in the table.
 */
#include "fuse.h"
#include "harness.h"
#include "task.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define FILES	    16
#define FIRST_FILE  2
#define BUFFER_SIZE (FUSE_MIN_READ_BUFFER + 65536)
/* Seconds: longer than any case. */
#define FOR_EVER 3600

struct server {
	int fd;
	unsigned int count;
	char names[FILES][64];
};

static void reply(const struct server *server, const struct fuse_in_header *in, int error,
		  const void *payload, size_t size)
{
	struct fuse_out_header out = {
		.len = sizeof(out) + size,
		.error = error,
		.unique = in->unique,
	};
	struct iovec parts[] = { { &out, sizeof(out) }, { (void *)payload, size } };

	/* ENOENT: who asked has been killed. */
	CHECK(writev(server->fd, parts, 2) == (ssize_t)out.len || errno == ENOENT);
}

static void fill_attributes(struct fuse_attr *attributes, __u64 node)
{
	attributes->ino = node;
	attributes->mode = node < FIRST_FILE ? S_IFDIR | 0755 : S_IFREG | 0644;
	attributes->nlink = 1;
}

static void fill_entry(struct fuse_entry_out *entry, __u64 node)
{
	entry->nodeid = node;
	entry->entry_valid = FOR_EVER;
	entry->attr_valid = FOR_EVER;
	fill_attributes(&entry->attr, node);
}

static void look_up(const struct server *server, const struct fuse_in_header *in, const char *name)
{
	struct fuse_entry_out entry = { 0 };

	if (!strcmp(name, FUSE_SLOW)) {
		raise_flag(FUSE_ASKED);
		wait_for_flag(FUSE_GO);
	}
	for (unsigned int i = 0; i < server->count; i++) {
		if (!strcmp(server->names[i], name))
			fill_entry(&entry, FIRST_FILE + i);
	}
	reply(server, in, entry.nodeid ? 0 : -ENOENT, &entry, entry.nodeid ? sizeof(entry) : 0);
}

static void create(struct server *server, const struct fuse_in_header *in, const char *name)
{
	struct {
		struct fuse_entry_out entry;
		struct fuse_open_out open;
	} out = { 0 };

	CHECK(server->count < FILES);
	snprintf(server->names[server->count], sizeof(server->names[0]), "%s", name);
	fill_entry(&out.entry, FIRST_FILE + server->count++);
	reply(server, in, 0, &out, sizeof(out));
}

static void open_file(const struct server *server, const struct fuse_in_header *in)
{
	static const struct fuse_open_out opened;
	bool gone = !strcmp(server->names[in->nodeid - FIRST_FILE], FUSE_GONE);

	reply(server, in, gone ? -ENOENT : 0, &opened, gone ? 0 : sizeof(opened));
}

static void get_attributes(const struct server *server, const struct fuse_in_header *in)
{
	struct fuse_attr_out out = { .attr_valid = FOR_EVER };

	fill_attributes(&out.attr, in->nodeid);
	reply(server, in, 0, &out, sizeof(out));
}

static void init(const struct server *server, const struct fuse_in_header *in)
{
	struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_write = 4096,
	};

	reply(server, in, 0, &out, sizeof(out));
}

static void serve_one(struct server *server, const struct fuse_in_header *in)
{
	static const struct fuse_write_out written = { .size = 1 };
	const char *body = (const char *)(in + 1);

	switch (in->opcode) {
	case FUSE_INIT:
		return init(server, in);
	case FUSE_LOOKUP:
		return look_up(server, in, body);
	case FUSE_CREATE:
		return create(server, in, body + sizeof(struct fuse_create_in));
	case FUSE_GETATTR:
	case FUSE_SETATTR:
		return get_attributes(server, in);
	case FUSE_OPEN:
		return open_file(server, in);
	case FUSE_WRITE:
		return reply(server, in, 0, &written, sizeof(written));
	case FUSE_FLUSH:
	case FUSE_RELEASE:
		return reply(server, in, 0, NULL, 0);
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		return;
	default:
		return reply(server, in, -ENOSYS, NULL, 0);
	}
}

static int serve(const void *fd)
{
	static char buffer[BUFFER_SIZE] __attribute__((aligned(8)));
	struct server server = { .fd = *(const int *)fd };
	ssize_t size;

	while ((size = read(server.fd, buffer, sizeof(buffer))) > 0 || errno == EINTR ||
	       errno == ENOENT) {
		if (size > 0)
			serve_one(&server, (const struct fuse_in_header *)buffer);
	}
	return errno == ENODEV ? 0 : -errno;
}

void fuse_mount(const char *directory)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	static struct task server;
	char options[100];

	if (fd < 0)
		skip("no FUSE: %s", strerror(errno));
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	if (mount("fang-tests", directory, "fuse", 0, options))
		skip("no FUSE: %s", strerror(errno));
	task_start(&server, serve, &fd);
	close(fd);
}
