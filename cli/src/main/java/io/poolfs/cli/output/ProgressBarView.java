package io.poolfs.cli.output;

import io.poolfs.cli.service.Progress;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A bar on the terminal, made anew for each phase. */
final class ProgressBarView implements ProgressView {
    private static final long MIB = 1 << 20;
    private static final int UPDATE_MILLIS = 200;

    private @Nullable ProgressBar bar;
    private String phase = "";

    @Override
    public void update(Progress progress) {
        ProgressBar current = bar;
        if (current == null || !progress.phase().equals(phase)) {
            close();
            phase = progress.phase();
            current = start(progress);
            bar = current;
        }
        if (progress.detail() != null) {
            current.setExtraMessage(" " + progress.detail());
        }
        if (progress.total() > 0) {
            current.maxHint(progress.total());
        }
        current.stepTo(progress.done());
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    private static ProgressBar start(Progress progress) {
        ProgressBarBuilder builder = new ProgressBarBuilder()
                .setTaskName(progress.phase())
                .setInitialMax(progress.total())
                .setUpdateIntervalMillis(UPDATE_MILLIS)
                .setStyle(ProgressBarStyle.ASCII);
        if (progress.unit().equals("bytes")) {
            builder.setUnit(" MiB", MIB).showSpeed();
        }
        return builder.build();
    }
}
