package io.poolfs.cli;

import io.poolfs.cli.service.Answers;
import io.poolfs.cli.service.CacheControl;
import io.poolfs.cli.service.InodePaths;
import io.poolfs.cli.service.OpenPool;
import io.poolfs.cli.service.PoolPath;
import io.poolfs.cli.service.Progress;
import io.poolfs.core.adopt.RclonepoolImport;
import io.poolfs.core.cache.Budget;
import io.poolfs.core.cache.Image;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.fs.ReadActivity;
import io.poolfs.core.journal.ShippedLog;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.pool.Pool;
import io.poolfs.core.pool.PoolAudit;
import io.poolfs.core.remote.RemoteActivity;
import io.poolfs.core.remote.RemoteStatus;
import io.poolfs.core.stage.Stager;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.upkeep.GarbageCollector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The engine's {@link Pool} as the commands see it. */
final class EnginePool implements OpenPool {
    private final Pool pool;

    EnginePool(Pool pool) {
        this.pool = pool;
    }

    @Override
    public PoolConfig config() {
        return pool.config();
    }

    @Override
    public PoolId id() {
        return pool.id();
    }

    @Override
    public Scheduler scheduler() {
        return pool.scheduler();
    }

    @Override
    public void prepareReads() {
        pool.prepareReads();
    }

    @Override
    public PoolFileSystem fileSystem() {
        return pool.fileSystem();
    }

    @Override
    public Metadata metadata() {
        return pool.metadata();
    }

    @Override
    public Stager stager() {
        return pool.stager();
    }

    @Override
    public ShippedLog shipped() {
        return pool.journal();
    }

    @Override
    public Budget budget() {
        return pool.images().budget();
    }

    @Override
    public List<RemoteStatus> remotes() {
        return pool.remoteStatuses();
    }

    @Override
    public CacheControl cache() {
        return new EngineCache(pool.kept());
    }

    @Override
    public Reading reading() {
        ReadActivity activity = pool.fileSystem().reading();
        return new Reading(activity.readBytes(), pool.fetchedBytes(), activity.openFiles(), activity.readers());
    }

    @Override
    public long limitBytesPerSecond() {
        return pool.limitBytesPerSecond();
    }

    @Override
    public List<RemoteActivity> activities() {
        return pool.remotes().activities();
    }

    @Override
    public @Nullable String readOnlyReason() {
        return pool.readOnlyReason();
    }

    @Override
    public List<String> notes() {
        return pool.notes();
    }

    @Override
    public List<Answers.Staged> staged() throws PoolException {
        List<Answers.Staged> staged = new ArrayList<>();
        for (Image image : pool.images().modified()) {
            for (PoolPath path : pool.metadata().read(reader -> InodePaths.of(reader, image.inode()))) {
                staged.add(
                        new Answers.Staged(path, image.inode(), image.content().sizeBytes(), "uncommitted"));
            }
        }
        Set<Long> listed = new HashSet<>();
        staged.forEach(file -> listed.add(file.inode()));
        for (long inode : pool.journal().unshippedContent()) {
            Inode committed = pool.metadata()
                    .read(reader -> Optional.ofNullable(reader.inode(inode)))
                    .orElse(null);
            if (committed == null || listed.contains(inode)) {
                continue;
            }
            for (PoolPath path : pool.metadata().read(reader -> InodePaths.of(reader, inode))) {
                staged.add(new Answers.Staged(path, inode, committed.sizeBytes(), "not shipped"));
            }
        }
        return staged;
    }

    @Override
    public void reload(PoolConfig config) throws PoolException {
        pool.reload(config);
    }

    @Override
    public RemoteStatus test(String remote) throws PoolException {
        return pool.test(remote);
    }

    @Override
    public List<Answers.Bench> bench(Answers.BenchOrder order, Consumer<String> phase) throws PoolException {
        return pool.bench(order.remotes(), order.oneByOne(), Duration.ofMillis(order.phaseMillis()), phase).stream()
                .map(figures -> new Answers.Bench(
                        figures.name(),
                        figures.putMillis(),
                        figures.getMillis(),
                        figures.upBytesPerSecond(),
                        figures.downBytesPerSecond(),
                        figures.deletesPerSecond(),
                        figures.error()))
                .toList();
    }

    @Override
    public boolean join(String remote) throws PoolException {
        return pool.join(remote);
    }

    @Override
    public Answers.Imported importRclonepool(
            Answers.ImportOrder order, PoolFileSystem.Caller owner, Progress.Listener listener) throws PoolException {
        RclonepoolImport.Result result = pool.importRclonepool(
                new RclonepoolImport.Order(
                        order.remotes(), order.manifestPrefix(), order.dryRun(), owner.uid(), owner.gid()),
                (phase, done, total, unit) -> listener.update(new Progress(phase, done, total, unit, null)));
        return new Answers.Imported(
                order.dryRun(),
                result.found(),
                result.imported(),
                result.importedBytes(),
                result.already(),
                result.leftOut().stream()
                        .map(left -> new Answers.LeftOut(left.path(), left.why()))
                        .toList());
    }

    @Override
    public Answers.Collected collectGarbage(boolean now, boolean delete) throws PoolException {
        long freedChunks = 0;
        long freedBytes = 0;
        if (delete) {
            GarbageCollector.Round round =
                    now ? pool.upkeep().collectNow() : pool.upkeep().collect();
            freedChunks = round.deletedChunks();
            freedBytes = round.deletedBytes();
        }
        long[] waiting = new long[2];
        pool.metadata()
                .look(reader -> reader.garbage(garbage -> {
                    waiting[0]++;
                    waiting[1] += garbage.chunk().sizeBytes();
                    return true;
                }));
        return new Answers.Collected(freedChunks, freedBytes, waiting[0], waiting[1], List.of());
    }

    @Override
    public Answers.Checked check(Answers.CheckOrder order, Progress.Listener listener) throws PoolException {
        PoolAudit.Report report = pool.check(
                order.data(),
                order.repair(),
                done -> listener.update(new Progress("reading", done, -1, "chunks", null)));
        return new Answers.Checked(
                report.inodes(),
                report.chunks(),
                report.bytesRead(),
                report.problems(),
                report.repaired(),
                report.notes());
    }

    @Override
    public Answers.Stopped close(Duration drain) throws PoolException {
        Pool.Ended ended = pool.close(drain);
        return new Answers.Stopped(
                ended.spilled().size(),
                ended.stagedBytes(),
                ended.spilled().isEmpty() ? null : pool.config().spillDir().toString());
    }

    @Override
    public void close() throws PoolException {
        pool.close();
    }
}
