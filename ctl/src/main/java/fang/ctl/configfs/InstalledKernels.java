// SPDX-License-Identifier: Apache-2.0
package fang.ctl.configfs;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The kernels of this machine, of which the newest is the one that boots next. */
final class InstalledKernels {
    private final Path modules;

    /**
     * @param modules a directory for each kernel, as /lib/modules is
     */
    InstalledKernels(Path modules) {
        this.modules = modules;
    }

    /** The newest kernel, if it has no module where an older one has. */
    Optional<String> newestWithout() {
        List<String> kernels = releases();
        if (kernels.isEmpty()) {
            return Optional.empty();
        }
        String newest = kernels.get(kernels.size() - 1);
        // One that was loaded by hand is nobody's promise for the next boot.
        boolean another = kernels.stream().anyMatch(this::hasModule);
        return another && !hasModule(newest) ? Optional.of(newest) : Optional.empty();
    }

    /** From the oldest to the newest, without those of which there are only headers. */
    private List<String> releases() {
        var releases = new ArrayList<String>();
        try (Stream<Path> directories = Files.list(modules)) {
            directories
                    .filter(directory -> Files.isDirectory(directory.resolve("kernel")))
                    .forEach(directory -> releases.add(directory.getFileName().toString()));
        } catch (IOException e) {
            // Nothing is known, as in a container.
        }
        releases.sort(InstalledKernels::compare);
        return releases;
    }

    private boolean hasModule(String release) {
        Path list = modules.resolve(release).resolve("modules.dep");
        try (BufferedReader lines = Files.newBufferedReader(list, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String name = line.substring(line.lastIndexOf('/', Math.max(0, line.indexOf(':'))) + 1);
                if (name.startsWith("fang.ko")) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            return false;
        }
    }

    /** Runs of digits as numbers, all else as text: 6.1.0-9 is before 6.1.0-10, and both before 6.12. */
    static int compare(String a, String b) {
        String[] left = a.split("(?<=\\d)(?=\\D)|(?<=\\D)(?=\\d)");
        String[] right = b.split("(?<=\\d)(?=\\D)|(?<=\\D)(?=\\d)");
        for (int i = 0; i < Math.min(left.length, right.length); i++) {
            int order = isNumber(left[i]) && isNumber(right[i])
                    ? Long.compare(Long.parseLong(left[i]), Long.parseLong(right[i]))
                    : left[i].compareTo(right[i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.length, right.length);
    }

    /** What fits into a long is one; a date with more digits is text, and its order is the same. */
    private static boolean isNumber(String run) {
        return Character.isDigit(run.charAt(0)) && run.length() <= 18;
    }
}
