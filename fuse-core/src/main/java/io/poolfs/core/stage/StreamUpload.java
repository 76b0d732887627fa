package io.poolfs.core.stage;

import io.poolfs.core.cache.Image;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.PoolException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a content on its way ahead of the commit. What it became is written once, before it is done; who waits
 * for it does so on the stager's monitor.
 */
final class StreamUpload implements PieceSource {
    final FileWork work;
    final Image.Seal seal;
    volatile boolean done;

    /** Where its bytes lie now; null when nothing came of it. */
    volatile @Nullable List<Extent> extents;

    StreamUpload(FileWork work, Image.Seal seal) {
        this.work = work;
        this.seal = seal;
    }

    @Override
    public void read(long fileOffset, ByteBuffer dst) throws PoolException {
        seal.read(fileOffset, dst);
    }

    @Override
    public void copied(ByteRange range) {
        seal.copied(range);
    }
}
