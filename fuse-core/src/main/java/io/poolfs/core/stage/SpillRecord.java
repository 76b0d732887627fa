package io.poolfs.core.stage;

import io.poolfs.core.meta.PendingExtent;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.Sha256;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The uncommitted content of one inode at one moment, as it is kept in {@code spill_dir}: a data file with the bytes of
 * {@code ranges}, one behind the other, and this record beside it, which makes the data count.
 *
 * @param number grows with each record of this directory; of an inode's records the highest counts
 * @param baseVersion the committed version it stands on
 * @param lastVersion the highest version on which it may be laid: one more than the base when the commit of an older
 *     state was under way, since that is part of this one
 * @param baseLimit committed extents at or beyond it are not part of the content
 * @param pending what was uploaded already, or punched
 * @param chunks where the pending extents lie
 */
record SpillRecord(
        long inode,
        long number,
        long baseVersion,
        long lastVersion,
        long sizeBytes,
        long baseLimit,
        long modifyNanos,
        long changeNanos,
        @Nullable Long accessNanos,
        List<ByteRange> ranges,
        Sha256 dataHash,
        List<PendingExtent> pending,
        List<Chunk> chunks) {
    /** Whether it may or may not be part of the version behind its base. */
    boolean isAmbiguous() {
        return lastVersion > baseVersion;
    }

    /** The same for a content that nothing later than this version has. */
    SpillRecord withLastVersion(long version) {
        return new SpillRecord(
                inode,
                number,
                baseVersion,
                version,
                sizeBytes,
                baseLimit,
                modifyNanos,
                changeNanos,
                accessNanos,
                ranges,
                dataHash,
                pending,
                chunks);
    }

    long dataBytes() {
        return ranges.stream().mapToLong(ByteRange::lengthBytes).sum();
    }
}
