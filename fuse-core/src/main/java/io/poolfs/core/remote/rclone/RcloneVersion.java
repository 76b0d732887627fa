package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The version of an rclone, "v1.60.1-DEV" and the like. */
public record RcloneVersion(int major, int minor, int patch, String text) implements Comparable<RcloneVersion> {
    /** The oldest that is known to work. */
    public static final RcloneVersion OLDEST = new RcloneVersion(1, 60, 0, "v1.60.0");

    private static final Pattern FORM = Pattern.compile("v?(\\d{1,6})\\.(\\d{1,6})(?:\\.(\\d{1,6}))?.*");

    /** CONFIG when the text is no version. */
    static RcloneVersion parse(String text) throws PoolException {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new PoolException(Reason.CONFIG, "not a version of rclone: \"" + text + "\"");
        }
        String patch = form.group(3);
        return new RcloneVersion(
                Integer.parseInt(form.group(1)),
                Integer.parseInt(form.group(2)),
                patch == null ? 0 : Integer.parseInt(patch),
                text);
    }

    void checkNotTooOld(String binary) throws PoolException {
        if (compareTo(OLDEST) < 0) {
            throw new PoolException(
                    Reason.CONFIG,
                    "rclone " + text + " (" + binary + ") is too old: poolfs needs " + OLDEST.text()
                            + " or newer; install a newer one or set rclone_binary");
        }
    }

    @Override
    public int compareTo(RcloneVersion other) {
        int c = Integer.compare(major, other.major);
        c = c != 0 ? c : Integer.compare(minor, other.minor);
        return c != 0 ? c : Integer.compare(patch, other.patch);
    }

    @Override
    public String toString() {
        return text;
    }
}
