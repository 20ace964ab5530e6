// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import fang.ctl.model.Problem;
import fang.ctl.model.RawPath;
import fang.ctl.model.Scope;
import fang.ctl.model.ServeSpec.Scanner;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a group's scanner out of its mapping. */
final class ScannerBuilder extends NodeReader {
    private static final List<String> KEYS = List.of("clamd", "workers", "on_error");

    ScannerBuilder(List<Problem> problems) {
        super(problems);
    }

    Optional<Scanner> build(YamlNode node, String path) {
        if (node == null) {
            return Optional.empty();
        }
        if (!(node instanceof YamlNode.Mapping mapping)) {
            problem(node, path, "is " + node.what() + "; a mapping is wanted, such as {clamd: /run/clamav/clamd.ctl}");
            return Optional.empty();
        }
        refuseUnknown(mapping, path, KEYS);
        Map<String, YamlNode> entries = mapping.entries();
        String workers = scalar(entries.get("workers"), path + ".workers", Scanner.WORKERS)
                .orElse(Scanner.WORKERS_DEFAULT);
        String onError = scalar(entries.get("on_error"), path + ".on_error", Scanner.ON_ERROR)
                .orElse(Scanner.ON_ERROR_DEFAULT);
        if (!entries.containsKey("clamd")) {
            problem(node, path, "clamd is missing, the path of its socket");
            return Optional.empty();
        }
        Optional<String> clamd = text(entries.get("clamd"), path + ".clamd");
        if (clamd.isEmpty()) {
            return Optional.empty();
        }
        try {
            RawPath socket = Scope.absolute(clamd.get());
            return Optional.of(new Scanner(socket, Long.parseLong(workers), onError));
        } catch (IllegalArgumentException e) {
            problem(entries.get("clamd"), path + ".clamd", e.getMessage());
            return Optional.empty();
        }
    }
}
