// SPDX-License-Identifier: Apache-2.0
package fang.ctl.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;

/** A thread that looks like a process to whom holds its pipes. */
final class ThreadProcess extends Process {
    /** What runs in it. */
    interface Body {
        int run(InputStream in, OutputStream out);
    }

    private final PipedOutputStream toBody = new PipedOutputStream();
    private final PipedInputStream fromBody = new PipedInputStream();
    private final Thread thread;

    ThreadProcess(Body body) throws IOException {
        InputStream in = new PipedInputStream(toBody);
        OutputStream out = new PipedOutputStream(fromBody);
        thread = new Thread(() -> {
            body.run(in, out);
            try {
                out.close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public OutputStream getOutputStream() {
        return toBody;
    }

    @Override
    public InputStream getInputStream() {
        return fromBody;
    }

    @Override
    public InputStream getErrorStream() {
        return InputStream.nullInputStream();
    }

    @Override
    public int waitFor() throws InterruptedException {
        thread.join();
        return 0;
    }

    @Override
    public int exitValue() {
        return 0;
    }

    @Override
    public void destroy() {
        thread.interrupt();
    }
}
