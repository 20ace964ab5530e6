#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Keeps a catalogue, in SQLite, of the files that a group of Fang covers; indexer.md tells how to use it.

The catalogue holds every file that was closed after writing, whatever happens in between:

- First the group is joined, then the tree is scanned, then events are followed. So what is written during
  the scan is heard, and what was written before is seen.
- Where events are missing (the queue overflowed, nobody listened, the group was disabled) the kernel tells
  so by a record at that place, and the tree is scanned again.
- A row says what a file looked like before it was read, and events are taken as "look there": doing either
  twice, or being killed at any moment, does no harm.
"""

import argparse
import fcntl
import fnmatch
import hashlib
import os
import select
import signal
import sqlite3
import stat
import sys
import time

import fang

CATALOGUE = "/var/lib/fang-indexer/catalogue.db"
RESCAN_S = 3600  # renames and deletions raise no events: this is how long they may go unnoticed
SETTLE_S = 2  # programs rename what they have written: a while later its directory is looked at
BATCH = 256  # files from one commit to the next, and between looks at the queue during a scan
CHUNK = 1 << 20  # bytes of a file that are read at a time
# Stamps of files are as coarse as the kernel's clock and the file system's format, 2 s at most. What was
# changed so shortly before it was read may change once more under the same stamp.
GRAIN_NS = 2_000_000_000

SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    directory BLOB,     -- names are bytes, not text
    name BLOB,
    size INTEGER,
    mtime_ns INTEGER,
    sha256 TEXT,
    stamp TEXT,         -- what lstat said before the file was read; empty: read it at the next scan
    PRIMARY KEY (directory, name)
) WITHOUT ROWID
"""
PUT = "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)"
DROP = "DELETE FROM files WHERE directory = ? AND name = ?"


def say(*words):
    print("indexer:", *words, file=sys.stderr, flush=True)


def shown(path):
    """A path for people: what is no text, or could change the terminal, escaped."""
    return os.fsdecode(path).encode("unicode_escape").decode()


def stamp(status):
    s = status
    return f"{s.st_dev}:{s.st_ino}:{s.st_size}:{s.st_mtime_ns}:{s.st_ctime_ns}"


def stamp_now(path):
    try:
        return stamp(os.lstat(path))
    except OSError:
        return None


def mount_points():
    with open("/proc/self/mountinfo", "rb") as mounts:
        return {fang.unescape(line.split()[4]) for line in mounts}


def digest(fd, size):
    """Of the first size bytes: a file that grows on and on ends, too."""
    sha256 = hashlib.sha256()
    while size > 0 and (part := os.read(fd, min(size, CHUNK))):
        sha256.update(part)
        size -= len(part)
    return sha256.hexdigest()


class Indexer:
    def __init__(self, group, catalogue, rescan_s):
        self.group, self.rescan_s = group, rescan_s
        # Two indexers of one group would get half of the events each. The lock goes with the process, and
        # before that the process has left the group.
        self.lock = open(catalogue + ".lock", "w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.database = sqlite3.connect(catalogue)
        self.database.execute("PRAGMA journal_mode = WAL")  # those who read it do not wait
        self.database.execute(SCHEMA)
        self.listener = fang.Listener(group)
        if fang.attribute(group, "listeners") != b"1":
            sys.exit(f"indexer: {group} has another listener, which would take part of the events")
        if b"path" not in fang.attribute(group, "report").split():
            sys.exit(f"indexer: {group} reports no paths; give its profile report: [path]")
        self.roots = fang.subtrees(group)
        if not self.roots:
            sys.exit(f"indexer: {group} has no active scope of type subtree")
        self.scan_because = "start"
        self.next_scan = 0
        self.settling = {}  # directory -> when to look at it
        self.looked = 0

    def follow(self):
        """Until the group is removed."""
        poll = select.poll()
        poll.register(self.listener, select.POLLIN)
        while True:
            if self.scan_because or time.monotonic() >= self.next_scan:
                self.scan()
            self.settle()
            self.database.commit()
            due = min([self.next_scan, *self.settling.values()]) - time.monotonic()
            if not self.scan_because:
                poll.poll(max(0, due * 1000))
            if not self.hear():
                return

    def hear(self):
        """Takes what the kernel has queued; false if the group is gone."""
        records = self.listener.read()
        if records is None:
            self.database.commit()
            return False
        written = {}
        for record in records:
            if record.kind == fang.OVERFLOW:
                self.scan_because = f"{record.count} events were lost"
            elif record.kind == fang.STATE and (record.count or record.flags & fang.STATE_ENABLED):
                self.scan_because = f"nobody heard {record.count} events, or the group was disabled"
            elif record.kind == fang.CLOSE_WRITE:
                if record.flags & (fang.PATH_IN_FS | fang.PATH_TRUNCATED):
                    self.scan_because = "a path was not told in full"
                else:
                    written[record.path] = True
        for path in written:
            self.look(path)
            self.settling.setdefault(os.path.dirname(path), time.monotonic() + SETTLE_S)
        return True

    def settle(self):
        """Looks at directories in which something was written a while ago: it may have been renamed."""
        now = time.monotonic()
        for directory in [directory for directory, due in self.settling.items() if due <= now]:
            del self.settling[directory]
            self.look_at_directory(directory)

    def scan(self):
        """Looks at everything; reads only what has another stamp than its row."""
        because, self.scan_because = self.scan_because or "time", None
        started, looked = time.monotonic(), self.looked
        not_covered = mount_points()
        seen = set()
        todo = list(self.roots)
        while todo:
            directory = todo.pop()
            seen.add(directory)
            todo += [below for below in self.look_at_directory(directory) if below not in not_covered]
            self.go_on()
        for directory in self.column("SELECT DISTINCT directory FROM files"):
            if directory not in seen:
                self.look_at_directory(directory)
        self.database.commit()
        self.next_scan = time.monotonic() + self.rescan_s
        say(
            f"scan ({because}): {self.column('SELECT count(*) FROM files')[0]} files in {len(seen)} directories,",
            f"{self.looked - looked} read, {time.monotonic() - started:.1f} s",
        )

    def go_on(self):
        """Between two steps of a scan: what is done is kept, and the queue does not grow meanwhile."""
        self.database.commit()
        self.hear()

    def look_at_directory(self, directory):
        """Brings the rows of one directory up to date and returns the directories in it."""
        rows = dict(self.database.execute("SELECT name, stamp FROM files WHERE directory = ?", (directory,)))
        below = []
        try:
            with os.scandir(directory) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        below.append(entry.path)
                    elif entry.is_file(follow_symlinks=False):
                        if rows.pop(entry.name, None) != stamp_now(entry.path):
                            self.look(entry.path)
                            if self.looked % BATCH == 0:
                                self.go_on()
        except (FileNotFoundError, NotADirectoryError):
            pass
        except OSError as e:
            say(f"{shown(directory)}: {e.strerror}; its rows stay as they are")
            return below
        # Not listed, but it may have come back since.
        for name in rows:
            self.look(os.path.join(directory, name))
        return below

    def look(self, path):
        """Brings the row of one file up to date."""
        directory, name = os.path.split(path)
        row = None
        if any(path.startswith(root.rstrip(b"/") + b"/") for root in self.roots):
            try:
                row = self.read(path)
            except (FileNotFoundError, NotADirectoryError):
                pass
            except OSError as e:
                say(f"{shown(path)}: {e.strerror}; tried again at the next scan")
                row = (None, None, None, "")
        if row:
            self.database.execute(PUT, (directory, name, *row))
        else:
            self.database.execute(DROP, (directory, name))
        self.looked += 1

    def column(self, query):
        return [row[0] for row in self.database.execute(query)]

    def read(self, path):
        # Not opened before it is known to be a file: opening may set a device going.
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return None
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            now = time.time_ns()
            status = os.fstat(fd)
            settled = status.st_ctime_ns + GRAIN_NS < now
            sha256 = digest(fd, status.st_size)
            return status.st_size, status.st_mtime_ns, sha256, stamp(status) if settled else ""
        finally:
            os.close(fd)


def find(catalogue, pattern, null):
    """What the catalogue knows, but only if it is still so: each row is checked before it is shown."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # as in find | head
    database = sqlite3.connect(f"file:{catalogue}?mode=ro", uri=True)
    left_out = 0
    for directory, name, size, mtime_ns, sha256 in database.execute(
        "SELECT directory, name, size, mtime_ns, sha256 FROM files ORDER BY directory, name"
    ):
        path = os.path.join(directory, name)
        if not fnmatch.fnmatchcase(path, pattern):
            continue
        try:
            status = os.lstat(path)
        except OSError:
            status = None
        if status and (status.st_size, status.st_mtime_ns) == (size, mtime_ns):
            sys.stdout.buffer.write(path + b"\0" if null else f"{sha256} {size:12} {shown(path)}\n".encode())
        else:
            left_out += 1
    if left_out:
        say(f"{left_out} left out: gone, renamed, unreadable, or being written")


def main():
    parser = argparse.ArgumentParser(description="Keeps a catalogue of the files that a group of Fang covers.")
    parser.add_argument("--catalogue", default=CATALOGUE, help=f"the database (default {CATALOGUE})")
    commands = parser.add_subparsers(dest="command", required=True)
    follow = commands.add_parser("follow", help="keep the catalogue until the group is removed")
    follow.add_argument("--group", default="indexer")
    follow.add_argument("--rescan", type=float, default=RESCAN_S, metavar="SECONDS", help="time between scans")
    query = commands.add_parser("find", help="show the files that are as the catalogue says")
    query.add_argument("glob", nargs="?", default="*", help="of whole paths; * crosses directories")
    query.add_argument("-0", "--null", action="store_true", help="paths as they are, a NUL after each")
    options = parser.parse_args()
    try:
        if options.command == "follow":
            Indexer(options.group, options.catalogue, options.rescan).follow()
        else:
            find(options.catalogue, os.fsencode(options.glob), options.null)
    except FileNotFoundError as e:
        sys.exit(f"indexer: {e.filename}: no such file; is the profile applied, and the catalogue's directory there?")
    except sqlite3.OperationalError as e:
        sys.exit(f"indexer: {options.catalogue}: {e}")


if __name__ == "__main__":
    main()
