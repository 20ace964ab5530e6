// SPDX-License-Identifier: Apache-2.0
package fang.ctl.output;

/**
 * The text that collectors of metrics read: families, each with its help and type, each of samples that stand together.
 * In the format of Prometheus, or in OpenMetrics, which names the units, leaves the suffix of a family's samples out of
 * its name, and says where the text ends.
 */
final class MetricFamilies {
    /** What a family's samples are, and what the name of one ends with. */
    enum Type {
        GAUGE("gauge", "gauge", ""),
        COUNTER("counter", "counter", "_total"),
        INFO("gauge", "info", "_info"),
        HISTOGRAM("histogram", "histogram", "");

        private final String prometheus;
        private final String openMetrics;
        private final String suffix;

        Type(String prometheus, String openMetrics, String suffix) {
            this.prometheus = prometheus;
            this.openMetrics = openMetrics;
            this.suffix = suffix;
        }
    }

    private static final String UNIT = "_seconds";

    private final boolean openMetrics;
    private final StringBuilder text = new StringBuilder();
    private String sample = "";

    MetricFamilies(boolean openMetrics) {
        this.openMetrics = openMetrics;
    }

    /**
     * What follows are samples of this family.
     *
     * @param name without the suffix of its type; the last word is the unit, if it has one
     * @param help a sentence
     */
    void family(String name, Type type, String help) {
        sample = name + type.suffix;
        String told = openMetrics ? name : sample;
        text.append("# HELP ").append(told).append(' ').append(escaped(help)).append('\n');
        text.append("# TYPE ")
                .append(told)
                .append(' ')
                .append(openMetrics ? type.openMetrics : type.prometheus)
                .append('\n');
        if (openMetrics && name.endsWith(UNIT)) {
            text.append("# UNIT ").append(told).append(" seconds\n");
        }
    }

    /** @param labels names and values in turn */
    void sample(String value, String... labels) {
        sampleOf("", value, labels);
    }

    void sample(boolean value, String... labels) {
        sampleOf("", value ? "1" : "0", labels);
    }

    /** One of a histogram, which {@code suffix} says more of. */
    void sampleOf(String suffix, String value, String... labels) {
        text.append(sample).append(suffix);
        for (int i = 0; i < labels.length; i += 2) {
            text.append(i == 0 ? '{' : ',')
                    .append(labels[i])
                    .append("=\"")
                    .append(escaped(labels[i + 1]).replace("\"", "\\\""))
                    .append('"');
        }
        text.append(labels.length == 0 ? " " : "} ").append(value).append('\n');
    }

    /** All of it. */
    String end() {
        return openMetrics ? text + "# EOF\n" : text.toString();
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\n", "\\n");
    }
}
