// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.plan.AllScopes;
import java.io.IOException;
import java.util.Set;

/** {@code fangctl scope follow}. */
final class ScopeFollow extends Command {
    ScopeFollow() {
        super(
                "scope follow",
                "Keeps the scopes of groups that cover all in step with the mount table, until Ctrl-C or SIGTERM. Tells each"
                        + " change on stderr.",
                "fangctl scope follow",
                "fangctl scope follow --once");
        flag("Do it once and end; exit 5 if a file system could not be covered.", "--once");
    }

    @Override
    int run(ParseResult args, Context context) throws IOException {
        var report = new Report(context);
        var all = new AllScopes(context.store(), new MountView(context), report);
        if (!has(args, "--once")) {
            Follower follower = Follower.become(context);
            try {
                return new FollowLoop(all, context).run();
            } finally {
                follower.close();
            }
        }
        Exclusive lock = Exclusive.take(Exclusive.WAIT_S, context);
        try {
            all.pass();
        } finally {
            lock.close();
        }
        return report.failed ? ExitCode.REFUSED : ExitCode.DONE;
    }

    private static final class Report implements AllScopes.Listener {
        private final Context context;
        private boolean failed;

        Report(Context context) {
            this.context = context;
        }

        @Override
        public void changed(String line) {
            context.say(line);
        }

        @Override
        public void failed(String line) {
            failed = true;
            context.note(line);
        }

        @Override
        public void refused(Set<String> types) {
            context.say("cannot be watched: " + String.join(", ", types));
        }
    }
}
