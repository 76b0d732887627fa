package io.poolfs.core.fs;

import io.poolfs.core.cache.Image;
import io.poolfs.core.cache.Images;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the {@code user.poolfs.*} attributes of a file say: {@code state} (committed, staged), {@code version}, {@code
 * chunks} (ids), {@code remotes} (names), {@code cached} (bytes present here of the size, and whether pinned).
 */
final class FileReport {
    private final Metadata metadata;
    private final Images images;
    private final Function<RemoteId, String> remoteName;

    FileReport(Metadata metadata, Images images, Function<RemoteId, String> remoteName) {
        this.metadata = metadata;
        this.images = images;
        this.remoteName = remoteName;
    }

    byte[] value(long inode, String attribute) throws PoolException {
        Image image = images.peek(inode);
        String text = attribute.equals("cached")
                ? cached(metadata.read(reader -> reader.requireInode(inode)), image)
                : metadata.read(reader -> text(reader, reader.requireInode(inode), image, attribute));
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String text(MetadataReader reader, Inode inode, @Nullable Image image, String attribute)
            throws PoolException {
        boolean modified = image != null && image.content().modified();
        return switch (attribute) {
            case "state" -> modified || !inode.hasCommittedContent() ? "staged" : "committed";
            case "version" -> Long.toString(inode.version());
            case "chunks" -> chunks(reader, inode).stream().map(ChunkId::hex).collect(Collectors.joining(" "));
            case "remotes" -> remotes(reader, inode);
            default ->
                throw new PoolException(Reason.NO_ATTRIBUTE, "poolfs tells no attribute user.poolfs." + attribute);
        };
    }

    private String cached(Inode inode, @Nullable Image known) throws PoolException {
        long sizeBytes =
                known != null && known.content().modified() ? known.content().sizeBytes() : inode.sizeBytes();
        return present(inode, known) + " of " + sizeBytes + (images.isPinned(inode.number()) ? ", pinned" : "");
    }

    /** What a closed file left in the cache is looked up. */
    private long present(Inode inode, @Nullable Image known) throws PoolException {
        if (known != null || !inode.isRegular()) {
            return known == null ? 0 : known.residentBytes();
        }
        Image image = images.acquire(inode);
        try {
            return image.residentBytes();
        } finally {
            images.release(image);
        }
    }

    private String remotes(MetadataReader reader, Inode inode) throws PoolException {
        Set<String> names = new LinkedHashSet<>();
        for (ChunkId id : chunks(reader, inode)) {
            Chunk chunk = reader.chunk(id);
            names.add(chunk == null ? "?" : remoteName.apply(chunk.remote()));
        }
        return String.join(" ", names);
    }

    private static Set<ChunkId> chunks(MetadataReader reader, Inode inode) throws PoolException {
        Set<ChunkId> chunks = new LinkedHashSet<>();
        for (Extent extent : reader.extents(inode.number(), 0, Math.max(1, inode.sizeBytes()))) {
            chunks.add(extent.piece().chunk());
        }
        return chunks;
    }
}
