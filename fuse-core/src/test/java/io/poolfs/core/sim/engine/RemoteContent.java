package io.poolfs.core.sim.engine;

import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.meta.PendingExtent;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.Piece;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.model.Sha256;
import io.poolfs.core.remote.ChunkObjects;
import io.poolfs.core.remote.SimBucket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Every extent of the committed content has its bytes on the remote that its chunk names. */
final class RemoteContent {
    private static final ChunkObjects OBJECTS = new ChunkObjects(Pools.DATA);

    private RemoteContent() {}

    /** @param damaged the remote whose objects do not count, or -1 */
    static void check(MetadataReader reader, List<SimBucket> buckets, int damaged) throws PoolException {
        Map<RemoteId, SimBucket> byId = new HashMap<>();
        for (int i = 0; i < buckets.size(); i++) {
            byId.put(Pools.remoteId(i), buckets.get(i));
        }
        reader.allExtents(reference -> {
            Piece piece = reference.extent().piece();
            Chunk chunk = reader.chunk(piece.chunk());
            if (chunk == null) {
                throw new AssertionError(reference + " is in an unknown chunk");
            }
            if (damaged >= 0 && chunk.remote().equals(Pools.remoteId(damaged))) {
                return true;
            }
            byte[] bytes = byId.get(chunk.remote()).bytes(OBJECTS.nameOf(chunk));
            int from = (int) piece.offset();
            int to = (int) (piece.offset() + piece.lengthBytes());
            if (bytes == null || bytes.length < to || !sha256(bytes, from, to).equals(piece.hash())) {
                throw new AssertionError("the bytes of " + reference + " are not on " + chunk.remote() + ": "
                        + (bytes == null ? "no object" : bytes.length + " bytes"));
            }
            return true;
        });
    }

    /** Whether a part of the inode's committed or pending content lies there. */
    static boolean touches(MetadataReader reader, long inode, int remote) throws PoolException {
        RemoteId id = Pools.remoteId(remote);
        for (Extent extent : reader.extents(inode, 0, Long.MAX_VALUE)) {
            Chunk chunk = reader.chunk(extent.piece().chunk());
            if (chunk == null || chunk.remote().equals(id)) {
                return true;
            }
        }
        for (PendingExtent pending : reader.pendingExtents(inode, 0, Long.MAX_VALUE)) {
            Extent extent = pending.extent();
            Chunk chunk =
                    extent == null ? null : reader.pendingChunk(extent.piece().chunk());
            if (chunk != null && chunk.remote().equals(id)) {
                return true;
            }
        }
        return false;
    }

    private static Sha256 sha256(byte[] bytes, int from, int to) {
        try {
            return Sha256.of(MessageDigest.getInstance("SHA-256").digest(Arrays.copyOfRange(bytes, from, to)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
