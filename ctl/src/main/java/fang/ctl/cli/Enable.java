// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.configfs.GroupReader;
import fang.ctl.configfs.Refusals;
import fang.ctl.configfs.StoreException;
import fang.ctl.model.Attribute;
import fang.ctl.model.Durations;
import fang.ctl.model.Failure;
import fang.ctl.model.Group;
import fang.ctl.model.GroupName;
import fang.ctl.output.Text;
import fang.ctl.plan.Planner;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** {@code fangctl enable} and {@code fangctl disable}. */
final class Enable extends Command {
    private final boolean enable;

    Enable(boolean enable) {
        super(
                enable ? "enable" : "disable",
                enable
                        ? "Puts groups in force."
                        : "Takes groups out of force: what waits is settled by on_no_listener, fastpaths end.",
                enable
                        ? new String[] {"fangctl enable idx", "fangctl apply --stage && fangctl enable --managed"}
                        : new String[] {
                            "fangctl disable idx", "fangctl disable av --for 30m", "fangctl disable --managed"
                        });
        this.enable = enable;
        operands("GROUP", "Their names.", false);
        flag(
                enable
                        ? "All groups that apply made or took, but those that were disabled by name, by set or by their"
                                + " profile. Goes on after one that cannot be enabled."
                        : "All groups that apply made or took; enable --managed puts them in force again. Goes on after one"
                                + " that cannot be disabled.",
                "--managed");
        if (!enable) {
            option("TIME", "Enable them again after this time, at most 24h; enable before then ends that.", "--for");
        }
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        String[] names = operands(args, 0);
        if (has(args, "--managed") == names.length > 0) {
            throw usage(names.length > 0 ? "--managed takes no names" : "which groups? Their names, or --managed");
        }
        if (names.length == 0) {
            if (!enable && has(args, "--for")) {
                throw usage("--for needs names");
            }
            return managed(context);
        }
        long pause = !enable && has(args, "--for") ? Pause.length(option(args, "--for", null)) : 0;
        for (String text : names) {
            GroupName name = context.existing(text);
            boolean was = context.reader().isEnabled(name);
            boolean paused = pause > 0 && (was || Pause.exists(name, context));
            if (paused) {
                Pause.start(name, pause, context);
            } else {
                Pause.cancel(name, context);
            }
            if (enable || paused) {
                Withheld.clear(name, context);
            }
            put(name, was, paused ? until(pause) : "", context);
            if (!enable && !paused) {
                // Last: whatever is wrong with /run, somebody who disables a group gets that.
                Withheld.mark(name, context);
            }
        }
        return ExitCode.DONE;
    }

    /** Groups with a label: of those that are to be enabled, the ones that nobody wants disabled. */
    private int managed(Context context) throws IOException {
        int exit = ExitCode.DONE;
        GroupReader reader = context.reader();
        for (GroupName name : reader.names()) {
            try {
                if (reader.label(name).isEmpty()) {
                    continue;
                }
                boolean was = reader.isEnabled(name);
                String kept = !enable || was ? "" : kept(name, context);
                if (!kept.isEmpty()) {
                    context.println(name + ": stays disabled, " + kept);
                    continue;
                }
                if (!enable) {
                    Pause.cancel(name, context);
                }
                put(name, was, "", context);
            } catch (StoreException | Failure e) {
                int code = Cli.tell(e, context);
                exit = exit == ExitCode.DONE ? code : exit;
            }
        }
        return exit;
    }

    private static String kept(GroupName name, Context context) {
        if (Withheld.is(name, context)) {
            return "as somebody or its profile wants it. To end that: fangctl enable " + name;
        }
        return Pause.exists(name, context) ? "until its time is over" : "";
    }

    private void put(GroupName name, boolean was, String until, Context context) throws IOException {
        if (enable && context.reader().scopes(name).hasAll()) {
            // What was mounted while nobody followed, before the group is in force.
            CoverAll.run(name, context, () -> {});
        }
        if (was != enable) {
            context.store().write("groups/" + name + "/enabled", enable ? "1" : "0");
        }
        context.println(name + ": " + (was == enable ? "already " : "") + result(name, context) + until);
    }

    private static String until(long pause) {
        return " until "
                + DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss")
                        .withZone(ZoneId.systemDefault())
                        .format(Instant.ofEpochMilli(System.currentTimeMillis() + pause))
                + " (" + Durations.format(pause) + "). To end that: fangctl enable, or disable";
    }

    private String result(GroupName name, Context context) {
        if (!enable) {
            return "disabled";
        }
        // Without what is not told here, which is half of what there is to read.
        Group group = GroupReader.ofSettings(context.store())
                .read(name)
                .orElseThrow(() -> new Refusals(context.store()).noGroup(name.text()));
        Planner.longWait(
                        name,
                        group.get(Attribute.MASK),
                        group.get(Attribute.TIMEOUT),
                        group.get(Attribute.MAX_EXTENSIONS))
                .ifPresent(warning -> context.note("warning: " + warning));
        String scope =
                group.scopes().states().isEmpty() ? ", no scope. Next: fangctl scope add " + name + " subtree=DIR" : "";
        return "enabled, " + Text.listeners(group) + scope;
    }
}
