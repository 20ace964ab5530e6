// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import fang.ctl.model.Position;
import java.util.List;
import java.util.Map;

/** A piece of a YAML document and where it stands. Scalars are text: what they mean depends on the key. */
sealed interface YamlNode {
    Position position();

    /** What it is, for messages. */
    String what();

    /**
     * @param plain whether it stands without quotes
     */
    record Scalar(Position position, String text, boolean plain) implements YamlNode {
        boolean isNull() {
            return plain && (text.isEmpty() || text.equals("~") || text.equals("null"));
        }

        @Override
        public String what() {
            return isNull() ? "nothing" : "a single value";
        }
    }

    record Sequence(Position position, List<YamlNode> items) implements YamlNode {
        @Override
        public String what() {
            return "a list";
        }
    }

    /**
     * @param entries in the order of the document
     * @param keys where each key stands
     */
    record Mapping(Position position, Map<String, YamlNode> entries, Map<String, Position> keys) implements YamlNode {
        @Override
        public String what() {
            return "a mapping";
        }
    }
}
