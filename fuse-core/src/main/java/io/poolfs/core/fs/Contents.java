package io.poolfs.core.fs;

import io.poolfs.core.cache.Image;
import io.poolfs.core.cache.Images;
import io.poolfs.core.fetch.Fetcher;
import io.poolfs.core.fs.PoolFileSystem.Allocation;
import io.poolfs.core.fs.PoolFileSystem.Seek;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.stage.Admission;
import io.poolfs.core.stage.Stager;
import io.poolfs.core.time.Scheduler;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reading and changing the bytes of regular files, by handle or by inode. */
final class Contents {
    /** Largest size of a file: what the presence maps are made for. */
    static final long MAX_FILE_BYTES = 1L << 46;

    /** Lending costs as much as some requests. */
    private static final long SMALLEST_LOAN_BYTES = 256 << 10;

    private static final long LATELY_NANOS = Duration.ofSeconds(5).toNanos();
    private static final Logger LOG = LoggerFactory.getLogger(Contents.class);

    private final Metadata metadata;
    private final Images images;
    private final Fetcher fetcher;
    private final Stager stager;
    private final Admission admission;
    private final Scheduler scheduler;
    private final Duration writeTimeout;

    private final HandleTable<OpenFile> files = new HandleTable<>();
    private final OpenCounts counts;
    private final LongAdder readBytes = new LongAdder();
    private final Loans loans;

    Contents(Engine engine, OpenCounts counts) {
        this.metadata = engine.metadata();
        this.images = engine.images();
        this.fetcher = engine.fetcher();
        this.stager = engine.stager();
        this.admission = engine.admission();
        this.scheduler = engine.scheduler();
        this.writeTimeout = engine.writeTimeout();
        this.counts = counts;
        this.loans = new Loans(engine.stager(), engine.scheduler(), engine.writeTimeout());
    }

    Loans loans() {
        return loans;
    }

    /** Null when the file is not whole here, is being written, or may not be pinned. */
    @Nullable
    Path lend(long handle) throws PoolException {
        OpenFile file = files.require(handle);
        if (counts.hasWriters(file.inode()) || file.image().content().sizeBytes() < SMALLEST_LOAN_BYTES) {
            return null;
        }
        Path path = loans.lend(file.image());
        if (path != null && !isWhole(file.image())) {
            loans.returned(file.inode());
            return null;
        }
        return path;
    }

    void suspect(long handle) throws PoolException {
        files.require(handle).image().suspect();
    }

    private boolean isWhole(Image image) throws PoolException {
        return isHere(image, 0, image.content().sizeBytes());
    }

    OpenFile open(Inode inode, boolean writable, boolean truncate) throws PoolException {
        Image image = images.acquire(inode);
        counts.opened(inode.number(), writable);
        OpenFile file = new OpenFile(files.nextNumber(), image, fetcher.open(image), writable);
        files.put(file.handle(), file);
        if (truncate) {
            try {
                truncate(image, 0, true);
            } catch (PoolException e) {
                release(file.handle());
                throw e;
            }
        }
        return file;
    }

    int read(long handle, long offset, ByteBuffer dst) throws PoolException {
        if (offset < 0) {
            throw new PoolException(Reason.INVALID, "read at offset " + offset);
        }
        OpenFile file = files.require(handle);
        int count = file.stream().read(offset, dst);
        file.readAtNanos().lazySet(scheduler.clock().monotonicNanos());
        readBytes.add(count);
        return count;
    }

    ReadActivity activity() {
        long lately = scheduler.clock().monotonicNanos() - LATELY_NANOS;
        int readers = 0;
        for (OpenFile file : files.all()) {
            if (file.readAtNanos().get() > lately) {
                readers++;
            }
        }
        return new ReadActivity(readBytes.sum(), files.size(), readers);
    }

    boolean isLocal(long handle, long offset, int lengthBytes, boolean write) throws PoolException {
        checkRange(offset, lengthBytes);
        Image image = files.require(handle).image();
        if (write) {
            return image.edges(offset, lengthBytes).isEmpty();
        }
        return isHere(image, offset, lengthBytes);
    }

    private boolean isHere(Image image, long offset, long lengthBytes) throws PoolException {
        for (ByteRange absent : image.absent(offset, lengthBytes)) {
            if (fetcher.nextData(image, absent.offset())
                    < Math.min(absent.end(), image.content().sizeBytes())) {
                return false;
            }
        }
        return true;
    }

    /** Before a sync: what was changed unseen is part of it. */
    void recheck(long handle) throws PoolException {
        loans.recheck(files.require(handle).image());
    }

    void write(long handle, long offset, ByteBuffer src) throws PoolException {
        OpenFile file = requireWritable(handle);
        int length = src.remaining();
        if (length == 0) {
            return;
        }
        checkRange(offset, length);
        admission.admit(length);
        Image image = file.image();
        write(image, offset, src);
        stager.modified(image);
    }

    void truncate(Inode inode, @Nullable Long handle, long sizeBytes) throws PoolException {
        if (!inode.isRegular()) {
            throw new PoolException(
                    inode.isDirectory() ? Reason.IS_DIRECTORY : Reason.INVALID,
                    "inode " + inode.number() + " has no content to truncate");
        }
        checkRange(0, sizeBytes);
        if (handle != null) {
            truncate(requireWritable(handle).image(), sizeBytes, true);
            return;
        }
        Image image = images.acquire(inode);
        try {
            truncate(image, sizeBytes, false);
            if (!counts.hasWriters(inode.number())) {
                stager.closed(inode.number());
            }
        } finally {
            images.release(image);
        }
    }

    void allocate(long handle, Allocation allocation, long offset, long lengthBytes) throws PoolException {
        OpenFile file = requireWritable(handle);
        if (lengthBytes <= 0 || offset < 0) {
            throw new PoolException(Reason.INVALID, "allocate " + offset + "+" + lengthBytes);
        }
        checkRange(offset, lengthBytes);
        Image image = file.image();
        long size = image.content().sizeBytes();
        long end = offset + lengthBytes;
        switch (allocation) {
            case EXTEND -> {
                admission.admit(Math.max(0, end - size));
                grow(image, end);
            }
            case KEEP_SIZE -> admission.admit(Math.max(0, end - size));
            case PUNCH_HOLE -> zero(image, offset, Math.min(end, size));
            case ZERO_RANGE_KEEP_SIZE -> zero(image, offset, Math.min(end, size));
            case ZERO_RANGE -> {
                zero(image, offset, Math.min(end, size));
                grow(image, end);
            }
        }
        stager.modified(image);
    }

    long seek(long handle, Seek what, long offset) throws PoolException {
        OpenFile file = files.require(handle);
        long size = file.image().content().sizeBytes();
        if (offset < 0 || offset >= size) {
            throw new PoolException(Reason.NO_DATA, "offset " + offset + " is not inside " + size + " bytes");
        }
        if (counts.hasWriters(file.inode())) {
            return what == Seek.DATA ? offset : size;
        }
        if (what == Seek.HOLE) {
            return fetcher.nextHole(file.image(), offset);
        }
        long data = fetcher.nextData(file.image(), offset);
        if (data >= size) {
            throw new PoolException(Reason.NO_DATA, "no data behind offset " + offset + " of " + size + " bytes");
        }
        return data;
    }

    long share(long source, long sourceOffset, long target, long targetOffset, long lengthBytes) throws PoolException {
        OpenFile from = files.require(source);
        OpenFile to = requireWritable(target);
        if (loans.isSuspect(from.image())) {
            throw new PoolException(Reason.UNSUPPORTED, "inode " + from.inode() + " may be changing unseen");
        }
        checkRange(sourceOffset, lengthBytes);
        checkRange(targetOffset, lengthBytes);
        long shared =
                new Sharing(metadata, from.image(), sourceOffset, to.image(), targetOffset).share(lengthBytes, now());
        if (shared > 0) {
            stager.modified(to.image());
        }
        return shared;
    }

    /** One descriptor of several was closed: what was written is committed soon, whoever else has the file open. */
    void flush(long handle) throws PoolException {
        OpenFile file = files.require(handle);
        if (file.writable() && file.image().content().modified()) {
            stager.closed(file.inode());
        }
    }

    /** Returns the inode and what is still open of it; null when the handle is not open. */
    @Nullable
    Released release(long handle) {
        OpenFile file = files.remove(handle);
        if (file == null) {
            return null;
        }
        file.stream().close();
        if (file.writable()) {
            recheckQuietly(file.image());
        }
        OpenCounts.Left left = counts.closed(file.inode(), file.writable());
        if (file.writable() && left.writers() == 0) {
            file.image().truncatorClosed();
            if (file.image().content().modified()) {
                stager.closed(file.inode());
            }
        }
        // Also when it was made by opening it for reading.
        if (left.writers() == 0 && isNew(file.image().content())) {
            stager.closedEmpty(file.inode());
        }
        images.release(file.image());
        return new Released(file.inode(), left.handles() == 0);
    }

    /** What cannot be taken up now is later. */
    private void recheckQuietly(Image image) {
        try {
            loans.recheck(image);
        } catch (PoolException e) {
            LOG.warn("changes of inode {} are looked for again later: {}", image.inode(), e.getMessage());
        }
    }

    private static boolean isNew(Image.Content content) {
        return content.baseVersion() == 0 && !content.modified();
    }

    /** An inode of which a handle was closed, and whether it was the last. */
    record Released(long inode, boolean last) {}

    long inodeOf(long handle) throws PoolException {
        return files.require(handle).inode();
    }

    /** Keeps explicit times with content that is not committed; false when there is none. */
    boolean setPendingTimes(long inode, @Nullable Long accessNanos, @Nullable Long modifyNanos) throws PoolException {
        Image image = images.peek(inode);
        if (image == null || !image.content().modified()) {
            return false;
        }
        image.setTimes(accessNanos, modifyNanos, now());
        stager.modified(image);
        return true;
    }

    private void truncate(Image image, long sizeBytes, boolean byOpenHandle) throws PoolException {
        image.truncate(sizeBytes, now(), byOpenHandle);
        stager.modified(image);
    }

    private void grow(Image image, long sizeBytes) throws PoolException {
        if (image.content().sizeBytes() < sizeBytes) {
            image.truncate(sizeBytes, now(), false);
        }
    }

    /** The range reads as zeros: whole blocks become holes, the two ends are written. */
    private void zero(Image image, long start, long end) throws PoolException {
        if (start >= end) {
            return;
        }
        long firstWhole = roundUp(start);
        long lastWhole = end == image.content().sizeBytes() ? roundUp(end) : roundDown(end);
        if (firstWhole >= lastWhole) {
            writeZeros(image, start, end);
            return;
        }
        writeZeros(image, start, firstWhole);
        ByteRange hole = ByteRange.between(firstWhole, lastWhole);
        image.punch(hole.offset(), hole.lengthBytes(), now());
        writeZeros(image, lastWhole, end);
    }

    private void writeZeros(Image image, long start, long end) throws PoolException {
        if (start < end) {
            write(image, start, ByteBuffer.allocate(Math.toIntExact(end - start)));
        }
    }

    /** Writes, with the edges fetched first; once more when eviction took an edge between the two. */
    private void write(Image image, long offset, ByteBuffer src) throws PoolException {
        long deadlineNanos = deadline();
        long end = offset + src.remaining();
        while (true) {
            long from = end - src.remaining();
            for (ByteRange edge : image.edges(from, src.remaining())) {
                fetcher.fetch(image, edge.offset(), edge.lengthBytes());
            }
            try {
                image.write(from, src, now(), deadlineNanos);
                return;
            } catch (PoolException e) {
                if (e.reason() != Reason.STALE) {
                    throw e;
                }
                if (scheduler.clock().monotonicNanos() > deadlineNanos) {
                    throw new PoolException(
                            Reason.NO_SPACE, "there was no room to keep what a write needs of its block", e);
                }
            }
        }
    }

    private OpenFile requireWritable(long handle) throws PoolException {
        OpenFile file = files.require(handle);
        if (!file.writable()) {
            throw new PoolException(Reason.BAD_HANDLE, "handle " + handle + " is not open for writing");
        }
        return file;
    }

    private static void checkRange(long offset, long lengthBytes) throws PoolException {
        if (offset < 0 || lengthBytes < 0) {
            throw new PoolException(Reason.INVALID, "range " + offset + "+" + lengthBytes);
        }
        if (offset > MAX_FILE_BYTES - lengthBytes) {
            throw new PoolException(
                    Reason.TOO_LARGE,
                    "range " + offset + "+" + lengthBytes + " is beyond the largest file of " + MAX_FILE_BYTES
                            + " bytes");
        }
    }

    private static long roundUp(long offset) {
        return roundDown(offset + Image.BLOCK_BYTES - 1);
    }

    private static long roundDown(long offset) {
        return offset - offset % Image.BLOCK_BYTES;
    }

    private long now() {
        return scheduler.clock().wallNanos();
    }

    private long deadline() {
        return scheduler.deadlineAfter(writeTimeout);
    }
}
