package io.poolfs.core.remote;

/** How messages name a remote: once, and with one colon whether its name ends with one or not. */
public final class RemoteLabel {
    private RemoteLabel() {}

    public static String of(String remote) {
        return remote.endsWith(":") ? remote : remote + ":";
    }

    /** The message, with the remote in front unless it names it already. */
    public static String before(String remote, String message) {
        return message.contains(remote) ? message : of(remote) + " " + message;
    }
}
