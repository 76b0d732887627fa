package io.poolfs.core.sim.engine;

import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.model.Chunk;
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

    static void check(MetadataReader reader, List<SimBucket> buckets) throws PoolException {
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

    private static Sha256 sha256(byte[] bytes, int from, int to) {
        try {
            return Sha256.of(MessageDigest.getInstance("SHA-256").digest(Arrays.copyOfRange(bytes, from, to)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
