// SPDX-License-Identifier: Apache-2.0
package fang.ctl.testing;

import fang.ctl.profile.FileTrust;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * fangctl on a {@link FakeKernel} that is kept in a file between runs: for tests of programs that start fangctl, where
 * plain files would not do, as they neither make a group's attributes nor cut off what was longer before.
 *
 * <p>The arguments are the file, which need not be there, the directory of drop-in profiles, and those of fangctl.
 */
public final class KeptTool {
    private KeptTool() {}

    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[0]);
        FakeKernel kernel = new FakeKernel();
        if (Files.exists(file)) {
            kernel.restore(read(file));
        }
        Map<String, String> before = kernel.state();
        Tool tool = new Tool(kernel)
                .trust(FileTrust.system())
                .profileDirectories(Path.of("/nonexistent"), Path.of(args[1]))
                .stdin(System.in);
        String[] rest = new String[args.length - 2];
        System.arraycopy(args, 2, rest, 0, rest.length);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        int exit = tool.run(System.out, err, rest);
        if (!kernel.state().equals(before)) {
            write(file, kernel.state());
        }
        System.exit(exit);
    }

    private static Map<String, String> read(Path file) throws IOException {
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        Map<String, String> nodes = new TreeMap<>();
        properties.forEach((key, value) -> nodes.put((String) key, (String) value));
        return nodes;
    }

    private static void write(Path file, Map<String, String> nodes) throws IOException {
        Properties properties = new Properties();
        properties.putAll(nodes);
        try (var writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
    }
}
