package io.poolfs.cli.output;

import io.poolfs.cli.service.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a command prints: results to {@code out}, messages to {@code err}. */
public final class Output {
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean errIsTerminal;

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
        out.println(text);
        out.flush();
    }

    public void json(Object value) {
        line(Json.pretty(value));
    }

    /** A line for the person: not part of the result. */
    public void say(String text) {
        err.println(text);
        err.flush();
    }

    /** A view of a long call: a bar on a terminal, a line now and then otherwise. */
    public ProgressView progress() {
        return errIsTerminal ? new ProgressBarView() : new ProgressLines(err);
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
