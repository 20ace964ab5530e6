// SPDX-License-Identifier: Apache-2.0
package fang.ctl.guest;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Runs cases against the real module and prints KTAP. Plain Java, so that nothing but fangctl's own jar is needed. Every
 * case starts and ends without any group.
 */
public final class KtapMain {
    /** One behaviour; returns if it holds. */
    interface Case {
        void run(Guest guest) throws Exception;
    }

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private KtapMain() {}

    /** Arguments select cases by a part of their names. */
    public static void main(String[] args) {
        Map<String, Case> cases = new LinkedHashMap<>();
        ConfigCases.add(cases);
        DoctorCases.add(cases);
        ProfileCases.add(cases);
        RuleCases.add(cases);
        ListenCases.add(cases);
        ServeCases.add(cases);
        ProcessCases.add(cases);
        FollowCases.add(cases);
        TryCases.add(cases);
        PipelineCases.add(cases);
        TerminalCases.add(cases);
        ReloadCases.add(cases);
        WatchCases.add(cases);
        if (args.length > 0) {
            cases.keySet().removeIf(name -> Arrays.stream(args).noneMatch(name::contains));
        }
        System.exit(new KtapMain().run(cases));
    }

    private int run(Map<String, Case> cases) {
        out.println("TAP version 13");
        out.println("1.." + cases.size());
        int number = 0;
        int failed = 0;
        for (var entry : cases.entrySet()) {
            number++;
            long start = System.nanoTime();
            String problem = run(entry.getValue());
            long millis = (System.nanoTime() - start) / 1_000_000;
            if (problem != null) {
                failed++;
                problem.lines().forEach(line -> out.println("# " + line));
            }
            out.println((problem == null ? "ok " : "not ok ") + number + " " + entry.getKey());
            out.println("# " + millis + " ms");
        }
        return failed == 0 ? 0 : 1;
    }

    private static String run(Case test) {
        Guest guest = new Guest();
        try {
            guest.clean();
            test.run(guest);
            return null;
        } catch (Exception | AssertionError e) {
            var text = new StringWriter();
            if (e instanceof AssertionError) {
                text.write(e.getMessage());
                text.write("\n" + e.getStackTrace()[1]);
            } else {
                e.printStackTrace(new PrintWriter(text));
            }
            return text.toString();
        } finally {
            guest.end();
        }
    }
}
