package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which of the user's rclone flags and RCLONE_* variables we accept: all but those that fake, filter or limit
 * transfers, or take what the daemon itself needs. A refusal names the flag and says why.
 */
public final class RcloneFlags {
    private static final String FILTERED = "it hides objects of the pool";
    private static final String OURS = "poolfs runs the remote control itself";

    /** Long names without dashes → why not. */
    private static final Map<String, String> REFUSED = Map.ofEntries(
            Map.entry("dry-run", "nothing would be written"),
            Map.entry("interactive", "nobody is there to answer"),
            Map.entry("ask-password", "nobody is there to answer; use rclone's password_command"),
            Map.entry("ignore-existing", "uploads would be skipped and reported as done"),
            Map.entry("ignore-size", "broken uploads would be reported as good"),
            Map.entry("ignore-checksum", "broken uploads would be reported as good"),
            Map.entry("size-only", "uploads would be skipped and reported as done"),
            Map.entry("update", "uploads would be skipped and reported as done"),
            Map.entry("immutable", "an interrupted upload could not be repeated"),
            Map.entry("compare-dest", "uploads would be skipped and reported as done"),
            Map.entry("copy-dest", "uploads would be skipped and reported as done"),
            Map.entry("backup-dir", "objects would go to another folder"),
            Map.entry("suffix", "objects would get another name"),
            Map.entry("max-transfer", "uploads would stop"),
            Map.entry("max-duration", "uploads would stop"),
            Map.entry("max-delete", "deletes would stop"),
            Map.entry("max-depth", "listings would be incomplete"),
            Map.entry("cutoff-mode", "uploads would stop"),
            Map.entry("max-backlog", "it has no use here"),
            Map.entry("exclude-if-present", FILTERED),
            Map.entry("min-size", FILTERED),
            Map.entry("max-size", FILTERED),
            Map.entry("min-age", FILTERED),
            Map.entry("max-age", FILTERED),
            Map.entry("hash-filter", FILTERED),
            Map.entry("ignore-case", FILTERED),
            Map.entry("delete-excluded", FILTERED),
            Map.entry("config", "set rclone_config instead"),
            Map.entry("rc", OURS),
            Map.entry("log-file", "poolfs reads the log"),
            Map.entry("log-format", "poolfs reads the log"),
            Map.entry("log-level", "poolfs reads the log; -v and -vv work"),
            Map.entry("log-systemd", "poolfs reads the log"),
            Map.entry("quiet", "poolfs reads the log"),
            Map.entry("syslog", "poolfs reads the log"),
            Map.entry("use-json-log", "poolfs reads the log"),
            Map.entry("dump", "the log would hold credentials and content"),
            Map.entry("dump-bodies", "the log would hold credentials and content"),
            Map.entry("dump-headers", "the log would hold credentials and content"),
            Map.entry("timeout", "set remote_timeout instead"),
            Map.entry("help", "it runs nothing"),
            Map.entry("version", "it runs nothing"));

    /** Beginnings of long names → why not. */
    private static final Map<String, String> REFUSED_BEGINNINGS = Map.of(
            "rc-", OURS,
            "include", FILTERED,
            "exclude", FILTERED,
            "filter", FILTERED,
            "files-from", FILTERED,
            "metadata-include", FILTERED,
            "metadata-exclude", FILTERED,
            "metadata-filter", FILTERED,
            "syslog-", "poolfs reads the log");

    private static final Map<Character, String> SHORT = Map.of(
            'n', "dry-run",
            'i', "interactive",
            'u', "update",
            'f', "filter",
            'q', "quiet",
            'h', "help",
            'V', "version");

    /** Short flags whose value may follow in the same word: what comes behind is no flag. */
    private static final String SHORT_WITH_VALUE = "f";

    private static final String VARIABLE = "RCLONE_";

    /** These variables are rclone's, but no flags. */
    private static final Set<String> VARIABLES_OF_OUR_SETTINGS = Set.of("RCLONE_CONFIG", "RCLONE_CONFIG_PASS");

    private RcloneFlags() {}

    /** CONFIG names every flag and variable that is refused, and why. */
    public static void check(Collection<String> flags, Map<String, String> environment) throws PoolException {
        Set<String> refusals = new TreeSet<>();
        for (String flag : flags) {
            checkFlag(flag, refusals);
        }
        environment.forEach((name, value) -> checkVariable(name, value, refusals));
        if (!refusals.isEmpty()) {
            throw new PoolException(
                    Reason.CONFIG, "rclone settings that poolfs refuses: " + String.join("; ", refusals));
        }
    }

    private static void checkFlag(String flag, Set<String> refusals) {
        if (flag.equals("--")) {
            refusals.add("rclone_flags: -- (only flags may be given)");
        } else if (flag.startsWith("--")) {
            int equals = flag.indexOf('=');
            String name = equals < 0 ? flag.substring(2) : flag.substring(2, equals);
            String why = whyNot(name);
            if (why != null) {
                refusals.add("rclone_flags: --" + name + " (" + why + ")");
            }
        } else if (flag.startsWith("-")) {
            for (char letter : flag.substring(1).toCharArray()) {
                String name = SHORT.get(letter);
                if (name != null) {
                    refusals.add("rclone_flags: -" + letter + " (" + whyNot(name) + ")");
                }
                if (!Character.isLetter(letter) || SHORT_WITH_VALUE.indexOf(letter) >= 0) {
                    break;
                }
            }
        }
    }

    private static void checkVariable(String variable, String value, Set<String> refusals) {
        if (!variable.startsWith(VARIABLE) || VARIABLES_OF_OUR_SETTINGS.contains(variable) || isOff(value)) {
            return;
        }
        String name =
                variable.substring(VARIABLE.length()).toLowerCase(Locale.ROOT).replace('_', '-');
        String why = whyNot(name);
        if (why != null) {
            refusals.add("environment: " + variable + " (" + why + ")");
        }
    }

    /** A variable without effect. */
    private static boolean isOff(String value) {
        return value.isEmpty() || value.equalsIgnoreCase("false") || value.equals("0");
    }

    private static @Nullable String whyNot(String name) {
        String why = REFUSED.get(name);
        if (why != null) {
            return why;
        }
        for (Map.Entry<String, String> beginning : REFUSED_BEGINNINGS.entrySet()) {
            if (name.startsWith(beginning.getKey())) {
                return beginning.getValue();
            }
        }
        return null;
    }
}
