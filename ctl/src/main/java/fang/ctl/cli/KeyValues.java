// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.Attribute;
import fang.ctl.model.GroupName;
import fang.ctl.model.GroupSpec;
import fang.ctl.model.Printable;
import fang.ctl.model.ValueType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code KEY=VALUE} operands; keys and values are those of profiles. */
final class KeyValues {
    private static final String ENABLED = "enabled";

    private KeyValues() {}

    /**
     * What the operands ask of a group.
     *
     * @throws fang.ctl.model.Failure USAGE
     */
    static GroupSpec parse(GroupName name, String[] operands) {
        List<String> keys = new ArrayList<>(Attribute.keys());
        keys.add(ENABLED);
        Map<Attribute, String> attributes = new EnumMap<>(Attribute.class);
        Optional<Boolean> enabled = Optional.empty();
        for (String operand : operands) {
            int equals = operand.indexOf('=');
            if (equals < 0) {
                throw Command.usage("\"" + Printable.of(operand) + "\" is not of the form KEY=VALUE");
            }
            String key = operand.substring(0, equals);
            String value = operand.substring(equals + 1);
            if (key.equals(ENABLED)) {
                enabled = Optional.of(parse(key, new ValueType.Flag(), value).equals("1"));
                continue;
            }
            Attribute attribute = Attribute.ofKey(key);
            if (attribute == null) {
                throw Command.usage("unknown key \"" + Printable.of(key) + "\"" + Attribute.hint(key, keys));
            }
            attributes.put(attribute, parse(key, attribute.type(), value));
        }
        return GroupSpec.ofAttributes(name, attributes, enabled);
    }

    private static String parse(String key, ValueType type, String value) {
        try {
            return type.parse(value);
        } catch (IllegalArgumentException e) {
            throw Command.usage(key + ": " + e.getMessage());
        }
    }
}
