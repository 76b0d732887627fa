package io.poolfs.core.meta;

import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Loads checkpoint lines into an empty store. Lines become steps, and some ten thousand steps one transaction; what is
 * derived from several lines (the uses of chunks, usage, the entries of a directory) is summed up on the way. The
 * counters are written last: a store without them was not loaded to the end. Used by one thread, once.
 */
final class CheckpointLoader {
    private static final int BATCH_LINES = 50_000;
    private static final int BATCH_BYTES = 32 << 20;

    /** The sections in their order. */
    private static final List<String> SECTIONS =
            List.of("counters", "members", "chunk", "inode", "entry", "extent", "xattr", "orphan", "displaced");

    /** What a line means for the store. Done again when the store asks for it: no effect but there. */
    private interface Step {
        void apply(KeyValueStore.Writer writer) throws PoolException;
    }

    /** A chunk's uses as they are counted. */
    private static final class Uses {
        final RemoteId remote;
        final long sizeBytes;
        final boolean garbage;
        long references;
        long liveBytes;

        Uses(Chunk chunk, boolean garbage) {
            this.remote = chunk.remote();
            this.sizeBytes = chunk.sizeBytes();
            this.garbage = garbage;
        }
    }

    private final KeyValueStore store;
    private final List<Step> steps = new ArrayList<>();
    private final Map<ChunkId, Uses> chunks = new HashMap<>();
    private long batchBytes;
    private int section;
    private byte[] keyBefore = Keys.NOTHING;
    private @Nullable Counters counters;
    private long parent;
    private long entriesOfParent;
    private long extentInode;
    private long extentEnd;

    CheckpointLoader(KeyValueStore store) {
        this.store = store;
    }

    long load(CheckpointCodec.LineSource lines) throws PoolException {
        requireEmpty();
        for (byte[] line = lines.next(); line != null; line = lines.next()) {
            takeUntrusted(JsonLine.parse("checkpoint line", line, 0, line.length));
            batchBytes += line.length;
            if (steps.size() >= BATCH_LINES || batchBytes >= BATCH_BYTES) {
                writeBatch();
            }
        }
        return finish();
    }

    private void requireEmpty() throws PoolException {
        store.read(reader -> {
            reader.scan(new byte[] {0}, null, (key, value) -> {
                throw new PoolException(Reason.INVALID, "a checkpoint is loaded into an empty store only");
            });
            return true;
        });
    }

    private void takeUntrusted(JsonFields in) throws PoolException {
        try {
            take(in);
        } catch (PoolException e) {
            if (e.reason() == Reason.NEWER_FORMAT || e.reason() == Reason.CORRUPT) {
                throw e;
            }
            throw new PoolException(Reason.CORRUPT, "checkpoint line: " + e.getMessage(), e);
        }
    }

    private void take(JsonFields in) throws PoolException {
        String type = in.text("type");
        int found = SECTIONS.indexOf(type);
        if (found < 0) {
            throw new PoolException(Reason.NEWER_FORMAT, "unknown type of checkpoint line: written by a newer poolfs?");
        }
        if (found < section || (found > 0 && counters == null)) {
            throw in.corrupt("type", "is out of order: " + type);
        }
        if (found > section) {
            section = found;
            keyBefore = Keys.NOTHING;
        }
        switch (type) {
            case "counters" -> counters(in);
            case "members" -> members(in);
            case "chunk" -> chunk(in);
            case "inode" -> inode(in);
            case "entry" -> entry(in);
            case "extent" -> extent(in);
            case "xattr" -> xattr(in);
            case "orphan" -> orphan(in);
            default -> displaced(in);
        }
        in.end();
    }

    private void counters(JsonFields in) throws PoolException {
        if (counters != null) {
            throw in.corrupt("type", "is there twice: counters");
        }
        counters = new Counters(
                in.number("next_ino", 2, NamespaceOps.MAX_INODE),
                in.number("tx", 0, Long.MAX_VALUE - 1),
                in.size("inodes"));
    }

    private void members(JsonFields in) throws PoolException {
        inOrder(in, Keys.MEMBERS);
        Op.SetMembers members = OpReader.members(in);
        Applier.requireWellFormed(members);
        byte[] value = Records.members(new MetadataReader.Members(members.members(), members.writeQuorum()));
        steps.add(writer -> writer.put(Keys.MEMBERS, value));
    }

    private void chunk(JsonFields in) throws PoolException {
        Chunk chunk = OpReader.chunk(in);
        byte[] key = inOrder(in, Keys.chunk(Keys.CHUNK, chunk.id()));
        ChunkRecord record = new ChunkRecord(chunk);
        boolean garbage = in.has("garbage_tx");
        if (garbage) {
            record.garbageSince = in.number("garbage_tx", 1, lastTransaction());
            byte[] since = Records.number(in.number("garbage_t"));
            steps.add(writer -> writer.put(Keys.garbage(record.garbageSince, chunk.id()), since));
        }
        chunks.put(chunk.id(), new Uses(chunk, garbage));
        byte[] value = record.encode();
        steps.add(writer -> writer.put(key, value));
    }

    private void inode(JsonFields in) throws PoolException {
        InodeRecord inode = new InodeRecord(in.inode("ino"));
        byte[] key = inOrder(in, Keys.of(Keys.INODE, inode.number));
        inode.mode = (int) in.number("mode", 0, 0xffff);
        FileType type = type(in, inode.mode);
        inode.owner = in.account("uid");
        inode.group = in.account("gid");
        inode.links = (int) in.number("links", 0, NamespaceOps.MAX_LINKS);
        if (type == FileType.REGULAR) {
            inode.sizeBytes = in.size("size");
            inode.version = in.size("version");
        }
        if (type == FileType.SYMLINK) {
            byte[] target = in.bytes("target_b64");
            if (target.length == 0 || target.length > NamespaceOps.MAX_TARGET_BYTES) {
                throw in.corrupt("target_b64", "has " + target.length + " bytes");
            }
            inode.target = target;
            inode.sizeBytes = target.length;
        }
        if (type == FileType.CHARACTER_DEVICE || type == FileType.BLOCK_DEVICE) {
            inode.device = in.has("rdev") ? in.number("rdev") : 0;
        }
        inode.accessNanos = in.number("atime");
        inode.modifyNanos = in.number("mtime");
        inode.changeNanos = in.number("ctime");
        inode.birthNanos = in.number("btime");
        byte[] value = inode.encode();
        steps.add(writer -> writer.put(key, value));
        if (inode.isUncommitted()) {
            steps.add(writer -> writer.put(Keys.of(Keys.UNCOMMITTED, inode.number), Keys.NOTHING));
        }
    }

    private void entry(JsonFields in) throws PoolException {
        Op.Place at = OpReader.place(in);
        byte[] key = inOrder(in, Keys.dentry(at));
        long number = in.inode("ino");
        if (at.parent() != parent) {
            parentDone();
            parent = at.parent();
        }
        entriesOfParent++;
        steps.add(writer -> {
            InodeRecord inode = inode(writer, number);
            writer.put(key, Records.dentry(number, inode.mode & FileType.MASK));
            if (inode.place == null) {
                inode.place = at;
                writer.put(Keys.of(Keys.INODE, number), inode.encode());
            } else if (inode.isDirectory()) {
                throw new PoolException(Reason.CORRUPT, "directory " + number + " has two names in the checkpoint");
            } else {
                writer.put(Keys.link(number, at), Keys.NOTHING);
            }
        });
    }

    private void parentDone() {
        long number = parent;
        long entries = entriesOfParent;
        entriesOfParent = 0;
        if (entries > 0) {
            steps.add(writer -> {
                InodeRecord inode = inode(writer, number);
                inode.entries = entries;
                writer.put(Keys.of(Keys.INODE, number), inode.encode());
            });
        }
    }

    private void extent(JsonFields in) throws PoolException {
        long inode = in.inode("ino");
        Extent extent = OpReader.extent(in);
        byte[] key = inOrder(in, Keys.of(Keys.EXTENT, inode, extent.fileEnd()));
        if (inode != extentInode) {
            extentInode = inode;
            extentEnd = 0;
        }
        ChunkId id = extent.piece().chunk();
        Uses uses = chunks.get(id);
        if (extent.fileOffset() < extentEnd || uses == null || uses.garbage) {
            throw in.corrupt("c", "is not known or garbage, or the extent overlaps the one before it");
        }
        if (extent.piece().lengthBytes() > uses.sizeBytes - extent.piece().offset()) {
            throw in.corrupt("co", "is beyond the " + uses.sizeBytes + " bytes of the chunk");
        }
        extentEnd = extent.fileEnd();
        uses.references++;
        uses.liveBytes += extent.lengthBytes();
        if (uses.liveBytes < 0) {
            throw in.corrupt("l", "is more in sum than can be");
        }
        byte[] value = Records.extent(extent);
        steps.add(writer -> {
            writer.put(key, value);
            writer.put(Keys.reference(id, inode, extent.fileEnd()), Keys.NOTHING);
        });
    }

    private void xattr(JsonFields in) throws PoolException {
        long inode = in.inode("ino");
        byte[] name = in.bytes("name_b64");
        byte[] value = in.bytes("value_b64");
        if (name.length == 0
                || name.length > Applier.MAX_XATTR_NAME_BYTES
                || value.length > Applier.MAX_XATTR_VALUE_BYTES) {
            throw in.corrupt("name_b64", "has " + name.length + " bytes, its value " + value.length);
        }
        byte[] key = inOrder(in, Keys.of(Keys.XATTR, inode, name));
        steps.add(writer -> writer.put(key, value));
    }

    private void orphan(JsonFields in) throws PoolException {
        long number = in.inode("ino");
        byte[] key = inOrder(in, Keys.of(Keys.ORPHAN, number));
        Op.Place at = OpReader.place(in);
        long transaction = in.number("tx", 1, lastTransaction());
        steps.add(writer -> {
            writer.put(key, Records.orphan(at, transaction));
            InodeRecord inode = inode(writer, number);
            if (inode.isRegular() && !inode.isUncommitted() && isNewest(writer, at, transaction)) {
                writer.put(Keys.orphanAt(at), Records.number(number));
            }
        });
    }

    private static boolean isNewest(KeyValueStore.Writer writer, Op.Place at, long transaction) throws PoolException {
        MetadataReader.Orphan known = new SnapshotReader(writer).committedOrphanOf(at);
        return known == null || known.transaction() < transaction;
    }

    private void displaced(JsonFields in) throws PoolException {
        long displacer = in.inode("displacer");
        Op.Place at = OpReader.place(in);
        long displaced = in.inode("ino");
        byte[] key = inOrder(in, Keys.displaced(displacer, at));
        steps.add(writer -> {
            writer.put(key, Records.number(displaced));
            writer.put(Keys.held(displaced, displacer, at), Keys.NOTHING);
        });
    }

    private long finish() throws PoolException {
        Counters loaded = counters;
        if (loaded == null) {
            throw new PoolException(Reason.CORRUPT, "a checkpoint without counters");
        }
        parentDone();
        Map<RemoteId, MetadataReader.Usage> usage = new HashMap<>();
        for (Map.Entry<ChunkId, Uses> entry : chunks.entrySet()) {
            Uses uses = entry.getValue();
            long unused = Math.max(0, uses.sizeBytes - uses.liveBytes);
            usage.merge(
                    uses.remote,
                    new MetadataReader.Usage(1, uses.sizeBytes, unused),
                    (a, b) -> new MetadataReader.Usage(
                            a.chunks() + b.chunks(),
                            a.storedBytes() + b.storedBytes(),
                            a.garbageBytes() + b.garbageBytes()));
            steps.add(writer -> putUses(writer, entry.getKey(), uses));
            if (steps.size() >= BATCH_LINES) {
                writeBatch();
            }
        }
        steps.add(writer -> {
            for (Map.Entry<RemoteId, MetadataReader.Usage> entry : usage.entrySet()) {
                writer.put(Keys.usage(entry.getKey()), Records.usage(entry.getValue()));
            }
            writer.put(Keys.COUNTERS, loaded.encode());
        });
        writeBatch();
        List<String> findings = store.read(reader -> MetadataCheck.run(new SnapshotReader(reader)));
        if (!findings.isEmpty()) {
            throw new PoolException(
                    Reason.CORRUPT,
                    "the checkpoint contradicts itself in " + findings.size() + " places, first: " + findings.get(0));
        }
        return loaded.lastTransaction();
    }

    private static void putUses(KeyValueStore.Writer writer, ChunkId id, Uses uses) throws PoolException {
        byte[] key = Keys.chunk(Keys.CHUNK, id);
        byte[] value = writer.get(key);
        if (value == null) {
            throw new PoolException(Reason.CORRUPT, "chunk " + id + " is gone from the store while it is loaded");
        }
        ChunkRecord record = ChunkRecord.decode(id, value);
        record.references = uses.references;
        record.liveBytes = uses.liveBytes;
        writer.put(key, record.encode());
    }

    private void writeBatch() throws PoolException {
        store.write(
                writer -> {
                    for (Step step : steps) {
                        step.apply(writer);
                    }
                    return true;
                },
                KeyValueStore.CommitHook.NONE);
        steps.clear();
        batchBytes = 0;
    }

    /** No key comes twice or too early. */
    private byte[] inOrder(JsonFields in, byte[] key) throws PoolException {
        if (Arrays.compareUnsigned(key, keyBefore) <= 0) {
            throw in.corrupt("type", "is there twice or out of order: " + SECTIONS.get(section));
        }
        keyBefore = key;
        return key;
    }

    private long lastTransaction() {
        return counters == null ? 0 : counters.lastTransaction();
    }

    private static InodeRecord inode(KeyValueStore.Writer writer, long number) throws PoolException {
        byte[] value = writer.get(Keys.of(Keys.INODE, number));
        if (value == null) {
            throw new PoolException(Reason.CORRUPT, "inode " + number + " is named in the checkpoint but not there");
        }
        return InodeRecord.decode(number, value);
    }

    private static FileType type(JsonFields in, int mode) throws PoolException {
        try {
            return FileType.ofMode(mode);
        } catch (PoolException e) {
            throw in.corrupt("mode", "has no file type: " + mode);
        }
    }
}
