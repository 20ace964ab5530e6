// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.abi.Abi;
import fang.ctl.model.Errno;
import fang.ctl.model.EventKind;
import fang.ctl.model.Mount;
import fang.ctl.model.RawPath;
import fang.ctl.testing.FakeKernel;
import fang.ctl.testing.FakeLoader;
import fang.ctl.testing.FakeMounts;
import fang.ctl.testing.Records;
import fang.ctl.testing.Tool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The machine of a golden case, which lines of its transcript change:
 *
 * <ul>
 *   <li>{@code # put FILE VALUE}: what only the kernel sets; {@code ;;} parts lines
 *   <li>{@code # refuse ERRNO REGEX}: the kernel refuses changes of these files
 *   <li>{@code # absent}: no module, and all that was is gone
 *   <li>{@code # record KIND ID [count=N] [flags=N] [TEXT=BYTES ...]}: the next listener reads this, then the group is gone;
 *       TEXT is path, comm, exe or cgroup, escaped as in profiles
 *   <li>{@code # mount DEVICE TYPE POINT}: from now on there is a mount table
 *   <li>{@code # loaded VERSION SRCVERSION}: the module tells this of itself; its file is kept
 *   <li>{@code # installed VERSION SRCVERSION}: what modprobe finds
 *   <li>{@code # tracing}: tracefs is mounted, {@code # tracing old}: it has a tracepoint that tells less
 *   <li>{@code # during put FILE VALUE}, {@code # during make|remove|remake GROUP} (remade, it counts from 0), {@code #
 *       during unload}, {@code # during raised GROUP PID COMM PATH [TIMES]} (by the tracepoint), {@code # during unseen N}
 *       (so often it could not): happens while the next command sleeps, each in a sleep of its own
 *   <li>{@code # signal NAME}: sent while the next command waits
 * </ul>
 */
final class GoldenMachine implements AutoCloseable {
    /** Above what Linux gives to any process. */
    private static final int NOBODY = 4_200_000;

    private static final List<String> ADDITIONS = List.of("", "path", "comm", "exe", "cgroup");

    private final FakeMounts mounts = new FakeMounts();
    private Tool tool = new Tool();
    private Path proc;

    Tool tool() {
        return tool;
    }

    void hear(String line) throws IOException {
        String[] words = line.split(" ", 4);
        switch (words.length < 2 ? "" : words[1]) {
            case "absent" -> tool = new Tool(FakeKernel.absent());
            case "put" -> tool.kernel.put(words[2], words[3].replace(";;", "\n"));
            case "refuse" -> tool.kernel.refuse(Errno.valueOf(words[2]), (n, path) -> path.matches(words[3]));
            case "record" -> tool.posix.reads(record(line.split(" ")));
            case "mount" -> mount(words[2], words[3].split(" "));
            case "loaded" -> loaded(words[2], words[3]);
            case "installed" -> tool.loader.file(FakeLoader.INSTALLED, words[2], words[3]);
            case "during" -> {
                String[] what = line.split(" ", 5);
                String[] all = line.split(" ");
                tool.during(() -> {
                    if (what[2].equals("raised")) {
                        tool.trace.raised(Arrays.copyOfRange(all, 3, all.length));
                    } else if (what[2].equals("unseen")) {
                        tool.trace.unseen(Long.parseLong(what[3]));
                    } else {
                        change(Arrays.copyOfRange(what, 2, what.length));
                    }
                });
            }
            case "tracing" -> tool.trace.mount(words.length < 3);
            case "signal" -> tool.posix.during(() -> tool.posix.signal(words[2]));
            default -> {}
        }
    }

    private void loaded(String version, String srcversion) throws IOException {
        tool.module(tool.loader.sysfs());
        tool.loader.file("module/fang.ko", version, srcversion);
        tool.loader.isLoaded("module/fang.ko");
        Files.createDirectories(tool.run().resolve("module"));
        Files.writeString(tool.run().resolve("module/fang.ko"), "");
    }

    private void change(String[] words) {
        switch (words[0]) {
            case "put" -> tool.kernel.put(words[1], words[2].replace(";;", "\n"));
            case "make" -> tool.kernel.make("groups/" + words[1]);
            case "remove" -> tool.kernel.remove("groups/" + words[1]);
            case "remake" -> {
                tool.kernel.remove("groups/" + words[1]);
                tool.kernel.make("groups/" + words[1]);
            }
            case "unload" -> tool.kernel.unload();
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    private static byte[] record(String[] words) {
        int count = 1;
        int flags = 0;
        List<Object> additions = new ArrayList<>();
        for (String word : Arrays.asList(words).subList(4, words.length)) {
            String value = word.substring(word.indexOf('=') + 1);
            if (word.startsWith("count=")) {
                count = Integer.parseInt(value);
            } else if (word.startsWith("flags=")) {
                flags = Integer.decode(value);
            } else {
                additions.add(ADDITIONS.indexOf(word.substring(0, word.indexOf('='))));
                additions.add(RawPath.parse(value.getBytes(StandardCharsets.ISO_8859_1))
                        .bytes());
            }
        }
        return new Records()
                .process(NOBODY)
                .addWith(kind(words[2]), Long.parseLong(words[3]), count, flags, additions.toArray())
                .bytes();
    }

    private static int kind(String word) {
        return switch (word) {
            case "overflow" -> Abi.FANG_OVERFLOW;
            case "state" -> Abi.FANG_STATE;
            default -> EventKind.words().indexOf(word);
        };
    }

    private void mount(String device, String[] typeAndPoint) throws IOException {
        if (proc == null) {
            proc = Files.createTempDirectory("fangctl-proc");
            tool.proc(proc);
            String self = Long.toString(ProcessHandle.current().pid());
            for (String process : new String[] {"1", "self", self}) {
                Files.createDirectories(proc.resolve(process).resolve("ns"));
                Files.createSymbolicLink(proc.resolve(process).resolve("ns/mnt"), Path.of("mnt:[1]"));
            }
            Files.copy(Path.of("/proc/self/stat"), proc.resolve(self).resolve("stat"));
        }
        mounts.mount(device, typeAndPoint[0], typeAndPoint[1]);
        Files.write(proc.resolve("1/mountinfo"), mounts.table());
        for (Mount mount : mounts.list()) {
            tool.posix.mount(mount.point().display(), mount.id());
        }
    }

    @Override
    public void close() throws IOException {
        if (proc != null) {
            try (var files = Files.walk(proc)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
