package io.poolfs.core.remote.rclone;

/** The rc server promised bytes of an object and sent fewer. Its log says why. */
final class CutBodyException extends Exception {
    private static final long serialVersionUID = 1L;

    CutBodyException(String object, Throwable cause) {
        super(object + ": " + cause.getMessage(), cause);
    }
}
