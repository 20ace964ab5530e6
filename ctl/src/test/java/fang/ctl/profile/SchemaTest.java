// SPDX-License-Identifier: Apache-2.0
package fang.ctl.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import dev.harrel.jsonschema.Error;
import dev.harrel.jsonschema.Validator;
import dev.harrel.jsonschema.ValidatorFactory;
import dev.harrel.jsonschema.providers.GsonNode;
import fang.ctl.model.Failure;
import fang.ctl.testing.Tool;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The schema says what the reader says, as far as a schema can. */
class SchemaTest {
    private static final Path PROFILES = Path.of("../profiles");
    private static final Path FILE = PROFILES.resolve("fang-profile.schema.json");
    private static final Pattern LITERAL = Pattern.compile("(?m)^\\.Bd -literal.*\\n((?s).*?)^\\.Ed");
    private static final Pattern FENCED = Pattern.compile("(?m)^```yaml\\n((?s).*?)^```");

    private static final Validator VALIDATOR =
            new ValidatorFactory().withJsonNodeFactory(new GsonNode.Factory()).createValidator();
    private static final URI SCHEMA = VALIDATOR.registerSchema(load(schema()));

    private static String schema() {
        return new Tool().run("schema").out();
    }

    private static JsonElement load(String yaml) {
        Object document = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        return new Gson().newBuilder().serializeNulls().create().toJsonTree(textKeys(document));
    }

    /** As JSON has it: a group may be called 9. */
    private static Object textKeys(Object node) {
        if (node instanceof Map<?, ?> map) {
            Map<String, Object> copy = new LinkedHashMap<>();
            map.forEach((key, value) -> copy.put(String.valueOf(key), textKeys(value)));
            return copy;
        }
        return node instanceof List<?> list
                ? list.stream().map(SchemaTest::textKeys).toList()
                : node == null ? JsonNull.INSTANCE : node;
    }

    private static List<String> complaints(String yaml) {
        return VALIDATOR.validate(SCHEMA, load(yaml)).getErrors().stream()
                .map(Error::getInstanceLocation)
                .toList();
    }

    @Test
    void theFileIsWhatTheModelSays() throws IOException {
        assertThat(Files.readString(FILE))
                .as("fangctl schema > profiles/fang-profile.schema.json")
                .isEqualTo(schema());
    }

    @TestFactory
    Stream<DynamicTest> everyProfilePassesAndNamesTheSchema() throws IOException {
        try (var files = Files.list(PROFILES)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream()
                    .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                        String text = Files.readString(file);
                        assertThat(text).startsWith("# yaml-language-server: $schema=" + FILE.getFileName() + "\n");
                        assertThat(complaints(text)).isEmpty();
                    }));
        }
    }

    @Test
    void everyExampleOfTheDocumentationPassesAndIsGood() throws IOException {
        int found = 0;
        for (String page : List.of("../man/fang-profile.5", "../man/fangctl.8", "../man/fang.7", "../README.md")) {
            Matcher blocks = (page.endsWith("md") ? FENCED : LITERAL).matcher(Files.readString(Path.of(page)));
            while (blocks.find()) {
                String text = blocks.group(1).replace("\\e", "\\").replace("\\&", "");
                if (text.startsWith("version:")) {
                    found++;
                    assertThat(complaints(text)).as(page + ":\n" + text).isEmpty();
                    assertThat(read(text)).as(page + ":\n" + text).isNull();
                }
            }
        }
        assertThat(found).isGreaterThanOrEqualTo(4);
    }

    private static Failure read(String text) {
        ProfileReader reader = new ProfileReader(name -> OptionalLong.of(34));
        reader.add("p.yaml", "/p.yaml", text.getBytes(StandardCharsets.UTF_8));
        return catchThrowableOfType(Failure.class, reader::finish);
    }

    private static String group(String keys) {
        return "version: 1\ngroups:\n  av: {priority: 1, mask: open_access, " + keys + "}\n";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "priority: -1",
                "priority: ten",
                "mask: [open, opne]",
                "mask: opne",
                "timeout: 5",
                "timeout: 1:30",
                "max_extensions: '3'",
                "max_deliveries: 0",
                "on_timeout: wait",
                "on_no_listener: maybe",
                "queue_max: 1",
                "report: [fdd]",
                "fd_mode: w",
                "fd_mode: ",
                "permissive: yes",
                "enabled: on",
                "timeout_ms: 5s",
                "scopes: [{subtree: srv}]",
                "scopes: [{subtre: /srv}]",
                "scopes: [{subtree: /srv, file: /x}]",
                "scopes: [{}]",
                "scopes: [/srv]",
                "scopes: everything",
                "scopes: [{file: '/a\\b'}]",
                "scopes: [{file: '/a\\000b'}]",
                "exemptions: [{tgid: 7}]",
                "exemptions: [{uid: -1}]",
                "exemptions: [{uid: 'a b'}]",
                "exemptions: {exe: clamd}",
                "rules: [{subtree: /srv}]",
                "rules: [{respond: alow}]",
                "rules: [{respond: deny, fastpath: true}]",
                "rules: [{respond: allow, fastpath: yes}]",
                "rules: [{respond: allow, kinds: [open]}]",
                "rules: [{respond: allow, path: '*.tmp'}]",
                "rules: [{respond: allow, gid: -1}]",
                "rules: [{respond: allow, comm: a name that is too long}]",
                "rules: [{respond: allow, size_min: 5M}]",
                "rules: [{respond: allow, size_max: -5}]",
                "rules: [{respond: allow, owner: []}]",
                "rules: deny",
                "scanner: clamd",
                "scanner: {workers: 4}",
                "scanner: {clamd: /x, workers: 0}",
                "scanner: {clamd: /x, on_error: wait}",
                "scanner: {clamd: /x, timeout: 5}",
                "scanner: {clamd: /x, command: /x}",
                "scanner: {command: []}",
                "scanner: {command: [scan]}",
                "scanner: {command: scan}",
                "scanner: {command: [/x, [a]]}",
                "fastpath: 7",
                "fastpath: {max: -1}",
                "fastpath: {preload: [rel/*]}",
                "fastpath: {more: 1}",
            })
    void whereTheReaderComplainsTheSchemaDoes(String keys) {
        String yaml = group(keys)
                .replace("priority: 1, mask: open_access, " + "priority", "mask: open, priority")
                .replace("mask: open_access, mask", "mask");
        Failure failure = read(yaml);
        assertThat(failure).as("check").isNotNull();
        List<String> complaints = complaints(yaml);
        failure.problems()
                .forEach(problem -> assertThat(complaints)
                        .as(problem + " against " + complaints)
                        .contains(pointer(problem.path())));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "version: 2\ngroups: {}",
                "version: '1'\ngroups: {}",
                "version: 1\ngroups: []",
                "version: 1\ngroups: {}\nversoin: 1",
                "version: 1\ngroups: {a: []}",
                "version: 1\ngroups: {a: {rules: [{respond: scan}], enabled: false}}",
                "version: 1",
                "groups: {}",
                "version: 1\ngroups: {a: {}}",
                "version: 1\ngroups: {a: {priority: 1}}",
            })
    void whatIsNoProfileAtAllFailsBoth(String yaml) {
        assertThat(read(yaml)).as("check").isNotNull();
        assertThat(complaints(yaml)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "a/b", "é", "-x", "a b"})
    void namesOfGroupsAreTheSame(String name) {
        String yaml = "version: 1\ngroups: {\"" + name + "\": {enabled: false}}";
        assertThat(read(yaml)).isNotNull();
        assertThat(complaints(yaml)).isNotEmpty();
        assertThat(complaints(yaml.replace(name, "a-9_.x"))).isEmpty();
    }

    /** {@code groups.av.mask[1]} as a JSON pointer. */
    private static String pointer(String path) {
        return "/" + path.replace(".", "/").replaceAll("\\[([0-9]+)\\]", "/$1");
    }
}
