package io.poolfs.core.fetch;

import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.PoolException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A run of a pack that several small files share, to be read at once. Filled by the task that reads it, used by that
 * task alone.
 */
final class PackRange implements PieceSource {
    /** What lies between two files and is not wanted is read along when it is not longer. */
    private static final long GAP_BYTES = 64 << 10;

    private static final long MOST_BYTES = 2 << 20;

    final Chunk chunk;
    final List<SmallFile> files = new ArrayList<>();
    private final List<Extent> extents = new ArrayList<>();
    private long start;
    private long end;
    private ByteBuffer bytes = ByteBuffer.allocate(0);

    private PackRange(SmallFile first) {
        this.chunk = first.chunk();
        this.start = first.start();
        this.end = first.start();
        add(first);
    }

    /** Puts files of the same pack together that lie near each other. */
    static List<PackRange> of(List<SmallFile> files) {
        List<SmallFile> sorted = new ArrayList<>(files);
        sorted.sort(Comparator.comparing((SmallFile file) -> file.chunk().id().hex())
                .thenComparingLong(SmallFile::start));
        List<PackRange> ranges = new ArrayList<>();
        for (SmallFile file : sorted) {
            PackRange last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
            if (last != null && last.takes(file)) {
                last.add(file);
            } else {
                ranges.add(new PackRange(file));
            }
        }
        return ranges;
    }

    private boolean takes(SmallFile file) {
        return file.chunk().id().equals(chunk.id())
                && file.start() <= end + GAP_BYTES
                && file.end() - start <= MOST_BYTES;
    }

    private void add(SmallFile file) {
        files.add(file);
        extents.addAll(file.extents());
        end = Math.max(end, file.end());
    }

    /** Reads and verifies all of it. */
    void fetch(ChunkReader chunks) throws PoolException {
        ByteBuffer read = ByteBuffer.allocate((int) (end - start));
        chunks.read(chunk, extents, read, () -> true);
        bytes = read.flip();
    }

    long lengthBytes() {
        return end - start;
    }

    /** Files that changed meanwhile lie elsewhere: those bytes are not here. */
    @Override
    public boolean read(Chunk from, List<Extent> wanted, ByteBuffer dst) {
        long at = wanted.get(0).chunkOffset() - start;
        if (!from.id().equals(chunk.id()) || at < 0 || at + dst.remaining() > bytes.limit()) {
            return false;
        }
        dst.put(bytes.duplicate().limit((int) at + dst.remaining()).position((int) at));
        return true;
    }
}
