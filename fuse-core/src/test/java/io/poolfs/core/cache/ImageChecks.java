package io.poolfs.core.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.Monitor;
import java.nio.ByteBuffer;

/** The invariants of an image and of its store, checked against the files and the budget. */
final class ImageChecks {
    private static final int BLOCK = Image.BLOCK_BYTES;

    private ImageChecks() {}

    /** What an image costs of the budget. */
    record Cost(long clean, long staged) {}

    static Cost check(Image subject) throws PoolException {
        SparseImage image = (SparseImage) subject;
        try (Monitor.Hold hold = image.lock()) {
            ImageState state = image.state();
            ImageBlocks blocks = state.blocks;
            checkMaps(state, blocks);
            checkSeals(state, blocks);
            if (blocks.hasFiles()) {
                FilePair pair = blocks.use();
                try {
                    checkFiles(state, blocks, pair);
                } finally {
                    pair.done();
                }
            }
            long staged = (blocks.dirty.count() + blocks.sealed.count()) * BLOCK;
            long clean = blocks.present.count() * BLOCK - staged;
            boolean filesStaged = blocks.filesUse() == Budget.Use.STAGED;
            assertThat(filesStaged || !blocks.hasFiles())
                    .as("modified content pays its files as staged")
                    .isEqualTo(state.content().modified() || !blocks.hasFiles());
            return new Cost(
                    clean + (filesStaged ? 0 : blocks.filesBytes()), staged + (filesStaged ? blocks.filesBytes() : 0));
        }
    }

    private static void checkMaps(ImageState state, ImageBlocks blocks) {
        assertThat(minus(blocks.dirty, blocks.present).count())
                .as("dirty is present")
                .isZero();
        assertThat(minus(blocks.sealed, blocks.present).count())
                .as("sealed is present")
                .isZero();
        assertThat(minus(blocks.uncopied, blocks.sealed).count())
                .as("uncopied is sealed")
                .isZero();
        assertThat(minus(blocks.dirty, blocks.sealed).count())
                .as("dirty and sealed are disjoint")
                .isEqualTo(blocks.dirty.count());
        long last = ImageBlocks.blocksTo(state.content().sizeBytes());
        assertThat(blocks.present.nextSet(last, Math.max(last, blocks.present.end())))
                .as("nothing is present behind the size")
                .isEqualTo(Math.max(last, blocks.present.end()));
        assertThat(state.content().baseLimit())
                .isLessThanOrEqualTo(state.content().sizeBytes());
        if (!blocks.dirty.isEmpty() || !blocks.sealed.isEmpty()) {
            assertThat(state.content().modified()).as("modified").isTrue();
        }
    }

    private static void checkSeals(ImageState state, ImageBlocks blocks) {
        BlockMap all = new BlockMap();
        long sum = 0;
        for (BlockSeal seal : state.seals.open()) {
            all.addAll(seal.held());
            sum += seal.held().count();
        }
        assertThat(sum).as("each sealed block is held once").isEqualTo(all.count());
        assertThat(all.count()).as("what is sealed is held").isEqualTo(blocks.sealed.count());
        assertThat(minus(all, blocks.sealed).count()).isZero();
    }

    private static void checkFiles(ImageState state, ImageBlocks blocks, FilePair pair) throws PoolException {
        ImageHeader header = Sidecar.readHeader(pair.map(), state.inode);
        if (header != null) {
            assertThat(header.sizeBytes()).isEqualTo(state.content().sizeBytes());
            assertThat(header.baseVersion()).isEqualTo(state.content().baseVersion());
            assertThat(header.baseLimit()).isEqualTo(state.content().baseLimit());
            boolean marked = !blocks.dirty.isEmpty() || !blocks.sealed.isEmpty();
            assertThat(header.modified() || marked)
                    .as("modified on disk")
                    .isEqualTo(state.content().modified());
        } else {
            assertThat(blocks.present.isEmpty()).isTrue();
        }
        BlockMap present = new BlockMap();
        BlockMap dirty = new BlockMap();
        Sidecar.readSlabs(pair.map(), present, dirty);
        assertSame(present, blocks.present, "presence on disk");
        BlockMap marked = new BlockMap();
        marked.addAll(blocks.dirty);
        marked.addAll(blocks.sealed);
        assertSame(dirty, marked, "dirty marks on disk");
        BlockMap pages = new BlockMap();
        present.forEachRun(
                0,
                present.end(),
                (from, to) -> pages.set(
                        Sidecar.pageOf(ImageBlocks.slabOf(from)), Sidecar.pageOf(ImageBlocks.slabOf(to - 1)) + 1));
        pages.clear(0, 1);
        assertSame(blocks.marks.pages(), pages, "pages of the sidecar");
        checkHoles(blocks, pair);
        checkTail(state, blocks, pair);
    }

    private static void checkHoles(ImageBlocks blocks, FilePair pair) throws PoolException {
        ByteBuffer bytes = ByteBuffer.allocate(BLOCK);
        long last = ImageBlocks.blocksTo(pair.data().sizeBytes());
        // Some file systems count a block of their own.
        if (pair.data().allocatedBytes() <= blocks.present.count() * BLOCK) {
            return;
        }
        for (long at = blocks.present.nextClear(0, last); at < last; at = blocks.present.nextClear(at + 1, last)) {
            pair.data().read(at * BLOCK, bytes.clear());
            assertThat(ByteBuffer.allocate(bytes.position()).mismatch(bytes.flip()))
                    .as("absent block " + at + " is a hole")
                    .isEqualTo(-1);
        }
    }

    private static void checkTail(ImageState state, ImageBlocks blocks, FilePair pair) throws PoolException {
        long size = state.content().sizeBytes();
        int tail = (int) ((BLOCK - size % BLOCK) % BLOCK);
        if (tail > 0 && blocks.present.get(size / BLOCK)) {
            ByteBuffer bytes = ByteBuffer.allocate(tail);
            pair.data().read(size, bytes);
            for (byte b : bytes.array()) {
                assertThat(b).as("behind the size are zeros").isZero();
            }
        }
    }

    private static void assertSame(BlockMap actual, BlockMap expected, String what) {
        assertThat(actual.count()).as(what).isEqualTo(expected.count());
        assertThat(minus(actual, expected).count()).as(what).isZero();
    }

    private static BlockMap minus(BlockMap a, BlockMap b) {
        BlockMap rest = new BlockMap();
        rest.addAll(a);
        rest.removeAll(b);
        return rest;
    }
}
