package io.poolfs.core.fetch;

import io.poolfs.core.cache.ContentRecords;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.PendingExtent;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The metadata as the images see it. */
final class MetadataRecords implements ContentRecords {
    private final Metadata metadata;

    MetadataRecords(Metadata metadata) {
        this.metadata = metadata;
    }

    @Override
    public @Nullable Inode inode(long number) throws PoolException {
        return metadata.read(reader -> Optional.ofNullable(reader.inode(number)))
                .orElse(null);
    }

    @Override
    public void cut(long inode, long fromOffset) throws PoolException {
        boolean any = metadata.read(reader ->
                !reader.pendingExtents(inode, fromOffset, Long.MAX_VALUE).isEmpty());
        if (any) {
            metadata.alter(writer -> writer.dropPending(inode, ByteRange.between(fromOffset, Long.MAX_VALUE)));
        }
    }

    @Override
    public void hole(long inode, ByteRange range) throws PoolException {
        metadata.alter(writer -> writer.putPending(inode, new PendingExtent(range, null)));
    }
}
