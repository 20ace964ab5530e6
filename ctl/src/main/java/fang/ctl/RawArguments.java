// SPDX-License-Identifier: Apache-2.0
package fang.ctl;

import fang.ctl.model.RawText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Arguments whose bytes are no UTF-8. The JVM puts a mark where they were; the kernel still has them. */
final class RawArguments {
    private static final char MARK = '\ufffd';

    private RawArguments() {}

    /** The same arguments, with such bytes as of {@link RawText}; the JVM's if the kernel's cannot be had. */
    static String[] restore(String[] args, Path commandLine) {
        boolean marked = false;
        for (String arg : args) {
            marked |= arg.indexOf(MARK) >= 0;
        }
        if (!marked) {
            return args;
        }
        try {
            List<String> all = split(Files.readAllBytes(commandLine));
            // In front of ours stand those of the java command.
            return all.size() < args.length
                    ? args
                    : all.subList(all.size() - args.length, all.size()).toArray(new String[0]);
        } catch (IOException e) {
            return args;
        }
    }

    private static List<String> split(byte[] bytes) {
        List<String> words = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                words.add(RawText.decode(Arrays.copyOfRange(bytes, start, i)));
                start = i + 1;
            }
        }
        return words;
    }
}
