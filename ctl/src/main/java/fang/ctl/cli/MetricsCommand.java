// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.abi.AbiRange;
import fang.ctl.configfs.Diagnosis;
import fang.ctl.configfs.GroupReader;
import fang.ctl.configfs.Protection;
import fang.ctl.configfs.StoreException;
import fang.ctl.model.AccessRequest;
import fang.ctl.model.Errno;
import fang.ctl.model.Group;
import fang.ctl.output.Metrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code fangctl metrics}. */
final class MetricsCommand extends Command {
    MetricsCommand() {
        super(
                "metrics",
                "Writes counters, states and waits of all groups for Prometheus and its kin. Exit 0 without the module,"
                        + " too: then fang_up is 0. Needs no root but for the oldest wait.",
                "fangctl metrics",
                "fangctl metrics --to /var/lib/prometheus/node-exporter/fang.prom",
                "systemctl enable --now fangctl-metrics.timer");
        choice(
                "FORMAT",
                "prometheus (default), which node_exporter reads, or openmetrics",
                List.of("prometheus", "openmetrics"),
                "-o",
                "--output");
        option("FILE", "Replace this file at once, not stdout; readers see the old or the new one, whole.", "--to");
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        boolean openMetrics =
                word(args, "-o", "prometheus", "prometheus", "openmetrics").equals("openmetrics");
        String to = option(args, "--to", null);
        String text = text(context, openMetrics);
        if (to == null) {
            context.print(text);
        } else {
            WholeFile.replace(Path.of(to), text.getBytes(StandardCharsets.UTF_8));
        }
        return ExitCode.DONE;
    }

    private static String text(Context context, boolean openMetrics) {
        Path module = context.environment().module();
        String abi = context.anyStore().isPresent() ? context.anyStore().readText("abi") : "";
        boolean up = !abi.isEmpty() && AbiRange.parse(abi).fits();
        boolean followed = Follower.running(context).isPresent();
        Protection protection = new Protection(module, followed);
        List<Group> groups = up ? new GroupReader(context.anyStore()).readAll() : List.of();
        var machine = new Metrics.Machine(
                up,
                !abi.isEmpty() || Files.isDirectory(module),
                protection.isEnforced(),
                followed,
                Diagnosis.isNextKernelWithout(context.environment().modules()),
                line(module.resolve("version")),
                line(module.resolve("srcversion")),
                abi,
                Cli.version());
        return Metrics.text(
                machine, groups, protection::holes, Protection.words(), oldest(context, groups), openMetrics);
    }

    /** Empty if it cannot be read. */
    private static String line(Path file) {
        try {
            return Files.readString(file).trim();
        } catch (IOException e) {
            return "";
        }
    }

    /** In milliseconds; null without root, who alone may see what waits. */
    private static List<Long> oldest(Context context, List<Group> groups) {
        List<Long> oldest = new ArrayList<>();
        for (Group group : groups) {
            long age = 0;
            try {
                for (AccessRequest request :
                        context.reader().pending(group.name()).requests()) {
                    age = Math.max(age, request.ageMillis());
                }
            } catch (StoreException e) {
                if (e.errno() == Errno.EACCES) {
                    return null;
                }
                if (context.anyStore().exists("groups/" + group.name())) {
                    throw e;
                }
                // It went away meanwhile, and its requests with it.
            }
            oldest.add(age);
        }
        return oldest;
    }
}
