package io.poolfs.core.stage;

import io.poolfs.core.cache.Image;
import io.poolfs.core.cache.Images;
import io.poolfs.core.journal.ShippedLog;
import io.poolfs.core.model.PoolException;

/**
 * {@link DurableStage} by a copy in {@code spill_dir}. Also for a {@code cache_dir} on a disk: an image that goes on
 * being written is torn by a power loss even when it was synced before, a copy is not; and what was uploaded ahead is
 * only known to the local store, which does not survive it either.
 */
public final class SpilledStage implements DurableStage {
    private final Images images;
    private final Spill spill;
    private final ShippedLog log;
    private final Stager stager;

    public SpilledStage(Images images, Spill spill, ShippedLog log, Stager stager) {
        this.images = images;
        this.spill = spill;
        this.log = log;
        this.stager = stager;
    }

    @Override
    public void sync(long inode) throws PoolException {
        Image image = images.peek(inode);
        if (image == null || !image.content().modified()) {
            log.syncLocally();
            return;
        }
        spill.save(image);
        // The sooner it is committed, the less is copied by the next fsync.
        stager.closed(inode);
    }
}
