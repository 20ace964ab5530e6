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
 *    struct fang_response, FANG_IOC_ABI, FANG_IOC_EXEMPT, FANG_IOC_OPEN,
 *    FANG_IOC_FASTPATH, FANG_IOC_EXCHANGE.
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
	/*
	 * flags say what became of the group; count says how many notifications
	 * nobody heard before this listener came.
	 */
	FANG_STATE = 65,
};

/* fang_record.flags */
#define FANG_REDELIVERED    (1 << 0) /* an earlier listener had it and went away */
#define FANG_PATH_IN_FS	    (1 << 1) /* the path starts at the file system's root */
#define FANG_PATH_DELETED   (1 << 2) /* the name was gone when the event was raised */
#define FANG_PATH_TRUNCATED (1 << 3) /* only the end of the path fits */
#define FANG_STATE_ENABLED  (1 << 4) /* of FANG_STATE: the group was enabled */
#define FANG_STATE_DISABLED (1 << 5) /* of FANG_STATE: it was disabled */
#define FANG_OUTSTANDING    (1 << 6) /* no other of this file until it is cleared */

/**
 * struct fang_record - the head of every record that read() returns
 * @length: bytes of the whole record, additions included; a multiple of 8
 * @head_length: bytes of this head; additions start here
 * @flags: FANG_REDELIVERED, FANG_PATH_*, FANG_STATE_*, FANG_OUTSTANDING
 * @id: never 0 and never reused while the module is loaded; names an access
 *	request in a response, and a record with FANG_OUTSTANDING
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
#define FANG_ADDITION_PATH   1 /* bytes of a path; no NUL, not escaped */
#define FANG_ADDITION_COMM   2 /* name of the thread */
#define FANG_ADDITION_EXE    3 /* path of its program as the kernel sees it */
#define FANG_ADDITION_CGROUP 4 /* path in the default hierarchy, from its root */

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
#define FANG_CLEAR    (1 << 2) /* alone: the outstanding record is dealt with */

/**
 * struct fang_response - settles or extends one access request, or clears a record
 * @id: the request's or record's id
 * @response: FANG_ALLOW, FANG_DENY or FANG_MORE_TIME; with FANG_CLEAR 0
 * @flags: FANG_FASTPATH, FANG_SURVIVE; or FANG_CLEAR
 * @kinds: mask of the kinds that FANG_FASTPATH remembers; 0 means the
 *	request's own kind
 * @result: zero
 * @zero: zero
 *
 * write() takes any number of them. A size that is not a multiple of 32 is
 * EINVAL and nothing is done. Ids that name no open request of this group, or for
 * FANG_CLEAR no outstanding record that was read, are skipped; if all were so,
 * write() fails with ENOENT. A malformed element (EINVAL),
 * FANG_MORE_TIME beyond the limit (ERANGE) and FANG_FASTPATH without the privilege
 * (EPERM) stop the batch: the bytes before it are returned, or the errno if it is
 * the first.
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

/**
 * struct fang_open - open the file of an access request
 * @size: sizeof(struct fang_open)
 * @flags: zero
 * @id: the request's id
 *
 * Returns a descriptor, opened as the group's fd_mode says, with O_CLOEXEC, whose
 * use raises no events. From delivery until the request is settled, else ENOENT.
 * ESTALE: the file itself is not there any more. EPERM without the privilege for
 * descriptors.
 */
struct fang_open {
	__u32 size;
	__u32 flags;
	__u64 id;
};

/* fang_remember.flags */
#define FANG_REMEMBER_SURVIVE (1 << 0) /* the entry outlives changes of the file */

/**
 * struct fang_remember - make a fastpath entry for an open file
 * @size: sizeof(struct fang_remember)
 * @flags: FANG_REMEMBER_SURVIVE
 * @fd: any descriptor of the file; an unprivileged caller's must be open for
 *	writing
 * @kinds: mask of kinds, not 0
 *
 * Errors: EINVAL (no regular file), ETXTBSY (open for writing, unless the entry
 * survives), ENOSPC (the group's max), EOPNOTSUPP (changes cannot be seen), EAGAIN
 * (changed just now).
 */
struct fang_remember {
	__u32 size;
	__u32 flags;
	__s32 fd;
	__u32 kinds;
};

/**
 * struct fang_exchange - write responses and read records in one call
 * @size: sizeof(struct fang_exchange)
 * @flags: zero
 * @responses: address of struct fang_response, as many as fit
 * @records: address of a buffer for records
 * @responses_length: bytes at @responses, a multiple of 32; may be 0
 * @records_size: bytes at @records; may be 0: then nothing is read
 * @timeout_ms: wait so long for the first record; 0 not at all, -1 for ever
 * @responses_done: out: bytes of responses that were taken
 * @unknown: out: how many of those named no open request
 * @records_length: out: bytes of records
 *
 * Once a response was taken the call returns 0, whatever the read came to: a
 * signal or a time-out then just means fewer records. Else errors are those of
 * write() and read(); ETIME when the time is over.
 */
struct fang_exchange {
	__u32 size;
	__u32 flags;
	__u64 responses;
	__u64 records;
	__u32 responses_length;
	__u32 records_size;
	__s32 timeout_ms;
	__u32 responses_done;
	__u32 unknown;
	__u32 records_length;
};

#define FANG_IOC_ABI	_IOR('F', 0xA0, struct fang_abi)
#define FANG_IOC_EXEMPT _IOW('F', 0xA1, struct fang_exempt)

#define FANG_IOC_OPEN	  _IOW('F', 0xA2, struct fang_open)
#define FANG_IOC_FASTPATH _IOW('F', 0xA3, struct fang_remember)
#define FANG_IOC_EXCHANGE _IOWR('F', 0xA4, struct fang_exchange)

#endif /* _UAPI_LINUX_FANG_H */
