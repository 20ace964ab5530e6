// SPDX-License-Identifier: Apache-2.0
package fang.ctl.abi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fang.ctl.model.Event;
import fang.ctl.model.RawPath;
import fang.ctl.model.Response;
import fang.ctl.model.ResponseKind;
import fang.ctl.testing.Records;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class CodecTest {
    private static List<Event> decode(byte[] bytes) {
        return RecordCodec.decode(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()));
    }

    @Test
    void everyFieldIsRead() {
        List<Event> events = decode(new Records()
                .add(Abi.FANG_OPEN_ACCESS, -2L, 3, 5, "/a b".getBytes())
                .bytes());

        assertThat(events)
                .containsExactly(new Event(
                        -2L,
                        2_000_000_000L,
                        5,
                        5,
                        -1,
                        813,
                        812,
                        1000,
                        100,
                        0x801,
                        4711,
                        0x8000,
                        3,
                        9_000_000_000L,
                        RawPath.ofText("/a b"),
                        null,
                        null,
                        null));
        assertThat(events.get(0).major()).isEqualTo(8);
        assertThat(events.get(0).minor()).isEqualTo(1);
    }

    @Test
    void additionsComeInAnyOrderAndUnknownOnesArePassedOver() {
        Event event = decode(new Records()
                        .addWith(5, 4, "/c", 77, "new", 2, "cat", 1, "/p", 3, "/usr/bin/cat")
                        .bytes())
                .get(0);

        assertThat(event.path()).isEqualTo(RawPath.ofText("/p"));
        assertThat(event.comm()).isEqualTo(RawPath.ofText("cat"));
        assertThat(event.exe()).isEqualTo(RawPath.ofText("/usr/bin/cat"));
        assertThat(event.cgroup()).isEqualTo(RawPath.ofText("/c"));
    }

    @Test
    void recordsFollowEachOther() {
        byte[] bytes = new Records()
                .add(0, 1, "/1")
                .add(1, 2, 1, 0, null)
                .add(2, 3, "/333333333")
                .bytes();

        assertThat(decode(bytes)).extracting(Event::id).containsExactly(1L, 2L, 3L);
        assertThat(decode(bytes).get(1).path()).isNull();
    }

    @Test
    void aLongerHeadAndUnknownAdditionsArePassedOver() {
        ByteBuffer b = ByteBuffer.allocate(88 + 16 + 16).order(ByteOrder.nativeOrder());
        b.putInt(0, b.capacity()).putShort(4, (short) 88).putLong(8, 9);
        b.putShort(88, (short) 77).putInt(92, 11);
        b.putShort(104, (short) 1).putInt(108, 10).put(112, new byte[] {'/', 'x'});

        assertThat(decode(b.array()).get(0).path()).isEqualTo(RawPath.ofText("/x"));
    }

    @Test
    void malformedRecordsAreRefused() {
        byte[] good = new Records().add(0, 1, "/x").bytes();
        for (int[] patch : new int[][] {{0, 0}, {0, 79}, {0, 4096}, {4, 8}, {4, 255}, {84, 0}, {84, 64}}) {
            byte[] bad = good.clone();
            ByteBuffer b = ByteBuffer.wrap(bad).order(ByteOrder.nativeOrder());
            if (patch[0] == 4) {
                b.putShort(4, (short) patch[1]);
            } else {
                b.putInt(patch[0], patch[1]);
            }
            assertThatThrownBy(() -> decode(bad)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> decode(java.util.Arrays.copyOf(good, 40)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void responsesAreEncoded() {
        ByteBuffer b = ByteBuffer.allocate(ResponseCodec.size(4)).order(ByteOrder.nativeOrder());
        java.util.Arrays.fill(b.array(), (byte) -1);

        ResponseCodec.encode(
                List.of(
                        new Response(17, ResponseKind.ALLOW, true),
                        new Response(-1L, ResponseKind.DENY, false),
                        new Response(18, ResponseKind.MORE_TIME, false),
                        new Response(19, ResponseKind.CLEAR, false)),
                b);

        assertThat(b.hasRemaining()).isFalse();
        assertThat(List.of(b.getLong(0), b.getLong(32), b.getLong(64))).containsExactly(17L, -1L, 18L);
        assertThat(List.of(b.getLong(96), (long) b.getInt(104), (long) b.getInt(108)))
                .containsExactly(19L, 0L, (long) Abi.FANG_CLEAR);
        assertThat(List.of(b.getInt(8), b.getInt(40), b.getInt(72))).containsExactly(1, 2, 3);
        assertThat(List.of(b.getInt(12), b.getInt(44), b.getInt(76))).containsExactly(1, 0, 0);
        for (int start : new int[] {16, 48, 80, 112}) {
            assertThat(b.getLong(start)).isZero();
            assertThat(b.getLong(start + 8)).isZero();
        }
    }
}
