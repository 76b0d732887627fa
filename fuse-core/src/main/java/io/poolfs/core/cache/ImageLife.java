package io.poolfs.core.cache;

import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;

/**
 * From the first acquire of an image to its end: what is on disk is read, compared with the metadata, kept while
 * somebody has the image open or has changed it, and then left to the residency or deleted. Every method needs the
 * image's lock held.
 */
final class ImageLife {
    private final ImageStore store;
    private final SparseImage image;
    private final ImageState state;
    private final ImageBlocks blocks;

    /** Acquires and landings that were not released yet. */
    private int opens;

    /** What is on disk has been read. */
    private boolean loaded;

    /** It has been compared with the metadata. */
    private boolean reconciled;

    /** No longer the image of its inode: not in the store any more. */
    private boolean gone;

    /** To be deleted at the last release. */
    private boolean forgotten;

    ImageLife(ImageStore store, SparseImage image, ImageState state) {
        this.store = store;
        this.image = image;
        this.state = state;
        this.blocks = state.blocks;
    }

    boolean isGone() {
        return gone;
    }

    boolean isOpenOrModified() {
        return !gone && (opens > 0 || state.content().modified());
    }

    /** Opens it for one more user; false when it is gone and another one must be made. */
    boolean open(Inode committed) throws PoolException {
        if (gone) {
            return false;
        }
        keep();
        boolean done = false;
        try {
            prepare(committed);
            done = true;
        } finally {
            if (!done) {
                release();
            }
        }
        return true;
    }

    /** It stays for one more user until {@link #release}. */
    void keep() {
        opens++;
    }

    void release() {
        opens--;
        if (opens < 0) {
            throw new IllegalStateException("image of inode " + state.inode + " released more often than acquired");
        }
        try {
            endIfIdle();
        } catch (PoolException e) {
            store.noteFailure("the image of inode " + state.inode + " could not be put away", e);
        }
    }

    private void prepare(Inode committed) throws PoolException {
        load();
        if (reconciled) {
            state.refreshTimes(committed);
            return;
        }
        // What the caller knows may be older than what was committed through an image that is closed by now.
        Inode now = store.records().inode(state.inode);
        Inode journaled = now == null ? committed : now;
        if (!blocks.hasFiles()) {
            state.begin(journaled);
        } else if (!state.reconcile(journaled)) {
            drop(journaled);
        } else {
            state.refreshTimes(journaled);
        }
        reconciled = true;
    }

    /** What was found on disk belongs to another version. */
    private void drop(Inode journaled) throws PoolException {
        if (state.content().modified()) {
            store.setAside(
                    state.inode,
                    "its uncommitted content stands on version "
                            + state.content().baseVersion() + ", the inode has " + journaled.version());
            blocks.remove(0, blocks.present.end());
            blocks.forgetFiles();
        } else {
            blocks.discard();
        }
        state.abandon(journaled);
    }

    /** Reads what is on disk, once; what an earlier process left may be as a crash left it. */
    private void load() throws PoolException {
        if (!loaded) {
            new ImageLoader(store, state).load(store.claimFirstLook(state.inode));
            loaded = true;
            blocks.setPinned(store.isPinned(state.inode));
        }
    }

    /** Reads it at the start; what is not modified is known to the residency now and need not stay. */
    void loadAtStart() throws PoolException {
        load();
        endIfIdle();
    }

    /** Gives the clean bytes of the slab up; returns what came free. */
    long evict(Residency.Slab slab) throws PoolException {
        if (gone) {
            return 0;
        }
        load();
        try {
            return evictLoaded(slab);
        } finally {
            endIfIdle();
        }
    }

    private long evictLoaded(Residency.Slab slab) throws PoolException {
        long bytes = blocks.evictableBytes(slab.number());
        if (bytes == 0) {
            store.residency().remove(slab);
            return 0;
        }
        if (isIdle() && bytes == blocks.residentBytes()) {
            long all = bytes + blocks.filesBytes();
            blocks.discard();
            return all;
        }
        long from = slab.number() * BlockMap.SLAB_BLOCKS;
        FilePair pair = blocks.use();
        try {
            return blocks.evict(pair, from, from + BlockMap.SLAB_BLOCKS);
        } finally {
            pair.done();
        }
    }

    void setPinned(boolean pinned) throws PoolException {
        if (!gone) {
            load();
            blocks.setPinned(pinned);
            endIfIdle();
        }
    }

    /** The inode is gone: everything is given back, now or at the last release. False when this image has ended. */
    boolean forget() throws PoolException {
        if (gone) {
            return false;
        }
        load();
        forgotten = true;
        endIfIdle();
        return true;
    }

    private boolean isIdle() {
        return opens == 0 && !state.content().modified() && state.seals.isEmpty();
    }

    /** Leaves the store when nobody needs it in memory; deletes the files that nobody needs. */
    void endIfIdle() throws PoolException {
        boolean ends = opens == 0 && forgotten;
        if (gone || !(ends || isIdle())) {
            return;
        }
        gone = true;
        state.seals.open().clear();
        try {
            if (ends || (blocks.hasFiles() && blocks.present.isEmpty())) {
                blocks.discard();
            } else {
                blocks.retire();
            }
        } finally {
            // Not before: the next image of this inode would begin with the files that are deleted here.
            store.remove(image);
        }
    }
}
