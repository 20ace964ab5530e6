#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Keeps contents of files in a store and fetches them when a file is opened; hsm.md tells how to use it.

A stub has the size, owner and times of the file, no blocks, and a mark: an extended attribute that only
root can see and set. It names the contents by their SHA-256, which is also their name in the store.

What keeps a reader from ever seeing zeros:

- An open of a stub waits until its contents are there, verified, and on the disk; the mark is removed last.
  Whoever dies before that leaves a stub, and the next open fetches anew.
- All that goes wrong ends in deny, and so does silence: on_timeout and the other settings of the profile.
- While a file becomes a stub a lease tells whether anybody else has it open. Its object in the store is
  locked meanwhile, as it is during a fetch.
"""

import argparse
import ctypes
import errno
import fcntl
import hashlib
import os
import queue
import select
import signal
import struct
import sys
import tempfile
import threading
import time

import fang

STORE = "/var/lib/fang-hsm"
MARK = "trusted.fang_hsm"  # its value: SHA-256, time of modification; short enough to stand in ext4's inodes
MARK_FORMAT = struct.Struct(">32sq")
CHUNK = 1 << 20
SYNC_EACH = 64 << 20  # bytes: so that the last sync is short beside the time-out
WORKERS = 8  # files that are fetched at a time
FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE = 1, 2

libc = ctypes.CDLL(None, use_errno=True)
libc.fallocate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]


def say(*words):
    print("hsm:", *words, file=sys.stderr, flush=True)


def shown(path):
    """A path for people: what is no text, or could change the terminal, escaped."""
    return path.encode("unicode_escape").decode()


def mark_of(file):
    """The mark of a path or descriptor, as (SHA-256, time of modification); None if it has none."""
    try:
        sha256, mtime_ns = MARK_FORMAT.unpack(os.getxattr(file, MARK))
    except OSError as e:
        if e.errno == errno.ENODATA:
            return None
        raise
    return sha256.hex(), mtime_ns


class Fetch:
    """Of one file, for all who wait for it."""

    def __init__(self, record):
        self.path = shown(os.fsdecode(record.path or b"?"))
        self.ids = [record.id]
        self.done = 0  # bytes; the worker counts, and
        self.told = 0  # the main thread sees whether it goes on


class Server:
    """The main thread reads requests and grants time; workers fetch. A file is known by (device, inode)."""

    def __init__(self, group, store):
        self.listener = fang.Listener(group, respond=True)
        self.store = store
        self.tick_s = int(fang.attribute(group, "timeout_ms")) / 1000 / 4
        self.guard = threading.Lock()  # of fetches and their ids
        self.fetches = {}
        self.work = queue.SimpleQueue()
        for _ in range(WORKERS):
            threading.Thread(target=self.worker, daemon=True).start()

    def serve(self):
        """Until the group is removed."""
        poll = select.poll()
        poll.register(self.listener, select.POLLIN)
        next_tick = time.monotonic() + self.tick_s
        while True:
            poll.poll(max(0, (next_tick - time.monotonic()) * 1000))
            records = self.listener.read()
            if records is None:
                return
            for record in records:
                if record.kind == fang.OPEN_ACCESS:
                    self.take(record)
            if time.monotonic() >= next_tick:
                self.grant_time()
                next_tick = time.monotonic() + self.tick_s

    def take(self, record):
        key = record.dev, record.ino
        with self.guard:
            if key in self.fetches:
                self.fetches[key].ids.append(record.id)
                return
        if is_whole(record):
            self.listener.respond(record.id, fang.ALLOW, fang.FASTPATH)
            return
        # Only this thread adds fetches.
        with self.guard:
            self.fetches[key] = Fetch(record)
        self.work.put(key)

    def grant_time(self):
        """To those whose contents keep coming, and to those in the queue behind them. Not if all stands still."""
        with self.guard:
            fetches = [(fetch, fetch.done, list(fetch.ids)) for fetch in self.fetches.values()]
        any_goes_on = any(done != fetch.told for fetch, done, _ in fetches)
        for fetch, done, ids in fetches:
            if done != fetch.told or (any_goes_on and done == 0):
                for id in ids:
                    self.listener.respond(id, fang.MORE_TIME)
            fetch.told = done

    def worker(self):
        while True:
            key = self.work.get()
            fetch = self.fetches[key]
            response, flags = fang.ALLOW, fang.FASTPATH
            try:
                self.fetch(fetch)
            except Exception as e:  # whatever it is: nobody may read this file
                say(f"{fetch.path}: {e}; denied")
                response, flags = fang.DENY, 0
            with self.guard:
                del self.fetches[key]
            # The descriptor is closed by now: a file that is open for writing can neither be executed nor
            # be remembered.
            for id in fetch.ids:
                self.listener.respond(id, response, flags)

    def fetch(self, fetch):
        try:
            fd = self.open(fetch)
        except OSError as e:
            if e.errno == errno.ETXTBSY:
                return  # it is being executed, so it was whole before
            raise
        try:
            while mark := mark_of(fd):
                with open(os.path.join(self.store, mark[0]), "rb", buffering=0) as source:
                    # Another server may be at it; and who makes a stub of these contents may be slower than
                    # the kernel lets a lease last.
                    fcntl.flock(source, fcntl.LOCK_EX)
                    if mark_of(fd) == mark:
                        fill(fd, mark, source, fetch)
                        say(f"{fetch.path}: fetched, {fetch.done} bytes")
        finally:
            os.close(fd)

    def open(self, fetch):
        """Of several who wait, the first may have been killed meanwhile."""
        for id in list(fetch.ids):
            try:
                return self.listener.open(id)
            except FileNotFoundError as e:
                gone = e
        raise gone


def end_with_thread(args):
    """Without its workers a server would keep everybody waiting; the next one starts anew."""
    sys.excepthook(args.exc_type, args.exc_value, args.exc_traceback)
    os._exit(1)


def is_whole(record):
    """Whether the file that a request is about has no mark. Opens nothing: an open for writing would be in
    the way of a program that starts at this moment."""
    try:
        fd = os.open(record.path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    except (OSError, TypeError):
        return False  # renamed, or without a name; the worker looks by the request's own descriptor
    try:
        status = os.fstat(fd)
        same = (status.st_dev, status.st_ino) == (record.dev, record.ino)
        return same and mark_of(f"/proc/self/fd/{fd}") is None
    except (OSError, struct.error):
        return False
    finally:
        os.close(fd)


def fill(fd, mark, source, fetch):
    """Contents into a stub. Who truncated the stub by path, which asks nobody, keeps the new size."""
    expected, mtime_ns = mark
    size = os.fstat(fd).st_size
    sha256 = hashlib.sha256()
    at = synced = 0
    while part := source.read(CHUNK):
        sha256.update(part)
        write_all(fd, part[: max(0, size - at)], at)
        at += len(part)
        if at - synced >= SYNC_EACH:
            os.fdatasync(fd)
            synced = at
        fetch.done += len(part)
    if sha256.hexdigest() != expected:
        raise OSError(errno.EIO, f"the store's {expected} has other contents")
    os.utime(fd, ns=(os.fstat(fd).st_atime_ns, mtime_ns))
    os.fsync(fd)
    os.removexattr(fd, MARK)


def write_all(fd, data, at):
    while data:
        written = os.pwrite(fd, data, at)
        data, at = data[written:], at + written


def archive(path, store, group):
    """Makes a stub of a file that nobody else has open."""
    if mark_of(path):  # opening would fetch it
        return "is a stub"
    if not is_covered(path, group):
        raise OSError(errno.EXDEV, f"group {group} is not enabled, or does not cover it under every name")
    fd = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        take_lease(fd)
        status = os.fstat(fd)
        sha256 = keep(fd, store)
        with open(os.path.join(store, sha256), "rb") as source:
            fcntl.flock(source, fcntl.LOCK_EX)
            os.setxattr(fd, MARK, MARK_FORMAT.pack(bytes.fromhex(sha256), status.st_mtime_ns), os.XATTR_CREATE)
            try:
                # An open that was asked about before the mark was there is seen by this; later ones wait
                # for the lock.
                take_lease(fd)
                os.fsync(fd)
            except OSError:
                os.removexattr(fd, MARK)
                raise
            # Beyond the end: of the last block nothing remains, either.
            if libc.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, status.st_size + CHUNK):
                number = ctypes.get_errno()
                os.removexattr(fd, MARK)
                raise OSError(number, os.strerror(number))
            os.utime(fd, ns=(status.st_atime_ns, status.st_mtime_ns))
        return f"{status.st_size} bytes are in the store"
    finally:
        os.close(fd)


def is_covered(path, group):
    """Whether opens of a file are asked about. A second name may be where they are not."""
    status, real = os.lstat(path), os.path.realpath(os.fsencode(path))
    return (
        fang.attribute(group, "enabled") == b"1"
        and status.st_nlink == 1
        and any(
            real.startswith(os.path.realpath(root).rstrip(b"/") + b"/") and os.stat(root).st_dev == status.st_dev
            for root in fang.subtrees(group)
        )
    )


def take_lease(fd):
    """Fails if anybody else has the file open, or waits for it to be opened."""
    try:
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)
    except BlockingIOError:
        raise OSError(errno.EBUSY, "somebody has it open") from None


def keep(fd, store):
    """Copies an open file into the store and returns its SHA-256."""
    sha256 = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=store, prefix=".new-") as copy:
        at = 0
        while part := os.pread(fd, CHUNK, at):
            if fcntl.fcntl(fd, fcntl.F_GETLEASE) != fcntl.F_WRLCK:
                raise OSError(errno.EBUSY, "somebody wants to open it")
            sha256.update(part)
            copy.write(part)
            at += len(part)
        copy.flush()
        os.fsync(copy.fileno())
        os.chmod(copy.name, 0o400)
        try:
            os.link(copy.name, os.path.join(store, sha256.hexdigest()))
        except FileExistsError:
            pass
    directory = os.open(store, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(directory)
    os.close(directory)
    return sha256.hexdigest()


def archive_all(paths, store, group):
    # How the kernel says that somebody waits because of a lease.
    signal.signal(signal.SIGIO, signal.SIG_IGN)
    failed = False
    for path in paths:
        try:
            print(f"{shown(path)}: {archive(path, store, group)}")
        except OSError as e:
            say(f"{shown(path)}: {e.strerror}; it stays as it is")
            failed = True
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description="Keeps contents of files in a store and fetches them on open.")
    parser.add_argument("--store", default=STORE, help=f"a directory (default {STORE})")
    parser.add_argument("--group", default="hsm", help="the group that covers the files (default hsm)")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="fetch contents when stubs are opened")
    stub = commands.add_parser("archive", help="put contents into the store and leave stubs")
    stub.add_argument("file", nargs="+")
    options = parser.parse_args()
    try:
        if options.command == "archive":
            sys.exit(archive_all(options.file, options.store, options.group))
        threading.excepthook = end_with_thread
        Server(options.group, options.store).serve()
    except FileNotFoundError as e:
        sys.exit(f"hsm: {e.filename}: no such file; is the profile applied?")


if __name__ == "__main__":
    main()
