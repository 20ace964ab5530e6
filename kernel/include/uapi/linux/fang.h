/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Fang: listener groups that hear about, or decide on, every access to a file.
 *
 * This header is the whole binary interface of /dev/fang/<group>. Groups are
 * made and configured through configfs, see Documentation/configfs.rst; the
 * device is described in Documentation/device.rst.
 *
 * Protocol changes, newest first:
 *
 * 1: first version. Records of struct fang_record, responses of
 *    struct fang_response, FANG_IOC_ABI, FANG_IOC_EXEMPT.
 */
#ifndef _UAPI_LINUX_FANG_H
#define _UAPI_LINUX_FANG_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Oldest and newest protocol that this module speaks. */
#define FANG_ABI_MIN 1
#define FANG_ABI_MAX 1

/* A buffer of this many bytes holds any single record. */
#define FANG_RECORD_MAX 16384

/*
 * Event kinds. Seven come from files; the numbers of the others start at 64.
 * A mask holds bit (1 << kind) for each file kind.
 */
enum fang_kind {
	FANG_OPEN = 0,
	FANG_READ = 1,
	FANG_WRITE = 2,
	FANG_CLOSE_WRITE = 3,
	FANG_CLOSE_NOWRITE = 4,
	FANG_OPEN_ACCESS = 5,
	FANG_READ_ACCESS = 6,
	/* count says how many notifications were lost at this place. */
	FANG_OVERFLOW = 64,
};

/* fang_record.flags */
#define FANG_REDELIVERED    (1 << 0) /* an earlier listener had it and went away */
#define FANG_PATH_IN_FS	    (1 << 1) /* the path starts at the file system's root */
#define FANG_PATH_DELETED   (1 << 2) /* the name was gone when the event was raised */
#define FANG_PATH_TRUNCATED (1 << 3) /* only the end of the path fits */

/**
 * struct fang_record - the head of every record that read() returns
 * @length: bytes of the whole record, additions included; a multiple of 8
 * @head_length: bytes of this head; additions start here
 * @flags: FANG_REDELIVERED, FANG_PATH_*
 * @id: never 0 and never reused while the module is loaded; names an access
 *	request in a response
 * @time_ns: CLOCK_BOOTTIME when the event was raised
 * @kind: enum fang_kind
 * @fd: descriptor of the file if the group reports them, else -1; another
 *	negative value is the negated errno of the attempt
 * @pid: thread that raised the event, in the listener's pid namespace; 0 if
 *	invisible there
 * @tgid: its process, likewise
 * @uid: its file system uid, in the listener's user namespace
 * @gid: its file system gid, likewise
 * @dev: device of the file system (the kernel's new_encode_dev() form)
 * @ino: inode number
 * @open_flags: flags of the open file, 0 if there is none (truncate)
 * @count: how many events this record stands for; of FANG_OVERFLOW: lost ones
 * @deadline_ns: CLOCK_MONOTONIC at which an access request is settled by
 *	on_timeout; 0 for notifications
 *
 * Records are 8-aligned, pads are zero, and the layout is the same for 32-bit
 * and 64-bit callers. Newer modules may lengthen the head: use @head_length.
 */
struct fang_record {
	__u32 length;
	__u16 head_length;
	__u16 flags;
	__u64 id;
	__u64 time_ns;
	__u32 kind;
	__s32 fd;
	__s32 pid;
	__s32 tgid;
	__u32 uid;
	__u32 gid;
	__u64 dev;
	__u64 ino;
	__u32 open_flags;
	__u32 count;
	__u64 deadline_ns;
};

/* fang_addition.type */
#define FANG_ADDITION_PATH 1 /* bytes of a path; no NUL, not escaped */

/**
 * struct fang_addition - what may follow the head of a record
 * @type: FANG_ADDITION_*; a reader skips types that it does not know
 * @flags: zero
 * @length: bytes of this head and the payload, without the pad to 8
 */
struct fang_addition {
	__u16 type;
	__u16 flags;
	__u32 length;
};

/* fang_response.response */
#define FANG_ALLOW     1
#define FANG_DENY      2
#define FANG_MORE_TIME 3

/* fang_response.flags */
#define FANG_FASTPATH (1 << 0) /* with FANG_ALLOW: remember it */
#define FANG_SURVIVE  (1 << 1) /* with FANG_FASTPATH: also across changes */

/**
 * struct fang_response - settles or extends one access request
 * @id: the request's id
 * @response: FANG_ALLOW, FANG_DENY or FANG_MORE_TIME
 * @flags: FANG_FASTPATH, FANG_SURVIVE
 * @kinds: mask of the kinds that FANG_FASTPATH remembers; 0 means the
 *	request's own kind
 * @result: zero
 * @zero: zero
 *
 * write() takes any number of them. A size that is not a multiple of 32 is
 * EINVAL and nothing is done. Ids that name no open request of this group are
 * skipped; if all were so, write() fails with ENOENT. A malformed element
 * stops the batch: the bytes before it are returned, or EINVAL if it is the
 * first.
 */
struct fang_response {
	__u64 id;
	__u32 response;
	__u32 flags;
	__u32 kinds;
	__s32 result;
	__u64 zero;
};

/* fang_exempt.flags */
#define FANG_EXEMPT_PROCESS_GROUP (1 << 0) /* its process group, not only it */

/**
 * struct fang_exempt - treat a helper like the listener itself
 * @size: sizeof(struct fang_exempt)
 * @flags: FANG_EXEMPT_PROCESS_GROUP or 0
 * @pid: process id, or with FANG_EXEMPT_PROCESS_GROUP process group id, in the
 *	caller's pid namespace; 0 means the caller's own
 * @pad: zero
 *
 * Its accesses raise no events in this group while this listener is open. The
 * process or group itself is remembered, not the number. (Modules cannot look
 * up a pidfd. A caller that must be sure that the number was not reused keeps a
 * pidfd and asks afterwards whether the process still exists.)
 */
struct fang_exempt {
	__u32 size;
	__u32 flags;
	__s32 pid;
	__u32 pad;
};

/**
 * struct fang_abi - answer of FANG_IOC_ABI
 * @min: oldest protocol spoken
 * @max: newest protocol spoken
 */
struct fang_abi {
	__u32 min;
	__u32 max;
};

#define FANG_IOC_ABI	_IOR('F', 0xA0, struct fang_abi)
#define FANG_IOC_EXEMPT _IOW('F', 0xA1, struct fang_exempt)

#endif /* _UAPI_LINUX_FANG_H */
