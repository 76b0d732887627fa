package io.poolfs.core.cache;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.local.RealFiles;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.RealScheduler;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Times what images cost; run by hand, with a directory in tmpfs as the argument. */
public final class ImageBenchmark {
    private static final int FILES = 20_000;
    private static final int MIB = 1 << 20;
    private static final long BUDGET = 2048L * MIB;

    private ImageBenchmark() {}

    public static void main(String[] args) throws PoolException {
        Path dir = Path.of(args[0]).resolve("image-benchmark");
        LocalFiles files = RealFiles.create();
        try (RealScheduler scheduler = RealScheduler.create()) {
            for (int round = 0; round < 3; round++) {
                files.deleteTree(dir);
                smallFiles(scheduler, files, dir.resolve("small"));
                largeFile(scheduler, files, dir.resolve("large"));
            }
        } finally {
            files.deleteTree(dir);
        }
    }

    private static void smallFiles(RealScheduler scheduler, LocalFiles files, Path dir) throws PoolException {
        ImageStore store = open(scheduler, files, dir);
        ByteBuffer bytes = ByteBuffer.allocateDirect(2000);
        long start = cpuNanos();
        for (int i = 1; i <= FILES; i++) {
            Image image = store.acquire(inode(i));
            image.write(0, bytes.clear(), 1, Long.MAX_VALUE);
            store.release(image);
        }
        report("create with one write", FILES, start);
        start = cpuNanos();
        for (Image image : store.modified()) {
            Image.Seal seal = image.seal();
            seal.read(0, bytes.clear());
            seal.copied(new ByteRange(0, 2000));
            seal.committed(1);
        }
        report("seal and commit", FILES, start);
        start = cpuNanos();
        long freed = 0;
        while (store.makeRoom(MIB)) {
            freed += MIB;
        }
        System.out.println("freed " + freed);
        report("evict", FILES, start);
        start = cpuNanos();
        for (int i = 1; i <= FILES; i++) {
            store.release(store.acquire(inode(FILES + i)));
        }
        report("open and close an empty file", FILES, start);
        store.close();
    }

    private static void largeFile(RealScheduler scheduler, LocalFiles files, Path dir) throws PoolException {
        ImageStore store = open(scheduler, files, dir);
        Image image = store.acquire(inode(1));
        ByteBuffer bytes = ByteBuffer.allocateDirect(128 << 10);
        int count = 512 * MIB / bytes.capacity();
        long start = cpuNanos();
        for (int i = 0; i < count; i++) {
            image.write((long) i * bytes.capacity(), bytes.clear(), 1, Long.MAX_VALUE);
        }
        report("write 128 KiB", count, start);
        start = cpuNanos();
        for (int i = 0; i < count; i++) {
            image.write((long) i * bytes.capacity(), bytes.clear(), 1, Long.MAX_VALUE);
        }
        report("write 128 KiB again", count, start);
        start = cpuNanos();
        for (int i = 0; i < count; i++) {
            image.read((long) i * bytes.capacity(), bytes.clear());
        }
        report("read 128 KiB", count, start);
        ByteBuffer block = ByteBuffer.allocateDirect(4096);
        start = cpuNanos();
        for (int i = 0; i < 10 * FILES; i++) {
            image.read(i * 7919L * 4096 % (512L * MIB), block.clear());
        }
        report("read 4 KiB", 10 * FILES, start);
        start = cpuNanos();
        for (int i = 0; i < FILES; i++) {
            image.write(i * 7919L * 4096 % (512L * MIB), block.clear(), 1, Long.MAX_VALUE);
        }
        report("write 4 KiB", FILES, start);
        store.close();
    }

    private static ImageStore open(RealScheduler scheduler, LocalFiles files, Path dir) throws PoolException {
        ContentRecords records = new ContentRecords() {
            @Override
            public Inode inode(long number) {
                return ImageBenchmark.inode(number);
            }

            @Override
            public void cut(long inode, long fromOffset) {}

            @Override
            public void hole(long inode, ByteRange range) {}
        };
        return ImageStore.open(scheduler, files, dir, new ByteBudget(scheduler, BUDGET), records);
    }

    private static Inode inode(long number) {
        return new Inode(number, FileType.REGULAR.modeBits() | 0600, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, null);
    }

    /** Time of this thread on a processor: others on the machine do not count. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static void report(String what, int count, long start) {
        System.out.printf("%-32s %8.2f us%n", what, (cpuNanos() - start) / 1000.0 / count);
    }
}
