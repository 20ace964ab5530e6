// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.plan.AllScopes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Keeps what one pass over the mount table could not do; what it did shows in the scopes. */
final class AllReport implements AllScopes.Listener {
    private final List<String> failures = new ArrayList<>();

    @Override
    public void changed(String line) {}

    @Override
    public void failed(String line) {
        failures.add(line);
    }

    @Override
    public void refused(Set<String> types) {}

    List<String> failures() {
        return failures;
    }
}
