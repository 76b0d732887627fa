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
    final List<BlockSeal> seals = new ArrayList<>();
    final List<BlockLanding> landings = new ArrayList<>();

    private final ContentRecords records;
    private final ModifiedListener listener;

    private volatile Content content = new Content(0, 0, 0, 0, 0, null, false, false, 0);

    private long sealVersion;
    private long limitSinceSeal;

    /** Marks, bytes and pending extents behind the size are still to be dropped. */
    private boolean cutDue;

    /** The blocks [holeStart, holeEnd) are still to be recorded as a hole, unmarked and punched. */
    private long holeStart;

    private long holeEnd;

    /** The metadata may hold pending extents of this image. */
    private boolean mayHavePending;

    /** The files, if there are any, begin with a header. */
    private boolean headerWritten;

    /** Is told when uncommitted content comes into being and when all of it is committed. */
    @FunctionalInterface
    interface ModifiedListener {
        void changed(boolean modified);
    }

    ImageState(long inode, ImageBlocks blocks, ContentRecords records, ModifiedListener listener) {
        this.inode = inode;
        this.blocks = blocks;
        this.records = records;
        this.listener = listener;
    }

    Content content() {
        return content;
    }

    // ---- beginning

    /** The content is the committed one, and nothing of it is here. */
    void begin(Inode committed) {
        sealVersion = 0;
        limitSinceSeal = 0;
        mayHavePending = false;
        content = new Content(
                committed.version(),
                committed.sizeBytes(),
                committed.sizeBytes(),
                committed.modifyNanos(),
                committed.changeNanos(),
                null,
                false,
                false,
                content.generation() + 1);
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
        sealVersion = header.sealVersion();
        limitSinceSeal = header.limitSinceSeal();
        headerWritten = true;
        cutDue = header.cutDue();
        holeStart = header.holeStart();
        holeEnd = header.holeEnd();
        boolean modified = header.modified() || !blocks.dirty.isEmpty();
        mayHavePending = modified;
        publish(new Content(
                header.baseVersion(),
                header.sizeBytes(),
                header.baseLimit(),
                header.modifyNanos(),
                header.changeNanos(),
                header.accessNanos(),
                modified,
                false,
                content.generation() + 1));
    }

    /** The times of the inode hold while nothing here is newer. */
    void refreshTimes(Inode committed) {
        Content now = content;
        if (!now.modified() && seals.isEmpty() && committed.version() == now.baseVersion()) {
            content = new Content(
                    now.baseVersion(),
                    now.sizeBytes(),
                    now.baseLimit(),
                    committed.modifyNanos(),
                    committed.changeNanos(),
                    null,
                    false,
                    false,
                    now.generation());
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
        if (committed.version() == sealVersion && sealVersion > now.baseVersion()) {
            publish(new Content(
                    sealVersion,
                    now.sizeBytes(),
                    limitSinceSeal,
                    now.modifyNanos(),
                    now.changeNanos(),
                    now.accessNanos(),
                    true,
                    false,
                    now.generation() + 1));
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
        if (journaledVersion == content.baseVersion()) {
            return OptionalLong.of(content.baseLimit());
        }
        return journaledVersion == sealVersion && sealVersion > content.baseVersion()
                ? OptionalLong.of(limitSinceSeal)
                : OptionalLong.empty();
    }

    // ---- changing

    /**
     * The first change after a commit: the base must be what is journaled now, also where that came to be without this
     * image (an empty file's first commit).
     */
    void beginChange() throws PoolException {
        if (content.modified() || !seals.isEmpty()) {
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
        FilePair pair = blocks.useOrCreate(grant);
        BlockMap absent = blocks.absentOf(from, to);
        try {
            overtake(from, to);
            blocks.dirtyClean(pair, from, to, grant);
            pair.data().write(offset, src);
            Content next = changed(Math.max(content.sizeBytes(), end), nowNanos, nowNanos);
            blocks.add(pair, from, to, header(next), grant, false);
            headerWritten = true;
            publish(next);
        } catch (PoolException e) {
            src.position(start);
            ImageBlocks.punchQuietly(pair, absent);
            if (!content.modified() && !blocks.dirty.isEmpty()) {
                publish(changed(content.sizeBytes(), nowNanos, nowNanos));
            }
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
        Content next = withTruncated(changed(sizeBytes, nowNanos, nowNanos), byOpenHandle);
        long limitBefore = limitSinceSeal;
        limitSinceSeal = Math.min(limitSinceSeal, sizeBytes);
        cutDue = shorter;
        try {
            writeHeader(next, grant);
        } catch (PoolException e) {
            limitSinceSeal = limitBefore;
            cutDue = false;
            throw e;
        }
        if (shorter) {
            breakSeals(ImageBlocks.blockOf(sizeBytes), NO_BLOCK);
            overtake(ImageBlocks.blockOf(sizeBytes), NO_BLOCK);
            blocks.remove(ImageBlocks.blocksTo(sizeBytes), blocks.present.end());
            settle();
        }
    }

    void punch(long from, long to, long nowNanos, Grant grant) throws PoolException {
        holeStart = from;
        holeEnd = to;
        try {
            writeHeader(changed(content.sizeBytes(), nowNanos, nowNanos), grant);
        } catch (PoolException e) {
            holeStart = 0;
            holeEnd = 0;
            throw e;
        }
        breakSeals(from, to);
        overtake(from, to);
        settle();
    }

    void setTimes(@Nullable Long accessNanos, @Nullable Long modifyNanos, long nowNanos, Grant grant)
            throws PoolException {
        long modify = modifyNanos == null ? content.modifyNanos() : modifyNanos;
        Content next = changed(content.sizeBytes(), modify, nowNanos);
        writeHeader(accessNanos == null ? next : withAccess(next, accessNanos), grant);
    }

    void truncatorClosed() {
        if (content.truncatedWhileOpen()) {
            content = withTruncated(content, null);
        }
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
            pair.data().truncate(size);
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
            blocks.writeMarks(pair, holeStart, holeEnd, null);
            pair.data().punch(holeStart * BLOCK, (holeEnd - holeStart) * BLOCK);
            blocks.trimPages(pair, holeStart, holeEnd);
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
        for (BlockSeal other : seals) {
            if (other.isVersion()) {
                throw new PoolException(Reason.BUSY, "inode " + inode + " is being committed already");
            }
        }
        BlockMap which = new BlockMap();
        which.addAll(blocks.dirty);
        long versionBefore = sealVersion;
        long limitBefore = limitSinceSeal;
        sealVersion = content.baseVersion() + 1;
        limitSinceSeal = content.sizeBytes();
        if (blocks.hasFiles()) {
            FilePair pair = blocks.use();
            try {
                Sidecar.writeHeader(pair.map(), header(content));
            } catch (PoolException e) {
                sealVersion = versionBefore;
                limitSinceSeal = limitBefore;
                throw e;
            } finally {
                pair.done();
            }
        }
        return take(new BlockSeal(image, this, content, true, which));
    }

    @Nullable
    BlockSeal sealRange(SparseImage image, long from, long to) {
        BlockMap which = new BlockMap();
        blocks.dirty.forEachRun(from, to, which::set);
        return which.isEmpty() ? null : take(new BlockSeal(image, this, content, false, which));
    }

    void pendingAdded() {
        mayHavePending = true;
    }

    private BlockSeal take(BlockSeal seal) {
        blocks.seal(seal.held());
        seals.add(seal);
        mayHavePending = true;
        return seal;
    }

    /** The sealed blocks are on a remote and recorded as pending. */
    void uploaded(BlockSeal seal, BlockMap which) throws PoolException {
        seal.held().removeAll(which);
        blocks.cleanse(which, null);
        if (!seal.isVersion() && seal.held().isEmpty()) {
            seals.remove(seal);
        }
    }

    void committed(BlockSeal seal, long newVersion) throws PoolException {
        Content now = content;
        seals.remove(seal);
        boolean unchanged = now.generation() == seal.content().generation();
        boolean clean = unchanged && blocks.dirty.isEmpty() && seals.isEmpty();
        boolean sameAccess = Objects.equals(now.accessNanos(), seal.content().accessNanos());
        Content next = new Content(
                newVersion,
                now.sizeBytes(),
                limitSinceSeal,
                now.modifyNanos(),
                now.changeNanos(),
                sameAccess ? null : now.accessNanos(),
                !clean,
                now.truncatedWhileOpen() && !clean,
                now.generation());
        BlockMap which = new BlockMap();
        which.addAll(seal.held());
        seal.held().clear(0, seal.held().end());
        publish(next);
        mayHavePending = !clean;
        blocks.cleanse(which, header(next));
    }

    void failed(BlockSeal seal) {
        if (seals.remove(seal)) {
            blocks.unseal(seal.held());
        }
    }

    /** These blocks change: what is sealed of them is dirty from here on, and no fetch may fill them. */
    private void overtake(long from, long to) {
        for (BlockLanding landing : landings) {
            landing.overtaken(from, to);
        }
        if (seals.isEmpty()) {
            return;
        }
        BlockMap moved = new BlockMap();
        blocks.sealed.forEachRun(from, to, moved::set);
        blocks.unseal(moved);
        for (BlockSeal seal : List.copyOf(seals)) {
            seal.overtaken(from, to);
            if (!seal.isVersion() && seal.held().isEmpty()) {
                seals.remove(seal);
            }
        }
    }

    /** What was sealed there and not copied is lost to the seal. */
    private void breakSeals(long from, long to) {
        if (blocks.uncopied.nextSet(from, to) < to) {
            for (BlockSeal seal : seals) {
                if (seal.breakIfUncopied(from, to)) {
                    // Nobody will copy the rest.
                    blocks.uncopied.removeAll(seal.held());
                }
            }
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
                sealVersion,
                limitSinceSeal,
                cutDue,
                holeStart,
                holeEnd);
    }

    private void writeHeader(Content next, Grant grant) throws PoolException {
        FilePair pair = blocks.useOrCreate(grant);
        try {
            Sidecar.writeHeader(pair.map(), header(next));
            headerWritten = true;
        } finally {
            pair.done();
        }
        publish(next);
    }

    private void publish(Content next) {
        boolean before = content.modified();
        content = next;
        if (before != next.modified()) {
            blocks.payFilesAs(next.modified() ? Budget.Use.STAGED : Budget.Use.CLEAN);
            listener.changed(next.modified());
        }
    }

    private Content changed(long sizeBytes, long modifyNanos, long changeNanos) {
        Content now = content;
        return new Content(
                now.baseVersion(),
                sizeBytes,
                Math.min(now.baseLimit(), sizeBytes),
                modifyNanos,
                changeNanos,
                now.accessNanos(),
                true,
                now.truncatedWhileOpen(),
                now.generation() + 1);
    }

    private static Content withAccess(Content c, long accessNanos) {
        return new Content(
                c.baseVersion(),
                c.sizeBytes(),
                c.baseLimit(),
                c.modifyNanos(),
                c.changeNanos(),
                accessNanos,
                c.modified(),
                c.truncatedWhileOpen(),
                c.generation());
    }

    /** {@code byOpenHandle} null: no longer; false: as it was. */
    private static Content withTruncated(Content c, @Nullable Boolean byOpenHandle) {
        return new Content(
                c.baseVersion(),
                c.sizeBytes(),
                c.baseLimit(),
                c.modifyNanos(),
                c.changeNanos(),
                c.accessNanos(),
                c.modified(),
                byOpenHandle != null && (byOpenHandle || c.truncatedWhileOpen()),
                c.generation());
    }
}
