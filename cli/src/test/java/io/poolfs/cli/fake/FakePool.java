package io.poolfs.cli.fake;

import io.poolfs.cli.service.Answers;
import io.poolfs.cli.service.CacheControl;
import io.poolfs.cli.service.OpenPool;
import io.poolfs.cli.service.Progress;
import io.poolfs.core.cache.Budget;
import io.poolfs.core.cache.Image;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.journal.ShippedLog;
import io.poolfs.core.meta.KeyValueMetadata;
import io.poolfs.core.meta.MemoryStore;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.Transaction;
import io.poolfs.core.meta.TransactionLog;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.remote.RemoteStatus;
import io.poolfs.core.stage.Stager;
import io.poolfs.core.time.RealScheduler;
import io.poolfs.core.time.Scheduler;
import io.poolfs.mount.memory.MemoryFileSystem;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A pool whose files are in memory. Everything counts as uploaded once {@link #letUploadsEnd} was called. */
public final class FakePool implements OpenPool {
    private final PoolConfig config;
    private final RealScheduler scheduler = RealScheduler.create();
    private final MemoryFileSystem fs = new MemoryFileSystem();
    private final Metadata metadata;
    private final CountDownLatch uploads;
    public final List<PoolConfig> reloads = new ArrayList<>();
    public final AtomicInteger closes = new AtomicInteger();
    public volatile @Nullable String readOnlyReason;

    public FakePool(PoolConfig config, boolean uploadsEnd) throws PoolException {
        this.config = config;
        this.uploads = new CountDownLatch(uploadsEnd ? 0 : 1);
        this.metadata = KeyValueMetadata.open(new MemoryStore(scheduler), new NoLog(), scheduler.clock());
    }

    public void letUploadsEnd() {
        uploads.countDown();
    }

    @Override
    public PoolConfig config() {
        return config;
    }

    @Override
    public PoolId id() {
        return new PoolId(1, 2);
    }

    @Override
    public Scheduler scheduler() {
        return scheduler;
    }

    @Override
    public PoolFileSystem fileSystem() {
        return fs;
    }

    @Override
    public Metadata metadata() {
        return metadata;
    }

    @Override
    public Stager stager() {
        return new FakeStager();
    }

    @Override
    public ShippedLog shipped() {
        return new FakeLog();
    }

    @Override
    public Budget budget() {
        return (Budget) Proxy.newProxyInstance(
                Budget.class.getClassLoader(), new Class<?>[] {Budget.class}, (proxy, method, arguments) -> 1000L);
    }

    @Override
    public Reading reading() {
        return Reading.NONE;
    }

    /** Its methods answer 0, false, nothing. */
    @Override
    public CacheControl cache() {
        return (CacheControl) Proxy.newProxyInstance(
                CacheControl.class.getClassLoader(),
                new Class<?>[] {CacheControl.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "pins" -> List.of();
                    case "pinned" -> CacheControl.Pinned.NONE;
                    case "isPinned" -> false;
                    case "pin", "unpin" -> null;
                    default -> 0L;
                });
    }

    @Override
    public List<RemoteStatus> remotes() {
        return config.remotes().stream()
                .map(remote -> new RemoteStatus(
                        remote.name(),
                        null,
                        RemoteStatus.Health.HEALTHY,
                        remote.enabled(),
                        false,
                        remote.priority(),
                        OptionalLong.of(10L << 30),
                        OptionalLong.empty(),
                        0,
                        "disk",
                        2,
                        0,
                        0,
                        0,
                        0,
                        null))
                .toList();
    }

    @Override
    public @Nullable String readOnlyReason() {
        return readOnlyReason;
    }

    @Override
    public List<String> notes() {
        return List.of("a fake");
    }

    @Override
    public List<Answers.Staged> staged() {
        return List.of();
    }

    @Override
    public void reload(PoolConfig changed) {
        reloads.add(changed);
    }

    @Override
    public RemoteStatus test(String remote) {
        return remotes().get(0);
    }

    @Override
    public List<Answers.Bench> bench(Answers.BenchOrder order, Consumer<String> phase) {
        phase.accept("uploading");
        return List.of(
                new Answers.Bench("quick:", 5L, 3L, 100L << 20, 200L << 20, 50.0, null),
                new Answers.Bench("slow:", 900L, 300L, 1L << 20, 2L << 20, 2.0, null),
                new Answers.Bench("gone:", null, null, null, null, null, "gone: is down"));
    }

    @Override
    public boolean join(String remote) {
        return false;
    }

    @Override
    public Answers.Imported importRclonepool(
            Answers.ImportOrder order, PoolFileSystem.Caller owner, Progress.Listener listener) {
        return new Answers.Imported(order.dryRun(), 0, 0, 0, 0, List.of());
    }

    @Override
    public Answers.Collected collectGarbage(boolean now, boolean delete) {
        return new Answers.Collected(0, 0, 0, 0, List.of());
    }

    @Override
    public Answers.Checked check(Answers.CheckOrder order, Progress.Listener listener) {
        listener.update(new Progress("checking", 1, 2, "files", null));
        return new Answers.Checked(1, 2, 3, List.of("chunk 17 is gone"), List.of(), List.of());
    }

    @Override
    public Answers.Stopped close(Duration drain) {
        closes.incrementAndGet();
        boolean all = uploads.getCount() == 0;
        return all
                ? new Answers.Stopped(0, 0, null)
                : new Answers.Stopped(1, 100, config.spillDir().toString());
    }

    @Override
    public void close() {
        closes.incrementAndGet();
    }

    private final class FakeStager implements Stager {
        @Override
        public void modified(Image image) {}

        @Override
        public void closed(long inode) {}

        @Override
        public void closedEmpty(long inode) {}

        @Override
        public long commit(long inode, long deadlineNanos) throws PoolException {
            commitAll(deadlineNanos);
            return 1;
        }

        @Override
        public void commitAll(long deadlineNanos) throws PoolException {
            try {
                uploads.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void forget(long inode) {}

        @Override
        public Status status() {
            long left = uploads.getCount();
            return new Status(left, 100 * left, 0, 0, 0);
        }

        @Override
        public void close() {}
    }

    private static final class FakeLog implements ShippedLog {
        @Override
        public long shippedTransaction() {
            return 7;
        }

        @Override
        public void awaitShipped(long transaction, long deadlineNanos) {}

        @Override
        public void syncLocally() {}

        @Override
        public long epoch() {
            return 1;
        }

        @Override
        public PoolException fenced() {
            return null;
        }
    }

    private static final class NoLog implements TransactionLog {
        @Override
        public void append(Transaction transaction) {}

        @Override
        public void abort(long transaction) {}
    }
}
