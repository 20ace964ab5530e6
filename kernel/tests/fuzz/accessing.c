// SPDX-License-Identifier: GPL-2.0-only
/* A worker that accesses files, of which groups hear, about which they are asked. */
#include "fuzz.h"
#include "random.h"
#include "trees.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILES	  8
#define FILE_SIZE 20000

static int files[FILES] = { -1, -1, -1, -1, -1, -1, -1, -1 };

static char buffer[FILE_SIZE];

static int file_pick(void)
{
	int fd = PICK(files);

	for (unsigned int tries = 3; fd < 0 && tries; tries--)
		fd = PICK(files);
	aim("file %d", fd);
	return fd;
}

static void keep(int fd)
{
	unsigned int at = below(FILES);

	if (fd < 0)
		return;
	if (files[at] >= 0)
		TRY("file close", close(files[at]));
	files[at] = fd;
}

static void open_file(void)
{
	static const int flags[] = { O_RDONLY,
				     O_RDONLY,
				     O_RDONLY,
				     O_WRONLY,
				     O_RDWR | O_CREAT,
				     O_WRONLY | O_CREAT | O_TRUNC,
				     O_RDWR | O_CREAT | O_EXCL,
				     O_WRONLY | O_APPEND,
				     O_RDONLY | O_NOFOLLOW,
				     O_PATH,
				     O_RDONLY | O_DIRECTORY,
				     O_RDWR | O_DIRECT,
				     O_RDWR | O_SYNC,
				     O_RDONLY | O_NOATIME };
	char path[1024];

	tree_any_path(path);
	aim("%s", path);
	keep(TRY("file open", open(path, PICK(flags) | O_CLOEXEC, 0777)));
}

/* As programs mostly do: all of one file, from its opening to its closing. */
static void read_whole(void)
{
	char path[1024];
	long fd;

	tree_any_path(path);
	aim("%s", path);
	fd = TRY("file open", open(path, O_RDONLY | O_CLOEXEC));
	if (fd < 0)
		return;
	TRY("file read", read(fd, buffer, sizeof(buffer)));
	TRY("file close", close(fd));
}

static void write_whole(void)
{
	char path[1024];
	long fd;

	tree_any_path(path);
	aim("%s", path);
	fd = TRY("file open", open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0777));
	if (fd < 0)
		return;
	TRY("file write", write(fd, buffer, below(4096)));
	TRY("file close", close(fd));
}

static void read_file(void)
{
	int fd = file_pick();

	if (once_in(2))
		TRY("file read", read(fd, buffer, below(sizeof(buffer))));
	else
		TRY("file pread", pread(fd, buffer, below(100), below(FILE_SIZE)));
}

static void write_file(void)
{
	struct iovec parts[2] = { { buffer, below(1000) }, { buffer, below(1000) } };
	int fd = file_pick();

	switch (below(4)) {
	case 0:
		TRY("file pwrite", pwrite(fd, buffer, below(100), below(FILE_SIZE)));
		break;
	case 1:
		TRY("file writev", writev(fd, parts, 2));
		break;
	case 2:
		TRY("file lseek", lseek(fd, below(100), SEEK_SET));
		break;
	default:
		TRY("file write", write(fd, buffer, once_in(2) ? 1 : below(4096)));
	}
}

static void truncate_file(void)
{
	char path[1024];
	int fd;

	switch (below(3)) {
	case 0:
		fd = file_pick();
		TRY("file ftruncate", ftruncate(fd, below(FILE_SIZE)));
		break;
	case 1:
		fd = file_pick();
		TRY("file fallocate", fallocate(fd, below(4), 0, below(FILE_SIZE)));
		break;
	default:
		tree_any_path(path);
		aim("%s", path);
		TRY("file truncate", truncate(path, below(FILE_SIZE)));
	}
}

static void copy_file(void)
{
	int from = file_pick(), to = file_pick();

	if (once_in(2))
		TRY("file sendfile", sendfile(to, from, NULL, below(4096)));
	else
		TRY("file copy_file_range", copy_file_range(from, NULL, to, NULL, below(4096), 0));
}

/*
 * Stores through the mapping, which last until it goes. The store itself is left out where the
 * file may have become shorter: that would be a SIGBUS.
 */
static void map_file(void)
{
	int protection = once_in(2) ? PROT_READ : PROT_READ | PROT_WRITE;
	int flags = once_in(3) ? MAP_PRIVATE : MAP_SHARED, fd = file_pick();
	char *mapped = MAP_FAILED;

	TRY("file mmap",
	    (mapped = mmap(NULL, 4096, protection, flags, fd, 0)) == MAP_FAILED ? -1 : 0);
	if (mapped == MAP_FAILED)
		return;
	if (protection & PROT_WRITE)
		/* Asks the kernel to read it, which gives EFAULT where memory is gone. */
		TRY("file store by mapping", pread(files[0], mapped, 1, 0));
	if (once_in(2))
		TRY("file msync", msync(mapped, 4096, MS_SYNC));
	TRY("file munmap", munmap(mapped, 4096));
}

static void rename_file(void)
{
	static const unsigned int flags[] = { 0, 0, RENAME_EXCHANGE, RENAME_NOREPLACE,
					      RENAME_WHITEOUT };
	char path[1024], other[1024];

	tree_any_path(path);
	if (once_in(4))
		tree_any_path(other);
	else
		tree_path_beside(other, path);
	aim("%s", path);
	switch (below(4)) {
	case 0:
		TRY("file link", link(path, other));
		break;
	case 1:
		/* From link to link ".." would lead out of FUZZ_DIR. */
		if (strcmp(strrchr(path, '/'), "/.."))
			TRY("file symlink", symlink(path, other));
		break;
	default:
		TRY("file rename", renameat2(AT_FDCWD, path, AT_FDCWD, other, PICK(flags)));
	}
}

/* Trees themselves are moved away and come back. */
static void rename_directory(void)
{
	char path[1024], other[1024];

	tree_path(path, "d");
	tree_path(other, once_in(2) ? "d" : "moved");
	aim("%s", path);
	if (once_in(2))
		TRY("directory rename", rename(path, other));
	else
		TRY("directory rename", rename(other, path));
}

static void remove_file(void)
{
	char path[1024];

	tree_any_path(path);
	aim("%s", path);
	TRY("file unlink", unlink(path));
}

static void make_directory(void)
{
	char path[1024];

	tree_any_path(path);
	if (once_in(2))
		*strrchr(path, '/') = 0;
	aim("%s", path);
	if (once_in(4))
		TRY("directory rmdir", rmdir(path));
	else
		TRY("directory mkdir", mkdir(path, 0777));
}

static void make_unnamed(void)
{
	char path[1024], link_from[64];
	int fd;

	tree_path(path, once_in(2) ? "" : "d");
	aim("%s", path);
	fd = TRY("file open O_TMPFILE", open(path, O_TMPFILE | O_RDWR | O_CLOEXEC, 0777));
	if (fd >= 0 && once_in(2)) {
		tree_any_path(path);
		sprintf(link_from, "/proc/self/fd/%d", fd);
		TRY("file linkat", linkat(AT_FDCWD, link_from, AT_FDCWD, path, AT_SYMLINK_FOLLOW));
	}
	keep(fd);
}

/* The program ends at once. Its parent may be killed meanwhile, and it, too. */
static void run_program(void)
{
	char path[1024];
	pid_t pid;

	tree_path(path, once_in(4) ? "script" : "prog");
	aim("%s", path);
	operation_begin("file exec");
	pid = vfork();
	if (!pid) {
		execl(path, path, "--exit", NULL);
		_exit(1);
	}
	if (once_in(8))
		kill(pid, SIGKILL);
	operation_end("file exec", pid > 0 && waitpid(pid, NULL, 0) == pid);
}

static void be_another_user(void)
{
	setfsuid(1000 * below(3));
	/* Forgotten with other credentials. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void change_attributes(void)
{
	char path[1024];

	tree_any_path(path);
	aim("%s", path);
	if (once_in(2))
		TRY("file chmod", chmod(path, 0700 | below(01000)));
	else
		TRY("file fsync", fsync(file_pick()));
}

static void begin(void)
{
	random_fill(buffer, sizeof(buffer));
	/* Others' mounts and unmounts are not seen there. */
	if (once_in(8))
		unshare(CLONE_NEWNS);
}

static void act(void)
{
	static const struct chance chances[] = {
		{ 120, open_file },	   { 120, read_whole }, { 60, write_whole },
		{ 120, read_file },	   { 100, write_file }, { 40, truncate_file },
		{ 15, copy_file },	   { 30, map_file },	{ 50, rename_file },
		{ 10, rename_directory },  { 25, remove_file }, { 30, make_directory },
		{ 20, make_unnamed },	   { 3, run_program },	{ 5, be_another_user },
		{ 15, change_attributes },
	};

	ACT(chances);
}

const struct role accessing = { .name = "accessing", .begin = begin, .act = act };
