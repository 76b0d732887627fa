package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;

/**
 * How rclone names a place: {@code name:path}, {@code name,option=value:path}, {@code :backend,option=value:path}, or a
 * local path.
 *
 * @param section the name in the configuration, or empty for a backend on the fly or a local path
 * @param backend the backend on the fly, or empty
 * @param path behind the colon
 */
record RcloneName(String section, String backend, String path) {
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
        boolean onTheFly = text.startsWith(":");
        int start = onTheFly ? 1 : 0;
        int end = start;
        while (end < text.length() && ",:/".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        int colon = end > start ? behindOptions(text, end) : -1;
        if (colon < 0) {
            return new RcloneName("", "", text);
        }
        String name = text.substring(start, end);
        return new RcloneName(onTheFly ? "" : name, onTheFly ? name : "", text.substring(colon + 1));
    }

    /** The colon behind the options, which may have colons in quotes; -1 when there is none. */
    private static int behindOptions(String text, int from) {
        boolean options = from < text.length() && text.charAt(from) == ',';
        boolean quoted = false;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            quoted ^= options && c == '"';
            if (c == ':' && !quoted) {
                return i;
            }
            if (!options) {
                return -1;
            }
        }
        return -1;
    }

    /** Whether the text, which this was parsed from, has options between the name and the path. */
    boolean hasOptions(String text) {
        return !(section.isEmpty() && backend.isEmpty())
                && text.length() > path.length() + section.length() + backend.length() + (section.isEmpty() ? 2 : 1);
    }

    boolean isLocalPath() {
        return section.isEmpty() && (backend.isEmpty() || backend.equals("local"));
    }
}
