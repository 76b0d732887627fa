package io.poolfs.core.remote.rclone;

/** The rc server answered with a failure. Never leaves the package: {@link RcloneErrors} gives it its reason. */
final class RcFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final long objectBytes;

    RcFailure(int status, String text) {
        this(status, text, -1);
    }

    private RcFailure(int status, String text, long objectBytes) {
        super(text, null, false, false);
        this.status = status;
        this.objectBytes = objectBytes;
    }

    /** The object was seen with this size, but reading it could not be started; the answer does not say why. */
    static RcFailure notOpened(int status, long objectBytes) {
        return new RcFailure(status, "the object could not be opened", objectBytes);
    }

    int status() {
        return status;
    }

    boolean isNotOpened() {
        return objectBytes >= 0;
    }

    /** The size of an object that could not be opened. */
    long objectBytes() {
        return objectBytes;
    }

    /** The server's own words. */
    String text() {
        String text = getMessage();
        return text == null ? "" : text;
    }
}
