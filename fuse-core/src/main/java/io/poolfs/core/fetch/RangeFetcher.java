package io.poolfs.core.fetch;

import io.poolfs.core.cache.Budget;
import io.poolfs.core.cache.Image;
import io.poolfs.core.cache.Images;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.time.Scheduler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Fetches in units that nobody asks for twice at a time. A reader who must wait runs its unit on its own thread; what is
 * ahead of readers runs in tasks. What could not be kept, for want of room, is passed on all the same.
 */
public final class RangeFetcher implements Fetcher {
    /** How far is planned at once; a wider window is planned step by step as the reader goes on. */
    static final long PLAN_BYTES = 64L << 20;

    private static final long MOST_FILES_AHEAD_BYTES = 32L << 20;

    private static final Duration EDGE_PATIENCE = Duration.ofSeconds(30);
    private static final int EDGE_ATTEMPTS = 100;
    private static final int MOST_EXPECTED = 64;

    private final Scheduler scheduler;
    private final Metadata metadata;
    private final Images cached;
    private final Budget budget;
    private final FetchSettings settings;
    private final ContentResolver resolver;
    private final Holes holes;
    private final ChunkReader chunks;
    private final UnitRunner runner;
    private final AheadTasks tasks;
    private final FilesAhead files;
    private final FetchCounters counters = new FetchCounters();
    private final Buffers buffers = new Buffers();
    private final Readers readers;
    private final Map<Image, ImageFetches> images = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** {@code objectNames}: where a chunk lies on its remote. */
    public RangeFetcher(
            Scheduler scheduler,
            Metadata metadata,
            Images cached,
            RemoteLookup remotes,
            Function<Chunk, String> objectNames,
            FetchSettings settings) {
        this.scheduler = scheduler;
        this.metadata = metadata;
        this.cached = cached;
        this.budget = cached.budget();
        this.settings = settings;
        this.readers = new Readers(Math.min(settings.readAheadMaxBytes(), budget.limitBytes() / 2));
        this.resolver = new ContentResolver(metadata);
        this.holes = new Holes(resolver);
        this.chunks = new ChunkReader(remotes, objectNames);
        this.runner = new UnitRunner(resolver, chunks, budget, buffers, counters);
        this.files = new FilesAhead(
                scheduler,
                metadata,
                chunks,
                this::install,
                counters,
                Math.min(settings.readAheadMaxBytes(), Math.min(MOST_FILES_AHEAD_BYTES, budget.limitBytes() / 8)));
        this.tasks = new AheadTasks(scheduler, settings, this::runAhead);
    }

    /** Whether a fetch under way reads the chunk. */
    public boolean isReading(ChunkId chunk) {
        return chunks.isReading(chunk);
    }

    public FetchCounters counters() {
        return counters;
    }

    @Override
    public Stream open(Image image) {
        if (image.content().sizeBytes() <= SmallFile.MOST_BYTES) {
            // Here and not at the first read: the kernel may read by itself what is here already.
            files.begins(image.inode());
        }
        return new ReadStream(
                this,
                hold(image),
                scheduler.newMonitor("stream of inode " + image.inode()),
                readers,
                scheduler.clock());
    }

    @Override
    public void fetch(Image image, long offset, long lengthBytes) throws PoolException {
        ImageFetches fetches = hold(image);
        try {
            for (int attempt = 0; attempt < EDGE_ATTEMPTS; attempt++) {
                List<ByteRange> absent = image.absent(offset, lengthBytes);
                if (absent.isEmpty()) {
                    return;
                }
                fetchAbsent(fetches, absent.get(0));
            }
            throw new PoolException(
                    Reason.NO_SPACE,
                    "inode " + image.inode() + ": " + offset + "+" + lengthBytes + " does not stay present");
        } finally {
            letGo(fetches);
        }
    }

    @Override
    public long nextData(Image image, long offset) throws PoolException {
        return holes.nextData(image, offset);
    }

    @Override
    public long nextHole(Image image, long offset) throws PoolException {
        return holes.nextHole(image, offset);
    }

    private void fetchAbsent(ImageFetches fetches, ByteRange absent) throws PoolException {
        checkOpen();
        long end = Math.min(absent.end(), absent.offset() + Track.UNIT_BYTES);
        FetchUnit unit = fetches.use(absent.offset(), absent.offset(), end, true, null);
        try {
            if (fetches.claim(unit)) {
                run(unit, true, this::reserveForWrite, PieceSource.NONE);
            }
            FetchUnit.Outcome outcome = fetches.await(unit);
            fetches.awaitEnd(unit);
            if (outcome.failure() != null && outcome.failed().contains(absent.offset())) {
                throw outcome.failure();
            }
        } finally {
            fetches.leave(unit);
        }
    }

    /**
     * Gets the bytes at an absent offset and copies them; 0: look at the image again.
     *
     * @param demandBytes how much to fetch at once; 0: from this block on only, since bytes before it cannot be had
     * @return -1: bytes before the offset could not be had
     */
    int bring(ReadStream stream, Track track, ImageFetches fetches, long offset, int demandBytes, ByteBuffer dst)
            throws PoolException {
        checkOpen();
        long start = offset - offset % (demandBytes == 0 ? Image.BLOCK_BYTES : Track.FIRST_BYTES);
        long wanted = offset + Math.min(dst.remaining(), Track.UNIT_BYTES / 2);
        long end = roundUp(Math.max(wanted, start + demandBytes), Track.FIRST_BYTES);
        FetchUnit unit = fetches.use(offset, start, end, false, track);
        try {
            if (fetches.claim(unit)) {
                stream.lost(track, unit.end);
                run(unit, true, this::reserveForReader, PieceSource.NONE);
            }
            FetchUnit.Outcome outcome = fetches.await(unit);
            if (outcome.failure() != null && outcome.failed().contains(offset)) {
                throw outcome.failure();
            }
            int count = outcome.copy(offset, dst, fetches.image().content().sizeBytes());
            if (count == 0) {
                fetches.awaitEnd(unit);
            }
            return count == 0 && outcome.failure() != null ? -1 : count;
        } finally {
            fetches.leave(unit);
        }
    }

    /** What fetches small files ahead of who reads one after the other. */
    FilesAhead files() {
        return files;
    }

    /** Puts a small file's bytes into its image, unless it is there, or changed. */
    private void install(SmallFile file, PackRange range) throws PoolException {
        Inode inode = metadata.read(reader -> Optional.ofNullable(reader.inode(file.inode())))
                .orElse(null);
        if (closed || inode == null || !inode.isRegular() || inode.links() == 0) {
            return;
        }
        Image image = cached.acquire(inode);
        try {
            ImageFetches fetches = hold(image);
            try {
                for (FetchUnit unit :
                        fetches.add(0, file.sizeBytes(), file.chunk().remote(), null)) {
                    if (fetches.claim(unit)) {
                        runAhead(unit, range);
                    }
                }
            } finally {
                letGo(fetches);
            }
        } finally {
            cached.release(image);
        }
    }

    /**
     * Any part of [from, to) may be read soon: its chunks are looked up, apart from the one at {@code now}. Looks at some
     * places only, however the file is made up.
     */
    void expect(ImageFetches fetches, long from, long to, long now) {
        try {
            Set<ChunkId> seen = new HashSet<>();
            Chunk current = chunkAt(fetches, now);
            if (current != null) {
                seen.add(current.id());
            }
            long step = Math.max(Track.UNIT_BYTES, (to - from) / MOST_EXPECTED);
            for (long at = from; at < to; at += step) {
                Chunk chunk = chunkAt(fetches, at);
                if (chunk != null && seen.add(chunk.id())) {
                    chunks.expect(chunk);
                }
            }
        } catch (PoolException e) {
            counters.aheadFailed(e);
        }
    }

    private @Nullable Chunk chunkAt(ImageFetches fetches, long offset) throws PoolException {
        return resolver.resolve(fetches.image(), offset, offset + 1).get(0).chunk();
    }

    /** Starts fetching what is absent of [from, to). Errors are those of nobody. */
    void planAhead(Track track, ImageFetches fetches, long from, long to, int unitBytes) {
        try {
            List<ByteRange> absent = fetches.image().absent(from, to - from);
            if (!absent.isEmpty() && !closed) {
                List<Stretch> stretches =
                        resolver.resolve(fetches.image(), absent.get(0).offset(), to);
                List<FetchUnit> units = new ArrayList<>();
                for (Cut cut : cut(stretches, absent, unitBytes)) {
                    units.addAll(fetches.add(cut.start(), cut.end(), cut.from(), track));
                }
                tasks.submit(units);
            }
        } catch (PoolException e) {
            counters.aheadFailed(e);
        }
    }

    /** A run to be fetched at once. */
    private record Cut(long start, long end, @Nullable RemoteId from) {}

    /** Cuts what is absent at multiples of the unit inside its chunks; short neighbours on one remote go together. */
    private static List<Cut> cut(List<Stretch> stretches, List<ByteRange> absent, int unitBytes) {
        List<Cut> cuts = new ArrayList<>();
        for (Stretch stretch : stretches) {
            Extent extent = stretch.extent();
            if (extent == null || stretch.chunk() == null) {
                continue;
            }
            ByteRange whole = ByteRange.between(stretch.start(), stretch.end());
            for (ByteRange gap : absent) {
                ByteRange part = gap.intersect(whole);
                for (long at = part.offset(); at < part.end(); ) {
                    long inChunk = extent.chunkOffset() + at - stretch.start();
                    long end = Math.min(part.end(), at + unitBytes - inChunk % unitBytes);
                    addCut(cuts, new Cut(at, end, stretch.chunk().remote()), unitBytes);
                    at = end;
                }
            }
        }
        return cuts;
    }

    private static void addCut(List<Cut> cuts, Cut next, int unitBytes) {
        Cut last = cuts.isEmpty() ? null : cuts.get(cuts.size() - 1);
        if (last != null
                && last.end() == next.start()
                && next.end() - last.start() <= unitBytes
                && last.from() != null
                && last.from().equals(next.from())) {
            cuts.set(cuts.size() - 1, new Cut(last.start(), next.end(), last.from()));
        } else {
            cuts.add(next);
        }
    }

    private void runAhead(FetchUnit unit) {
        runAhead(unit, PieceSource.NONE);
    }

    private void runAhead(FetchUnit unit, PieceSource first) {
        run(unit, false, bytes -> budget.tryReserve(Budget.Use.CLEAN, bytes), first);
    }

    private void run(FetchUnit unit, boolean isDemanded, UnitRunner.Reservation reservation, PieceSource first) {
        try {
            runner.run(unit, unit.fetches.image(), isDemanded, reservation, first, outcome -> {
                if (!isDemanded && outcome.failure() != null) {
                    counters.aheadFailed(outcome.failure());
                }
                unit.fetches.ready(unit, outcome);
            });
        } finally {
            unit.fetches.ended(unit);
        }
    }

    private boolean reserveForReader(long bytes) throws PoolException {
        try {
            budget.reserve(Budget.Use.CLEAN, bytes, scheduler.deadlineAfter(settings.patience()));
            return true;
        } catch (PoolException e) {
            if (e.reason() != Reason.NO_SPACE) {
                throw e;
            }
            counters.notKept(e);
            return false;
        }
    }

    private boolean reserveForWrite(long bytes) throws PoolException {
        budget.reserve(Budget.Use.CLEAN, bytes, scheduler.deadlineAfter(EDGE_PATIENCE));
        return true;
    }

    private ImageFetches hold(Image image) {
        return images.compute(image, (key, there) -> {
            ImageFetches fetches = there == null
                    ? new ImageFetches(key, scheduler.newMonitor("fetch " + key.inode()), buffers)
                    : there;
            fetches.holders++;
            return fetches;
        });
    }

    private void letGo(ImageFetches fetches) {
        images.computeIfPresent(fetches.image(), (key, there) -> {
            there.holders--;
            return there.holders == 0 ? null : there;
        });
    }

    void closed(ImageFetches fetches) {
        letGo(fetches);
    }

    private void checkOpen() throws PoolException {
        if (closed) {
            throw new PoolException(Reason.CLOSED, "the fetcher is closed");
        }
    }

    private static long roundUp(long value, long unit) {
        return (value + unit - 1) / unit * unit;
    }

    @Override
    public void close() {
        closed = true;
        tasks.close();
        files.close();
    }
}
