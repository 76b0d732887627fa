package io.poolfs.core.stage;

import io.poolfs.core.cache.Image;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.PendingExtent;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.time.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Uploads parts of a content ahead of its commit, while it is still written or because it is more than one chunk: seal
 * a range, copy it, upload it, record it as pending, let the blocks go. Usable from any thread.
 */
final class StreamUploads {
    /** So much stays between us and the writer at most, that we do not meet. */
    private static final long MARGIN_BYTES = 1L << 20;

    private final Scheduler scheduler;
    private final StageState state;
    private final Metadata metadata;
    private final ChunkRoom room;
    private final ChunkFiles files;
    private final Uploader uploader;
    private final PlacedChunks placed;
    private final Chunker chunker;

    StreamUploads(
            Scheduler scheduler,
            StageState state,
            Metadata metadata,
            ChunkRoom room,
            ChunkFiles files,
            Uploader uploader,
            PlacedChunks placed,
            Chunker chunker) {
        this.scheduler = scheduler;
        this.state = state;
        this.metadata = metadata;
        this.room = room;
        this.files = files;
        this.uploader = uploader;
        this.placed = placed;
        this.chunker = chunker;
    }

    /** Hears whether there was a part to upload. */
    @FunctionalInterface
    interface Sealed {
        void sealed(boolean any);
    }

    /** Size of the next chunk of the file, of which so much is left at most. */
    private long nextSizeBytes(FileWork work, long leftBytes) throws PoolException {
        return chunker.sizeBytes(
                work.cuts, placed.takers(), leftBytes, Math.max(Uploader.SMALLEST_BYTES, placed.largestRoomBytes()));
    }

    /** From so many dirty bytes on, a part of the file is worth its upload ahead of the commit. */
    long wantedBytes(FileWork work) throws PoolException {
        return nextSizeBytes(work, Long.MAX_VALUE) + Math.min(MARGIN_BYTES, chunker.chunkSizeBytes() / 4);
    }

    /**
     * Uploads one part and records it; returns whether there was one. {@code sealed} is told as soon as its range is
     * sealed, or that there was none, unless this fails before.
     *
     * @param anySize also what is smaller or scattered
     */
    boolean uploadOne(FileWork work, Image image, boolean anySize, Sealed sealed) throws PoolException {
        Begun begun = begin(work, image, anySize, leftBytes(work, image), false, sealed);
        if (begun == null) {
            return false;
        }
        finish(begun);
        return true;
    }

    /**
     * Begins to upload, several parts at a time, what is dirty now, until at most {@code leaveBytes} of it are left. What
     * a writer adds meanwhile stays. Does not wait for the uploads; {@link Draining#join} must follow.
     *
     * @param urgent somebody waits for the commit
     */
    Draining drain(FileWork work, Image image, long leaveBytes, boolean urgent) {
        Draining draining = new Draining();
        long left = image.dirtyBytes();
        try {
            while (left > leaveBytes) {
                Begun begun = begin(work, image, true, Math.min(left, image.dirtyBytes()), urgent, any -> {});
                if (begun == null) {
                    break;
                }
                left -= begun.file().sizeBytes();
                draining.uploads.add(scheduler.start("stage upload of inode " + work.inode, () -> finish(begun)));
            }
        } catch (PoolException e) {
            draining.failure = e;
        }
        return draining;
    }

    /** Uploads of parts that are under way. One thread. */
    static final class Draining {
        private final List<Task> uploads = new ArrayList<>();
        private @Nullable PoolException failure;

        boolean failed() {
            return failure != null;
        }

        /** Waits for their end; throws what made one fail. */
        void join() throws PoolException {
            for (Task upload : uploads) {
                try {
                    upload.join(Long.MAX_VALUE);
                } catch (PoolException e) {
                    failure = e;
                }
            }
            uploads.clear();
            if (failure != null) {
                throw failure;
            }
        }
    }

    /** What there is still to cut: nobody knows before the file is closed. */
    private long leftBytes(FileWork work, Image image) throws PoolException {
        try (Monitor.Hold hold = state.monitor.enter()) {
            if (work.place == FileWork.Place.AGING) {
                return Long.MAX_VALUE;
            }
        }
        return image.dirtyBytes();
    }

    private record Begun(StreamUpload stream, Image image, ChunkFile file, boolean urgent) {}

    /**
     * Seals and copies one part; null when there is none. Waits for room before it seals: no writer waits for it.
     *
     * @param leftBytes what a commit has still to upload; Long.MAX_VALUE when nobody knows
     */
    private @Nullable Begun begin(
            FileWork work, Image image, boolean anySize, long leftBytes, boolean urgent, Sealed onSealed)
            throws PoolException {
        long size = nextSizeBytes(work, leftBytes);
        ChunkRoom.Share share = room.take(size, stop(work));
        StreamUpload stream = null;
        try {
            stream = seal(work, image, size, anySize);
        } finally {
            if (stream == null) {
                share.close();
            }
        }
        onSealed.sealed(stream != null);
        if (stream == null) {
            return null;
        }
        scheduler.yieldPoint("stage:range sealed");
        StreamUpload sealed = stream;
        try {
            List<Slice> slices = sealed.seal.ranges().stream()
                    .map(range -> new Slice(sealed, range))
                    .toList();
            share.resize(
                    slices.stream().mapToLong(s -> s.fileRange().lengthBytes()).sum());
            ChunkFile file = files.write(slices, share);
            if (file.lost().isEmpty()) {
                scheduler.yieldPoint("stage:range copied");
                return new Begun(sealed, image, file, urgent);
            }
            files.delete(file);
            throw new PoolException(Reason.STALE, "inode " + work.inode + " was cut off while it was copied");
        } catch (PoolException | RuntimeException e) {
            end(sealed, null);
            throw e;
        }
    }

    private @Nullable StreamUpload seal(FileWork work, Image image, long size, boolean anySize) throws PoolException {
        try (Monitor.Hold lock = image.lock()) {
            ByteRange range = pick(image.dirtyRanges(anySize ? size : Long.MAX_VALUE), size, anySize);
            Image.Seal seal = range == null ? null : image.sealRange(range.offset(), range.lengthBytes());
            if (seal == null) {
                return null;
            }
            StreamUpload stream = new StreamUpload(work, seal);
            try (Monitor.Hold hold = state.monitor.enter()) {
                work.streams.add(stream);
                work.cuts++;
            }
            return stream;
        }
    }

    /** What of the dirty runs goes next; null when nothing is worth it. */
    static @Nullable ByteRange pick(List<ByteRange> dirty, long size, boolean anySize) {
        if (anySize && !dirty.isEmpty()) {
            return ByteRange.between(
                    dirty.get(0).offset(), dirty.get(dirty.size() - 1).end());
        }
        for (ByteRange run : dirty) {
            if (run.lengthBytes() >= size) {
                return new ByteRange(run.offset(), size);
            }
        }
        return null;
    }

    private void finish(Begun begun) throws PoolException {
        StreamUpload stream = begun.stream();
        FileWork work = stream.work;
        Chunk chunk = null;
        boolean recorded = false;
        try {
            chunk = uploader.upload(
                    begun.file(), new Uploader.Order(begun.urgent(), work.home, stop(work), e -> trouble(work, e)));
            work.home = chunk.remote();
            record(stream, begun.image(), begun.file(), chunk);
            recorded = true;
            scheduler.yieldPoint("stage:range recorded");
        } finally {
            if (!recorded) {
                end(stream, null);
            }
            if (chunk != null) {
                placed.letGo(chunk.id());
            }
            files.delete(begun.file());
        }
    }

    /** Where the bytes are still what was uploaded, they are pending content from now on, and their blocks may leave. */
    private void record(StreamUpload stream, Image image, ChunkFile file, Chunk chunk) throws PoolException {
        List<Extent> extents =
                file.pieces().stream().map(piece -> piece.in(chunk.id())).toList();
        long inode = stream.work.inode;
        try (Monitor.Hold lock = image.lock()) {
            List<PendingExtent> live = new ArrayList<>();
            for (Extent extent : extents) {
                for (ByteRange range : stream.seal.unchanged(extent.fileRange())) {
                    live.add(new PendingExtent(range, extent.narrow(range.offset(), range.end())));
                }
            }
            metadata.alter(writer -> {
                // Forgotten: whoever forgets an inode marks its work first and drops what is pending then.
                if (stream.work.retired || writer.inode(inode) == null) {
                    throw new PoolException(Reason.CANCELLED, "inode " + inode + " is gone");
                }
                for (PendingExtent pending : live) {
                    writer.putPending(inode, pending);
                }
            });
            scheduler.yieldPoint("stage:range pending");
            for (ByteRange range : stream.seal.ranges()) {
                stream.seal.uploaded(range);
            }
            end(stream, extents);
        }
    }

    private void end(StreamUpload stream, @Nullable List<Extent> extents) {
        if (extents == null) {
            stream.seal.failed();
        }
        try (Monitor.Hold hold = state.monitor.enter()) {
            stream.extents = extents;
            stream.done = true;
            stream.work.streams.remove(stream);
            state.changed();
        }
    }

    private BooleanSupplier stop(FileWork work) {
        return () -> work.retired || state.isClosed();
    }

    private void trouble(FileWork work, PoolException e) {
        try (Monitor.Hold hold = state.monitor.enter()) {
            work.trouble = e;
        }
    }
}
