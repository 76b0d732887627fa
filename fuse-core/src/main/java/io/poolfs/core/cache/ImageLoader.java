package io.poolfs.core.cache;

import io.poolfs.core.model.PoolException;

/**
 * Reads an image from its files. After a restart it also makes good what a crash cut off: half-made files go, marks
 * without bytes go, and what no mark stands for is punched.
 */
final class ImageLoader {
    private final ImageStore store;
    private final ImageState state;
    private final ImageBlocks blocks;

    ImageLoader(ImageStore store, ImageState state) {
        this.store = store;
        this.state = state;
        this.blocks = state.blocks;
    }

    void load(boolean afterRestart) throws PoolException {
        ImageFiles files = store.files();
        long inode = state.inode;
        if (!files.hasMap(inode)) {
            if (afterRestart) {
                // Bytes without a sidecar were never acknowledged.
                files.delete(inode);
            }
            return;
        }
        if (!files.hasData(inode)) {
            store.setAside(inode, "its bytes are gone");
            return;
        }
        FilePair pair = files.open(inode);
        boolean kept = false;
        try {
            ImageHeader header = Sidecar.readHeader(pair.map(), inode);
            if (header == null) {
                putAway(pair);
                return;
            }
            Sidecar.readSlabs(pair.map(), blocks.present, blocks.dirty);
            boolean repaired = repair(header);
            boolean lost = afterRestart && doubt(header);
            blocks.adopt(pair, header.modified() || !blocks.dirty.isEmpty(), !afterRestart);
            kept = true;
            state.restore(header);
            if (afterRestart) {
                repairFiles(pair, repaired || lost);
            }
            if (header.loan() != ImageHeader.Loan.NONE) {
                takeBack(pair);
            }
        } finally {
            pair.done();
            if (!kept) {
                files.retire(pair);
            }
        }
    }

    /** No header of ours. One that was never written means that nothing was acknowledged; anything else is kept. */
    private void putAway(FilePair pair) throws PoolException {
        if (Sidecar.hasNoHeader(pair.map())) {
            store.files().delete(state.inode);
        } else {
            store.setAside(state.inode, "its sidecar is damaged");
        }
    }

    /**
     * Takes out marks that were written for bytes that never came, or that a truncate had cut off already. Returns
     * whether there were any.
     */
    private boolean repair(ImageHeader header) {
        long end = Math.max(blocks.present.end(), blocks.dirty.end());
        // Every slab with a dirty mark has a place in the presence map from here on: marks are written by that.
        blocks.dirty.forEachRun(0, end, (from, to) -> {
            BlockMap absent = blocks.absentOf(from, to);
            blocks.present.addAll(absent);
            blocks.present.removeAll(absent);
        });
        long removed = blocks.present.clear(ImageBlocks.blocksTo(header.sizeBytes()), end);
        BlockMap unfounded = new BlockMap();
        unfounded.addAll(blocks.dirty);
        unfounded.removeAll(blocks.present);
        blocks.dirty.removeAll(unfounded);
        return removed + unfounded.count() > 0;
    }

    /** An earlier process lent it. While somebody still has it mapped, it stays as it is. */
    private void takeBack(FilePair pair) throws PoolException {
        if (pair.data().isOpenElsewhere()) {
            blocks.setLent(true);
        } else {
            state.setLoan(pair, ImageHeader.Loan.NONE);
        }
    }

    /**
     * What others may have changed unseen, and nobody knows any more how it was, is all dirty, holes too. Returns whether
     * that is so.
     */
    private boolean doubt(ImageHeader header) {
        if (header.loan() != ImageHeader.Loan.SUSPECT) {
            return false;
        }
        long end = ImageBlocks.blocksTo(header.sizeBytes());
        blocks.present.set(0, end);
        blocks.dirty.set(0, end);
        return end > 0;
    }

    private void repairFiles(FilePair pair, boolean repaired) throws PoolException {
        state.settle();
        if (repaired) {
            blocks.marks.write(pair.map(), 0, Math.max(blocks.present.end(), blocks.dirty.end()), null);
        }
        long size = state.content().sizeBytes();
        if (pair.data().sizeBytes() > size) {
            pair.data().truncate(size);
        }
        ImageBlocks.punch(
                pair, blocks.absentOf(0, ImageBlocks.blocksTo(pair.data().sizeBytes())));
    }
}
