// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.abi.Abi;
import fang.ctl.model.Errno;
import fang.ctl.testing.FakePosix;
import fang.ctl.testing.Records;
import fang.ctl.testing.Tool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ListenTest {
    private static final byte[] NOTHING_READY = {};

    private final Tool tool = new Tool();

    @BeforeEach
    void group() {
        tool.run("create", "av", "priority=1", "mask=open_access,close_write");
        tool.run("scope", "add", "av", "subtree=/srv");
        tool.run("enable", "av");
    }

    private static byte[] events() {
        return new Records()
                .add(Abi.FANG_CLOSE_WRITE, 7, "/srv/a b\u001b.txt")
                .add(Abi.FANG_OPEN_ACCESS, 17, 1, 1, new byte[] {'/', 's', (byte) 0xff})
                .add(Abi.FANG_OVERFLOW, 18, 5, 0, null)
                .add(Abi.FANG_WRITE, 19, 2, 4, null)
                .bytes();
    }

    private List<Long> responded() {
        return tool.posix.written().stream()
                .filter(bytes -> bytes.length > 0)
                .map(bytes -> ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()))
                .flatMap(b -> java.util.stream.IntStream.range(0, b.capacity() / 32)
                        .mapToObj(i -> b.getLong(i * 32) * 10 + b.getInt(i * 32 + 8)))
                .toList();
    }

    @Test
    void textIsOneSafeLineAnEvent() {
        tool.posix.reads(events());
        Tool.Result result = tool.run("listen", "av");

        assertThat(result.exit()).isZero();
        String time = "[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\\.[0-9]{3}";
        String who = "pid=812(\\([^)]*\\))? uid=1000";
        String[] lines = result.out().split("\n");
        assertThat(lines).hasSize(3);
        assertThat(lines[0]).matches(time + " close_write " + who + " /srv/a b\\\\033\\.txt");
        assertThat(lines[1]).matches(time + " open_access id=17 " + who + " flags=redelivered /s\\\\377");
        assertThat(lines[2]).matches(time + " write " + who + " count=2 flags=path_deleted dev=8:1 ino=4711");
        assertThat(result.err())
                .startsWith("listening on av, Ctrl-C ends\n")
                .contains("fangctl: av: 5 events were lost, the queue was full")
                .contains("fangctl: av is gone");
    }

    @Test
    void systemdIsToldOnceItHasJoined() {
        tool.variable("NOTIFY_SOCKET", FakePosix.NOTIFY_SOCKET);
        tool.run("listen", "av");
        assertThat(tool.posix.calls())
                .containsSubsequence("open /dev/fang/av", "notify READY=1\nSTATUS=listening on av", "close");
    }

    @Test
    void stateAndWhatTheKernelReportedAreShown() {
        byte[] records = new Records()
                .add(Abi.FANG_STATE, 1, 3, 0, null)
                .addWith(Abi.FANG_WRITE, 2, "vi", 3, "/usr/bin/vim", 4, "/user.slice", 1, "/srv/x")
                .add(Abi.FANG_STATE, 2, 0, Abi.FANG_STATE_DISABLED, null)
                .add(99, 3, 1, 1 << 15, null)
                .bytes();
        tool.posix.reads(records);
        Tool.Result text = tool.run("listen", "av");
        String[] lines = text.out().split("\n");
        assertThat(lines).hasSize(3);
        assertThat(lines[0]).endsWith(" write pid=812(vi) uid=0 exe=/usr/bin/vim cgroup=/user.slice /srv/x");
        assertThat(lines[1]).matches("[0-9:.]{12} state disabled");
        assertThat(lines[2]).contains(" kind-99 ");
        assertThat(text.err()).contains("fangctl: av: 3 events were missed, nobody listened\n");

        tool.posix.reads(records);
        String[] json = tool.run("listen", "av", "-o", "jsonl").out().split("\n");
        assertThat(json).hasSize(4);
        assertThat(json[0]).contains("\"kind\":\"state\"", "\"count\":3").doesNotContain("\"state\":\"");
        assertThat(json[1]).contains("\"comm\":\"vi\"", "\"exe\":\"/usr/bin/vim\"", "\"cgroup\":\"/user.slice\"");
        assertThat(json[2]).contains("\"state\":\"disabled\"");

        tool.posix.reads(records);
        assertThat(tool.run("listen", "av", "--count", "1").out())
                .contains(" write ")
                .doesNotContain("kind-99");
        tool.posix.reads(records);
        assertThat(tool.run("listen", "av", "--kind", "open").out()).isEmpty();
    }

    @Test
    void jsonKeepsBytesAndNumbers() {
        tool.posix.reads(events());
        Tool.Result result = tool.run("listen", "av", "-o", "jsonl");

        assertThat(result.out().split("\n")).hasSize(4);
        assertThat(result.out().split("\n")[1].replaceAll("\"(time|comm)\":\"[^\"]*\"", "\"$1\":\"*\""))
                .isEqualTo("{\"time\":\"*\",\"time_ns\":\"2000000000\",\"kind\":\"open_access\",\"id\":\"17\","
                        + "\"pid\":813,\"tgid\":812,\"uid\":1000,\"gid\":100,\"comm\":\"*\",\"dev\":\"8:1\","
                        + "\"ino\":\"4711\",\"open_flags\":32768,\"count\":1,\"flags\":[\"redelivered\"],"
                        + "\"deadline_ns\":\"9000000000\",\"path\":\"/s\\\\377\",\"path_bytes\":\"L3P/\"}");
        assertThat(result.out()).contains("\"kind\":\"overflow\"").contains("\"path\":\"/srv/a b\\u001B.txt\"");
        assertThat(result.out()).containsPattern("\"time\":\"20[0-9]{2}-[0-9-]+T[0-9:.]+Z\"");
    }

    @Test
    void pathsAreSeparatedByNul() {
        tool.posix.reads(new Records().add(0, 1, "/a\nb").add(0, 2, "/c").bytes());
        assertThat(tool.run("listen", "av", "-0").out()).isEqualTo("/a\nb\0/c\0");
    }

    @Test
    void countEndsIt() {
        tool.posix.reads(events()).reads(events());
        Tool.Result result = tool.run("listen", "av", "--count", "2");
        assertThat(result.out().lines()).hasSize(2);
        assertThat(result.exit()).isZero();
        assertThat(result.err()).doesNotContain("gone");
    }

    @Test
    void waitsWhenNothingIsReady() {
        tool.posix.reads(NOTHING_READY).reads(new Records().add(0, 1, "/x").bytes());
        assertThat(tool.run("listen", "av", "-0").out()).isEqualTo("/x\0");
    }

    @Test
    void exemptsItsProcessGroupRightAfterOpening() {
        tool.run("listen", "av");
        assertThat(tool.posix.calls())
                .startsWith("open /dev/fang/av", "ioctl " + Long.toHexString(Abi.FANG_IOC_EXEMPT))
                .endsWith("close");

        tool.posix.calls().clear();
        tool.run("listen", "av", "--no-exempt");
        assertThat(tool.posix.calls()).doesNotContain("ioctl " + Long.toHexString(Abi.FANG_IOC_EXEMPT));
    }

    @Test
    void filtersHideNotificationsButNeverARequestThatWaits() {
        tool.posix.reads(events());
        assertThat(tool.run("listen", "av", "--kind", "open").out().lines()).hasSize(1);
        tool.posix.reads(events());
        assertThat(tool.run("listen", "av", "--path", "/srv/**").out().lines())
                .hasSize(2)
                .allMatch(line -> line.contains(" id=17 ") || line.contains(" /srv/"));
    }

    @Test
    void respondsToAllRequestsShownOrNot() {
        tool.posix.reads(events());
        Tool.Result result = tool.run("listen", "av", "--respond", "deny", "--kind", "write");
        assertThat(result.out().lines()).hasSize(1);
        assertThat(responded()).containsExactly(172L);

        tool.posix.written().clear();
        tool.posix.reads(events());
        result = tool.run("listen", "av", "--respond", "allow", "--fastpath");
        assertThat(result.out()).contains("open_access id=17 respond=allow ");
        assertThat(responded()).containsExactly(171L);
        assertThat(ByteBuffer.wrap(tool.posix.written().get(tool.posix.written().size() - 1))
                        .order(ByteOrder.nativeOrder())
                        .getInt(12))
                .isEqualTo(Abi.FANG_FASTPATH);
    }

    @Test
    void withoutRespondNothingIsRespondedTo() {
        tool.posix.reads(events());
        tool.run("listen", "av");
        assertThat(responded()).isEmpty();
    }

    private static byte[] writes() {
        return new Records()
                .add(Abi.FANG_WRITE, 21, 3, Abi.FANG_OUTSTANDING, "/srv/x".getBytes(StandardCharsets.UTF_8))
                .add(Abi.FANG_WRITE, 22, 1, 0, "/srv/y".getBytes(StandardCharsets.UTF_8))
                .add(Abi.FANG_WRITE, 23, 1, Abi.FANG_OUTSTANDING, "/srv/z".getBytes(StandardCharsets.UTF_8))
                .bytes();
    }

    @Test
    void outstandingRecordsAreClearedOnceTheyAreShown() {
        tool.posix.reads(writes());
        var shownBefore = new boolean[1];
        var out = new ByteArrayOutputStream() {
            @Override
            public void write(byte[] bytes, int offset, int length) {
                super.write(bytes, offset, length);
                shownBefore[0] |= toString(StandardCharsets.UTF_8).contains("/srv/z")
                        && responded().isEmpty();
            }
        };
        assertThat(tool.run(out, new PrintStream(OutputStream.nullOutputStream()), "listen", "av"))
                .isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .containsPattern(
                        " write id=21 pid=812.* uid=1000 count=3 /srv/x\n.* write pid=812.* uid=1000 /srv/y\n");
        assertThat(shownBefore[0]).isTrue();
        assertThat(responded()).containsExactly(210L, 230L);

        tool.posix.written().clear();
        tool.posix.reads(writes());
        Tool.Result json = tool.run("listen", "av", "-o", "jsonl", "--path", "/srv/y");
        assertThat(json.out().lines()).hasSize(1).noneMatch(line -> line.contains("outstanding"));
        assertThat(responded()).as("hidden, but nobody else hears of it").containsExactly(210L, 230L);
    }

    @Test
    void withNoClearTheyAreLeftToOthers() {
        tool.posix.reads(writes());
        Tool.Result json = tool.run("listen", "av", "-o", "jsonl", "--no-clear");
        assertThat(json.out().lines().filter(line -> line.contains("\"outstanding\":true")))
                .hasSize(2);
        assertThat(responded()).isEmpty();
    }

    @Test
    void whatItsOwnPipelineAskedBeforeItJoinedIsAllowed() {
        // The events are of process 812, raised at 2 s.
        tool.posix.reads(events()).sibling(812).now(3_000_000_000L);
        tool.run("listen", "av");
        assertThat(responded()).containsExactly(171L);

        tool.posix.written().clear();
        tool.posix.reads(events()).now(1_000_000_000L);
        tool.run("listen", "av");
        assertThat(responded()).as("raised later: cannot be exempt").isEmpty();

        tool.posix.reads(events()).now(3_000_000_000L);
        tool.run("listen", "av", "--no-exempt");
        assertThat(responded()).isEmpty();
    }

    @Test
    void anotherProtocolIsRefused() {
        tool.posix.abi(2).reads(events());
        Tool.Result result = tool.run("listen", "av");
        assertThat(result.exit()).isEqualTo(3);
        assertThat(result.err()).contains("the module speaks protocol 2, which this fangctl does not");
        assertThat(result.out()).isEmpty();
    }

    @Test
    void withoutPermission() {
        tool.posix.openFails(Errno.EACCES);
        Tool.Result result = tool.run("listen", "av");
        assertThat(result.exit()).isEqualTo(77);
        assertThat(result.err()).isEqualTo("fangctl: no permission to open /dev/fang/av (run as root)\n");
    }

    @Test
    void closedOutputEndsQuietlyAndAFullDiskDoesNot() {
        assertThat(runInto("Broken pipe")).isEqualTo("0 listening on av, Ctrl-C ends\n");
        assertThat(runInto("No space left on device"))
                .startsWith("9 ")
                .endsWith("standard output: No space left on device\n");
    }

    private String runInto(String error) {
        tool.posix.reads(new Records().add(0, 1, "/x").bytes());
        tool.run("set", "av", "mask=close_write");
        var err = new java.io.ByteArrayOutputStream();
        int exit = tool.run(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException(error);
                    }
                },
                new PrintStream(err, true),
                "listen",
                "av");
        return exit + " " + err;
    }

    @Test
    void saysWhyNothingComes() {
        tool.run("disable", "av");
        assertThat(tool.run("listen", "av").err()).contains("note: av is disabled. Next: fangctl enable av");
    }

    @Test
    void aFaultOfOurOwnIsNoAnswer() {
        tool.posix.reads(new byte[81]);
        Tool.Result result = tool.run("listen", "av");
        assertThat(result.exit()).isEqualTo(9);
        assertThat(result.err())
                .contains("fangctl: internal error, please report it: ")
                .contains("malformed record");
    }
}
