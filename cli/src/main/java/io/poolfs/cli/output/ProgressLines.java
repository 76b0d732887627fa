package io.poolfs.cli.output;

import io.poolfs.cli.service.Progress;
import java.io.PrintWriter;

/** Progress as plain lines: one at each new phase, then one in some seconds. */
final class ProgressLines implements ProgressView {
    private static final long EVERY_NANOS = 5_000_000_000L;

    private final PrintWriter err;
    private String phase = "";
    private long shownAt = System.nanoTime();

    ProgressLines(PrintWriter err) {
        this.err = err;
    }

    @Override
    public void update(Progress progress) {
        if (progress.detail() != null) {
            err.println(progress.detail());
            err.flush();
        }
        long now = System.nanoTime();
        if (progress.phase().equals(phase) && now - shownAt < EVERY_NANOS) {
            return;
        }
        boolean worthALine = !phase.isEmpty() || now - shownAt >= EVERY_NANOS;
        phase = progress.phase();
        if (worthALine) {
            shownAt = now;
            err.println(ProgressText.words(progress));
            err.flush();
        }
    }

    @Override
    public void close() {
        err.flush();
    }
}
