// SPDX-License-Identifier: GPL-2.0-only
/*
 * NFS, by the kernel's own server on this machine: what Fang does on a network file system, and
 * what with the server's accesses. The server is told by its files what exportfs and mountd would
 * tell it. It ends with the case's mount of those files.
 */
#include "fang.h"
#include "fastpath.h"
#include "harness.h"
#include "loop.h"
#include "subject.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nfsd/export.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define SERVER "/proc/fs/nfsd/"
#define CACHES "/proc/net/rpc/"
#define USER   1234
#define NOBODY 65534
/* Of what the server is told: it ends with the server. */
#define FOR_EVER 2147483647

static void tell(const char *path, const char *text)
{
	int error = file_write(path, text, strlen(text));

	if (error)
		FAIL("%s to %s: %s", text, path, error_name(error));
}

/* Everybody on this machine gets "exported", as the root of all; root is nobody there. */
static void export(void)
{
	char line[512];

	snprintf(line, sizeof(line), "nfsd 127.0.0.1 %d here\n", FOR_EVER);
	tell(CACHES "auth.unix.ip/channel", line);
	snprintf(line, sizeof(line), "here %s %d %d %d %d 0\n", case_path("exported"), FOR_EVER,
		 NFSEXP_FSID | NFSEXP_NOSUBTREECHECK | NFSEXP_ROOTSQUASH | NFSEXP_INSECURE_PORT,
		 NOBODY, NOBODY);
	tell(CACHES "nfsd.export/channel", line);
	snprintf(line, sizeof(line), "here 1 \\x00000000 %d %s\n", FOR_EVER, case_path("exported"));
	tell(CACHES "nfsd.fh/channel", line);
}

/* Mounts "exported" on "m". */
static void nfs_start(void)
{
	char line[512];
	int error;

	CHECK(!mkdir("exported", 0755) && !mkdir("m", 0755) && !mkdir("recovery", 0755));
	tmpfs_mount("exported");
	/* One that knows nothing of NFS says so at once. */
	if (system("modprobe -q -a nfsd nfsv4") || mount("nfsd", SERVER, "nfsd", 0, NULL))
		skip("no NFS here");
	/* The others want rpcbind. */
	tell(SERVER "versions", "-2 -3 +4 +4.1 +4.2\n");
	/* Newer ones keep no such directory. */
	if (!access(SERVER "nfsv4recoverydir", F_OK)) {
		snprintf(line, sizeof(line), "%s\n", case_path("recovery"));
		tell(SERVER "nfsv4recoverydir", line);
	}
	export();
	tell(SERVER "portlist", "tcp 2049\n");
	tell(SERVER "threads", "2\n");
	/*
	 * Nobody has anything to reclaim. A kernel that leaves the memory of clients
	 * to nfsdcld alone does not believe it, and lets them wait for 90 s.
	 */
	error = file_write(SERVER "v4_end_grace", "Y\n", 2);
	if (error == -EBUSY)
		skip("no NFS server without nfsdcld here");
	CHECK_OK(error);
	if (mount("127.0.0.1:/", "m", "nfs4", 0,
		  "vers=4.2,addr=127.0.0.1,clientaddr=127.0.0.1,soft"))
		FAIL("mounting: %s", strerror(errno));
}

static void nfs_stop(void)
{
	CHECK(!umount("m"));
	tell(SERVER "threads", "0\n");
	CHECK(!umount(SERVER));
}

static void cover_mount(const char *mask, const char *report)
{
	group_make("g", mask, "report", report, NULL);
	scope_add("g", "s", "filesystem", case_path("m"));
	CHECK_OK(set("g", "enabled", "1"));
}

CASE(files_on_nfs_are_asked_about_and_not_remembered)
{
	struct listener *listener;

	nfs_start();
	create_file("exported/a", "content");
	cover_mount("open_access", "path");
	CHECK_ERROR(fastpath_write("g", "add", "open_access ", "m/a"), -EOPNOTSUPP);
	listener = listen_to("g");
	remember(listener, "m/a");
	CHECK_EQ(stat_of("g", "fastpath_refused"), 1);
	CHECK(is_asked(listener, "m/a"));
	stop_listening(listener);
	CHECK_OK(set("g", "enabled", "0"));
	nfs_stop();
}

/* What a listener that joins as this user gets for an open by USER. */
static int reported_to(uid_t user, char *byte)
{
	static const struct subject subject = { .path = "m/secret", .uid = USER };
	struct listener *listener;
	struct event event;

	/* CAP_SYS_ADMIN stays. */
	setfsuid(user);
	listener = listen_to("g");
	setfsuid(0);
	CHECK_OK(task_run(do_open_as, &subject));
	expect_event(listener, &event, FANG_OPEN, "secret");
	stop_listening(listener);
	if (event.head.fd >= 0) {
		CHECK_EQ(pread(event.head.fd, byte, 1, 0), 1);
		close(event.head.fd);
	}
	return event.head.fd;
}

/* The server asks for whom a file is opened; whether this process may read it says nothing. */
CASE(a_reported_descriptor_is_opened_as_who_joined)
{
	char byte = 0;

	nfs_start();
	create_file("exported/secret", "x");
	CHECK(!chown("exported/secret", USER, USER) && !chmod("exported/secret", 0600));
	cover_mount("open", "fd path");
	CHECK(!chown("/dev/fang/g", USER, USER));
	CHECK_EQ(reported_to(0, &byte), -EACCES);
	CHECK(reported_to(USER, &byte) >= 0);
	CHECK_EQ(byte, 'x');
	CHECK_OK(set("g", "enabled", "0"));
	nfs_stop();
}

/* A documented limit. */
CASE(what_the_kernels_nfs_server_accesses_is_allowed)
{
	nfs_start();
	create_file("exported/a", "content");
	group_make("g", "open_access read_access", "on_no_listener", "deny", "on_cannot_wait",
		   "deny", NULL);
	scope_add("g", "s", "filesystem", case_path("exported"));
	item_add("g", "rules/all", "respond", "deny", NULL);
	CHECK_OK(set("g", "enabled", "1"));
	CHECK_ERROR(task_run(do_read, "exported/a"), -EPERM);
	CHECK_OK(task_run(do_read, "m/a"));
	CHECK_EQ(stat_of("g", "rule_denied"), 1);
	CHECK_EQ(stat_of("g", "asked"), 0);
	CHECK_OK(set("g", "enabled", "0"));
	nfs_stop();
}
