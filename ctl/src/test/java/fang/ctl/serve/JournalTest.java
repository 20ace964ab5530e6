// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.sys.DatagramSocket;
import fang.ctl.sys.Posix;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over real sockets. */
class JournalTest {
    @TempDir
    Path directory;

    private static Log.Entry entry(String path) {
        Map<String, byte[]> fields = new LinkedHashMap<>();
        fields.put("FANG_PATH", path.getBytes(StandardCharsets.ISO_8859_1));
        return new Log.Entry(Log.NOTICE, "denied", fields);
    }

    @Test
    void fieldsArriveAsTheyAre() {
        Path path = directory.resolve("journal");
        List<Log.Entry> otherwise = new ArrayList<>();
        try (var socket = new DatagramSocket(path)) {
            var journal = new Journal(Posix.system(), path.toString(), otherwise::add);
            journal.write(entry("/a=b\377"));
            journal.write(entry("/a\nb"));
            String head = "MESSAGE=denied\nPRIORITY=5\nSYSLOG_IDENTIFIER=fangctl\n";
            assertThat(socket.receive()).isEqualTo(head + "FANG_PATH=/a=b\377\n");
            assertThat(socket.receive()).isEqualTo(head + "FANG_PATH\n\4\0\0\0\0\0\0\0/a\nb\n");
        }
        assertThat(otherwise).isEmpty();
    }

    @Test
    void whatTheJournalDoesNotTakeGoesElsewhere() throws Exception {
        Path path = directory.resolve("journal");
        List<Log.Entry> otherwise = new ArrayList<>();
        var journal = new Journal(Posix.system(), path.toString(), otherwise::add);
        journal.write(entry("/first"));
        assertThat(otherwise).hasSize(1);
        try (var socket = new DatagramSocket(path)) {
            journal.write(entry("/second"));
            assertThat(socket.receive()).contains("/second");
        }
        Files.delete(path);
        // It is started again: another socket of the same name.
        try (var socket = new DatagramSocket(path)) {
            journal.write(entry("/third"));
            assertThat(socket.receive()).contains("/third");
        }
        assertThat(otherwise).hasSize(1);
    }

    @Test
    void systemdIsToldHowItGoes() {
        Path path = directory.resolve("notify");
        try (var socket = new DatagramSocket(path)) {
            var notifier = new Notifier(Posix.system(), path.toString());
            notifier.ready("3 rules");
            notifier.reloading();
            notifier.watchdog();
            notifier.stopping();
            assertThat(socket.receive()).isEqualTo("READY=1\nSTATUS=3 rules");
            assertThat(socket.receive()).matches("RELOADING=1\nMONOTONIC_USEC=[0-9]+");
            assertThat(socket.receive()).isEqualTo("WATCHDOG=1");
            assertThat(socket.receive()).isEqualTo("STOPPING=1");
        }
        new Notifier(Posix.system(), directory.resolve("nobody").toString()).ready("");
        new Notifier(Posix.system(), null).ready("");
    }
}
