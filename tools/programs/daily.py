# An update of ClamAV's own definitions, as freshclam puts one together from pieces, but
# unsigned: daily.cud, which clamd takes from its database's directory like daily.cld.
#
#   daily.py FILE VERSION      signatures, as of .ndb, come from standard input
import hashlib
import io
import os
import sys
import tarfile
import time

path, version = sys.argv[1:]
signatures = sys.stdin.buffer.read()
# Date, version, signatures, least functionality level, checksum, signature, builder, time.
head = f"ClamAV-VDB:01 Jan 2026 00-00 +0000:{version}:{signatures.count(10)}:60:X:X:fang:{int(time.time())}"
info = f"{head}\ndaily.ndb:{len(signatures)}:{hashlib.sha256(signatures).hexdigest()}\n".encode()

content = io.BytesIO()
with tarfile.open(fileobj=content, mode="w", format=tarfile.USTAR_FORMAT) as tar:
    # In this order, of which the first tells that it is not compressed.
    for name, data in (("COPYING", b"none\n"), ("daily.info", info), ("daily.ndb", signatures)):
        member = tarfile.TarInfo(name)
        member.size = len(data)
        tar.addfile(member, io.BytesIO(data))
with open(path + ".new", "wb") as file:
    file.write(head.encode().ljust(512) + content.getvalue())
os.rename(path + ".new", path)
