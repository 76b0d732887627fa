package io.poolfs.core.pool;

import io.poolfs.core.cache.Image;
import io.poolfs.core.cache.Images;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Sha256;
import io.poolfs.core.remote.ChunkObjects;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.time.Monitor;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the bytes of a chunk may still be: in the cache, and on a remote where somebody copied the object to. */
final class RescueSources {
    private static final Logger LOG = LoggerFactory.getLogger(RescueSources.class);
    private static final int BLOCK = Chunk.BLOCK_BYTES;

    private final Metadata metadata;
    private final Images images;
    private final Supplier<List<Remote>> remotes;
    private final ChunkObjects objects;

    RescueSources(Metadata metadata, Images images, Supplier<List<Remote>> remotes, ChunkObjects objects) {
        this.metadata = metadata;
        this.images = images;
        this.remotes = remotes;
        this.objects = objects;
    }

    /**
     * The run's bytes out of the cache; null when they are not all there. Content with changes that are not committed is
     * no source: it is about to be uploaded anyway.
     */
    @Nullable
    ByteBuffer cached(Chunk chunk, LostRange lost) throws PoolException {
        Inode inode = metadata.read(reader -> reader.requireInode(lost.inode()));
        Image image = images.acquire(inode);
        try (Monitor.Hold hold = image.lock()) {
            Extent extent = lost.extent();
            boolean committed = !image.content().modified()
                    && image.content().baseVersion() == inode.version()
                    && !hasPending(inode.number());
            if (!committed
                    || !image.absent(extent.fileOffset(), extent.lengthBytes()).isEmpty()) {
                return null;
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) extent.lengthBytes());
            while (bytes.hasRemaining()) {
                if (image.read(extent.fileOffset() + bytes.position(), bytes) == 0) {
                    return null;
                }
            }
            return hasHash(extent, bytes.flip()) && hasChecksums(chunk, extent.chunkOffset(), bytes) ? bytes : null;
        } finally {
            images.release(image);
        }
    }

    private boolean hasPending(long inode) throws PoolException {
        return metadata.read(
                reader -> !reader.pendingExtents(inode, 0, Long.MAX_VALUE).isEmpty());
    }

    /** Where the run is a whole piece; what is cached of a part of one was verified when it came. */
    private static boolean hasHash(Extent extent, ByteBuffer bytes) {
        Sha256 hash = extent.piece().hash();
        if (hash == null || extent.lengthBytes() != extent.piece().lengthBytes()) {
            return true;
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes.duplicate());
            return MessageDigest.isEqual(digest.digest(), hash.bytes());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** A remote other than the chunk's own that has an object of its name and size; null when there is none. */
    @Nullable
    Remote copyOf(Chunk chunk) {
        if (!chunk.hasChecksums()) {
            return null;
        }
        for (Remote remote : remotes.get()) {
            if (remote.id() == null || remote.id().equals(chunk.remote())) {
                continue;
            }
            try {
                OptionalLong size = remote.store().size(objects.nameOf(chunk));
                if (size.isPresent() && size.getAsLong() == chunk.sizeBytes()) {
                    return remote;
                }
            } catch (PoolException e) {
                LOG.debug("no look for a copy of {} on {}: {}", chunk.id(), remote.name(), e.getMessage());
            }
        }
        return null;
    }

    /** The run's bytes out of the copy; null unless every block that has some of them has its checksum. */
    @Nullable
    ByteBuffer copied(Remote remote, Chunk chunk, LostRange lost) throws PoolException {
        long start = lost.extent().chunkOffset();
        long end = start + lost.extent().lengthBytes();
        long from = start / BLOCK * BLOCK;
        long to = Math.min(chunk.sizeBytes(), (end + BLOCK - 1) / BLOCK * BLOCK);
        ByteBuffer whole = ByteBuffer.allocate((int) (to - from));
        remote.store().getRange(objects.nameOf(chunk), from, whole);
        whole.clear();
        if (!hasChecksums(chunk, from, whole)) {
            return null;
        }
        return whole.slice((int) (start - from), (int) (end - start));
    }

    /** Of every block of the chunk that is wholly in hand. */
    private static boolean hasChecksums(Chunk chunk, long from, ByteBuffer bytes) {
        long to = from + bytes.remaining();
        for (long at = (from + BLOCK - 1) / BLOCK * BLOCK; chunk.hasChecksums() && at < to; at += BLOCK) {
            long end = Math.min(chunk.sizeBytes(), at + BLOCK);
            if (end > to) {
                break;
            }
            CRC32C crc = new CRC32C();
            crc.update(bytes.slice((int) (at - from), (int) (end - at)));
            if ((int) crc.getValue() != chunk.crc32c()[(int) (at / BLOCK)]) {
                return false;
            }
        }
        return true;
    }
}
