package io.poolfs.mount;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Zeroed memory that C may use while this object is reachable, in the machine's byte order. */
record NativeBuffer(ByteBuffer bytes, long address) {
    static NativeBuffer allocate(int size) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
        return new NativeBuffer(bytes, MemoryIO.getInstance().getDirectBufferAddress(bytes));
    }

    /** A NUL-terminated copy. */
    static NativeBuffer string(String text) {
        return string(text.getBytes(StandardCharsets.UTF_8));
    }

    static NativeBuffer string(byte[] text) {
        NativeBuffer buffer = allocate(text.length + 1);
        buffer.bytes.put(0, text);
        return buffer;
    }
}
