package io.poolfs.core.sim;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.meta.MetadataWriter;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.Piece;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.model.Sha256;
import io.poolfs.core.remote.ChunkObjects;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.time.Randomness;
import io.poolfs.core.time.Scheduler;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;

/** Random changes of names, attributes and contents, by the rules that a file system and its stager keep. */
final class Workload {
    static final ChunkObjects OBJECTS = new ChunkObjects("poolfs_data");

    /** What a change may be refused with; anything else is a failure of the pool. */
    private static final Set<Reason> REFUSALS = Set.of(
            Reason.NOT_FOUND,
            Reason.EXISTS,
            Reason.NOT_DIRECTORY,
            Reason.IS_DIRECTORY,
            Reason.NOT_EMPTY,
            Reason.INVALID,
            Reason.NO_ATTRIBUTE,
            Reason.NOT_PERMITTED);

    private static final int NAMES = 6;
    private static final int MAX_CHUNK_BYTES = 200;
    private static final int PUT_ATTEMPTS = 5;

    private final Scheduler scheduler;
    private final LocalFiles files;
    private final Path stage;
    private final Metadata metadata;
    private final Map<RemoteId, RemoteStore> remotes;
    private final LongSupplier shipped;
    private final History history;

    Workload(
            Scheduler scheduler,
            LocalFiles files,
            Path stage,
            Metadata metadata,
            Map<RemoteId, RemoteStore> remotes,
            LongSupplier shipped,
            History history) {
        this.scheduler = scheduler;
        this.files = files;
        this.stage = stage;
        this.metadata = metadata;
        this.remotes = remotes;
        this.shipped = shipped;
        this.history = history;
    }

    /** One random operation. FENCED, READ_ONLY and the like come through. */
    void step() throws PoolException {
        int dice = random().nextInt(100);
        if (dice < 25) {
            commitContent();
        } else {
            change(writer -> namespace(writer, dice));
        }
    }

    private void namespace(MetadataWriter writer, int dice) throws PoolException {
        Op.Place at = randomPlace(writer);
        if (dice < 48) {
            create(writer, at, FileType.REGULAR);
        } else if (dice < 54) {
            create(writer, at, FileType.DIRECTORY);
        } else if (dice < 57) {
            create(writer, at, FileType.SYMLINK);
        } else if (dice < 70) {
            writer.apply(new Op.Unlink(at, writer.nanos()));
        } else if (dice < 73) {
            writer.apply(new Op.RemoveDirectory(at, writer.nanos()));
        } else if (dice < 88) {
            rename(writer, at, randomPlace(writer));
        } else if (dice < 92) {
            link(writer, randomInode(writer), at);
        } else if (dice < 95) {
            attributes(writer, randomInode(writer));
        } else if (dice < 97) {
            byte[] value = random().nextInt(3) == 0 ? null : new byte[] {(byte) dice};
            writer.apply(new Op.SetXattr(
                    randomInode(writer).number(), "user.x".getBytes(StandardCharsets.UTF_8), value, writer.nanos()));
        } else {
            reap(writer);
        }
    }

    private void create(MetadataWriter writer, Op.Place at, FileType type) throws PoolException {
        byte[] target = type == FileType.SYMLINK ? "target".getBytes(StandardCharsets.UTF_8) : null;
        long displaced = type == FileType.REGULAR ? recentlyLost(writer, at) : 0;
        writer.apply(new Op.Create(
                at, writer.nextInode(), type.modeBits() | 0640, 1, 2, 0, target, writer.nanos(), displaced));
    }

    private void link(MetadataWriter writer, Inode inode, Op.Place at) throws PoolException {
        long displaced = inode.hasCommittedContent() ? 0 : recentlyLost(writer, at);
        writer.apply(new Op.Link(inode.number(), at, writer.nanos(), displaced));
    }

    private void rename(MetadataWriter writer, Op.Place from, Op.Place to) throws PoolException {
        Inode moved = inodeAt(writer, from);
        Inode there = inodeAt(writer, to);
        boolean exchange = there != null && random().nextInt(5) == 0;
        long displaced = 0;
        if (moved != null && !moved.hasCommittedContent() && !exchange) {
            if (there == null) {
                displaced = recentlyLost(writer, to);
            } else if (there.number() != moved.number() && there.isRegular() && there.hasCommittedContent()) {
                displaced = there.number();
            }
        }
        writer.apply(new Op.Rename(from, to, writer.nanos(), exchange, displaced));
    }

    private void attributes(MetadataWriter writer, Inode inode) throws PoolException {
        Long modified = inode.hasCommittedContent() && random().nextInt(2) == 0 ? 1234L : null;
        writer.apply(new Op.SetAttributes(
                inode.number(), random().nextInt(0777), random().nextInt(9), null, null, modified, writer.nanos()));
    }

    private void reap(MetadataWriter writer) throws PoolException {
        List<Long> gone = new ArrayList<>();
        List<MetadataReader.Orphan> orphans = new ArrayList<>();
        writer.orphans(orphans::add);
        for (MetadataReader.Orphan orphan : orphans) {
            if (orphan.transaction() <= shipped.getAsLong() && !writer.isHeldAsDisplaced(orphan.inode())) {
                gone.add(orphan.inode());
            }
        }
        if (!gone.isEmpty()) {
            writer.apply(new Op.Reap(gone));
        }
    }

    /** What a stager does: the chunk is acknowledged by a remote before the transaction names it. */
    private void commitContent() throws PoolException {
        Inode inode = metadata.read(this::randomRegular);
        if (inode == null) {
            return;
        }
        byte[] bytes = new byte[1 + random().nextInt(MAX_CHUNK_BYTES)];
        random().nextBytes(bytes);
        ChunkId id = new ChunkId(random().nextLong(), random().nextLong());
        RemoteId remote = upload(id, bytes);
        if (remote == null) {
            return;
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        Chunk chunk = new Chunk(id, remote, bytes.length, 1, new int[] {(int) crc.getValue()});
        Piece piece = new Piece(id, 0, bytes.length, sha256(bytes));
        long offset = random().nextInt(4) == 0 ? random().nextInt(MAX_CHUNK_BYTES) : 0;
        Extent extent = new Extent(offset, bytes.length, piece, 0);
        boolean replaces = random().nextInt(2) == 0;
        change(writer -> {
            Inode now = writer.inode(inode.number());
            if (now == null || now.version() != inode.version()) {
                return;
            }
            List<ByteRange> drop =
                    replaces && now.sizeBytes() > 0 ? List.of(new ByteRange(0, now.sizeBytes())) : List.of();
            long size = replaces ? extent.fileEnd() : Math.max(now.sizeBytes(), extent.fileEnd());
            writer.apply(new Op.AddChunk(chunk));
            writer.apply(new Op.CommitContent(
                    now.number(), now.version(), size, writer.nanos(), writer.nanos(), null, drop, List.of(extent)));
        });
    }

    /** Null when no remote took it. */
    private RemoteId upload(ChunkId id, byte[] bytes) throws PoolException {
        Path source = stage.resolve(id.hex());
        try (LocalFile file = files.open(source, LocalFiles.Mode.CREATE)) {
            file.write(0, ByteBuffer.wrap(bytes));
        }
        List<RemoteId> ids = List.copyOf(remotes.keySet());
        RemoteId taken = null;
        for (int i = 0; i < PUT_ATTEMPTS && taken == null; i++) {
            RemoteId candidate = ids.get(random().nextInt(ids.size()));
            try {
                remotes.get(candidate).put(OBJECTS.nameOf(id), source, bytes.length);
                taken = candidate;
            } catch (PoolException e) {
                scheduler.yieldPoint("put of " + id + " failed: " + e.reason());
            }
        }
        files.delete(source);
        return taken;
    }

    private void change(Metadata.Visit<MetadataWriter> work) throws PoolException {
        try {
            long transaction = metadata.change(writer -> {
                work.run(writer);
                return writer.transaction();
            });
            history.committed(Math.min(transaction, metadata.lastTransaction()));
        } catch (PoolException e) {
            if (!REFUSALS.contains(e.reason())) {
                throw e;
            }
        }
    }

    /** The committed file that had this name until a transaction that is not shipped, or 0. */
    private long recentlyLost(MetadataReader reader, Op.Place at) throws PoolException {
        MetadataReader.Orphan orphan = reader.committedOrphanOf(at);
        return orphan != null && orphan.transaction() > shipped.getAsLong() ? orphan.inode() : 0;
    }

    private Inode inodeAt(MetadataReader reader, Op.Place at) throws PoolException {
        var entry = reader.entry(at.parent(), at.name());
        return entry == null ? null : reader.inode(entry.inode());
    }

    private Op.Place randomPlace(MetadataReader reader) throws PoolException {
        List<Long> directories = new ArrayList<>();
        reader.inodes(inode -> {
            if (inode.isDirectory() && inode.links() > 0) {
                directories.add(inode.number());
            }
            return true;
        });
        String name = String.valueOf((char) ('a' + random().nextInt(NAMES)));
        return new Op.Place(directories.get(random().nextInt(directories.size())), FileName.of(name));
    }

    private Inode randomInode(MetadataReader reader) throws PoolException {
        List<Inode> inodes = new ArrayList<>();
        reader.inodes(inodes::add);
        return inodes.get(random().nextInt(inodes.size()));
    }

    private Inode randomRegular(MetadataReader reader) throws PoolException {
        List<Inode> regular = new ArrayList<>();
        reader.inodes(inode -> {
            if (inode.isRegular() && inode.links() > 0) {
                regular.add(inode);
            }
            return true;
        });
        return regular.isEmpty() ? null : regular.get(random().nextInt(regular.size()));
    }

    private Randomness random() {
        return scheduler.random();
    }

    static Sha256 sha256(byte[] bytes) {
        try {
            return Sha256.of(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
