// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import fang.ctl.model.Problem;
import fang.ctl.model.RawPath;
import fang.ctl.model.Scope;
import fang.ctl.model.ServeSpec.Scanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a group's scanner out of its mapping. */
final class ScannerBuilder extends NodeReader {
    private static final List<String> KEYS = List.of("clamd", "command", "workers", "timeout", "on_error");

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
        String limit = scalar(entries.get("timeout"), path + ".timeout", Scanner.TIMEOUT)
                .orElse(Scanner.TIMEOUT_DEFAULT);
        if (entries.containsKey("clamd") == entries.containsKey("command")) {
            problem(node, path, "one of clamd, the path of its socket, and command is wanted");
            return Optional.empty();
        }
        RawPath clamd = entries.containsKey("clamd") ? absolute(entries.get("clamd"), path + ".clamd") : null;
        List<String> command = command(entries.get("command"), path + ".command");
        if (clamd == null && command.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Scanner(clamd, command, Long.parseLong(workers), Long.parseLong(limit), onError));
    }

    /** A program and its words; of a program that cannot be, nothing. */
    private List<String> command(YamlNode node, String path) {
        List<String> command = new ArrayList<>();
        List<YamlNode> items = items(node);
        for (int i = 0; i < items.size(); i++) {
            Optional<String> word = text(items.get(i), itemPath(node, path, i));
            if (word.isEmpty() || i == 0 && absolute(items.get(0), itemPath(node, path, 0)) == null) {
                return List.of();
            }
            if (word.get().indexOf('\0') >= 0) {
                problem(items.get(i), itemPath(node, path, i), "has a byte 0 in it");
                return List.of();
            }
            command.add(word.get());
        }
        if (node != null && command.isEmpty()) {
            problem(node, path, "is empty; a program and its words are wanted, such as [/usr/local/bin/scan, --quiet]");
        }
        return command;
    }

    /** Null if it is none, which is told. */
    private RawPath absolute(YamlNode node, String path) {
        Optional<String> text = text(node, path);
        try {
            return text.isPresent() ? Scope.absolute(text.get()) : null;
        } catch (IllegalArgumentException e) {
            problem(node, path, e.getMessage());
            return null;
        }
    }
}
