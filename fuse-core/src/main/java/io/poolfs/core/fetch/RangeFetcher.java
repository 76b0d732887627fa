package io.poolfs.core.fetch;

import io.poolfs.core.cache.Budget;
import io.poolfs.core.cache.Image;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.PendingExtent;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.ChunkObjects;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.time.Scheduler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Temporary: fetches what is absent, one range after the other. */
public final class RangeFetcher implements Fetcher {
    private final Scheduler scheduler;
    private final Metadata metadata;
    private final Budget budget;
    private final RemoteLookup remotes;
    private final ChunkObjects objects;

    public RangeFetcher(
            Scheduler scheduler, Metadata metadata, Budget budget, RemoteLookup remotes, String prefix, long max) {
        this.scheduler = scheduler;
        this.metadata = metadata;
        this.budget = budget;
        this.remotes = remotes;
        this.objects = new ChunkObjects(prefix);
    }

    @Override
    public Stream open(Image image) {
        return new Stream() {
            @Override
            public int read(long offset, ByteBuffer dst) throws PoolException {
                int total = 0;
                while (dst.hasRemaining()) {
                    long at = offset + total;
                    int n = image.read(at, dst);
                    total += n;
                    if (!dst.hasRemaining() || offset + total >= image.content().sizeBytes()) {
                        break;
                    }
                    at = offset + total;
                    long want = Math.min(1 << 20, Math.max(dst.remaining(), 1 << 20));
                    ByteBuffer hole = RangeFetcher.this.bring(image, at, want);
                    if (hole != null) {
                        int len = Math.min(hole.remaining(), dst.remaining());
                        hole.limit(len);
                        dst.put(hole);
                        total += len;
                    }
                }
                return total;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void fetch(Image image, long offset, long lengthBytes) throws PoolException {
        bring(image, offset, lengthBytes);
    }

    /** Fetches; returns zeros to use when the offset is a hole. */
    private @org.jspecify.annotations.Nullable ByteBuffer bring(Image image, long offset, long length)
            throws PoolException {
        try (Image.Landing landing = image.land(offset, length)) {
            List<ByteRange> wanted = landing.wanted();
            if (wanted.isEmpty()) {
                return null;
            }
            ByteRange first = wanted.get(0);
            long size = image.content().sizeBytes();
            int len = (int) Math.min(first.lengthBytes(), 1 << 20);
            ByteBuffer buffer = ByteBuffer.allocateDirect(len);
            boolean any = false;
            List<Object[]> runs = new ArrayList<>();
            long start = first.offset();
            metadata.look(reader -> {
                runs.clear();
                Inode inode = reader.requireInode(image.inode());
                OptionalLong limit = image.baseLimit(inode.version());
                if (limit.isPresent()) {
                    for (Extent e : reader.extents(image.inode(), start, Math.min(start + len, limit.getAsLong()))) {
                        Chunk c = reader.chunk(e.piece().chunk());
                        runs.add(new Object[] {e.narrow(start, Math.min(start + len, limit.getAsLong())), c});
                    }
                }
                for (PendingExtent p : reader.pendingExtents(image.inode(), start, start + len)) {
                    if (p.extent() == null) {
                        runs.add(new Object[] {p.fileRange(), null});
                    } else {
                        Chunk c = reader.pendingChunk(p.extent().piece().chunk());
                        runs.add(new Object[] {
                            p.extent().narrow(start, start + len),
                            c == null ? reader.chunk(p.extent().piece().chunk()) : c
                        });
                    }
                }
            });
            for (Object[] run : runs) {
                if (run[0] instanceof Extent e) {
                    any = true;
                    Chunk c = (Chunk) run[1];
                    if (c == null) {
                        throw new PoolException(
                                Reason.CORRUPT,
                                "no record of chunk " + e.piece().chunk());
                    }
                    Remote remote = remotes.find(c.remote());
                    if (remote == null) {
                        throw new PoolException(Reason.REMOTE_UNAVAILABLE, "remote " + c.remote() + " is not there");
                    }
                    ByteBuffer part = buffer.duplicate();
                    part.position((int) (e.fileOffset() - start)).limit((int) (e.fileEnd() - start));
                    remote.store().getRange(objects.nameOf(c.id()), e.chunkOffset(), part);
                } else if (run[0] instanceof ByteRange hole) {
                    for (long i = Math.max(start, hole.offset()); i < Math.min(start + len, hole.end()); i++) {
                        buffer.put((int) (i - start), (byte) 0);
                    }
                }
            }
            if (!any) {
                ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(len, size - start));
                return offset >= start ? zeros : null;
            }
            long cost = landing.costBytes(len);
            budget.reserve(Budget.Use.CLEAN, cost, scheduler.deadlineAfter(Duration.ofSeconds(60)));
            landing.install(start, buffer, cost);
            return null;
        }
    }

    @Override
    public void close() {}
}
