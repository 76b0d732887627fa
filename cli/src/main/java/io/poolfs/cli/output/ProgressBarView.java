package io.poolfs.cli.output;

import io.poolfs.cli.service.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * One line at the bottom of the terminal that is drawn anew, and gone at the end. A call that is over at once shows
 * nothing. Used by one thread.
 */
final class ProgressBarView implements ProgressView {
    private static final long QUIET_NANOS = 400_000_000L;
    private static final long EVERY_NANOS = 150_000_000L;
    private static final int USUAL_COLUMNS = 80;
    private static final String CLEAR = "\r\033[K";

    private final PrintWriter err;
    private final long openedNanos = System.nanoTime();
    private String phase = "";
    private long phaseNanos;
    private long drawnNanos;
    private boolean visible;
    private int columns;

    ProgressBarView(PrintWriter err) {
        this.err = err;
    }

    @Override
    public void update(Progress progress) {
        String detail = progress.detail();
        if (detail != null) {
            hide();
            err.println(detail);
        }
        long now = System.nanoTime();
        boolean news = !progress.phase().equals(phase);
        if (news) {
            phase = progress.phase();
            phaseNanos = now;
        }
        if (now - openedNanos < QUIET_NANOS || (!news && visible && now - drawnNanos < EVERY_NANOS)) {
            return;
        }
        drawnNanos = now;
        columns = columns == 0 ? terminalColumns() : columns;
        // The last column stays free: some terminals wrap there.
        err.print(CLEAR + ProgressText.bar(progress, Duration.ofNanos(now - phaseNanos), columns - 1));
        err.flush();
        visible = true;
    }

    /** Takes the line away, until the next update. */
    void hide() {
        if (visible) {
            err.print(CLEAR);
            err.flush();
            visible = false;
        }
    }

    @Override
    public void close() {
        hide();
    }

    private static int terminalColumns() {
        try {
            Process stty = new ProcessBuilder("stty", "-F", "/dev/tty", "size")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            stty.getOutputStream().close();
            String[] size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .strip()
                    .split(" ");
            return size.length == 2 && !size[1].equals("0") ? Integer.parseInt(size[1]) : USUAL_COLUMNS;
        } catch (IOException | NumberFormatException e) {
            return USUAL_COLUMNS;
        }
    }
}
