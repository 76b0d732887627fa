package io.poolfs.cli.fake;

import io.poolfs.cli.daemon.Mounter;
import io.poolfs.cli.service.KernelView;
import io.poolfs.core.fs.PoolFileSystem;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** Mounts nothing; remembers what it was asked. */
public final class FakeMounter implements Mounter {
    public final List<FakeMount> mounts = new CopyOnWriteArrayList<>();

    @Override
    public Mounted mount(PoolFileSystem fs, Path mountpoint, String source, String options) {
        FakeMount mount = new FakeMount(mountpoint, source, options);
        mounts.add(mount);
        return mount;
    }

    /** A mount that ends when it is told to, from inside or, as by umount(8), by the test. */
    public record FakeMount(Path mountpoint, String source, String options, CountDownLatch end) implements Mounted {
        FakeMount(Path mountpoint, String source, String options) {
            this(mountpoint, source, options, new CountDownLatch(1));
        }

        @Override
        public KernelView kernel() {
            return KernelView.NONE;
        }

        @Override
        public void awaitEnd() throws InterruptedException {
            end.await();
        }

        @Override
        public void unmount() {
            end.countDown();
        }
    }
}
