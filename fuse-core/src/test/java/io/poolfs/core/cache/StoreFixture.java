package io.poolfs.core.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.RealScheduler;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** A store of images over inodes that a test makes up. The content of inode n is its pattern. */
final class StoreFixture implements AutoCloseable, ContentRecords {
    final RealScheduler scheduler = RealScheduler.create();
    final Map<Long, Inode> inodes = new HashMap<>();
    private final LocalFiles files;
    private final Path dir;
    private final long limit;
    ByteBudget budget;
    ImageStore store;

    StoreFixture(LocalFiles files, Path dir, long limit) throws PoolException {
        this.files = files;
        this.dir = dir;
        this.limit = limit;
        open();
    }

    private void open() throws PoolException {
        budget = new ByteBudget(scheduler, limit);
        store = ImageStore.open(scheduler, files, dir, budget, this);
    }

    void reopen() throws PoolException {
        reopenAtOnce();
        awaitMet();
    }

    void reopenAtOnce() throws PoolException {
        store.close();
        open();
    }

    void awaitMet() throws PoolException {
        assertThat(store.awaitMet(scheduler.deadlineAfter(Duration.ofSeconds(30))))
                .isTrue();
    }

    @Override
    public Inode inode(long number) {
        return inodes.get(number);
    }

    @Override
    public void cut(long inode, long fromOffset) {}

    @Override
    public void hole(long inode, ByteRange range) {}

    Inode define(long number, long version, long size) {
        Inode inode = new Inode(
                number, FileType.REGULAR.modeBits() | 0600, 0, 0, 1, size, 0, version, 0, version, version, 0, null);
        inodes.put(number, inode);
        return inode;
    }

    static byte[] pattern(long inode, long offset, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            long at = offset + i;
            bytes[i] = (byte) (1 + Math.floorMod(inode * 31 + at + at / 4096 * 7, 250));
        }
        return bytes;
    }

    void write(Image image, long offset, int length) throws PoolException {
        image.write(
                offset,
                ByteBuffer.wrap(pattern(image.inode(), offset, length)),
                1,
                scheduler.deadlineAfter(Duration.ofSeconds(5)));
    }

    /** Makes the absent part of the range present, as a fetch would. */
    void install(Image image, long offset, int length) throws PoolException {
        try (Image.Landing landing = image.land(offset, length)) {
            ByteRange range = landing.range();
            byte[] bytes = new byte[(int) range.lengthBytes()];
            int known = (int) Math.min(range.lengthBytes(), image.content().sizeBytes() - range.offset());
            System.arraycopy(pattern(image.inode(), range.offset(), known), 0, bytes, 0, known);
            long cost = landing.costBytes(bytes.length);
            budget.reserve(Budget.Use.CLEAN, cost, scheduler.deadlineAfter(Duration.ofSeconds(5)));
            landing.install(range.offset(), ByteBuffer.wrap(bytes), cost, false);
        }
    }

    /** Everything sealed, uploaded and committed; the inode has it from now on. */
    void commit(Image image) throws PoolException {
        Image.Seal seal = image.seal();
        for (ByteRange range : seal.ranges()) {
            seal.copied(range);
        }
        long version = seal.content().baseVersion() + 1;
        define(image.inode(), version, seal.content().sizeBytes());
        seal.committed(version);
    }

    long usedBytes() {
        return budget.usedBytes(Budget.Use.CLEAN) + budget.usedBytes(Budget.Use.STAGED);
    }

    @Override
    public void close() {
        store.close();
        scheduler.close();
    }
}
