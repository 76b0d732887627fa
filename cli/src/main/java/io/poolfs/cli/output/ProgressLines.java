package io.poolfs.cli.output;

import io.poolfs.cli.service.Progress;
import java.io.PrintWriter;

/** Progress as plain lines: one in some seconds, sooner when a new phase begins, none for what is over at once. */
final class ProgressLines implements ProgressView {
    private static final long EVERY_NANOS = 5_000_000_000L;
    private static final long PHASE_NANOS = 2_000_000_000L;

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
        long quiet = progress.phase().equals(phase) ? EVERY_NANOS : PHASE_NANOS;
        if (now - shownAt < quiet) {
            return;
        }
        phase = progress.phase();
        shownAt = now;
        err.println(ProgressText.words(progress));
        err.flush();
    }

    @Override
    public void close() {
        err.flush();
    }
}
