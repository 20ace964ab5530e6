# SPDX-License-Identifier: Apache-2.0
"""Fang's device and attributes, as fang(4) describes them: what a listener in Python needs."""

import errno
import fcntl
import os
import re
import struct
from typing import NamedTuple

DEVICES = os.environ.get("FANG_DEV", "/dev/fang")
CONFIGFS = os.environ.get("FANG_CONFIGFS", "/sys/kernel/config/fang")

PROTOCOL = 1
READ_SIZE = 256 * 1024  # 16384 bytes hold any record; more are fetched at a time

CLOSE_WRITE, OPEN_ACCESS, OVERFLOW, STATE = 3, 5, 64, 65  # of Record.kind
PATH_IN_FS, PATH_TRUNCATED, STATE_ENABLED = 1 << 1, 1 << 3, 1 << 4  # of Record.flags
ALLOW, DENY, MORE_TIME = 1, 2, 3  # responses
FASTPATH = 1  # with ALLOW: remember it until the file changes

_HEAD = struct.Struct("=IHHQQIiiiIIQQIIQ")
_ADDITION = struct.Struct("=HHI")
_ADDITION_PATH = 1
_RESPONSE = struct.Struct("=QIIIiQ")
_OPEN = struct.Struct("=IIQ")
_IOC_ABI, _IOC_OPEN = 0x800846A0, 0x401046A2


class Record(NamedTuple):
    """What a listener uses of struct fang_record. The path is bytes, as names are."""

    kind: int
    flags: int
    id: int
    pid: int
    dev: int
    ino: int
    count: int
    path: bytes | None


class Listener:
    """One open of a group's device. It has joined once it is made, and leaves with its process."""

    def __init__(self, group, respond=False):
        mode = os.O_RDWR if respond else os.O_RDONLY
        self.fd = os.open(os.path.join(DEVICES, group), mode | os.O_NONBLOCK | os.O_CLOEXEC)
        oldest, newest = struct.unpack("=II", fcntl.ioctl(self.fd, _IOC_ABI, bytes(8)))
        if not oldest <= PROTOCOL <= newest:
            raise OSError(errno.EPROTO, f"the module speaks protocol {oldest} to {newest}, not {PROTOCOL}")

    def fileno(self):
        return self.fd

    def read(self):
        """The records that are ready, perhaps none; None when the group is gone."""
        try:
            data = os.read(self.fd, READ_SIZE)
        except BlockingIOError:
            return []
        return list(_records(data)) if data else None

    def respond(self, id, response, flags=0):
        """Whether it was in time: the request may have met its deadline, or its process have been killed."""
        try:
            os.write(self.fd, _RESPONSE.pack(id, response, flags, 0, 0, 0))
        except OSError as e:
            # ERANGE: max_extensions.
            if e.errno not in (errno.ENOENT, errno.ERANGE):
                raise
            return False
        return True

    def open(self, id):
        """A descriptor of the file that a request is about. Its use raises no events."""
        # Of a buffer that can be changed Python returns what the call returned.
        return fcntl.ioctl(self.fd, _IOC_OPEN, bytearray(_OPEN.pack(_OPEN.size, 0, id)))


def _records(data):
    at = 0
    while at < len(data):
        (length, head, flags, id, _, kind, _, pid, _, _, _, dev, ino, _, count, _) = _HEAD.unpack_from(data, at)
        path = None
        addition, end = at + head, at + length
        while addition < end:
            type, _, size = _ADDITION.unpack_from(data, addition)
            if type == _ADDITION_PATH:
                path = data[addition + _ADDITION.size : addition + size]
            addition += (size + 7) & ~7
        yield Record(kind, flags, id, pid, dev, ino, count, path)
        at = end


def attribute(group, name):
    """The bytes of one of a group's files in configfs, without the newline."""
    with open(os.path.join(CONFIGFS, "groups", group, name), "rb") as file:
        return file.read().removesuffix(b"\n")


def subtrees(group):
    """The directories that the group's scopes name, as they were written, and so as paths of records begin."""
    found = []
    for name in sorted(os.listdir(os.path.join(CONFIGFS, "groups", group, "scopes"))):
        scope = f"scopes/{name}"
        if attribute(group, f"{scope}/type") == b"subtree" and attribute(group, f"{scope}/active") == b"1":
            found.append(unescape(attribute(group, f"{scope}/path")))
    return found


def unescape(text):
    r"""Bytes that are written as \ooo, in configfs as in /proc/self/mountinfo."""
    return re.sub(rb"\\([0-7]{3})", lambda match: bytes([int(match[1], 8)]), text)
