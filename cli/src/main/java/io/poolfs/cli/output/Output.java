package io.poolfs.cli.output;

import io.poolfs.cli.service.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a command prints: results to {@code out}, messages to {@code err}. */
public final class Output {
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean errIsTerminal;
    private @Nullable ProgressBarView bar;

    public Output(PrintWriter out, PrintWriter err) {
        this(out, err, isTerminal(2));
    }

    Output(PrintWriter out, PrintWriter err, boolean errIsTerminal) {
        this.out = out;
        this.err = err;
        this.errIsTerminal = errIsTerminal;
    }

    /** A line of the result. */
    public void line(String text) {
        hideBar();
        out.println(text);
        out.flush();
    }

    public void json(Object value) {
        line(Json.pretty(value));
    }

    /** A line for the person: not part of the result. */
    public void say(String text) {
        hideBar();
        err.println(text);
        err.flush();
    }

    /** A question, to be answered behind it. */
    public void ask(String text) {
        err.print(text + " ");
        err.flush();
    }

    /** A view of a long call: a bar on a terminal, a line now and then otherwise. */
    public ProgressView progress() {
        if (!errIsTerminal) {
            return new ProgressLines(err);
        }
        ProgressBarView view = new ProgressBarView(err);
        bar = view;
        return view;
    }

    /** Nobody reads the results any more. */
    public boolean isBroken() {
        return out.checkError();
    }

    /** A page that is drawn anew on standard output. */
    public LiveView live() {
        return new LiveView(out, isTerminal(1));
    }

    /** A message does not end up behind a bar; that is drawn anew at the next progress. */
    private void hideBar() {
        if (bar != null) {
            bar.hide();
        }
    }

    /** A view that shows nothing. */
    public static ProgressView quiet() {
        return new ProgressView() {
            @Override
            public void update(Progress progress) {
                // asked not to
            }

            @Override
            public void close() {
                // nothing was shown
            }
        };
    }

    /** Whether the descriptor of this process is a terminal. */
    public static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }
}
