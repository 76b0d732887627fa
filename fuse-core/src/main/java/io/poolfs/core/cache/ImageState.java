package io.poolfs.core.cache;

import io.poolfs.core.cache.Image.Content;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What one image's lock guards: content and header, seals and landings, and what is due. Every method needs the lock
 * held, but {@link #content}.
 *
 * <p>On disk, a truncate or punch is done once its header is written. What follows from it (pending extents, marks,
 * bytes) is made up for by {@link #settle}, before anything else happens to the image and after a restart.
 */
final class ImageState {
    private static final int BLOCK = Image.BLOCK_BYTES;

    /** A bound for block numbers that no file reaches. */
    private static final long NO_BLOCK = Long.MAX_VALUE / BLOCK;

    final long inode;
    final ImageBlocks blocks;
    final ImageSeals seals;
    final List<BlockLanding> landings = new ArrayList<>();

    private final ContentRecords records;
    private final ModifiedListener listener;

    private volatile Content content = new Content(0, 0, 0, 0, 0, null, false, false, 0);

    /** Marks, bytes and pending extents behind the size are still to be dropped. */
    private boolean cutDue;

    /** The blocks [holeStart, holeEnd) are still to be recorded as a hole, unmarked and punched. */
    private long holeStart;

    private long holeEnd;

    /** The metadata may hold pending extents of this image. */
    private boolean mayHavePending;

    private ImageHeader.Loan loan = ImageHeader.Loan.NONE;

    /** The files, if there are any, begin with a header. */
    private boolean headerWritten;

    /** Is told when uncommitted content comes into being and when all of it is committed. */
    interface ModifiedListener {
        void changed(boolean modified);

        /** Uncommitted content is about to come into being; on disk when this returns. */
        void changing() throws PoolException;
    }

    ImageState(long inode, ImageBlocks blocks, ContentRecords records, ModifiedListener listener) {
        this.inode = inode;
        this.blocks = blocks;
        this.seals = new ImageSeals(blocks);
        this.records = records;
        this.listener = listener;
    }

    Content content() {
        return content;
    }

    // ---- beginning

    /** The content is the committed one, and nothing of it is here. */
    void begin(Inode committed) {
        seals.reset(0, 0);
        mayHavePending = false;
        content = ContentSteps.committed(committed, content.generation() + 1);
    }

    /** What was here is gone or set aside; the committed content stands. */
    void abandon(Inode committed) {
        cutDue = false;
        holeStart = 0;
        holeEnd = 0;
        boolean was = content.modified();
        begin(committed);
        if (was) {
            listener.changed(false);
        }
    }

    /** What the sidecar says. Its maps are in the blocks already. */
    void restore(ImageHeader header) {
        seals.reset(header.sealVersion(), header.limitSinceSeal());
        headerWritten = true;
        cutDue = header.cutDue();
        loan = header.loan();
        holeStart = header.holeStart();
        holeEnd = header.holeEnd();
        mayHavePending = header.modified() || !blocks.dirty.isEmpty();
        publish(ContentSteps.restored(header, mayHavePending, content.generation() + 1));
    }

    /** The times of the inode hold while nothing here is newer. */
    void refreshTimes(Inode committed) {
        Content now = content;
        if (!now.modified() && seals.isEmpty() && committed.version() == now.baseVersion()) {
            content = ContentSteps.committed(committed, now.generation());
        }
    }

    /**
     * Whether the image, as it was found on disk, belongs to this inode; takes a commit into account that was cut off
     * before it was noted here.
     */
    boolean reconcile(Inode committed) throws PoolException {
        Content now = content;
        if (!now.modified()) {
            return now.baseVersion() == committed.version() && now.sizeBytes() == committed.sizeBytes();
        }
        if (seals.isVersionOf(now, committed.version())) {
            publish(ContentSteps.rebased(now, seals.version(), seals.limitSince(), now.accessNanos(), true));
            FilePair pair = blocks.use();
            try {
                Sidecar.writeHeader(pair.map(), header(content));
            } finally {
                pair.done();
            }
            return true;
        }
        return committed.version() == now.baseVersion();
    }

    OptionalLong baseLimit(long journaledVersion) {
        return seals.baseLimit(content, journaledVersion);
    }

    // ---- changing

    /**
     * The first change after a commit: the base must be what is journaled now, also where that came to be without this
     * image (an empty file's first commit).
     */
    void beginChange() throws PoolException {
        if (content.modified()) {
            return;
        }
        listener.changing();
        if (!seals.isEmpty()) {
            return;
        }
        Inode committed = records.inode(inode);
        Content now = content;
        if (committed == null || committed.version() == now.baseVersion()) {
            return;
        }
        if (committed.version() < now.baseVersion()
                || committed.sizeBytes() != now.sizeBytes()
                || !blocks.present.isEmpty()) {
            throw new PoolException(
                    Reason.STALE,
                    "inode " + inode + ": version " + committed.version() + " of " + committed.sizeBytes()
                            + " bytes was committed past the image of version " + now.baseVersion());
        }
        begin(committed);
    }

    void write(long offset, ByteBuffer src, long nowNanos, Grant grant) throws PoolException {
        long end = offset + src.remaining();
        long from = ImageBlocks.blockOf(offset);
        long to = ImageBlocks.blocksTo(end);
        int start = src.position();
        headerWritten &= blocks.hasFiles();
        FilePair pair = blocks.useOrCreate(grant);
        BlockMap absent = blocks.absentOf(from, to);
        try {
            overtake(from, to);
            blocks.dirtyClean(pair, from, to, grant);
            pair.data().write(offset, src);
            Content next = ContentSteps.changed(content, Math.max(content.sizeBytes(), end), nowNanos, nowNanos);
            blocks.add(pair, from, to, header(next), grant, false);
            headerWritten = true;
            publish(next);
        } catch (PoolException e) {
            src.position(start);
            ImageBlocks.punchQuietly(pair, absent);
            if (end > content.sizeBytes()) {
                // What was written behind the end would show when the file grows.
                ImageBlocks.cutQuietly(pair, content.sizeBytes());
            }
            if (!content.modified() && !blocks.dirty.isEmpty()) {
                publish(ContentSteps.changed(content, content.sizeBytes(), nowNanos, nowNanos));
            }
            payFiles();
            throw e;
        } finally {
            pair.done();
        }
    }

    /** Verified bytes become present; false when there is no room for them. */
    boolean install(long from, long to, ByteBuffer bytes, Grant grant, boolean isAhead) throws PoolException {
        if (!grant.covers((to - from) * BLOCK + blocks.newFileBytes(from, to))) {
            return false;
        }
        headerWritten &= blocks.hasFiles();
        BlockMap absent = blocks.absentOf(from, to);
        FilePair pair = blocks.useOrCreate(grant);
        try {
            pair.data().write(from * BLOCK, bytes);
            if (loan != ImageHeader.Loan.NONE && to * BLOCK > content.sizeBytes()) {
                // Who reads the file itself must find its end.
                pair.data().truncate(content.sizeBytes());
            }
            blocks.add(pair, from, to, headerWritten ? null : header(content), grant, isAhead);
            headerWritten = true;
            return true;
        } catch (PoolException e) {
            ImageBlocks.punchQuietly(pair, absent);
            throw e;
        } finally {
            pair.done();
        }
    }

    void truncate(long sizeBytes, long nowNanos, boolean byOpenHandle, Grant grant) throws PoolException {
        boolean shorter = sizeBytes < content.sizeBytes();
        Content changed = ContentSteps.changed(content, sizeBytes, nowNanos, nowNanos);
        Content next = ContentSteps.withTruncated(changed, byOpenHandle || content.truncatedWhileOpen());
        long limitBefore = seals.limitSince();
        seals.lower(sizeBytes);
        cutDue = shorter;
        try {
            writeHeader(next, grant);
        } catch (PoolException e) {
            seals.reset(seals.version(), limitBefore);
            cutDue = false;
            throw e;
        }
        if (shorter) {
            seals.breakUncopied(ImageBlocks.blockOf(sizeBytes), NO_BLOCK);
            overtake(ImageBlocks.blockOf(sizeBytes), NO_BLOCK);
            blocks.remove(ImageBlocks.blocksTo(sizeBytes), blocks.present.end());
            settle();
        } else if (loan != ImageHeader.Loan.NONE) {
            growFile(sizeBytes);
        }
    }

    /** Who reads the file itself must find its end. */
    private void growFile(long sizeBytes) throws PoolException {
        FilePair pair = blocks.use();
        try {
            long before = pair.data().sizeBytes();
            if (before < sizeBytes) {
                // Whoever has it mapped may have written behind the end.
                pair.data().punch(before, ImageBlocks.blocksTo(before) * BLOCK - before);
                pair.data().truncate(sizeBytes);
            }
        } finally {
            pair.done();
        }
    }

    void punch(long from, long to, long nowNanos, Grant grant) throws PoolException {
        holeStart = from;
        holeEnd = to;
        try {
            writeHeader(ContentSteps.changed(content, content.sizeBytes(), nowNanos, nowNanos), grant);
        } catch (PoolException e) {
            holeStart = 0;
            holeEnd = 0;
            throw e;
        }
        seals.breakUncopied(from, to);
        overtake(from, to);
        settle();
    }

    /**
     * Clean blocks go first: nothing may be beneath them that is not theirs. Between the record and the rest, dirty
     * blocks lie over it and what is behind the old size is due to be cut, so a crash leaves a part of the change.
     */
    void share(long start, long end, long nowNanos, Image.Recording recording, Grant grant) throws PoolException {
        long from = ImageBlocks.blockOf(start);
        long to = ImageBlocks.blocksTo(end);
        long size = content.sizeBytes();
        FilePair pair = blocks.useOrCreate(grant);
        try {
            blocks.evict(pair, from, to);
            cutDue = end > size;
            try {
                writeHeader(ContentSteps.changed(content, size, nowNanos, nowNanos), grant);
            } catch (PoolException e) {
                cutDue = false;
                throw e;
            }
            recording.record();
            mayHavePending = true;
            seals.breakUncopied(from, to);
            overtake(from, to);
            boolean grows = cutDue;
            cutDue = false;
            try {
                writeHeader(ContentSteps.changed(content, Math.max(size, end), nowNanos, nowNanos), grant);
            } catch (PoolException e) {
                cutDue = grows;
                throw e;
            }
            blocks.drop(pair, from, to);
        } finally {
            pair.done();
        }
    }

    void setTimes(@Nullable Long accessNanos, @Nullable Long modifyNanos, long nowNanos, Grant grant)
            throws PoolException {
        long modify = modifyNanos == null ? content.modifyNanos() : modifyNanos;
        Content next = ContentSteps.changed(content, content.sizeBytes(), modify, nowNanos);
        writeHeader(accessNanos == null ? next : ContentSteps.withAccess(next, accessNanos), grant);
    }

    void truncatorClosed() {
        content = ContentSteps.withTruncated(content, false);
    }

    /** What a truncate or punch still owes. */
    void settle() throws PoolException {
        if (cutDue) {
            settleCut();
        }
        if (holeStart < holeEnd) {
            settleHole();
        }
    }

    private void settleCut() throws PoolException {
        long size = content.sizeBytes();
        if (mayHavePending) {
            records.cut(inode, size);
        }
        FilePair pair = blocks.use();
        try {
            blocks.cutMarks(pair, ImageBlocks.blocksTo(size));
            if (pair.data().sizeBytes() > size) {
                pair.data().truncate(size);
            }
        } finally {
            pair.done();
        }
        cutDue = false;
    }

    private void settleHole() throws PoolException {
        if (mayHavePending || holeStart * BLOCK < content.baseLimit()) {
            records.hole(inode, ByteRange.between(holeStart * BLOCK, holeEnd * BLOCK));
            mayHavePending = true;
        }
        blocks.remove(holeStart, holeEnd);
        FilePair pair = blocks.use();
        try {
            blocks.marks.write(pair.map(), holeStart, holeEnd, null);
            pair.data().punch(holeStart * BLOCK, (holeEnd - holeStart) * BLOCK);
            blocks.trimMarks(pair, holeStart, holeEnd);
        } finally {
            pair.done();
        }
        holeStart = 0;
        holeEnd = 0;
    }

    List<ByteRange> edges(long offset, long lengthBytes) {
        List<ByteRange> found = new ArrayList<>();
        if (lengthBytes > 0) {
            long first = ImageBlocks.blockOf(offset);
            long last = ImageBlocks.blockOf(offset + lengthBytes - 1);
            addEdge(found, first, offset, offset + lengthBytes);
            if (last != first) {
                addEdge(found, last, offset, offset + lengthBytes);
            }
        }
        return found;
    }

    private void addEdge(List<ByteRange> found, long block, long start, long end) {
        long blockStart = block * BLOCK;
        long size = content.sizeBytes();
        boolean whole = start <= blockStart && end >= Math.min(blockStart + BLOCK, size);
        boolean beneath = blockStart < size && (mayHavePending || blockStart < content.baseLimit());
        if (!whole && beneath && !blocks.present.get(block)) {
            found.add(new ByteRange(blockStart, BLOCK));
        }
    }

    // ---- seals and landings

    BlockSeal seal(SparseImage image) throws PoolException {
        seals.requireNoVersion(inode);
        BlockMap which = new BlockMap();
        which.addAll(blocks.dirty);
        long versionBefore = seals.version();
        long limitBefore = seals.limitSince();
        seals.reset(content.baseVersion() + 1, content.sizeBytes());
        if (blocks.hasFiles()) {
            FilePair pair = blocks.use();
            try {
                Sidecar.writeHeader(pair.map(), header(content));
            } catch (PoolException e) {
                seals.reset(versionBefore, limitBefore);
                throw e;
            } finally {
                pair.done();
            }
        }
        mayHavePending = true;
        return seals.take(new BlockSeal(image, this, content, true, which));
    }

    @Nullable
    BlockSeal sealRange(SparseImage image, long from, long to) {
        BlockMap which = new BlockMap();
        blocks.dirty.forEachRun(from, to, which::set);
        if (which.isEmpty()) {
            return null;
        }
        mayHavePending = true;
        return seals.take(new BlockSeal(image, this, content, false, which));
    }

    void pendingAdded() {
        mayHavePending = true;
    }

    void committed(BlockSeal seal, long newVersion) throws PoolException {
        Content now = content;
        Content then = seal.content();
        seals.end(seal);
        boolean clean = now.generation() == then.generation() && blocks.dirty.isEmpty() && seals.isEmpty();
        Long access = Objects.equals(now.accessNanos(), then.accessNanos()) ? null : now.accessNanos();
        publish(ContentSteps.rebased(now, newVersion, seals.limitSince(), access, !clean));
        mayHavePending = !clean;
        seals.committed(seal, header(content));
    }

    /** These blocks change: no seal holds them from here on, and no fetch may fill them. */
    private void overtake(long from, long to) {
        for (BlockLanding landing : landings) {
            landing.overtaken(from, to);
        }
        seals.overtake(from, to);
    }

    // ---- loans

    ImageHeader.Loan loan() {
        return loan;
    }

    /** On disk when this returns. */
    void setLoan(FilePair pair, ImageHeader.Loan now) throws PoolException {
        ImageHeader.Loan before = loan;
        if (now == ImageHeader.Loan.SUSPECT && before != now) {
            listener.changing();
        }
        loan = now;
        try {
            Sidecar.writeHeader(pair.map(), header(content));
            headerWritten = true;
        } catch (PoolException e) {
            loan = before;
            throw e;
        }
    }

    /** Others have changed the bytes of these blocks: they are dirty, as by a write. */
    void changedUnseen(long from, long to, long nowNanos, Grant grant) throws PoolException {
        FilePair pair = blocks.useOrCreate(grant);
        try {
            overtake(from, to);
            blocks.dirtyClean(pair, from, to, grant);
            Content next = ContentSteps.changed(content, content.sizeBytes(), nowNanos, nowNanos);
            blocks.add(pair, from, to, header(next), grant, false);
            publish(next);
        } finally {
            pair.done();
        }
    }

    // ---- content

    ImageHeader header() {
        return header(content);
    }

    private ImageHeader header(Content c) {
        return new ImageHeader(
                inode,
                c.baseVersion(),
                c.sizeBytes(),
                c.baseLimit(),
                c.modifyNanos(),
                c.changeNanos(),
                c.accessNanos(),
                c.modified(),
                seals.version(),
                seals.limitSince(),
                cutDue,
                loan,
                holeStart,
                holeEnd);
    }

    private void writeHeader(Content next, Grant grant) throws PoolException {
        headerWritten &= blocks.hasFiles();
        FilePair pair = blocks.useOrCreate(grant);
        try {
            Sidecar.writeHeader(pair.map(), header(next));
            headerWritten = true;
        } catch (PoolException e) {
            payFiles();
            throw e;
        } finally {
            pair.done();
        }
        publish(next);
    }

    /** A change that failed may have made files, and paid them as what it was to make of them. */
    private void payFiles() {
        blocks.payFilesAs(content.modified() ? Budget.Use.STAGED : Budget.Use.CLEAN);
    }

    private void publish(Content next) {
        boolean before = content.modified();
        content = next;
        if (before != next.modified()) {
            payFiles();
            listener.changed(next.modified());
        }
    }
}
