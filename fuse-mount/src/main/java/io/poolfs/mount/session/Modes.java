package io.poolfs.mount.session;

/** Bits of a mode beside the type. */
public final class Modes {
    public static final int PERMISSIONS = 07777;

    private Modes() {}
}
