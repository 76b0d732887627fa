package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How rclone names a place: {@code name:path}, {@code name,option=value:path}, {@code :backend,option=value:path}, or a
 * local path.
 *
 * @param section the name in the configuration, or empty for a backend on the fly or a local path
 * @param backend the backend on the fly, or empty
 * @param path behind the colon
 */
record RcloneName(String section, String backend, String path) {
    private static final Pattern FORM = Pattern.compile("(:?)([^,:/]+)((?:,[^:]*|\"[^\"]*\")*):(.*)", Pattern.DOTALL);

    /** The user's name of a remote. CONFIG for what cannot be one. */
    static RcloneName parseRemote(String text) throws PoolException {
        if (text.indexOf(']') >= 0) {
            throw new PoolException(
                    Reason.CONFIG, "remote \"" + text + "\": rclone cannot serve a path with ]; use an alias remote");
        }
        RcloneName name = parse(text);
        if (name.section.isEmpty() && name.backend.isEmpty() && !text.startsWith("/")) {
            throw new PoolException(
                    Reason.CONFIG, "remote \"" + text + "\" is neither name:path nor an absolute local path");
        }
        return name;
    }

    static RcloneName parse(String text) {
        Matcher form = FORM.matcher(text);
        if (text.startsWith("/") || !form.matches()) {
            return new RcloneName("", "", text);
        }
        boolean onTheFly = !form.group(1).isEmpty();
        return new RcloneName(onTheFly ? "" : form.group(2), onTheFly ? form.group(2) : "", form.group(4));
    }

    boolean isLocalPath() {
        return section.isEmpty() && (backend.isEmpty() || backend.equals("local"));
    }
}
