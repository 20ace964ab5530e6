// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.configfs.StoreException;
import fang.ctl.model.Errno;
import fang.ctl.model.EventKind;
import fang.ctl.model.GroupName;
import fang.ctl.model.RawPath;
import fang.ctl.model.ValueType;
import fang.ctl.plan.FastpathStore;
import java.io.IOException;

/** {@code fangctl fastpath add} and {@code fangctl fastpath remove}. */
final class FastpathEdit extends Command {
    private final boolean add;
    private int done;
    private int refused;

    FastpathEdit(boolean add) {
        super(
                add ? "fastpath add" : "fastpath remove",
                add
                        ? "Remembers files: their requests are allowed at once until they change."
                        : "Forgets files: they are asked about again.",
                add
                        ? new String[] {
                            "fangctl fastpath add av /srv/share/manual.pdf",
                            "find /srv/share/readonly -type f -print0 | fangctl fastpath add av -0"
                        }
                        : new String[] {"fangctl fastpath remove av /srv/share/manual.pdf"});
        this.add = add;
        operand("GROUP", "Its name.", true);
        operands("PATH", "Files; from stdin, one a line, if none is named.", false);
        flag("Paths on stdin end with a NUL.", "-0", "--null");
        if (add) {
            option("KINDS", "Event kinds, commas between. Default: the access kinds of the group's mask.", "--kinds");
            flag("The entry outlives changes of the file.", "--survive");
        }
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        GroupName name = context.existing(operand(args, 0));
        FastpathStore fastpath = new FastpathStore(context.store());
        String kinds = add ? kinds(args, name, context) : "";
        boolean survive = add && has(args, "--survive");
        PathSource.forEach(operands(args, 1), context.in(), has(args, "-0"), path -> {
            try {
                if (add) {
                    fastpath.add(name, kinds, survive, path);
                } else {
                    fastpath.remove(name, path);
                }
                done++;
            } catch (StoreException e) {
                refused(name, path, e, context);
            }
        });
        context.println(
                name + ": " + done + (add ? " added" : " removed") + (refused > 0 ? ", " + refused + " refused" : ""));
        return refused > 0 ? ExitCode.REFUSED : ExitCode.DONE;
    }

    private void refused(GroupName name, RawPath path, StoreException e, Context context) {
        if (e.call() != StoreException.Call.WRITE || e.errno() == Errno.EACCES) {
            throw e;
        }
        refused++;
        context.note(name + ": " + path.display() + ": " + FastpathStore.explain(e.errno(), e.detail()));
    }

    private static String kinds(ParseResult args, GroupName name, Context context) {
        String given = option(args, "--kinds", null);
        if (given != null) {
            try {
                return new ValueType.Words("event kind", EventKind.words())
                        .parse(given)
                        .replace(' ', ',');
            } catch (IllegalArgumentException e) {
                throw usage("--kinds: " + e.getMessage());
            }
        }
        String mask = context.store().readText("groups/" + name + "/mask");
        String kinds = String.join(",", EventKind.accessWords(mask));
        if (kinds.isEmpty()) {
            throw usage(name + " asks about nothing (mask " + (mask.isEmpty() ? "unset" : mask) + "). Try: --kinds");
        }
        return kinds;
    }
}
