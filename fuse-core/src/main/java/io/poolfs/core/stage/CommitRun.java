package io.poolfs.core.stage;

import io.poolfs.core.cache.Image;
import io.poolfs.core.cache.Images;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.PendingExtent;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.time.Task;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one batch from dirty to committed: seal, copy, upload, commit. One thread; each of its works gets exactly one
 * outcome.
 */
final class CommitRun {
    private static final Logger LOG = LoggerFactory.getLogger(CommitRun.class);

    /** What became of a work. */
    enum Outcome {
        /** Its content is committed, or was already. */
        DONE,
        /** It was cut off while it was copied: once more. */
        AGAIN,
        /** Whoever truncated it has not closed it yet: what it had before is still the better content. */
        DEFERRED,
        /** Nobody can see its content any more. */
        GONE,
        FAILED
    }

    /** Told once for each work. */
    interface Ends {
        void ended(FileWork work, Outcome outcome, long transaction, @Nullable PoolException cause);
    }

    /** What runs share. */
    record Parts(
            Scheduler scheduler,
            StageState state,
            Metadata metadata,
            Images images,
            ChunkRoom room,
            ChunkFiles files,
            Uploader uploader,
            PlacedChunks placed,
            Chunker chunker,
            StreamUploads streams,
            BeforeSeal beforeSeal,
            Committer committer,
            long packBytes) {}

    private final Parts parts;
    private final CommitQueue.Batch batch;
    private final Ends ends;

    /** The works that have no outcome yet and their images. */
    private final List<FileWork> open = new ArrayList<>();

    private record Candidate(FileWork work, Image image) {}

    private final List<Image> acquired = new ArrayList<>();
    private final List<SealedFile> sealed = new ArrayList<>();
    private final List<ChunkId> held = new ArrayList<>();
    private final List<ChunkId> kept = new ArrayList<>();

    CommitRun(Parts parts, CommitQueue.Batch batch, Ends ends) {
        this.parts = parts;
        this.batch = batch;
        this.ends = ends;
    }

    void run() {
        open.addAll(batch.works());
        try {
            List<Candidate> candidates = acquire();
            if (!candidates.isEmpty()) {
                commit(candidates);
            }
        } catch (PoolException e) {
            fail(e);
        } catch (RuntimeException e) {
            LOG.error("stage: commit of {} files failed", batch.works().size(), e);
            fail(new PoolException(Reason.INTERNAL, "commit failed: " + e, e));
        } finally {
            held.forEach(parts.placed()::letGo);
            kept.forEach(parts.placed()::letGoOf);
            acquired.forEach(parts.images()::release);
        }
    }

    private void commit(List<Candidate> candidates) throws PoolException {
        if (candidates.size() > 1) {
            sealAndUpload(candidates);
        } else {
            Candidate only = candidates.get(0);
            StreamUploads.Draining draining =
                    parts.streams().drain(only.work(), only.image(), parts.packBytes(), batch.urgent());
            try {
                if (!draining.failed()) {
                    sealAndUpload(candidates);
                }
            } finally {
                draining.join();
            }
        }
        sealed.removeIf(file -> !awaitJoined(file));
        if (sealed.isEmpty()) {
            return;
        }
        parts.scheduler().yieldPoint("stage:committing");
        Committer.Result result = parts.committer().commit(sealed);
        parts.scheduler().yieldPoint("stage:committed");
        result.known().forEach(parts.placed()::forget);
        sealed.forEach(file -> settle(file, result));
    }

    private void sealAndUpload(List<Candidate> candidates) throws PoolException {
        long estimate =
                candidates.stream().mapToLong(c -> FileWork.bytesOf(c.image())).sum();
        long limit = Math.min(
                parts.chunker().chunkSizeBytes(),
                Math.max(
                        Uploader.SMALLEST_BYTES,
                        estimate == 0 ? 0 : parts.placed().largestRoomBytes()));
        // Room first: whoever writes to a sealed block waits until it is copied, and must not wait for a remote.
        ChunkRoom.Share share = estimate == 0 ? null : parts.room().take(Math.min(estimate, limit), this::isStopped);
        try {
            for (Candidate candidate : candidates) {
                seal(candidate.work(), candidate.image());
            }
        } catch (PoolException | RuntimeException e) {
            if (share != null) {
                share.close();
            }
            throw e;
        }
        parts.scheduler().yieldPoint("stage:sealed");
        upload(share, limit);
    }

    private void settle(SealedFile file, Committer.Result result) {
        switch (result.verdicts().getOrDefault(file, Committer.Verdict.FOREIGN)) {
            case COMMITTED -> {
                try (Monitor.Hold lock = file.image.lock()) {
                    file.seal.committed(file.content.baseVersion() + 1);
                    unsealed(file.work);
                    end(file.work, Outcome.DONE, result.transaction());
                } catch (PoolException e) {
                    endFailed(file.work, e);
                }
            }
            case GONE -> {
                release(file);
                end(file.work, Outcome.GONE, 0);
            }
            case FOREIGN -> {
                release(file);
                endFailed(
                        file.work,
                        new PoolException(
                                Reason.STALE,
                                "the staged content of inode " + file.inode() + " stands on version "
                                        + file.content.baseVersion() + ", which is not its version any more"));
            }
        }
    }

    /** The images of the works that still have something to commit. */
    private List<Candidate> acquire() throws PoolException {
        List<Candidate> candidates = new ArrayList<>();
        for (FileWork work : batch.works()) {
            Optional<Inode> inode = parts.metadata().read(reader -> Optional.ofNullable(reader.inode(work.inode)));
            if (inode.isEmpty() || inode.get().links() == 0 || !inode.get().isRegular()) {
                end(work, Outcome.GONE, 0);
                continue;
            }
            Image image = parts.images().acquire(inode.get());
            acquired.add(image);
            if (image.content().modified() || inode.get().version() == 0) {
                work.image = image;
                candidates.add(new Candidate(work, image));
            } else {
                end(work, Outcome.DONE, 0);
            }
        }
        return candidates;
    }

    private void seal(FileWork work, Image image) throws PoolException {
        parts.beforeSeal().sealing(work.inode);
        long covers;
        boolean awaited;
        try (Monitor.Hold hold = parts.state().monitor.enter()) {
            covers = work.requests;
            awaited = covers > work.answered;
        }
        try (Monitor.Hold lock = image.lock()) {
            if (image.content().truncatedWhileOpen() && !awaited) {
                end(work, Outcome.DEFERRED, 0);
                return;
            }
            Image.Seal seal = image.seal();
            try {
                SealedFile file = new SealedFile(work, image, seal, pendingBeneath(work.inode, seal), joined(work));
                sealed.add(file);
                keep(file);
                try (Monitor.Hold hold = parts.state().monitor.enter()) {
                    work.covered = covers;
                    work.sealedGeneration = file.content.generation();
                }
            } catch (PoolException | RuntimeException e) {
                seal.failed();
                throw e;
            }
        }
    }

    /**
     * What is pending at the moment of the seal. Under sealed blocks nothing stays pending: what appears there later is
     * newer than the seal, and must not be taken for what it replaces.
     */
    private List<PendingExtent> pendingBeneath(long inode, Image.Seal seal) throws PoolException {
        long size = seal.content().sizeBytes();
        List<PendingExtent> pending = parts.metadata().read(reader -> reader.pendingExtents(inode, 0, size));
        if (pending.isEmpty() || seal.ranges().isEmpty()) {
            return pending;
        }
        return parts.metadata().change(writer -> {
            for (ByteRange range : seal.ranges()) {
                writer.dropPending(inode, range);
            }
            return writer.pendingExtents(inode, 0, size);
        });
    }

    /** A punch may take what is pending away before it is committed, and the last use of its chunk with it. */
    private void keep(SealedFile file) {
        for (PendingExtent pending : file.pending) {
            Extent extent = pending.extent();
            if (extent != null) {
                kept.add(extent.piece().chunk());
                parts.placed().keep(extent.piece().chunk());
            }
        }
    }

    private List<SealedFile.Joined> joined(FileWork work) {
        List<StreamUpload> underWay;
        try (Monitor.Hold hold = parts.state().monitor.enter()) {
            underWay = List.copyOf(work.streams);
        }
        List<SealedFile.Joined> joined = new ArrayList<>();
        for (StreamUpload stream : underWay) {
            List<ByteRange> partsOfIt = new ArrayList<>();
            for (ByteRange range : stream.seal.ranges()) {
                partsOfIt.addAll(stream.seal.unchanged(range));
            }
            if (!partsOfIt.isEmpty()) {
                joined.add(new SealedFile.Joined(stream, partsOfIt));
            }
        }
        return joined;
    }

    /** Copies everything sealed, chunk by chunk, and uploads the chunks at the same time. */
    private void upload(ChunkRoom.@Nullable Share first, long limit) throws PoolException {
        List<Slice> slices =
                sealed.stream().flatMap(file -> file.slices().stream()).toList();
        long total = slices.stream()
                .mapToLong(slice -> slice.fileRange().lengthBytes())
                .sum();
        ChunkRoom.Share share = first;
        if (share != null) {
            share.resize(Math.min(total, limit));
        }
        Set<PieceSource> lost = new HashSet<>();
        List<Task> uploads = new ArrayList<>();
        PoolException failure = null;
        try {
            long firstLimit = share == null ? limit : Math.max(1, share.bytes());
            for (List<Slice> chunk : Chunker.cut(slices, firstLimit, limit)) {
                long bytes = chunk.stream()
                        .mapToLong(s -> s.fileRange().lengthBytes())
                        .sum();
                ChunkRoom.Share mine = share == null ? parts.room().take(bytes, this::isStopped) : share;
                share = null;
                ChunkFile file = parts.files().write(chunk, mine);
                lost.addAll(file.lost());
                uploads.add(parts.scheduler().start("stage upload", () -> uploadOne(file)));
            }
        } catch (PoolException e) {
            failure = e;
        } finally {
            if (share != null) {
                share.close();
            }
        }
        for (Task upload : uploads) {
            try {
                upload.join(Long.MAX_VALUE);
            } catch (PoolException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
        for (SealedFile file : List.copyOf(sealed)) {
            if (lost.contains(file)) {
                again(file);
            }
        }
    }

    private void uploadOne(ChunkFile file) throws PoolException {
        try {
            if (file.pieces().isEmpty()) {
                return;
            }
            Chunk chunk = parts.uploader()
                    .upload(file, new Uploader.Order(batch.urgent(), home(), this::isStopped, this::trouble));
            try (Monitor.Hold hold = parts.state().monitor.enter()) {
                held.add(chunk.id());
                for (CutPiece piece : file.pieces()) {
                    SealedFile of = (SealedFile) piece.source();
                    of.pieces.add(piece.in(chunk.id()));
                    of.work.home = chunk.remote();
                }
            }
        } finally {
            parts.files().delete(file);
        }
    }

    /** Waits for what was on its way when the file was sealed; false when that came to nothing. */
    private boolean awaitJoined(SealedFile file) {
        try {
            for (SealedFile.Joined one : file.joined) {
                parts.state().await(() -> one.stream().done, Long.MAX_VALUE);
                if (one.stream().extents == null) {
                    release(file);
                    end(file.work, Outcome.AGAIN, 0);
                    return false;
                }
            }
            return true;
        } catch (PoolException e) {
            release(file);
            endFailed(file.work, e);
            return false;
        }
    }

    private void again(SealedFile file) {
        sealed.remove(file);
        release(file);
        end(file.work, Outcome.AGAIN, 0);
    }

    /** Gives what was sealed back to dirty. Under the image's lock, so that whoever asks sees both or neither. */
    private void release(SealedFile file) {
        try (Monitor.Hold lock = file.image.lock()) {
            file.seal.failed();
            unsealed(file.work);
        }
    }

    private void unsealed(FileWork work) {
        try (Monitor.Hold hold = parts.state().monitor.enter()) {
            work.sealedGeneration = -1;
        }
    }

    private void fail(PoolException cause) {
        sealed.forEach(this::release);
        for (FileWork work : List.copyOf(open)) {
            endFailed(work, cause);
        }
    }

    private void end(FileWork work, Outcome outcome, long transaction) {
        open.remove(work);
        ends.ended(work, outcome, transaction, null);
    }

    private void endFailed(FileWork work, PoolException cause) {
        open.remove(work);
        ends.ended(work, work.retired ? Outcome.GONE : Outcome.FAILED, 0, cause);
    }

    private @Nullable RemoteId home() {
        return batch.works().size() == 1 ? batch.works().get(0).home : null;
    }

    private boolean isStopped() {
        return parts.state().isClosed() || batch.works().stream().allMatch(work -> work.retired);
    }

    private void trouble(PoolException e) {
        try (Monitor.Hold hold = parts.state().monitor.enter()) {
            open.forEach(work -> work.trouble = e);
        }
    }
}
