// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import java.util.Map;

/** The man page of one command, in mdoc, out of what --help shows and {@link Manual}. */
final class ManPage {
    private static final int COLUMNS = 78;

    private final StringBuilder page = new StringBuilder();
    private final CommandModel model;

    private ManPage(CommandModel model) {
        this.model = model;
    }

    /**
     * Writes it.
     *
     * @param date as of .Dd
     */
    static String of(CommandModel model, String date) {
        ManPage man = new ManPage(model);
        man.write(date);
        return man.page.toString();
    }

    /** Such as {@code fangctl-scope-add}. */
    static String name(String command) {
        return "fangctl-" + command.replace(' ', '-');
    }

    private void write(String date) {
        line(".\\\" SPDX-License-Identifier: Apache-2.0");
        line(".\\\" Made of what --help shows by ManPagesTest; edit the command instead.");
        line(".Dd " + date);
        line(".Dt " + name(model.name()).toUpperCase(java.util.Locale.ROOT) + " 8");
        line(".Os Fang");
        line(".Sh NAME");
        line(".Nm " + name(model.name()));
        line(".Nd " + description());
        line(".Sh SYNOPSIS");
        line(".Nm fangctl " + model.name());
        model.options().forEach(this::synopsis);
        model.operands().forEach(this::synopsis);
        if (model.trailing() != null) {
            line(".Op Fl \\- Ar " + model.trailing().label() + " ...");
        }
        line(".Sh DESCRIPTION");
        text(model.summary());
        line(".Pp");
        line("The overview, with the shapes of output, is");
        line(".Xr fangctl 8 .");
        if (!model.operands().isEmpty()) {
            line(".Ss Operands");
            line(".Bl -tag -width Ds");
            for (CommandModel.Operand operand : model.operands()) {
                line(".It Ar " + label(operand.label()));
                text(operand.description());
            }
            if (model.trailing() != null) {
                line(".It Ar " + model.trailing().label());
                text(model.trailing().description());
            }
            line(".El");
        }
        line(".Ss Options");
        line(".Bl -tag -width Ds");
        for (CommandModel.Option option : model.options()) {
            line(".It " + flags(option, " , ") + value(option));
            text(option.description());
        }
        line(".El");
        files();
        line(".Sh EXIT STATUS");
        line(".Bl -tag -width 130 -compact");
        Manual.exits(model.name()).forEach((code, meaning) -> {
            line(".It " + code);
            text(meaning);
        });
        line(".El");
        line(".Sh EXAMPLES");
        line(".Bd -literal");
        for (String example : model.examples()) {
            example.lines().forEach(one -> line(escaped(one)));
        }
        line(".Ed");
        line(".Sh SEE ALSO");
        line(".Xr fang 7 ,");
        line(".Xr fangctl 8");
    }

    private void files() {
        Map<String, String> files = Manual.files(model.name());
        if (files.isEmpty()) {
            return;
        }
        line(".Sh FILES");
        line(".Bl -tag -width Ds");
        files.forEach((path, meaning) -> {
            line(".It Pa " + path);
            text(meaning);
        });
        line(".El");
    }

    /** The summary's first sentence as NAME has it. */
    private String description() {
        String first = model.summary().split("[.;:](\\s|$)")[0];
        return escaped(Character.toLowerCase(first.charAt(0)) + first.substring(1));
    }

    private void synopsis(CommandModel.Option option) {
        line(".Op " + flags(option, " | ") + value(option));
    }

    private static String value(CommandModel.Option option) {
        return option.isFlag() ? "" : (option.bare() ? " Op Ar " : " Ar ") + label(option.label());
    }

    private void synopsis(CommandModel.Operand operand) {
        String word = "Ar " + label(operand.label()) + (operand.many() ? " ..." : "");
        line(operand.required() ? "." + word : ".Op " + word);
    }

    private static String flags(CommandModel.Option option, String between) {
        var text = new StringBuilder();
        for (String name : option.names()) {
            String bare = name.startsWith("--") ? name.substring(2) : name.substring(1);
            text.append(text.isEmpty() ? "" : between)
                    .append("Fl ")
                    .append(name.startsWith("--") ? "\\-" : "")
                    .append(bare.replace("-", "\\-"));
        }
        return text.toString();
    }

    private static String label(String label) {
        return label.replace("|", " | Ar ").replace(" ...", "");
    }

    /** Sentences each on lines of their own, as mdoc wants them. */
    private void text(String text) {
        for (String sentence : text.split("(?<=[.;])\\s+")) {
            var line = new StringBuilder();
            for (String word : sentence.split("\\s+")) {
                if (!line.isEmpty() && line.length() + word.length() >= COLUMNS) {
                    line(escaped(line.toString()));
                    line.setLength(0);
                }
                line.append(line.isEmpty() ? "" : " ").append(word);
            }
            line(escaped(line.toString()));
        }
    }

    private static String escaped(String text) {
        String escaped = text.replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("'", "\\(aq")
                .replace("`", "\\(ga")
                .replace("^", "\\(ha")
                .replace("~", "\\(ti");
        return escaped.startsWith(".") ? "\\&" + escaped : escaped;
    }

    private void line(String line) {
        page.append(line).append('\n');
    }
}
