package io.poolfs.mount;

/** Bits of a mode beside the type. */
final class Modes {
    static final int PERMISSIONS = 07777;
    static final int SET_GROUP_ID = 02000;

    private Modes() {}
}
