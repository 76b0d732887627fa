package io.poolfs.core.remote.rclone;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * rclone's own log: forwarded, marked "rclone: " and without secrets, and read for the few things that rclone says
 * nowhere else: its address, why it ended, why it cut a body short. What it remembers is guarded by its owner's
 * monitor.
 */
final class RcloneLog {
    /** What rclone calls the reason of its end. */
    private static final String FATAL = "Fatal error: ";

    private static final Logger LOG = LoggerFactory.getLogger(RcloneLog.class);

    private static final int KEPT = 64;
    private static final int LAST_WORDS = 8;
    private static final Pattern ADDRESS =
            Pattern.compile("Serving (?:remote control|restic REST API) on \\[?https?://(127\\.0\\.0\\.1):(\\d+)/");
    private static final Pattern LINE =
            Pattern.compile("^\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d (DEBUG|INFO|NOTICE|ERROR|CRITICAL) *: (.*)$");
    private static final Pattern CUT = Pattern.compile("^(.*): Didn't finish writing GET request \\([^)]*\\): (.*)$");
    private static final Pattern NOT_OPENED = Pattern.compile("^(.*): Get request open error: (.*)$");
    private static final Pattern USERINFO = Pattern.compile("(?<=://)[^/@\\s\"]+@");
    private static final Pattern SECRET = Pattern.compile(
            "(?i)((?:pass(?:word)?2?|token|secret|authorization|api_?key|access_?key(?:_?id)?|client_secret|refresh_token|bearer)"
                    + "\"?\\s*[:=]\\s*\"?)[^\\s\",&}]+");
    /** At -vv the server logs the parameters of commands; these carry passwords. */
    private static final Pattern COMMAND_WITH_SECRETS = Pattern.compile("DEBUG *: rc: \"(config/|core/obscure)");
    /** The server logs each failed command; its answer tells the caller, who knows whether it matters. */
    private static final Pattern TOLD_BY_THE_ANSWER = Pattern.compile("^rc: \"|: error listing: |^error listing: ");

    private record Cut(String object, String reason) {}

    private final List<String> secrets;
    private final Deque<Cut> cuts = new ArrayDeque<>();
    private final Deque<String> last = new ArrayDeque<>();
    private int port;
    private boolean ended;

    /** @param secrets texts that must not go on */
    RcloneLog(List<String> secrets) {
        this.secrets = List.copyOf(secrets);
    }

    /** Learns from a line that went through {@link #scrub}. With the owner's monitor held. */
    void learn(String line) {
        Matcher address = ADDRESS.matcher(line);
        if (port == 0 && address.find()) {
            port = Integer.parseInt(address.group(2));
        }
        keep(last, line, LAST_WORDS);
        Matcher parts = LINE.matcher(line);
        if (parts.matches()) {
            noteCut(parts.group(2));
        }
    }

    /** Passes a line that went through {@link #scrub} on to our log. Without the monitor. */
    static void forward(String line) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            if (!line.isBlank()) {
                LOG.info("rclone: {}", line);
            }
            return;
        }
        String text = parts.group(2);
        switch (parts.group(1)) {
            case "ERROR", "CRITICAL" -> {
                if (TOLD_BY_THE_ANSWER.matcher(text).find()) {
                    LOG.debug("rclone: {}", text);
                } else {
                    LOG.warn("rclone: {}", text);
                }
            }
            case "NOTICE" -> LOG.info("rclone: {}", text);
            default -> LOG.debug("rclone: {}", text);
        }
    }

    /** 0 until rclone told it. */
    int port() {
        return port;
    }

    /** The process has closed its log: it is at its end. */
    void end() {
        ended = true;
    }

    boolean hasEnded() {
        return ended;
    }

    /** Takes the reason for which a body of this object was cut out of the memory; null when there is none. */
    @Nullable
    String takeCutReason(String object) {
        for (Cut cut : cuts) {
            if (cut.object().equals(object)) {
                cuts.remove(cut);
                return cut.reason();
            }
        }
        return null;
    }

    /** The last words, for the message about an unexpected end: those that say why, if any do. */
    String lastWords() {
        for (String line : last) {
            int fatal = line.indexOf(FATAL);
            if (fatal >= 0) {
                return line.substring(fatal + FATAL.length());
            }
        }
        return String.join(" | ", last);
    }

    /** Takes secrets out. Usable from any thread. */
    String scrub(String line) {
        String clean = line;
        for (String secret : secrets) {
            if (!secret.isEmpty()) {
                clean = clean.replace(secret, "***");
            }
        }
        clean = USERINFO.matcher(clean).replaceAll("***@");
        if (COMMAND_WITH_SECRETS.matcher(clean).find()) {
            return "";
        }
        return SECRET.matcher(clean).replaceAll("$1***");
    }

    private void noteCut(String text) {
        Matcher cut = CUT.matcher(text);
        if (!cut.matches()) {
            cut = NOT_OPENED.matcher(text);
        }
        if (cut.matches()) {
            keep(cuts, new Cut(cut.group(1), cut.group(2)), KEPT);
        }
    }

    private static <T> void keep(Deque<T> memory, T item, int limit) {
        memory.addLast(item);
        if (memory.size() > limit) {
            memory.removeFirst();
        }
    }
}
