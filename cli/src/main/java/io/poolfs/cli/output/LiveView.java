package io.poolfs.cli.output;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A page that is drawn anew: on a terminal on its second screen, which is gone at the end, however that comes; elsewhere
 * one page after the other. Used by one thread.
 */
public final class LiveView implements AutoCloseable {
    private static final String BEGIN = "\033[?1049h\033[?25l";
    private static final String END = "\033[?25h\033[?1049l";
    private static final String HOME = "\033[H";
    private static final String REST_OF_LINE = "\033[K";
    private static final String REST_OF_SCREEN = "\033[J";
    private static final int USUAL_ROWS = 24;
    private static final int USUAL_COLUMNS = 80;

    private final PrintWriter out;
    private final boolean terminal;

    /** Ctrl-C ends the program without asking anyone. */
    private final Thread atExit = new Thread(this::restore, "screen");

    LiveView(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
        if (terminal) {
            Runtime.getRuntime().addShutdownHook(atExit);
            out.print(BEGIN);
            out.flush();
        }
    }

    /** Shows the page in the place of the one before. */
    public void show(String page) {
        if (!terminal) {
            out.println(page);
            out.println();
            out.flush();
            return;
        }
        int[] size = size();
        List<String> lines = page.lines().limit(size[0]).toList();
        StringBuilder screen = new StringBuilder(HOME);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            screen.append(line.length() <= size[1] ? line : line.substring(0, size[1]))
                    .append(REST_OF_LINE)
                    .append(i == lines.size() - 1 ? "" : "\r\n");
        }
        out.print(screen.append(REST_OF_SCREEN));
        out.flush();
    }

    @Override
    public void close() {
        if (terminal) {
            try {
                Runtime.getRuntime().removeShutdownHook(atExit);
            } catch (IllegalStateException e) {
                return; // it is running: the screen is given back there
            }
            restore();
        }
    }

    private void restore() {
        out.print(END);
        out.flush();
    }

    /** Rows and columns of the terminal now: its window may change. */
    private static int[] size() {
        try {
            Process stty = new ProcessBuilder("stty", "-F", "/dev/tty", "size")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            stty.getOutputStream().close();
            String[] size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .strip()
                    .split(" ", -1);
            if (size.length == 2 && !size[0].equals("0") && !size[1].equals("0")) {
                return new int[] {Integer.parseInt(size[0]), Integer.parseInt(size[1])};
            }
        } catch (IOException | NumberFormatException e) {
            // A terminal that does not tell its size has the usual one.
        }
        return new int[] {USUAL_ROWS, USUAL_COLUMNS};
    }
}
