// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

import fang.ctl.model.Counters;
import fang.ctl.model.Rates;
import fang.ctl.output.Table.Fit;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Rates as text. */
public final class RateText {
    /** Of a rate that is shown with a digit behind the point. */
    private static final double TENTHS_BELOW = 100;

    private RateText() {}

    /** {@code stats --watch}: what has happened at all, a counter a row. */
    public static Table table(List<Rates> groups) {
        Table table =
                Table.titled("GROUP", Fit.MIDDLE, "COUNTER", Fit.END, "PER SECOND", Fit.WHOLE, "TOTAL", Fit.WHOLE);
        for (Rates rates : groups) {
            for (Map.Entry<String, Long> entry : rates.now().stats().entrySet()) {
                String name = entry.getKey();
                if (Counters.isCount(name) && entry.getValue() != 0) {
                    table.row(
                            rates.now().group().text(),
                            name,
                            perSecond(rates.perSecond(name)),
                            Long.toUnsignedString(entry.getValue()));
                }
            }
        }
        return table;
    }

    /** Whether nothing has ever happened. */
    public static boolean isEmpty(List<Rates> groups) {
        for (Rates rates : groups) {
            for (Map.Entry<String, Long> entry : rates.now().stats().entrySet()) {
                if (Counters.isCount(entry.getKey()) && entry.getValue() != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    /** As short as it is told apart: {@code 0}, {@code 0.3}, {@code 1200}. */
    public static String perSecond(double rate) {
        return rate == 0 ? "0" : String.format(Locale.ROOT, rate < TENTHS_BELOW ? "%.1f" : "%.0f", rate);
    }
}
