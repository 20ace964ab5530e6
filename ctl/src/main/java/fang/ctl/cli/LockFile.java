// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A file that one process at a time holds; its end lets go. Nobody but its owner may open it, or anybody could hold it. */
final class LockFile {
    private static final long PAUSE_NS = 50_000_000;

    private final FileChannel channel;

    private LockFile(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock; null if another has it for longer than these seconds.
     *
     * @throws java.nio.file.AccessDeniedException without root
     */
    static LockFile take(Path file, long seconds) throws IOException {
        Files.createDirectories(file.getParent());
        FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(
                        Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!tryLock(channel)) {
            if (System.nanoTime() - end >= 0) {
                channel.close();
                return null;
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
        return new LockFile(channel);
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    void close() throws IOException {
        channel.close();
    }
}
