package io.poolfs.mount.memory;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Content in pages on the heap; a hole takes nothing. Callers see to it that writers exclude each other. */
final class HeapContent implements Content {
    private static final int PAGE = 16 * 1024;

    private final Map<Long, byte[]> pages = new ConcurrentHashMap<>();

    @Override
    public void read(long offset, ByteBuffer dst) {
        long at = offset;
        while (dst.hasRemaining()) {
            int inPage = (int) (at % PAGE);
            int count = Math.min(PAGE - inPage, dst.remaining());
            byte @Nullable [] page = pages.get(at / PAGE);
            dst.put(page == null ? new byte[count] : page, page == null ? 0 : inPage, count);
            at += count;
        }
    }

    @Override
    public void write(long offset, ByteBuffer src) {
        long at = offset;
        while (src.hasRemaining()) {
            int inPage = (int) (at % PAGE);
            int count = Math.min(PAGE - inPage, src.remaining());
            src.get(pages.computeIfAbsent(at / PAGE, number -> new byte[PAGE]), inPage, count);
            at += count;
        }
    }

    @Override
    public void clear(long from, long to) {
        pages.keySet().removeIf(number -> from <= number * PAGE && (number + 1) * PAGE <= to);
        pages.forEach((number, page) -> {
            long start = Math.max(from, number * PAGE);
            long end = Math.min(to, (number + 1) * PAGE);
            if (start < end) {
                Arrays.fill(page, (int) (start - number * PAGE), (int) (end - number * PAGE), (byte) 0);
            }
        });
    }

    @Override
    public void close() {
        pages.clear();
    }
}
