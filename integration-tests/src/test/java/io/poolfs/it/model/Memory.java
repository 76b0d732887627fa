package io.poolfs.it.model;

import com.kenai.jffi.MemoryIO;

/** Native memory for the arguments of system calls. One thread. */
final class Memory implements AutoCloseable {
    private static final MemoryIO MEMORY = MemoryIO.getInstance();
    private static final int PATH_BYTES = 8192;
    static final int DATA_BYTES = 1 << 20;

    private final long start = MEMORY.allocateMemory(2 * PATH_BYTES + DATA_BYTES, true);
    final long path = start;
    final long other = start + PATH_BYTES;
    final long data = start + 2 * PATH_BYTES;

    /** Puts a C string there and returns the address. */
    static long string(long address, byte[] bytes) {
        MEMORY.putByteArray(address, bytes, 0, bytes.length);
        MEMORY.putByte(address + bytes.length, (byte) 0);
        return address;
    }

    static void put(long address, byte[] bytes) {
        MEMORY.putByteArray(address, bytes, 0, bytes.length);
    }

    static byte[] get(long address, long length) {
        byte[] bytes = new byte[(int) length];
        MEMORY.getByteArray(address, bytes, 0, bytes.length);
        return bytes;
    }

    static long getLong(long address) {
        return MEMORY.getLong(address);
    }

    static int getInt(long address) {
        return MEMORY.getInt(address);
    }

    static int getShort(long address) {
        return MEMORY.getShort(address) & 0xffff;
    }

    static void putLong(long address, long value) {
        MEMORY.putLong(address, value);
    }

    @Override
    public void close() {
        MEMORY.freeMemory(start);
    }
}
