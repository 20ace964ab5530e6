// SPDX-License-Identifier: Apache-2.0
package fang.ctl.cli;

import fang.ctl.model.ServeSpec;
import fang.ctl.scan.ClamdScanner;
import fang.ctl.scan.CommandScanner;
import fang.ctl.scan.Scanner;
import fang.ctl.scan.ScannerException;
import fang.ctl.scan.VersionWatch;
import fang.ctl.serve.Log;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The scanner of a profile, and who watches its definitions. */
final class Scanning {
    private final ServeSpec.Scanner spec;
    private final Scanner scanner;
    private VersionWatch watch;

    private Scanning(ServeSpec.Scanner spec, Scanner scanner) {
        this.spec = spec;
        this.scanner = scanner;
    }

    /** Of a profile that may have none. Nothing is reached yet. */
    static Scanning of(ServeSpec serve) {
        if (serve.scanner().isEmpty()) {
            return new Scanning(null, null);
        }
        ServeSpec.Scanner spec = serve.scanner().get();
        int workers = (int) spec.workers();
        Scanner scanner =
                spec.isClamd() ? new ClamdScanner(spec.clamd(), workers) : new CommandScanner(spec.command(), workers);
        return new Scanning(spec, scanner);
    }

    /** Null if the profile has none. */
    Scanner scanner() {
        return scanner;
    }

    /** Why it does not work now; empty if it does, or there is none. */
    String trouble() {
        try {
            if (scanner != null) {
                scanner.version();
            }
            return "";
        } catch (ScannerException e) {
            return "the scanner does not work yet: " + e.getMessage() + "; on_error is " + spec.onError();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /**
     * From now on calls this when what was found clean has to be looked at again.
     *
     * @param changed gives whether that was taken care of; else it is called again
     */
    void watch(BooleanSupplier changed, Basis definitions, Log log) {
        if (scanner != null) {
            Optional<String> known = Optional.of(definitions.read());
            watch = new VersionWatch(scanner, known, VersionWatch.PAUSE_MS, version -> {
                if (!changed.getAsBoolean()) {
                    return false;
                }
                log.note("definitions are " + version + ": what was found clean by others is scanned again");
                definitions.write(version);
                return true;
            });
        }
    }

    /** Ends once nothing of it can be under way. */
    void retire() {
        if (watch != null) {
            // Another watches from now on.
            watch.close();
        }
        if (scanner == null) {
            return;
        }
        Thread thread = new Thread(() -> {
            try {
                TimeUnit.MILLISECONDS.sleep(spec.limitMillis());
            } catch (InterruptedException e) {
                // then at once
            }
            close();
        });
        thread.setDaemon(true);
        thread.start();
    }

    void close() {
        if (watch != null) {
            watch.close();
        }
        if (scanner != null) {
            scanner.close();
        }
    }

    /** For people; empty if there is none. */
    @Override
    public String toString() {
        if (spec == null) {
            return "";
        }
        return (spec.isClamd() ? "clamd at " + spec.clamd() : spec.command().get(0)) + ", " + spec.workers()
                + (spec.workers() == 1 ? " worker" : " workers");
    }
}
