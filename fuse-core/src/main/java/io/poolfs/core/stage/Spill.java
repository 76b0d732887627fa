package io.poolfs.core.stage;

import io.poolfs.core.cache.Image;
import io.poolfs.core.cache.Images;
import io.poolfs.core.journal.ShippedLog;
import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.PendingExtent;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.Sha256;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;

/**
 * Uncommitted content in {@code spill_dir}, where a reboot and a power loss leave it: for a stop that could not upload
 * everything, and for {@code fsync: local}. Usable from any thread; one save at a time.
 *
 * <p>A record is deleted once content that includes it is committed and the local journal is durable up to there.
 */
public final class Spill {
    /** What became of the records of an earlier process. */
    public enum Fate {
        /** Laid into a new image. */
        RESTORED,
        /** The image was still there and is at least as new. */
        STAGED,
        /** Committed or unlinked since. */
        OBSOLETE,
        /** Made on a version that the metadata does not know; left alone. */
        FOREIGN,
        /** The data does not have its checksum, or no room; left alone. */
        UNUSABLE
    }

    private final Metadata metadata;
    private final ShippedLog log;
    private final SpillDirectory directory;
    private final LongPredicate commitUnderWay;
    private final Monitor monitor;

    /** What the newest record of an inode holds: a generation means something only on its base version. */
    private record Saved(long baseVersion, long generation) {
        static Saved of(Image.Content content) {
            return new Saved(content.baseVersion(), content.generation());
        }
    }

    @GuardedByMonitor("monitor")
    private final Map<Long, Saved> saved = new HashMap<>();

    @GuardedByMonitor("monitor")
    private boolean some;

    /** Newest records that were saved while an older state was being committed: that commit can still fail. */
    @GuardedByMonitor("monitor")
    private final Map<Long, SpillRecord> ambiguous = new HashMap<>();

    private final SpilledChunks chunks = new SpilledChunks();

    /** Inodes whose record could not be laid: it may hold what is nowhere else. */
    private final Set<Long> unusable = ConcurrentHashMap.newKeySet();

    /**
     * @param commitUnderWay whether a version of the inode is sealed and not settled yet; asked under the image's lock
     */
    public Spill(
            Scheduler scheduler,
            LocalFiles files,
            Path spillDirectory,
            Metadata metadata,
            ShippedLog log,
            LongPredicate commitUnderWay) {
        this.metadata = metadata;
        this.log = log;
        this.directory = new SpillDirectory(files, spillDirectory);
        this.commitUnderWay = commitUnderWay;
        this.monitor = scheduler.newMonitor("spill");
    }

    public void open() throws PoolException {
        directory.open();
        try (Monitor.Hold hold = monitor.enter()) {
            for (SpillRecord spilled : directory.records()) {
                some = true;
                noteWhetherAmbiguous(spilled);
                chunks.add(spilled.inode(), spilled.number(), spilled.chunks());
            }
        }
    }

    /** Whether saved content needs the chunk, whatever the metadata says of it. */
    public boolean needs(ChunkId chunk) {
        return chunks.contains(chunk);
    }

    /**
     * The uncommitted content of the image, and the journal up to now, survive a power loss when this returns. A
     * content that did not change since it was saved costs nothing but the journal's sync.
     */
    public void save(Image image) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            boolean unchanged = Saved.of(image.content()).equals(saved.get(image.inode()));
            Optional<SpillRecord> written = unchanged ? Optional.empty() : write(image);
            try {
                // The version that the record stands on, and the names of the file, must be durable before it counts.
                log.syncLocally();
                if (written.isPresent()) {
                    directory.publish(written.get());
                }
            } catch (PoolException | RuntimeException e) {
                // Nothing is saved, although the content does not change any more.
                saved.remove(image.inode());
                throw e;
            }
            if (written.isPresent()) {
                some = true;
                noteWhetherAmbiguous(written.get());
                directory.deleteUpTo(image.inode(), written.get().number() - 1);
                chunks.removeUpTo(image.inode(), written.get().number() - 1);
            }
        }
    }

    /**
     * A version of the inode is about to be sealed, and none is sealed now. What a record left open, whether the commit
     * under way would be older than it, is decided: the next version is newer.
     */
    public void sealing(long inode) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            SpillRecord open = ambiguous.get(inode);
            if (open == null) {
                return;
            }
            Optional<Inode> now = inode(inode);
            if (now.isPresent() && now.get().version() < open.lastVersion()) {
                directory.publish(open.withLastVersion(now.get().version()));
            }
            ambiguous.remove(inode);
        }
    }

    /** Saves everything that is modified; goes on past what fails, and throws the first failure in the end. */
    public void saveAll(Images images) throws PoolException {
        PoolException failure = null;
        for (Image image : images.modified()) {
            try {
                save(image);
            } catch (PoolException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /**
     * Brings what an earlier process spilled back into images, before anybody uses them. Can be cut off and begun anew.
     * The records stay until {@link #tidy}.
     *
     * @return what became of each inode's record
     */
    public Map<Long, Fate> takeUp(Images images, long deadlineNanos) throws PoolException {
        Map<Long, Fate> fates = new LinkedHashMap<>();
        for (long inode : directory.laying()) {
            // Half of a content is none.
            images.forget(inode);
            directory.unmarkLaying(inode);
        }
        for (SpillRecord spilled : directory.records()) {
            fates.put(spilled.inode(), takeUp(images, spilled, deadlineNanos));
        }
        return fates;
    }

    /** Deletes the records that are not needed any more. Cheap when there are none. */
    public void tidy(Images images) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            if (!some) {
                chunks.retainAll(Set.of());
                return;
            }
            List<SpillRecord> records = directory.records();
            chunks.retainAll(records.stream().map(SpillRecord::inode).collect(Collectors.toSet()));
            List<SpillRecord> done = new ArrayList<>();
            for (SpillRecord spilled : records) {
                Optional<Inode> inode = inode(spilled.inode());
                if (inode.isEmpty() || isObsolete(spilled, inode.get()) || isCommitted(images, spilled, inode.get())) {
                    done.add(spilled);
                }
            }
            if (!done.isEmpty()) {
                log.syncLocally();
            }
            for (SpillRecord spilled : done) {
                directory.deleteUpTo(spilled.inode(), spilled.number());
                chunks.removeUpTo(spilled.inode(), spilled.number());
                saved.remove(spilled.inode());
                ambiguous.remove(spilled.inode());
            }
            some = records.size() > done.size();
        }
    }

    @GuardedByMonitor("monitor")
    private void noteWhetherAmbiguous(SpillRecord newest) {
        if (newest.isAmbiguous()) {
            ambiguous.put(newest.inode(), newest);
        } else {
            ambiguous.remove(newest.inode());
        }
    }

    /** Copies the content to a data file, as one moment. Empty when there is nothing uncommitted. */
    private Optional<SpillRecord> write(Image image) throws PoolException {
        long number = directory.nextNumber();
        try (LocalFile data = directory.createData(image.inode(), number)) {
            SpillRecord spilled = null;
            try (Monitor.Hold lock = image.lock()) {
                Image.Content content = image.content();
                if (content.modified()) {
                    List<PendingExtent> pending =
                            metadata.read(reader -> reader.pendingExtents(image.inode(), 0, content.sizeBytes()));
                    List<Chunk> uploaded = chunksOf(pending);
                    chunks.add(image.inode(), number, uploaded);
                    List<ByteRange> ranges = image.unsavedRanges();
                    spilled = new SpillRecord(
                            image.inode(),
                            number,
                            content.baseVersion(),
                            content.baseVersion() + (commitUnderWay.test(image.inode()) ? 1 : 0),
                            content.sizeBytes(),
                            content.baseLimit(),
                            content.modifyNanos(),
                            content.changeNanos(),
                            content.accessNanos(),
                            ranges,
                            copy(image, ranges, data),
                            pending,
                            uploaded);
                    saved.put(image.inode(), Saved.of(content));
                }
            }
            if (spilled != null) {
                data.sync();
                return Optional.of(spilled);
            }
        } catch (PoolException | RuntimeException e) {
            saved.remove(image.inode());
            directory.deleteData(image.inode(), number);
            chunks.remove(image.inode(), number);
            throw e;
        }
        directory.deleteData(image.inode(), number);
        return Optional.empty();
    }

    private static Sha256 copy(Image image, List<ByteRange> ranges, LocalFile data) throws PoolException {
        ByteBuffer buffer = SpillDirectory.newBuffer();
        MessageDigest digest = sha256();
        long at = 0;
        for (ByteRange range : ranges) {
            for (long offset = range.offset(); offset < range.end(); ) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), range.end() - offset));
                int length = image.read(offset, buffer);
                if (length <= 0) {
                    throw new PoolException(
                            Reason.INTERNAL, "dirty byte " + offset + " of inode " + image.inode() + " is not present");
                }
                buffer.flip();
                digest.update(buffer.duplicate());
                data.write(at, buffer);
                at += length;
                offset += length;
            }
        }
        return Sha256.of(digest.digest());
    }

    private List<Chunk> chunksOf(List<PendingExtent> pending) throws PoolException {
        return metadata.read(reader -> {
            Map<ChunkId, Chunk> chunks = new LinkedHashMap<>();
            for (PendingExtent run : pending) {
                Extent extent = run.extent();
                if (extent != null) {
                    ChunkId id = extent.piece().chunk();
                    Chunk chunk = reader.pendingChunk(id);
                    chunk = chunk == null ? reader.chunk(id) : chunk;
                    if (chunk != null) {
                        chunks.put(id, chunk);
                    }
                }
            }
            return List.copyOf(chunks.values());
        });
    }

    private Fate takeUp(Images images, SpillRecord spilled, long deadlineNanos) throws PoolException {
        Optional<Inode> inode = inode(spilled.inode());
        if (inode.isEmpty() || isObsolete(spilled, inode.get())) {
            return Fate.OBSOLETE;
        }
        if (inode.get().version() < spilled.baseVersion()) {
            return Fate.FOREIGN;
        }
        Image staged = images.peek(spilled.inode());
        if (staged != null && staged.content().modified()) {
            return Fate.STAGED;
        }
        try (LocalFile data = directory.openData(spilled)) {
            check(spilled, data);
            directory.markLaying(spilled.inode());
            lay(images, inode.get(), spilled, data, deadlineNanos);
            directory.unmarkLaying(spilled.inode());
            return Fate.RESTORED;
        } catch (PoolException e) {
            if (e.reason() == Reason.CORRUPT || e.reason() == Reason.NOT_FOUND || e.reason() == Reason.NO_SPACE) {
                images.forget(spilled.inode());
                unusable.add(spilled.inode());
                return Fate.UNUSABLE;
            }
            throw e;
        }
    }

    private static void check(SpillRecord spilled, LocalFile data) throws PoolException {
        MessageDigest digest = sha256();
        ByteBuffer buffer = SpillDirectory.newBuffer();
        long at = 0;
        int length;
        while ((length = data.read(at, buffer.clear())) > 0) {
            digest.update(buffer.flip());
            at += length;
        }
        if (at != spilled.dataBytes() || !Sha256.of(digest.digest()).equals(spilled.dataHash())) {
            throw new PoolException(Reason.CORRUPT, "the spilled data of inode " + spilled.inode() + " is damaged");
        }
    }

    private void lay(Images images, Inode inode, SpillRecord spilled, LocalFile data, long deadlineNanos)
            throws PoolException {
        Image image = images.acquire(inode);
        try {
            if (spilled.baseLimit() < image.content().sizeBytes()) {
                image.truncate(spilled.baseLimit(), spilled.changeNanos(), false);
            }
            if (spilled.sizeBytes() != image.content().sizeBytes()) {
                image.truncate(spilled.sizeBytes(), spilled.changeNanos(), false);
            }
            metadata.alter(writer -> {
                for (Chunk chunk : spilled.chunks()) {
                    if (writer.chunk(chunk.id()) == null) {
                        writer.putPendingChunk(chunk);
                    }
                }
                for (PendingExtent run : spilled.pending()) {
                    writer.putPending(spilled.inode(), run);
                }
            });
            image.pendingAdded();
            ByteBuffer buffer = SpillDirectory.newBuffer();
            long at = 0;
            for (ByteRange range : spilled.ranges()) {
                for (long offset = range.offset(); offset < range.end(); ) {
                    buffer.clear().limit((int) Math.min(buffer.capacity(), range.end() - offset));
                    int length = data.read(at, buffer);
                    image.write(offset, buffer.flip(), spilled.changeNanos(), deadlineNanos);
                    at += length;
                    offset += length;
                }
            }
            image.setTimes(spilled.accessNanos(), spilled.modifyNanos(), spilled.changeNanos());
        } finally {
            images.release(image);
        }
    }

    /**
     * What has lost its name may get it back, when newer content that took the name is lost before it is committed; but
     * only an inode that has committed content does.
     */
    private static boolean isObsolete(SpillRecord spilled, Inode inode) {
        return inode.version() > spilled.lastVersion() || (inode.links() == 0 && !inode.hasCommittedContent());
    }

    /** Nothing is uncommitted any more, so what was saved is not either. */
    private boolean isCommitted(Images images, SpillRecord spilled, Inode inode) {
        if (inode.version() <= spilled.baseVersion() || unusable.contains(spilled.inode())) {
            return false;
        }
        Image image = images.peek(spilled.inode());
        return image == null || !image.content().modified();
    }

    private Optional<Inode> inode(long number) throws PoolException {
        return metadata.read(reader -> Optional.ofNullable(reader.inode(number)));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
