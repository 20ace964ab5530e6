/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every number that bounds something, with its reason.
 */
#ifndef FANG_LIMITS_H
#define FANG_LIMITS_H

/* A group's name is a file name below /dev/fang and a word in messages. */
#define FANG_NAME_MAX 64

/* Room for a path of the profile that made the group. */
#define FANG_LABEL_MAX 255

/* configfs cuts a write at a page less one byte and does not tell. */
#define FANG_STORE_MAX 4094

/*
 * An access request waits this long. A scanner that takes less than 10 ms needs
 * no time-out; more than ten minutes looks like a hang to everybody.
 */
#define FANG_TIMEOUT_MS_MIN	10
#define FANG_TIMEOUT_MS_MAX	600000
#define FANG_TIMEOUT_MS_DEFAULT 5000

/* Without the way out of fsnotify's SRCU every wait delays strangers. */
#define FANG_TIMEOUT_MS_INSIDE_SRCU 3000

/* Twelve extensions of five seconds: a minute for the largest archive. */
#define FANG_EXTENSIONS_MAX	1000
#define FANG_EXTENSIONS_DEFAULT 12

/* A file that killed two scanners is likely to kill the third. */
#define FANG_DELIVERIES_MIN	1
#define FANG_DELIVERIES_MAX	1000
#define FANG_DELIVERIES_DEFAULT 2

/* Three time-outs in a row are no accident; 0 turns the degraded state off. */
#define FANG_TIMEOUTS_MAX     1000
#define FANG_TIMEOUTS_DEFAULT 3

/* Denials that a group keeps for people to look at. */
#define FANG_DENIALS 100

/* Tasks of which a group remembers that they just waited in vain. */
#define FANG_LATE_TASKS 64

/* As mainline's fanotify: 16384 queued events, a few MiB. */
#define FANG_QUEUE_MIN		 16
#define FANG_QUEUE_MAX		 1048576
#define FANG_QUEUE_DEFAULT	 16384
#define FANG_QUEUE_BYTES_MIN	 65536
#define FANG_QUEUE_BYTES_MAX	 1073741824
#define FANG_QUEUE_BYTES_DEFAULT 16777216

/* Each open request is a task that waits; more than this is an attack. */
#define FANG_ACCESS_MIN	    1
#define FANG_ACCESS_MAX	    1048576
#define FANG_ACCESS_DEFAULT 16384

/* An inode mark and its slot take about 128 bytes: 128 MiB by default. */
#define FANG_FASTPATH_MAX     16777216
#define FANG_FASTPATH_DEFAULT 1048576

/* Further groups with an entry on the same inode; beyond: refused, counted. */
#define FANG_FASTPATH_SLOTS 7

/*
 * A waiter looks this often whether the listener that holds its request still
 * lives. Closing the device wakes it at once; this is for a listener that dies
 * while a child or a core dump keeps the device open.
 */
#define FANG_LIVENESS_MS 250

/* A queued event that holds a path for a descriptor keeps umount busy. */
#define FANG_HOLD_MS 2000

/*
 * Notifications that a reader takes at once; it may fault and keep them from others meanwhile.
 * And requests that it finds remembered, which it settles while others wait for the lock.
 */
#define FANG_BATCH_MAX 32

/*
 * Events that a processor keeps for the next ones, 9 KiB: four times what a reader takes
 * at once. A kernel that looks for use after free is to see each freed.
 */
#define FANG_SPARE_EVENTS (IS_ENABLED(CONFIG_KASAN) ? 0 : 128)

/* Longest path text in a record: twice PATH_MAX, for prefix and rest. */
#define FANG_PATH_TEXT_MAX 8192

/*
 * Room for an escaped path in a trace record: hist triggers take keys of up to 256
 * bytes, and each record of the tracepoint is so much longer.
 */
#define FANG_TRACE_PATH 192

/*
 * Wants of one kind that are picked for a file; if more cover it, all of the file
 * system are looked at. They are on a stack that may be deep.
 */
#define FANG_PICK_MAX 16

/* Walks to the root that renames may spoil before one excludes them. */
#define FANG_WALK_TRIES 2

/* Longest text of a program or cgroup in a record; of longer ones the end is kept. */
#define FANG_EXTRA_TEXT_MAX 2048

/* Attempts to copy a path that is being renamed before the end is cut off. */
#define FANG_PATH_TRIES 3

/* Above this worst case enabling a group warns: people take it for a hang. */
#define FANG_WAIT_WARN_MS 20000

/* Device nodes, that is groups, at a time. */
#define FANG_MINORS 4096

/* Power of two; 64 requests a bucket at the default access_max. */
#define FANG_REQUEST_HASH_BITS 8

/* Listeners and helpers at a time are a handful. */
#define FANG_SUBJECT_HASH_BITS 6

/* Helpers that one listener may name. */
#define FANG_EXEMPT_MAX 64

/* Unloading looks this often whether somebody else still pins a mark of ours. */
#define FANG_UNLOAD_POLL_MS 10

#endif /* FANG_LIMITS_H */
