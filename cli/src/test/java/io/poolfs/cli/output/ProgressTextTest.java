package io.poolfs.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.cli.service.Progress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressTextTest {
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    @Test
    void words_ofEachKind_haveUnits() {
        assertThat(ProgressText.words(new Progress("copying in", 12 << 20, 48 << 20, "bytes", null)))
                .isEqualTo("copying in: 12 MiB of 48 MiB (25%)");
        assertThat(ProgressText.words(new Progress("replaying", 5, 20, "transactions", null)))
                .isEqualTo("replaying: 5 of 20 transactions (25%)");
        assertThat(ProgressText.words(new Progress("loading", 5000, -1, "records", null)))
                .isEqualTo("loading: 5000 records");
        assertThat(ProgressText.words(new Progress("asking the remotes", 0, -1, "", null)))
                .isEqualTo("asking the remotes");
    }

    @Test
    void bar_withTotal_showsShareSpeedAndTime() {
        Progress progress = new Progress("copying in", 24 << 20, 48 << 20, "bytes", null);

        assertThat(ProgressText.bar(progress, TEN_SECONDS, 99))
                .isEqualTo("copying in  [==============>               ]  50%  24 MiB of 48 MiB  2.4 MiB/s  0:10");
    }

    @Test
    void bar_narrowTerminal_neverWraps() {
        Progress progress = new Progress("replaying the journal", 3, 2_000_000, "transactions", null);

        for (int columns = 1; columns < 200; columns++) {
            assertThat(ProgressText.bar(progress, TEN_SECONDS, columns)).hasSizeLessThanOrEqualTo(columns);
        }
        assertThat(ProgressText.bar(progress, TEN_SECONDS, 60))
                .doesNotContain("[")
                .contains("  0%  3 of 2000000");
    }

    @Test
    void bar_moreThanTheTotal_isFull() {
        Progress progress = new Progress("uploading", 30, 20, "files", null);

        assertThat(ProgressText.bar(progress, TEN_SECONDS, 80)).contains("=>] 100%");
    }

    @Test
    void lines_overAtOnce_areNotTold() {
        StringWriter text = new StringWriter();
        ProgressLines lines = new ProgressLines(new PrintWriter(text, true));

        for (int done = 0; done < 1000; done++) {
            lines.update(new Progress("loading", done, -1, "records", null));
        }
        lines.update(new Progress("replaying", 1, 2, "transactions", "worth a line"));

        assertThat(text.toString().lines()).containsExactly("worth a line");
    }
}
