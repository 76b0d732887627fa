package io.poolfs.cli.output;

import io.poolfs.cli.service.Progress;
import io.poolfs.core.config.Quantities;
import java.time.Duration;

/** Progress in words and as a bar. */
final class ProgressText {
    private static final int MOST_BAR = 30;
    private static final int LEAST_BAR = 8;

    private ProgressText() {}

    /** {@code copying: 12 MiB of 48 MiB (25%)}. */
    static String words(Progress progress) {
        String amount = amount(progress);
        return progress.phase()
                + (amount.isEmpty() ? "" : ": " + amount)
                + (progress.total() > 0 ? " (" + percent(progress) + "%)" : "");
    }

    /** The same with a bar, speed and the time it took, in at most so many columns. */
    static String bar(Progress progress, Duration since, int columns) {
        StringBuilder tail = new StringBuilder();
        String amount = amount(progress);
        if (!amount.isEmpty()) {
            tail.append("  ").append(amount);
        }
        if (progress.unit().equals("bytes") && since.toMillis() >= 1000) {
            long perSecond = progress.done() * 1000 / since.toMillis();
            tail.append("  ").append(Quantities.readableSize(perSecond)).append("/s");
        }
        long seconds = since.toSeconds();
        tail.append(String.format("  %d:%02d", seconds / 60, seconds % 60));
        String head = progress.phase();
        if (progress.total() > 0) {
            int room = Math.min(MOST_BAR, columns - head.length() - tail.length() - 9);
            head += room < LEAST_BAR ? "" : "  [" + filled(progress, room) + "]";
            head += String.format(" %3d%%", percent(progress));
        }
        String line = head + tail;
        return line.length() <= columns ? line : line.substring(0, columns);
    }

    private static String filled(Progress progress, int width) {
        int done = (int) (width * percent(progress) / 100);
        return "=".repeat(Math.max(0, done - 1)) + (done > 0 ? ">" : "") + " ".repeat(width - done);
    }

    private static long percent(Progress progress) {
        return Math.min(100, 100 * Math.max(0, progress.done()) / progress.total());
    }

    private static String amount(Progress progress) {
        boolean bytes = progress.unit().equals("bytes");
        if (progress.unit().isEmpty() || (progress.total() <= 0 && progress.done() == 0)) {
            return "";
        }
        String done = bytes ? Quantities.readableSize(progress.done()) : Long.toString(progress.done());
        if (progress.total() <= 0) {
            return done + (bytes ? "" : " " + progress.unit());
        }
        String total = bytes ? Quantities.readableSize(progress.total()) : progress.total() + " " + progress.unit();
        return done + " of " + total;
    }
}
