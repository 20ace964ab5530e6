// SPDX-License-Identifier: Apache-2.0
package fang.ctl.testing;

import fang.ctl.model.RawPath;
import fang.ctl.sys.TraceStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** A tracepoint in memory; not there until it is mounted. */
public final class FakeTrace {
    /** As the module tells it on Linux 6.1. */
    private static final String FORMAT = """
            name: fang_raised
            ID: 1404
            format:
            \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
            \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

            \tfield:__data_loc char[] group;\toffset:8;\tsize:4;\tsigned:1;
            \tfield:u32 kind;\toffset:12;\tsize:4;\tsigned:0;
            \tfield:dev_t dev;\toffset:16;\tsize:4;\tsigned:0;
            \tfield:u64 ino;\toffset:24;\tsize:8;\tsigned:0;
            """;

    private static final String NEWER = """
            \tfield:char comm[16];\toffset:32;\tsize:16;\tsigned:1;
            \tfield:char path[192];\toffset:48;\tsize:192;\tsigned:1;
            """;

    private static final long ID = 1404;
    private static final int GROUP = 8;
    private static final int COMM = 32;
    private static final int PATH = 48;
    private static final int PATH_SIZE = 192;
    private static final int END = PATH + PATH_SIZE;

    private record Raised(int pid, byte[] raw) {}

    private final Deque<Raised> records = new ArrayDeque<>();
    private Path directory = Path.of("/nonexistent/tracing");
    private long unseen;
    private boolean open;

    Path directory() {
        return directory;
    }

    /** Whether somebody listens. */
    public boolean isOpen() {
        return open;
    }

    /** @param whole whether the tracepoint tells program and path */
    public FakeTrace mount(boolean whole) {
        try {
            directory = Files.createTempDirectory("fangctl-tracing");
            Path tracepoint = Files.createDirectories(directory.resolve("events/fang/fang_raised"));
            Files.writeString(tracepoint.resolve("format"), FORMAT + (whole ? NEWER : ""));
            Files.writeString(tracepoint.resolve("id"), ID + "\n");
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** GROUP PID COMM PATH [TIMES]; COMM with escapes, PATH as the kernel escapes it. */
    public void raised(String[] words) {
        int times = words.length > 4 ? Integer.parseInt(words[4]) : 1;
        for (int i = 0; i < times; i++) {
            raised(words[0], Integer.parseInt(words[1]), RawPath.parse(words[2]).bytes(), words[3]);
        }
    }

    public FakeTrace raised(String group, int pid, byte[] comm, String path) {
        byte[] name = group.getBytes(StandardCharsets.UTF_8);
        ByteBuffer raw = ByteBuffer.allocate(END + name.length + 1).order(ByteOrder.nativeOrder());
        raw.putInt(GROUP, name.length + 1 << 16 | END);
        raw.position(COMM).put(comm);
        byte[] text = path.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, PATH_SIZE - 1);
        raw.position(PATH).put(text, text.length - length, length);
        raw.position(END).put(name);
        records.add(new Raised(pid, raw.array()));
        return this;
    }

    /** So many records came too fast. */
    public FakeTrace unseen(long count) {
        unseen = count;
        return this;
    }

    TraceStream open(long id) {
        if (id != ID) {
            throw new AssertionError("tracepoint " + id);
        }
        open = true;
        return new TraceStream() {
            @Override
            public long drain(Sink sink) {
                while (!records.isEmpty()) {
                    Raised next = records.poll();
                    sink.record(next.pid, ByteBuffer.wrap(next.raw).order(ByteOrder.nativeOrder()));
                }
                long lost = unseen;
                unseen = 0;
                return lost;
            }

            @Override
            public void close() {
                open = false;
            }
        };
    }
}
