package io.poolfs.cli.daemon;

import io.poolfs.cli.output.Json;
import io.poolfs.cli.service.Progress;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whoever started the daemon how it goes: systemd through {@code systemd-notify} (Java 17 has no datagram unix
 * sockets), and the starting {@code poolfs mount} through lines on our standard output. {@link #progress} is called by
 * one thread.
 */
public final class Announcer {
    /** Lines to the starter begin with one of these words. */
    public static final String READY = "ready";

    public static final String PROGRESS = "progress";
    public static final String SAY = "say";
    public static final String ERROR = "error";

    private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);
    private static final int NOTIFY_SECONDS = 10;

    private static final long EVERY_NANOS = 200_000_000L;

    private final boolean starterListens;
    private final PrintStream starter;
    private String phase = "";
    private long toldNanos;

    /** @param starterListens standard output is a pipe to the starter, and nothing else may be written there */
    public Announcer(boolean starterListens, PrintStream starter) {
        this.starterListens = starterListens;
        this.starter = starter;
    }

    /** May be called often: some of it is told. */
    public void progress(Progress progress) {
        long now = System.nanoTime();
        boolean news = !progress.phase().equals(phase);
        if (!news && now - toldNanos < EVERY_NANOS) {
            return;
        }
        toldNanos = now;
        tell(PROGRESS, Json.line(progress));
        if (news) {
            phase = progress.phase();
            notifySystemd("--status=" + phase);
        }
    }

    /** A line for the person. */
    public void say(String text) {
        tell(SAY, text);
    }

    public void ready(String text) {
        tell(READY, text);
        notifySystemd("--ready", "--pid=" + ProcessHandle.current().pid(), "--status=" + text);
        if (starterListens) {
            // The JDK puts /dev/null in its place: the starter sees the end, and later output goes nowhere.
            starter.close();
        }
    }

    public void stopping(String text) {
        notifySystemd("--status=" + text, "STOPPING=1");
    }

    /** The daemon ends without having become ready. */
    public void failed(int exitCode, String message) {
        tell(ERROR + " " + exitCode, message);
        notifySystemd("--status=" + message);
    }

    private void tell(String word, String text) {
        if (starterListens) {
            starter.println(word + " " + text.replace('\n', ' '));
            starter.flush();
        }
    }

    private static void notifySystemd(String... arguments) {
        if (System.getenv("NOTIFY_SOCKET") == null) {
            return;
        }
        List<String> command = new ArrayList<>(List.of("systemd-notify"));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(NOTIFY_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            LOG.warn("cannot tell systemd ({}): {}", command, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
