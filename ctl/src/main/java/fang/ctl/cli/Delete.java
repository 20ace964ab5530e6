// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.configfs.GroupStore;
import fang.ctl.configfs.StoreException;
import fang.ctl.model.Errno;
import fang.ctl.model.GroupName;
import java.io.IOException;
import java.util.List;

/** {@code fangctl delete}. */
final class Delete extends Command {
    Delete() {
        super(
                "delete",
                "Removes disabled groups with their scopes, exemptions and rules. Listeners that are joined read end of file.",
                "fangctl disable idx && fangctl delete idx");
        operands("GROUP", "Their names.", true);
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        for (String text : operands(args, 0)) {
            GroupName name = context.existing(text);
            GroupStore store = context.store();
            String group = "groups/" + name;
            if (context.reader().isEnabled(name)) {
                throw new StoreException(StoreException.Call.REMOVE, group, Errno.EBUSY, "");
            }
            // Who follows the mount table must not make a scope in between.
            Exclusive lock = Exclusive.take(Exclusive.WAIT_S, context);
            try {
                for (String kind : List.of("scopes", "exemptions", "rules")) {
                    removeItems(store, group + "/" + kind);
                }
                store.remove(group);
            } finally {
                lock.close();
            }
            Pause.cancel(name, context);
            Withheld.clear(name, context);
            context.println("deleted " + name);
        }
        return ExitCode.DONE;
    }

    private static void removeItems(GroupStore store, String directory) {
        for (String item : store.exists(directory) ? store.list(directory) : List.<String>of()) {
            store.write(directory + "/" + item + "/enabled", "0");
            store.remove(directory + "/" + item);
        }
    }
}
