// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import fang.ctl.model.Position;
import fang.ctl.model.Printable;
import fang.ctl.model.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads the subset of YAML 1.2 that profiles are written in: one document of mappings, lists and scalars. Anchors,
 * aliases, tags and keys that stand twice are refused, so that reading takes memory and time in proportion to the file.
 */
final class YamlTree {
    /** Some ten thousand paths to preload; more is no profile. */
    static final int BYTES_MAX = 4 * 1024 * 1024;

    /** Twice what any profile needs. */
    static final int DEPTH_MAX = 12;

    /** Keys, values, lists and mappings of all files together: thousands of groups, and what 64 MB of memory hold. */
    static final int NODES_MAX = 100_000;

    /** Longer than any known key and any group's name. Longer ones would stand in the place of all below. */
    static final int KEY_MAX = 128;

    /** A path of 4095 bytes, each written as a backslash and three digits. */
    static final int SCALAR_MAX = 4 * 4095;

    /** Several of those, or a list of paths. The parser's time grows with the square of what stands without a break. */
    static final int LINE_MAX = 65_536;

    /** What is left of {@link #NODES_MAX}. */
    static final class Budget {
        private int nodes = NODES_MAX;

        int taken() {
            return NODES_MAX - nodes;
        }
    }

    private final String file;
    private final List<Problem> problems;
    private final Budget budget;
    private Iterator<Event> events;

    private YamlTree(String file, List<Problem> problems, Budget budget) {
        this.file = file;
        this.problems = problems;
        this.budget = budget;
    }

    /**
     * The document's root; absent if it cannot be read or is empty, which is then among the problems.
     *
     * @param file its name in positions
     * @param budget shared by all files that are read together
     */
    static Optional<YamlNode> read(String file, byte[] bytes, List<Problem> problems, Budget budget) {
        if (bytes.length <= BYTES_MAX) {
            SimpleYaml simple = new SimpleYaml(file, bytes, budget.nodes);
            Optional<YamlNode> root = simple.read();
            if (root.isPresent()) {
                budget.nodes -= simple.nodes();
                return root;
            }
        }
        return parse(file, bytes, problems, budget);
    }

    /** The same by the parser alone, which reads everything. */
    static Optional<YamlNode> parse(String file, byte[] bytes, List<Problem> problems, Budget budget) {
        return new YamlTree(file, problems, budget).read(bytes);
    }

    private Optional<YamlNode> read(byte[] bytes) {
        if (bytes.length > BYTES_MAX) {
            problem(new Position(file, 1, 1), null, "larger than " + BYTES_MAX + " bytes");
            return Optional.empty();
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            problem(new Position(file, 1, 1), null, "is not UTF-8");
            return Optional.empty();
        }
        if (hasLongLine(text)) {
            return Optional.empty();
        }
        try {
            LoadSettings settings =
                    LoadSettings.builder().setCodePointLimit(BYTES_MAX).build();
            events = new Parse(settings).parseString(text).iterator();
            return document();
        } catch (MarkedYamlEngineException e) {
            String context = e.getContext() == null ? "" : e.getContext() + ": ";
            problem(position(e.getProblemMark()), null, Printable.of(context + e.getProblem()));
        } catch (ReaderException e) {
            problem(positionOf(text, e.getPosition()), null, "this character may not stand in YAML");
        } catch (YamlEngineException e) {
            problem(new Position(file, 1, 1), null, Printable.of(String.valueOf(e.getMessage())));
        }
        return Optional.empty();
    }

    private boolean hasLongLine(String text) {
        int line = 1;
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            end = end < 0 ? text.length() : end;
            if (end - start > LINE_MAX) {
                problem(new Position(file, line, 1), null, "a line longer than " + LINE_MAX + " characters");
                return true;
            }
            line++;
            start = end + 1;
        }
        return false;
    }

    private Optional<YamlNode> document() {
        events.next(); // start of the stream
        Event start = events.next();
        if (start.getEventId() == Event.ID.StreamEnd) {
            problem(new Position(file, 1, 1), null, "is empty; a profile starts with version: 1");
            return Optional.empty();
        }
        YamlNode root = node(events.next(), "", 0);
        events.next(); // end of the document
        Event end = events.next();
        if (end.getEventId() != Event.ID.StreamEnd) {
            problem(position(end.getStartMark()), null, "a second document; one file is one profile");
        }
        return Optional.of(root);
    }

    private YamlNode node(Event event, String path, int depth) {
        Position position = position(event.getStartMark());
        if (depth > DEPTH_MAX) {
            throw refusal("nested more than " + DEPTH_MAX + " deep", event);
        } else if (--budget.nodes < 0) {
            throw refusal("more than " + NODES_MAX + " keys, values and lists, in all files together", event);
        }
        if (event instanceof AliasEvent) {
            problem(position, path, "aliases (*name) are not supported; write it out");
            return new YamlNode.Scalar(position, "", true);
        }
        refuseProperties((NodeEvent) event, path, position);
        if (event instanceof ScalarEvent scalar) {
            return scalar(scalar, path, position);
        }
        return event instanceof SequenceStartEvent ? sequence(path, position, depth) : mapping(path, position, depth);
    }

    private YamlNode scalar(ScalarEvent scalar, String path, Position position) {
        boolean tooLong = scalar.getValue().length() > SCALAR_MAX;
        if (tooLong) {
            problem(position, path, "longer than " + SCALAR_MAX + " characters");
        }
        return new YamlNode.Scalar(position, tooLong ? "" : scalar.getValue(), scalar.isPlain());
    }

    private static MarkedYamlEngineException refusal(String message, Event event) {
        return new MarkedYamlEngineException(null, Optional.empty(), message, event.getStartMark()) {
            private static final long serialVersionUID = 1;
        };
    }

    private void refuseProperties(NodeEvent event, String path, Position position) {
        boolean tagged = event instanceof ScalarEvent scalar && scalar.getTag().isPresent()
                || event instanceof MappingStartEvent mapping
                        && mapping.getTag().isPresent()
                || event instanceof SequenceStartEvent sequence
                        && sequence.getTag().isPresent();
        if (tagged) {
            problem(position, path, "tags (!name) are not supported");
        }
        if (event.getAnchor().isPresent()) {
            problem(position, path, "anchors (&name) are not supported");
        }
    }

    private YamlNode sequence(String path, Position position, int depth) {
        List<YamlNode> items = new ArrayList<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.SequenceEnd; event = events.next()) {
            items.add(node(event, path + "[" + items.size() + "]", depth + 1));
        }
        return new YamlNode.Sequence(position, items);
    }

    private YamlNode mapping(String path, Position position, int depth) {
        Map<String, YamlNode> entries = new LinkedHashMap<>();
        Map<String, Position> keys = new LinkedHashMap<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.MappingEnd; event = events.next()) {
            YamlNode keyNode = node(event, path, depth + 1);
            String key = keyNode instanceof YamlNode.Scalar scalar ? scalar.text() : "";
            if (key.length() > KEY_MAX) {
                problem(keyNode.position(), path, "a key longer than " + KEY_MAX + " characters");
                key = "";
            }
            String child = (path.isEmpty() ? "" : path + ".") + Printable.of(key);
            if (!(keyNode instanceof YamlNode.Scalar)) {
                problem(keyNode.position(), path, keyNode.what() + " cannot be a key");
            } else if (entries.containsKey(key)) {
                problem(
                        keyNode.position(),
                        child,
                        "stands twice, first at line " + keys.get(key).line());
            }
            YamlNode value = node(events.next(), child, depth + 1);
            if (keyNode instanceof YamlNode.Scalar) {
                entries.putIfAbsent(key, value);
                keys.putIfAbsent(key, keyNode.position());
            }
        }
        return new YamlNode.Mapping(position, entries, keys);
    }

    private void problem(Position position, String path, String message) {
        problems.add(new Problem(position, path == null || path.isEmpty() ? null : path, null, message));
    }

    private Position position(Optional<Mark> mark) {
        return mark.isEmpty()
                ? new Position(file, 1, 1)
                : new Position(file, mark.get().getLine() + 1, mark.get().getColumn() + 1);
    }

    private Position positionOf(String text, int codePoint) {
        int end = text.offsetByCodePoints(0, Math.min(codePoint, text.codePointCount(0, text.length())));
        int lineStart = text.lastIndexOf('\n', end - 1) + 1;
        int line =
                1 + (int) text.substring(0, end).chars().filter(c -> c == '\n').count();
        return new Position(file, line, end - lineStart + 1);
    }
}
