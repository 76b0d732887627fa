package io.poolfs.core.fetch;

import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.Piece;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.Sha256;
import io.poolfs.core.remote.Remote;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.zip.CRC32C;

/**
 * Reads runs of chunks and verifies what it can: each block that one CRC32C covers, when it is wholly in hand, and small
 * pieces by their hash. A run that nearly covers a block is read a little longer for it. Usable from any thread.
 */
final class ChunkReader {
    /** How much more is read at either end so that a block can be verified. Also what crypt reads at once. */
    static final int SLACK_BYTES = 64 << 10;

    /** A block that is not larger is read whole, whatever is wanted of it. */
    private static final int SMALL_BYTES = 4 * SLACK_BYTES;

    private static final int BLOCK = Chunk.BLOCK_BYTES;

    private final RemoteLookup remotes;
    private final Function<Chunk, String> objectNames;

    /** How many reads of a chunk are under way; none of those that are not in here. */
    private final ConcurrentMap<ChunkId, Integer> underWay = new ConcurrentHashMap<>();

    ChunkReader(RemoteLookup remotes, Function<Chunk, String> objectNames) {
        this.remotes = remotes;
        this.objectNames = objectNames;
    }

    /**
     * Fills dst with the bytes of these extents, which follow each other in the file and in their chunk.
     *
     * @param wanted asked meanwhile: CANCELLED when it says no
     * @throws PoolException CORRUPT when they are wrong twice; OBJECT_NOT_FOUND when the remote has no such chunk; else
     *     what the remote said
     */
    void read(Chunk chunk, List<Extent> extents, ByteBuffer dst, BooleanSupplier wanted) throws PoolException {
        long start = extents.get(0).chunkOffset();
        long end = start + dst.remaining();
        if (end > chunk.sizeBytes() || !chunk.isChecksumCountRight()) {
            throw new PoolException(
                    Reason.CORRUPT,
                    "chunk " + chunk.id() + " of " + chunk.sizeBytes() + " bytes cannot hold " + start + "+"
                            + dst.remaining());
        }
        Remote remote = remotes.find(chunk.remote());
        if (remote == null) {
            throw new PoolException(
                    Reason.REMOTE_UNAVAILABLE,
                    "chunk " + chunk.id() + " lies on remote " + chunk.remote() + ", which is not in use");
        }
        long blockStart = start - start % BLOCK;
        long blockEnd = Math.min(chunk.sizeBytes(), (end + BLOCK - 1) / BLOCK * BLOCK);
        long from = start - blockStart <= reach(chunk, blockStart) ? blockStart : start;
        long to = blockEnd - end <= reach(chunk, (end - 1) / BLOCK * BLOCK) ? blockEnd : end;
        long firstBlock = (from + BLOCK - 1) / BLOCK * BLOCK;
        if (!chunk.hasChecksums() || Math.min(chunk.sizeBytes(), firstBlock + BLOCK) > to) {
            // No whole block in reach, or nothing to check it with.
            from = start;
            to = end;
        }
        boolean exact = from == start && to == end;
        ByteBuffer bytes = exact ? dst.duplicate() : ByteBuffer.allocate((int) (to - from));
        readVerified(remote, chunk, extents, from, bytes, wanted);
        if (exact) {
            dst.position(dst.limit());
        } else {
            dst.put(bytes.limit((int) (end - from)).position((int) (start - from)));
        }
    }

    /** Whether somebody reads the chunk now. */
    boolean isReading(ChunkId chunk) {
        return underWay.containsKey(chunk);
    }

    /** It may be read soon. */
    void expect(Chunk chunk) {
        Remote remote = remotes.find(chunk.remote());
        if (remote != null) {
            remote.store().expect(objectNames.apply(chunk));
        }
    }

    private void readVerified(
            Remote remote, Chunk chunk, List<Extent> extents, long from, ByteBuffer bytes, BooleanSupplier wanted)
            throws PoolException {
        underWay.merge(chunk.id(), 1, Integer::sum);
        try {
            readTwiceAtMost(remote, chunk, extents, from, bytes, wanted);
        } finally {
            underWay.computeIfPresent(chunk.id(), (id, count) -> count == 1 ? null : count - 1);
        }
    }

    private void readTwiceAtMost(
            Remote remote, Chunk chunk, List<Extent> extents, long from, ByteBuffer bytes, BooleanSupplier wanted)
            throws PoolException {
        int start = bytes.position();
        String object = objectNames.apply(chunk);
        for (int attempt = 0; ; attempt++) {
            remote.store().whileWanted(wanted).getRange(object, from, bytes);
            bytes.position(start);
            long wrong = firstWrong(chunk, extents, from, bytes);
            if (wrong < 0) {
                return;
            }
            if (attempt > 0) {
                PoolException damage = new PoolException(
                        Reason.CORRUPT,
                        "chunk " + chunk.id() + " on " + remote.name() + " is damaged at offset " + wrong);
                remote.delivered(damage);
                throw damage;
            }
        }
    }

    /** Where in the chunk the first bytes are that do not have their checksum; -1 when all that can be checked is right. */
    private static long firstWrong(Chunk chunk, List<Extent> extents, long from, ByteBuffer bytes) {
        long to = from + bytes.remaining();
        long first = (from + BLOCK - 1) / BLOCK;
        long verifiedFrom = first * BLOCK;
        long verifiedTo = verifiedFrom;
        for (long block = first; chunk.hasChecksums() && block * BLOCK < to; block++) {
            long end = Math.min(chunk.sizeBytes(), (block + 1) * BLOCK);
            if (end > to) {
                break;
            }
            CRC32C crc = new CRC32C();
            crc.update(slice(bytes, block * BLOCK - from, end - block * BLOCK));
            if ((int) crc.getValue() != chunk.crc32c()[(int) block]) {
                return block * BLOCK;
            }
            verifiedTo = end;
        }
        for (Extent extent : extents) {
            Piece piece = extent.piece();
            long end = piece.offset() + piece.lengthBytes();
            Sha256 hash = piece.hash();
            boolean inHand = piece.offset() >= from && end <= to && piece.lengthBytes() <= BLOCK;
            boolean verified = piece.offset() >= verifiedFrom && end <= verifiedTo;
            if (hash != null
                    && inHand
                    && !verified
                    && !hasHash(slice(bytes, piece.offset() - from, piece.lengthBytes()), hash)) {
                return piece.offset();
            }
        }
        return -1;
    }

    /** How much more is read of this block so that it can be verified. */
    private static long reach(Chunk chunk, long blockStart) {
        return chunk.sizeBytes() - blockStart <= SMALL_BYTES ? SMALL_BYTES : SLACK_BYTES;
    }

    private static boolean hasHash(ByteBuffer bytes, Sha256 hash) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes);
            return MessageDigest.isEqual(digest.digest(), hash.bytes());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static ByteBuffer slice(ByteBuffer bytes, long offset, long length) {
        return bytes.slice(bytes.position() + (int) offset, (int) length);
    }
}
