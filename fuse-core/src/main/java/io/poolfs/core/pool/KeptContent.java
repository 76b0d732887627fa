package io.poolfs.core.pool;

import io.poolfs.core.cache.Image;
import io.poolfs.core.cache.Images;
import io.poolfs.core.config.Quantities;
import io.poolfs.core.fetch.Fetcher;
import io.poolfs.core.meta.EntryPath;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.time.Task;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Content that a person wants in the cache: fetched on demand, pinned so that it stays, or given up. Pins take at most
 * half of the budget; while there are any, a task fetches what is missing of them and lets go of what grew beyond that.
 * Usable from any thread.
 */
public final class KeptContent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeptContent.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(15);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(30);
    private static final int STEP_BYTES = 1 << 20;
    private static final int SHARE_OF_BUDGET = 2;

    private final Scheduler scheduler;
    private final Metadata metadata;
    private final Images images;
    private final Fetcher fetcher;
    private final Monitor monitor;
    private final List<String> notes = new ArrayList<>();
    private final LongAdder fetchedBytes = new LongAdder();

    @GuardedByMonitor("monitor")
    private boolean closed;

    @GuardedByMonitor("monitor")
    private @Nullable Task task;

    KeptContent(Scheduler scheduler, Metadata metadata, Images images, Fetcher fetcher) {
        this.scheduler = scheduler;
        this.metadata = metadata;
        this.images = images;
        this.fetcher = fetcher;
        this.monitor = scheduler.newMonitor("kept content");
    }

    /** What pins take. {@code limitBytes}: what they may take. */
    public record Pinned(int files, long bytes, long limitBytes) {}

    /** Looks after the pins of an earlier process, where there are any. */
    void start() {
        if (!images.pins().isEmpty()) {
            lookAfterPins();
        }
    }

    /** How many bytes of content the file has, without its holes; 0 for what is no regular file. */
    public long contentBytes(long inode) throws PoolException {
        Inode known = find(inode);
        return known == null ? 0 : bytes(runs(known, images.peek(inode)));
    }

    /**
     * Brings what is absent of the file into the cache.
     *
     * @param moved is told of bytes as they come; an exception of its ends the call
     * @return how many bytes are absent still, since the cache has no room for them
     */
    public long warm(long inode, LongConsumer moved) throws PoolException {
        Inode known = find(inode);
        if (known == null) {
            return 0;
        }
        Image image = images.acquire(known);
        try (Fetcher.Stream stream = fetcher.open(image)) {
            List<ByteRange> runs = runs(known, image);
            ByteBuffer unused = ByteBuffer.allocateDirect(STEP_BYTES);
            for (ByteRange run : runs) {
                for (ByteRange absent : image.absent(run.offset(), run.lengthBytes())) {
                    read(stream, absent, unused, moved);
                }
            }
            return bringTheRest(image, runs, moved);
        } finally {
            images.release(image);
        }
    }

    private void read(Fetcher.Stream stream, ByteRange range, ByteBuffer unused, LongConsumer moved)
            throws PoolException {
        for (long at = range.offset(); at < range.end(); ) {
            unused.clear().limit((int) Math.min(unused.capacity(), range.end() - at));
            int count = stream.read(at, unused);
            if (count <= 0 || isClosed()) {
                return;
            }
            fetchedBytes.add(count);
            moved.accept(count);
            at += count;
        }
    }

    /** A reader gets bytes also when there is no room to keep them at that moment: those are waited for here. */
    private long bringTheRest(Image image, List<ByteRange> runs, LongConsumer moved) throws PoolException {
        for (ByteRange run : runs) {
            for (ByteRange absent : image.absent(run.offset(), run.lengthBytes())) {
                for (long at = absent.offset(); at < absent.end() && !isClosed(); at += STEP_BYTES) {
                    long length = Math.min(STEP_BYTES, absent.end() - at);
                    try {
                        fetcher.fetch(image, at, length);
                    } catch (PoolException e) {
                        if (e.reason() == Reason.NO_SPACE) {
                            return missing(image, runs);
                        }
                        throw e;
                    }
                    fetchedBytes.add(length);
                    moved.accept(0);
                }
            }
        }
        return missing(image, runs);
    }

    private static long missing(Image image, List<ByteRange> runs) {
        long missing = 0;
        for (ByteRange run : runs) {
            missing += bytes(image.absent(run.offset(), run.lengthBytes()));
        }
        return missing;
    }

    /** Gives up what need not be in the cache of the file; returns how many bytes came free. */
    public long evict(long inode) throws PoolException {
        Inode known = find(inode);
        return known == null ? 0 : images.evict(inode, known.sizeBytes());
    }

    /** Bytes of the file in the cache. */
    public long presentBytes(long inode) throws PoolException {
        Inode known = find(inode);
        if (known == null) {
            return 0;
        }
        Image image = images.acquire(known);
        try {
            return image.residentBytes();
        } finally {
            images.release(image);
        }
    }

    /**
     * From now on what is in the cache of these files stays there. NO_SPACE, with nothing done, when they are more than
     * pins may take.
     */
    public void pin(Collection<Long> inodes) throws PoolException {
        Set<Long> more = new HashSet<>(inodes);
        more.removeIf(images::isPinned);
        long wanted = 0;
        for (long inode : more) {
            wanted += contentBytes(inode);
        }
        Pinned now = pinned();
        if (now.bytes() + wanted > now.limitBytes()) {
            throw new PoolException(
                    Reason.NO_SPACE,
                    "these files have " + Quantities.readableSize(wanted) + "; of the "
                            + Quantities.readableSize(now.limitBytes()) + " that pins may take (half of cache_size), "
                            + Quantities.readableSize(Math.max(0, now.limitBytes() - now.bytes()))
                            + " are left: unpin others (`poolfs pin` lists them), or raise cache_size");
        }
        images.setPinned(more, true);
        lookAfterPins();
    }

    /** They are as any other from now on. */
    public void unpin(Collection<Long> inodes) throws PoolException {
        List<Long> fewer = inodes.stream().filter(images::isPinned).toList();
        images.setPinned(fewer, false);
    }

    public boolean isPinned(long inode) {
        return images.isPinned(inode);
    }

    /** Inodes that are pinned, in order. */
    public List<Long> pins() {
        return List.copyOf(images.pins().inodes());
    }

    public Pinned pinned() throws PoolException {
        Map<Long, Long> sizes = pinnedBytes();
        long bytes = sizes.values().stream().mapToLong(Long::longValue).sum();
        return new Pinned(sizes.size(), bytes, images.budget().limitBytes() / SHARE_OF_BUDGET);
    }

    /** What it has fetched so far. */
    long fetchedBytes() {
        return fetchedBytes.sum();
    }

    List<String> notes() {
        synchronized (notes) {
            return List.copyOf(notes);
        }
    }

    private void lookAfterPins() {
        try (Monitor.Hold hold = monitor.enter()) {
            if (task == null && !closed) {
                task = scheduler.start("pins", this::run);
            }
        }
    }

    private void run() throws PoolException {
        while (!isClosed()) {
            try {
                letGoOfWhatGrew();
                for (long inode : pins()) {
                    fetchMissing(inode);
                }
            } catch (PoolException e) {
                LOG.info("pins are looked after later: {}", e.getMessage());
            }
            try (Monitor.Hold hold = monitor.enter()) {
                boolean ends = monitor.await(() -> closed, scheduler.deadlineAfter(LOOK_EVERY));
                if (ends || images.pins().isEmpty()) {
                    task = null;
                    return;
                }
            }
        }
    }

    private void fetchMissing(long inode) {
        if (isClosed()) {
            return;
        }
        try {
            if (presentBytes(inode) < contentBytes(inode) && warm(inode, bytes -> {}) > 0) {
                LOG.info("there is no room to fetch all of inode {}, which is pinned", inode);
            }
        } catch (PoolException e) {
            LOG.debug("pinned inode {} is not fetched yet: {}", inode, e.getMessage());
        }
    }

    /** What is written to a pinned file stays as well: beyond the share it would take the room of everything else. */
    private void letGoOfWhatGrew() throws PoolException {
        Map<Long, Long> sizes = pinnedBytes();
        long bytes = sizes.values().stream().mapToLong(Long::longValue).sum();
        long limit = images.budget().limitBytes() / SHARE_OF_BUDGET;
        while (bytes > limit && !sizes.isEmpty()) {
            Map.Entry<Long, Long> largest =
                    sizes.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
            images.setPinned(List.of(largest.getKey()), false);
            sizes.remove(largest.getKey());
            bytes -= largest.getValue();
            String note = metadata.read(reader -> EntryPath.text(reader, largest.getKey()))
                    + " is not pinned any more: pinned files have grown to more than half of cache_size";
            LOG.warn("{}", note);
            synchronized (notes) {
                notes.add(note);
            }
        }
    }

    private Map<Long, Long> pinnedBytes() throws PoolException {
        Map<Long, Long> sizes = new TreeMap<>();
        for (long inode : images.pins().inodes()) {
            if (find(inode) != null) {
                sizes.put(inode, contentBytes(inode));
            }
        }
        return sizes;
    }

    /** Null when it is gone, or has no content. */
    private @Nullable Inode find(long inode) throws PoolException {
        Inode known = metadata.read(reader -> Optional.ofNullable(reader.inode(inode)))
                .orElse(null);
        return known != null && known.isRegular() && known.links() > 0 ? known : null;
    }

    /** Where the file has content: what was changed and is not committed is taken for content as a whole. */
    private List<ByteRange> runs(Inode inode, @Nullable Image image) throws PoolException {
        if (image != null && image.content().modified()) {
            long size = image.content().sizeBytes();
            return size == 0 ? List.of() : List.of(new ByteRange(0, size));
        }
        List<ByteRange> runs = new ArrayList<>();
        for (Extent extent :
                metadata.read(reader -> reader.extents(inode.number(), 0, Math.max(1, inode.sizeBytes())))) {
            ByteRange last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
            if (last != null && last.end() == extent.fileOffset()) {
                runs.set(runs.size() - 1, new ByteRange(last.offset(), last.lengthBytes() + extent.lengthBytes()));
            } else {
                runs.add(new ByteRange(extent.fileOffset(), extent.lengthBytes()));
            }
        }
        return runs;
    }

    private static long bytes(List<ByteRange> ranges) {
        return ranges.stream().mapToLong(ByteRange::lengthBytes).sum();
    }

    private boolean isClosed() {
        try (Monitor.Hold hold = monitor.enter()) {
            return closed;
        }
    }

    @Override
    public void close() {
        Task running;
        try (Monitor.Hold hold = monitor.enter()) {
            closed = true;
            running = task;
            monitor.signalAll();
        }
        if (running != null) {
            try {
                running.join(scheduler.deadlineAfter(CLOSE_WITHIN));
            } catch (PoolException e) {
                LOG.debug("looking after pins did not end: {}", e.getMessage());
            }
        }
    }
}
