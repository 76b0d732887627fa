package io.poolfs.core.local;

import java.nio.ByteBuffer;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The bytes of a simulated file: blocks by number, absent ones are holes. Blocks are replaced, never changed. */
final class SimContent {
    static final int BLOCK_BYTES = 4096;

    private final NavigableMap<Long, byte[]> blocks;
    private long sizeBytes;

    SimContent() {
        this(new TreeMap<>(), 0);
    }

    private SimContent(NavigableMap<Long, byte[]> blocks, long sizeBytes) {
        this.blocks = blocks;
        this.sizeBytes = sizeBytes;
    }

    SimContent copy() {
        return new SimContent(new TreeMap<>(blocks), sizeBytes);
    }

    long sizeBytes() {
        return sizeBytes;
    }

    long allocatedBytes() {
        return (long) blocks.size() * BLOCK_BYTES;
    }

    /** What a write there would allocate in addition. */
    long missingBytes(long offset, int length) {
        long first = offset / BLOCK_BYTES;
        long last = (offset + length - 1) / BLOCK_BYTES;
        return (last - first + 1 - blocks.subMap(first, true, last, true).size()) * BLOCK_BYTES;
    }

    int read(long offset, ByteBuffer dst) {
        int count = (int) Math.max(0, Math.min(dst.remaining(), sizeBytes - offset));
        int done = 0;
        while (done < count) {
            long at = offset + done;
            int inBlock = (int) (at % BLOCK_BYTES);
            int part = Math.min(count - done, BLOCK_BYTES - inBlock);
            byte[] block = blocks.get(at / BLOCK_BYTES);
            dst.put(block == null ? new byte[BLOCK_BYTES] : block, inBlock, part);
            done += part;
        }
        return count;
    }

    void write(long offset, byte[] src, int from, int length) {
        int done = 0;
        while (done < length) {
            long at = offset + done;
            int inBlock = (int) (at % BLOCK_BYTES);
            int part = Math.min(length - done, BLOCK_BYTES - inBlock);
            byte[] block = copyOfBlock(at / BLOCK_BYTES);
            System.arraycopy(src, from + done, block, inBlock, part);
            blocks.put(at / BLOCK_BYTES, block);
            done += part;
        }
        if (length > 0) {
            sizeBytes = Math.max(sizeBytes, offset + length);
        }
    }

    void truncate(long newSizeBytes) {
        if (newSizeBytes < sizeBytes) {
            punch(newSizeBytes, sizeBytes - newSizeBytes);
            blocks.tailMap((newSizeBytes + BLOCK_BYTES - 1) / BLOCK_BYTES, true).clear();
        }
        sizeBytes = newSizeBytes;
    }

    void punch(long offset, long lengthBytes) {
        long end = Math.min(offset + lengthBytes, roundUp(sizeBytes));
        if (end <= offset) {
            return;
        }
        long firstWhole = roundUp(offset) / BLOCK_BYTES;
        long endWhole = end / BLOCK_BYTES;
        if (firstWhole < endWhole) {
            blocks.subMap(firstWhole, true, endWhole, false).clear();
        }
        zero(offset, Math.min(end, firstWhole * BLOCK_BYTES));
        zero(Math.max(offset, endWhole * BLOCK_BYTES), end);
    }

    /** Zeroes a range within one block, if it is there. */
    private void zero(long from, long to) {
        if (from < to && blocks.containsKey(from / BLOCK_BYTES)) {
            byte[] block = copyOfBlock(from / BLOCK_BYTES);
            for (long at = from; at < to; at++) {
                block[(int) (at % BLOCK_BYTES)] = 0;
            }
            blocks.put(from / BLOCK_BYTES, block);
        }
    }

    private byte[] copyOfBlock(long number) {
        byte[] block = blocks.get(number);
        return block == null ? new byte[BLOCK_BYTES] : block.clone();
    }

    private static long roundUp(long bytes) {
        return (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
    }
}
