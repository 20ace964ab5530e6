// SPDX-License-Identifier: Apache-2.0
package fang.ctl.configfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import fang.ctl.configfs.StoreException.Call;
import fang.ctl.model.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigfsStoreTest {
    @TempDir
    Path root;

    private GroupStore store;

    @BeforeEach
    void open() {
        store = new ConfigfsStore(root);
    }

    private static void assertFails(Runnable action, Call call, Errno errno) {
        StoreException e = catchThrowableOfType(StoreException.class, action::run);
        assertThat(e).isNotNull();
        assertThat(e.call()).isEqualTo(call);
        assertThat(e.errno()).isEqualTo(errno);
    }

    @Test
    void presentOnceTheModuleIsThere() throws IOException {
        assertThat(store.isPresent()).isFalse();
        Files.createDirectory(root.resolve("groups"));
        assertThat(store.isPresent()).isTrue();
    }

    @Test
    void directoriesAreListedSorted() throws IOException {
        store.make("groups");
        store.make("groups/b");
        store.make("groups/a");
        Files.writeString(root.resolve("groups/file"), "x");
        assertThat(store.list("groups")).containsExactly("a", "b");
        assertFails(() -> store.make("groups/a"), Call.MAKE, Errno.EEXIST);
        assertFails(() -> store.remove("groups"), Call.REMOVE, Errno.ENOTEMPTY);
        store.remove("groups/a");
        assertFails(() -> store.remove("groups/a"), Call.REMOVE, Errno.ENOENT);
        assertFails(() -> store.list("nowhere"), Call.LIST, Errno.ENOENT);
    }

    @Test
    void oneTrailingNewlineIsStripped() throws IOException {
        Files.writeString(root.resolve("one"), "a b\n");
        Files.writeString(root.resolve("two"), "a\n\n");
        Files.writeString(root.resolve("none"), "");
        Files.writeString(root.resolve("long"), "x".repeat(20_000) + "\n");
        assertThat(store.readText("one")).isEqualTo("a b");
        assertThat(store.readText("two")).isEqualTo("a\n");
        assertThat(store.readText("none")).isEmpty();
        assertThat(store.readText("long")).hasSize(20_000);
    }

    @Test
    void aStoreNeitherMakesNorCutsTheFile() throws IOException {
        Files.writeString(root.resolve("value"), "12345");
        store.write("value", "ab");
        assertThat(Files.readString(root.resolve("value"))).isEqualTo("ab345");
        assertFails(() -> store.write("absent", "x"), Call.OPEN, Errno.ENOENT);
        assertThat(root.resolve("absent")).doesNotExist();
    }

    @Test
    void anEmptyValueIsANewlineAsConfigfsPassesOnNothingLess() throws IOException {
        Files.writeString(root.resolve("value"), "");
        store.write("value", "");
        assertThat(Files.readString(root.resolve("value"))).isEqualTo("\n");
    }

    @Test
    void whatConfigfsWouldCutIsRefusedBefore() throws IOException {
        Files.writeString(root.resolve("value"), "");
        store.write("value", "x".repeat(4094));
        assertFails(() -> store.write("value", "x".repeat(4095)), Call.WRITE, Errno.E2BIG);
        assertThat(Files.size(root.resolve("value"))).isEqualTo(4094);
    }

    @Test
    void theSystemsTextsBecomeNames() {
        // A write that the kernel refuses without root and without the module.
        GroupStore full = new ConfigfsStore(Path.of("/dev"));
        assertFails(() -> full.write("full", "x"), Call.WRITE, Errno.ENOSPC);
        for (Errno errno : Errno.values()) {
            assertThat(Errno.ofText(errno.text())).isEqualTo(errno);
            assertThat(Errno.ofNumber(errno.number())).isEqualTo(errno);
        }
    }
}
