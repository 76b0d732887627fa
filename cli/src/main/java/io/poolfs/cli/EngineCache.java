package io.poolfs.cli;

import io.poolfs.cli.service.CacheControl;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.pool.KeptContent;
import java.util.Collection;
import java.util.List;
import java.util.function.LongConsumer;

/** The engine's {@link KeptContent} as the commands see it. */
final class EngineCache implements CacheControl {
    private final KeptContent kept;

    EngineCache(KeptContent kept) {
        this.kept = kept;
    }

    @Override
    public long contentBytes(long inode) throws PoolException {
        return kept.contentBytes(inode);
    }

    @Override
    public long presentBytes(long inode) throws PoolException {
        return kept.presentBytes(inode);
    }

    @Override
    public long warm(long inode, LongConsumer moved) throws PoolException {
        return kept.warm(inode, moved);
    }

    @Override
    public long evict(long inode) throws PoolException {
        return kept.evict(inode);
    }

    @Override
    public void pin(Collection<Long> inodes) throws PoolException {
        kept.pin(inodes);
    }

    @Override
    public void unpin(Collection<Long> inodes) throws PoolException {
        kept.unpin(inodes);
    }

    @Override
    public boolean isPinned(long inode) {
        return kept.isPinned(inode);
    }

    @Override
    public List<Long> pins() {
        return kept.pins();
    }

    @Override
    public Pinned pinned() throws PoolException {
        KeptContent.Pinned pinned = kept.pinned();
        return new Pinned(pinned.files(), pinned.bytes(), pinned.limitBytes());
    }
}
