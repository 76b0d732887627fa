package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.Reason;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What an error text of rclone means to us: one ordered table, the first match counts. rclone gives most failures as
 * status 500 with the backend's own words, so the words decide.
 */
final class RcloneErrors {
    private record Row(Reason reason, Pattern words) {
        static Row of(Reason reason, String... alternatives) {
            return new Row(reason, Pattern.compile(String.join("|", alternatives), Pattern.CASE_INSENSITIVE));
        }
    }

    private static final List<Row> TABLE = List.of(
            // Ours to mend: the configuration or the program.
            Row.of(
                    Reason.CONFIG,
                    "didn't find backend called",
                    "didn't find section in config file",
                    "couldn't find method",
                    "unable to decrypt configuration",
                    "is a file not a directory",
                    "failed to make Fs: (?!.*(connection|timeout|dial|lookup|temporar))"),
            // Bytes that are not what they must be. Before the rest: these texts carry the underlying path and name.
            Row.of(
                    Reason.CORRUPT,
                    "failed to authenticate decrypted block",
                    "not an encrypted file",
                    "bad magic string",
                    "file is too short to be encrypted",
                    "corrupted on transfer"),
            Row.of(
                    Reason.REMOTE_FULL,
                    code(507),
                    "insufficient.?storage",
                    "no space left on device",
                    "disk quota exceeded",
                    "storage ?quota ?exceeded",
                    "quota.?limit.?(reached|exceeded)",
                    "over.?quota",
                    "quota ?exceeded(?!.*(rate|requests|per))",
                    "not enough (free )?(space|quota|storage)",
                    "insufficient_space",
                    "EOVERQUOTA",
                    "teamDriveFileLimitExceeded"),
            Row.of(
                    Reason.REMOTE_THROTTLED,
                    code(429),
                    "too many requests",
                    "rate.?limit",
                    "userRateLimitExceeded",
                    "slow ?down",
                    "request limit exceeded",
                    "too_many_write_operations",
                    "activityLimitReached",
                    "bandwidth limit"),
            // An absent folder or object. The store makes sure that the remote itself is there.
            Row.of(
                    Reason.OBJECT_NOT_FOUND,
                    "object not found",
                    "directory not found",
                    "no such file or directory",
                    code(404)),
            Row.of(
                    Reason.REMOTE_DENIED,
                    code(401),
                    code(403),
                    "unauthori[sz]ed",
                    "forbidden",
                    "access ?denied",
                    "permission denied",
                    "read-only file system",
                    "invalid_grant",
                    "invalid.?(credentials|token|password|user)",
                    "login (failed|incorrect)",
                    "unable to authenticate",
                    "couldn't fetch token",
                    "token expired",
                    "empty token found"));

    /** Quoted addresses: paths in them carry numbers and words that mean nothing. */
    private static final Pattern ADDRESS = Pattern.compile("\"[a-z]+://[^\"]*\"");

    private RcloneErrors() {}

    /**
     * The reason behind an error text; what the table does not know is a passing error of the remote.
     *
     * @param path the object or folder of the call: its folders and numbers do not count
     */
    static Reason reason(String text, String path) {
        String words = ADDRESS.matcher(text).replaceAll("");
        if (path.indexOf('/') >= 0 || path.chars().anyMatch(Character::isDigit)) {
            words = words.replace(path, "");
        }
        for (Row row : TABLE) {
            if (row.words().matcher(words).find()) {
                return row.reason();
            }
        }
        return Reason.REMOTE_UNAVAILABLE;
    }

    /** What the user can do about it, to be put behind the text; empty when there is nothing to add. */
    static String advice(String text) {
        if (text.contains("didn't find backend called")) {
            return " (this build of rclone lacks the backend; Debian's lacks mega: install rclone from rclone.org"
                    + " and set rclone_binary)";
        }
        if (text.contains("didn't find section in config file")) {
            return " (no remote of this name in rclone's configuration: see rclone_config and `rclone listremotes`)";
        }
        return "";
    }

    /** An HTTP status where it is one: "status 507", "Error 507", "507 Insufficient Storage"; not any number 507. */
    private static String code(int status) {
        return "(?:error|status|code|http)\\D{0,16}" + status + "\\b|\\b" + status + " [a-z]";
    }
}
