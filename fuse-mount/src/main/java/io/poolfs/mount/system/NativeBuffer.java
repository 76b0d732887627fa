package io.poolfs.mount.system;

import com.kenai.jffi.MemoryIO;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Zeroed memory that C may use while this object is reachable, in the machine's byte order. A local variable does not
 * keep it reachable: who passes the address on calls {@link #keep} after the call.
 */
public record NativeBuffer(ByteBuffer bytes, long address) {
    public static NativeBuffer allocate(int size) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
        return new NativeBuffer(bytes, MemoryIO.getInstance().getDirectBufferAddress(bytes));
    }

    /** Up to here it has been reachable. */
    @SuppressWarnings("ReachabilityFenceUsage") // A call into C does not throw.
    public void keep() {
        Reference.reachabilityFence(bytes);
    }

    /** A NUL-terminated copy. */
    public static NativeBuffer string(String text) {
        return string(text.getBytes(StandardCharsets.UTF_8));
    }

    public static NativeBuffer string(byte[] text) {
        NativeBuffer buffer = allocate(text.length + 1);
        buffer.bytes.put(0, text);
        return buffer;
    }
}
