// SPDX-License-Identifier: Apache-2.0
package fang.ctl.serve;

import fang.ctl.model.ServeSpec;
import fang.ctl.scan.Scanner;
import fang.ctl.scan.ScannerException;
import fang.ctl.scan.Verdict;
import java.util.Optional;

/**
 * What is decided by; replaced as a whole when the profile is read again.
 *
 * @param scanner null if the profile has none
 * @param spec its settings, likewise
 */
public record Policy(Rules rules, Scanner scanner, ServeSpec.Scanner spec) {
    /** Never asked: what has no scanner is allowed or denied by rules. */
    private static final Scanner NONE = new Scanner() {
        @Override
        public Verdict scan(int file, long limitMillis) throws ScannerException {
            throw new ScannerException("the profile has no scanner any more");
        }

        @Override
        public Optional<String> version() {
            return Optional.empty();
        }

        @Override
        public void close() {}
    };

    Scanner scannerOrNone() {
        return scanner == null ? NONE : scanner;
    }

    String onError() {
        return spec == null ? ServeSpec.Scanner.ON_ERROR_DEFAULT : spec.onError();
    }

    int workers() {
        return spec == null ? 1 : (int) spec.workers();
    }

    long limitMillis() {
        return spec == null ? Long.parseLong(ServeSpec.Scanner.TIMEOUT_DEFAULT) : spec.limitMillis();
    }
}
