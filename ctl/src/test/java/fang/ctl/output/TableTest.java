// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import static org.assertj.core.api.Assertions.assertThat;

import fang.ctl.model.Printable;
import fang.ctl.output.Table.Fit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class TableTest {
    private static Layout wide(int columns) {
        return new Layout(columns, false);
    }

    private static Table table() {
        Table table = Table.titled("NAME", Fit.MIDDLE, "PRIORITY", Fit.WHOLE, "MASK", Fit.END, "BY", Fit.MIDDLE);
        table.row("antivirus-of-the-file-server", "10", "open_access,close_write", "/etc/fang/profiles.d/av.yaml");
        return table;
    }

    @Test
    void aPipeGetsAllInFull() {
        assertThat(table().text(Layout.PLAIN)).isEqualTo("""
                NAME                          PRIORITY  MASK                     BY
                antivirus-of-the-file-server  10        open_access,close_write  /etc/fang/profiles.d/av.yaml
                """);
        assertThat(Table.of().text(Layout.PLAIN)).isEmpty();
    }

    @Test
    void theWidestColumnsGiveFirst() {
        assertThat(table().text(wide(80))).isEqualTo("""
                NAME                    PRIORITY  MASK                    BY
                antivirus-o…ile-server  10        open_access,close_wri…  /etc/fang/p….d/av.yaml
                """);
    }

    @Test
    void thenTitlesAndAtLastRowsAreCut() {
        assertThat(table().text(wide(40))).isEqualTo("""
                NAME        PR…  MASK        BY
                antiv…rver  10   open_acce…  /etc/….yaml
                """);
        assertThat(table().text(wide(20))).isEqualTo("""
                NAME    PR…  MASK  …
                ant…er  10   open_……
                """);
    }

    @Test
    void columnsAreCountedAsATerminalDoes() {
        assertThat(TextWidth.of("/srv/中文")).isEqualTo(9);
        assertThat(TextWidth.of("e\u0301\ud83d\ude00")).isEqualTo(3);
        assertThat(TextWidth.of("\u231a\u231b\u231c\uff01\uff60\uff61\u1100\u115f\u1160"))
                .isEqualTo(2 + 2 + 1 + 2 + 2 + 1 + 2 + 2);
        assertThat(TextWidth.cutEnd("中文中", 4)).isEqualTo("中…");
        assertThat(TextWidth.cutStart("/srv/中文", 4)).isEqualTo("…文");
        assertThat(TextWidth.cutStart("abe\u0301", 1)).isEqualTo("…");
        assertThat(TextWidth.cutMiddle("subtree=/srv/share/a", 11)).isEqualTo("subtr…are/a");
        Table table = Table.titled("A", Fit.MIDDLE, "B", Fit.WHOLE);
        table.row("中文", "1");
        table.row("abcd", "2");
        assertThat(table.text(Layout.PLAIN)).isEqualTo("A     B\n中文  1\nabcd  2\n");
    }

    @Property(tries = 300)
    void noLineIsLongerThanTheTerminal(
            @ForAll @IntRange(min = 1, max = 60) int columns, @ForAll @StringLength(max = 40) String name) {
        String cell = Printable.of(name);
        Table table = Table.titled("NAME", Fit.MIDDLE, "PRIORITY", Fit.WHOLE, "中文", Fit.END, "BY", Fit.MIDDLE);
        table.row(cell, "123456789", cell + cell, "/srv/中文/" + cell);
        for (String line : table.text(wide(columns)).split("\n")) {
            assertThat(TextWidth.of(line)).isLessThanOrEqualTo(columns);
        }
    }

    @Test
    void onlyWhatNeedsAttentionIsPainted() {
        Table table = Table.titled("NAME", Fit.MIDDLE, "PROTECTS", Fit.END);
        table.row("av", "NO: no listener");
        table.row("idx", "yes");
        assertThat(table.text(new Layout(80, true)))
                .isEqualTo("NAME  PROTECTS\nav    \u001b[1;31mNO: no listener\u001b[m\nidx   yes\n");
        assertThat(table.text(new Layout(14, true)))
                .isEqualTo("NAME  PROTECTS\nav    \u001b[1;31mNO: no …\u001b[m\nidx   yes\n");
    }
}
