package io.poolfs.mount.system;

import com.kenai.jffi.MemoryIO;

/** Reads and writes C memory by address, without an object per access. Addresses come from libfuse only. */
public final class Native {
    private static final MemoryIO MEMORY = MemoryIO.getInstance();

    private Native() {}

    public static int getInt(long address) {
        return MEMORY.getInt(address);
    }

    public static long getLong(long address) {
        return MEMORY.getLong(address);
    }

    public static void putInt(long address, int value) {
        MEMORY.putInt(address, value);
    }

    public static void putLong(long address, long value) {
        MEMORY.putLong(address, value);
    }

    /** The bytes up to the NUL, without it. */
    public static byte[] string(long address) {
        return MEMORY.getZeroTerminatedByteArray(address);
    }

    public static byte[] bytes(long address, int length) {
        byte[] bytes = new byte[length];
        MEMORY.getByteArray(address, bytes, 0, length);
        return bytes;
    }
}
