package io.poolfs.mount.system;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.ffi.Pointer;

/**
 * Zeroed memory straight from the kernel, in whole pages: what is never touched costs nothing, and it is given back
 * when it is closed, not when a collector comes by. Not usable after that.
 */
public final class PageMemory implements AutoCloseable {
    public static final int PAGE_BYTES = 4096;

    private static final int READ_WRITE = 3;
    private static final int PRIVATE_ANONYMOUS = 0x22;
    private static final long FAILED = -1;

    private final SystemCalls system;
    private final long address;
    private final long length;

    private PageMemory(SystemCalls system, long address, long length) {
        this.system = system;
        this.address = address;
        this.length = length;
    }

    /** At least so many bytes. An {@link OutOfMemoryError} says that there is none. */
    public static PageMemory allocate(SystemCalls system, int size) {
        long length = (size + PAGE_BYTES - 1L) / PAGE_BYTES * PAGE_BYTES;
        Pointer start = system.mmap(null, length, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);
        if (start == null || start.address() == FAILED) {
            throw new OutOfMemoryError("no " + length + " bytes of native memory");
        }
        return new PageMemory(system, start.address(), length);
    }

    /** A part of it, in the machine's byte order. It must not be used once the memory is closed. */
    public NativeBuffer part(int offset, int size) {
        if (offset < 0 || size < 0 || offset + (long) size > length) {
            throw new IndexOutOfBoundsException(offset + "+" + size + " of " + length);
        }
        ByteBuffer bytes = MemoryIO.getInstance().newDirectByteBuffer(address + offset, size);
        return new NativeBuffer(bytes.order(ByteOrder.nativeOrder()), address + offset);
    }

    @Override
    public void close() {
        system.munmap(address, length);
    }
}
