package io.poolfs.core.sim;

import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.Piece;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.SimBucket;
import java.util.Arrays;
import java.util.Map;

/** Every extent of the metadata has its bytes on the remote that its chunk names. */
final class ContentCheck {
    private final MetadataReader reader;
    private final Map<RemoteId, SimBucket> buckets;

    private ContentCheck(MetadataReader reader, Map<RemoteId, SimBucket> buckets) {
        this.reader = reader;
        this.buckets = buckets;
    }

    static void run(MetadataReader reader, Map<RemoteId, SimBucket> buckets) throws PoolException {
        reader.inodes(new ContentCheck(reader, buckets)::check);
    }

    private boolean check(Inode inode) throws PoolException {
        for (Extent extent : reader.extents(inode.number(), 0, Long.MAX_VALUE)) {
            Piece piece = extent.piece();
            var chunk = reader.chunk(piece.chunk());
            if (chunk == null) {
                throw new AssertionError("inode " + inode.number() + " has an extent in an unknown chunk: " + extent);
            }
            byte[] bytes = buckets.get(chunk.remote()).bytes(Workload.OBJECTS.nameOf(piece.chunk()));
            int from = (int) piece.offset();
            int to = (int) (piece.offset() + piece.lengthBytes());
            if (bytes == null
                    || bytes.length < to
                    || !Workload.sha256(Arrays.copyOfRange(bytes, from, to)).equals(piece.hash())) {
                throw new AssertionError(
                        "inode " + inode.number() + ": the bytes of " + extent + " are not on " + chunk.remote());
            }
        }
        return true;
    }
}
