// SPDX-License-Identifier: Apache-2.0
package fang.ctl.model;

/**
 * What is known of who accesses which file; null is what is not.
 *
 * @param kind the event kind's word
 * @param owner uid of the file's owner
 * @param size of the file, bytes
 */
public record Subject(
        RawPath path,
        String kind,
        Long uid,
        Long gid,
        RawPath exe,
        RawPath comm,
        RawPath cgroup,
        Long owner,
        Long size) {

    public Subject withPath(RawPath other) {
        return new Subject(other, kind, uid, gid, exe, comm, cgroup, owner, size);
    }

    public Subject withKind(String other) {
        return new Subject(path, other, uid, gid, exe, comm, cgroup, owner, size);
    }

    /** The same, the file looked at. */
    public Subject withFile(long fileOwner, long fileSize) {
        return new Subject(path, kind, uid, gid, exe, comm, cgroup, fileOwner, fileSize);
    }
}
