package io.poolfs.core.cache;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import java.util.Arrays;
import java.util.List;

/** The metadata of one inode as byte arrays: committed content, and what is pending over it. */
final class ModelRecords implements ContentRecords {
    private static final byte NONE = 0;
    private static final byte PENDING = 1;

    private final long inode;
    private long version;
    private byte[] committed = new byte[0];
    private final byte[] pendingKind;
    private final byte[] pendingBytes;

    ModelRecords(long inode, int maxBytes) {
        this.inode = inode;
        pendingKind = new byte[maxBytes];
        pendingBytes = new byte[maxBytes];
    }

    void commit(byte[] content) {
        committed = content.clone();
        version++;
    }

    void putPending(ByteRange range, byte[] bytes) {
        Arrays.fill(pendingKind, (int) range.offset(), (int) range.end(), PENDING);
        System.arraycopy(bytes, 0, pendingBytes, (int) range.offset(), (int) range.lengthBytes());
    }

    void dropPending(List<ByteRange> ranges) {
        for (ByteRange range : ranges) {
            Arrays.fill(pendingKind, (int) range.offset(), (int) range.end(), NONE);
        }
    }

    boolean hasPending() {
        for (byte kind : pendingKind) {
            if (kind != NONE) {
                return true;
            }
        }
        return false;
    }

    /** What the metadata says the content of these bytes is, for an image with this limit. */
    byte[] resolve(int from, int to, long baseLimit) {
        byte[] bytes = new byte[to - from];
        int known = (int) Math.max(from, Math.min(Math.min(to, baseLimit), committed.length));
        System.arraycopy(committed, Math.min(from, committed.length), bytes, 0, Math.max(0, known - from));
        for (int i = from; i < Math.min(to, pendingKind.length); i++) {
            if (pendingKind[i] == PENDING) {
                bytes[i - from] = pendingBytes[i];
            }
        }
        return bytes;
    }

    long version() {
        return version;
    }

    Inode now() {
        return new Inode(
                inode,
                FileType.REGULAR.modeBits() | 0600,
                0,
                0,
                1,
                committed.length,
                0,
                version,
                0,
                version,
                version,
                0,
                null);
    }

    @Override
    public Inode inode(long number) {
        return now();
    }

    @Override
    public void cut(long number, long fromOffset) {
        Arrays.fill(pendingKind, (int) Math.min(fromOffset, pendingKind.length), pendingKind.length, NONE);
    }

    @Override
    public void hole(long number, ByteRange range) {
        int end = (int) Math.min(range.end(), pendingKind.length);
        int start = (int) Math.min(range.offset(), end);
        Arrays.fill(pendingKind, start, end, PENDING);
        Arrays.fill(pendingBytes, start, end, (byte) 0);
    }
}
