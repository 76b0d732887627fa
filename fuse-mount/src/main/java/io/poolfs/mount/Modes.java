package io.poolfs.mount;

/** Bits of a mode beside the type. */
final class Modes {
    static final int PERMISSIONS = 07777;

    private Modes() {}
}
