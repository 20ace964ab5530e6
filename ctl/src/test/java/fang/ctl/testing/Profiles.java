// SPDX-License-Identifier: Apache-2.0
package fang.ctl.testing;

import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Makes profiles at random that are good and that {@link FakeKernel} takes. */
public final class Profiles {
    private static final List<String> PATHS =
            List.of("/srv", "/srv/share", "/home/a b", "/etc/x", "/opt/it's", "/o\\377dd", "/h#ash: x");

    private Profiles() {}

    /** Up to three groups of a few names, so that one profile changes what another made. */
    public static Arbitrary<String> any() {
        return Combinators.combine(
                        group(),
                        group(),
                        group(),
                        Arbitraries.subsetOf("a", "b", "9").ofMinSize(1))
                .as(Profiles::document);
    }

    private static String document(String a, String b, String c, Set<String> names) {
        var text = new StringBuilder("version: 1\ngroups:\n");
        text.append(names.contains("a") ? "  a:\n    priority: 1\n" + a : "");
        text.append(names.contains("b") ? "  b:\n    priority: 2\n" + b : "");
        text.append(names.contains("9") ? "  '9':\n    priority: 3\n" + c : "");
        return text.toString();
    }

    private static Arbitrary<String> group() {
        Arbitrary<String> attributes = Combinators.combine(
                        Arbitraries.of("open_access", "[open, read_access]", "[write, close_write]"),
                        Arbitraries.of("", "    timeout: 2s\n", "    timeout: 90s\n    on_timeout: deny\n"),
                        Arbitraries.of("", "    report: []\n", "    report: [fd, path]\n    fd_mode: rw\n"),
                        Arbitraries.of("", "    enabled: false\n", "    permissive: true\n"),
                        Arbitraries.of("", "    fastpath: {max: 7}\n", "    queue_max: 99\n"))
                .as((mask, timeout, report, state, more) ->
                        "    mask: " + mask + "\n" + timeout + report + state + more);
        return Combinators.combine(attributes, scopes(), exemptions(), rules())
                .as((keys, scopes, exemptions, rules) -> keys + scopes + exemptions + rules);
    }

    private static Arbitrary<String> path() {
        return Arbitraries.of(PATHS).map(path -> "'" + path.replace("'", "''") + "'");
    }

    private static Arbitrary<String> scopes() {
        return Combinators.combine(Arbitraries.of("subtree", "filesystem", "file"), path())
                .as((type, path) -> "{" + type + ": " + path + "}")
                .list()
                .ofMaxSize(3)
                .uniqueElements()
                .map(items -> list("scopes", items));
    }

    private static Arbitrary<String> condition() {
        return Arbitraries.oneOf(
                path().map(path -> "subtree: " + path),
                path().map(path -> "exe: " + path),
                path().map(path -> "cgroup: " + path),
                Arbitraries.integers().between(0, 3).map(uid -> "uid: " + uid));
    }

    private static Arbitrary<String> exemptions() {
        return condition()
                .map(condition -> "{" + condition + "}")
                .list()
                .ofMaxSize(3)
                .uniqueElements()
                .map(items -> list("exemptions", items));
    }

    private static Arbitrary<String> rules() {
        return Combinators.combine(
                        Arbitraries.of("allow", "deny", "ask"),
                        condition(),
                        Arbitraries.of("", ", kinds: open_access", ", reason: because"))
                .as((respond, condition, more) -> "{" + condition + ", respond: " + respond + more + "}")
                .list()
                .ofMaxSize(4)
                .map(items -> list("rules", items));
    }

    private static String list(String key, List<String> items) {
        return items.isEmpty() ? "" : "    " + key + ":\n      - " + String.join("\n      - ", items) + "\n";
    }
}
