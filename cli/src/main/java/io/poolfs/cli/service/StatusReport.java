package io.poolfs.cli.service;

import io.poolfs.core.cache.Budget;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolfsVersion;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.RemoteActivity;
import io.poolfs.core.remote.RemoteStatus;
import io.poolfs.core.stage.Stager;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gathers what {@code poolfs status} tells. */
final class StatusReport {
    private static final MetadataReader.Usage NOTHING = new MetadataReader.Usage(0, 0, 0);

    private final OpenPool pool;
    private final Lifecycle lifecycle;

    StatusReport(OpenPool pool, Lifecycle lifecycle) {
        this.pool = pool;
        this.lifecycle = lifecycle;
    }

    PoolStatus status() throws PoolException {
        PoolConfig config = pool.config();
        OpenPool.Reading reading = pool.reading();
        return new PoolStatus(
                config.name(),
                pool.id().hex(),
                PoolfsVersion.current(),
                lifecycle.state(),
                lifecycle.mountpoint(),
                lifecycle.kernel().transport(),
                pool.readOnlyReason(),
                ProcessHandle.current().pid(),
                lifecycle.since(),
                stage(),
                log(),
                cache(config),
                new PoolStatus.Reading(reading.readBytes(), reading.openFiles(), reading.readers()),
                pool.limitBytesPerSecond(),
                space(),
                remotes(),
                notes());
    }

    private PoolStatus.Cache cache(PoolConfig config) throws PoolException {
        Budget budget = pool.budget();
        CacheControl.Pinned pinned = pool.cache().pinned();
        OpenPool.Reading reading = pool.reading();
        Integer hits = reading.readBytes() == 0
                ? null
                : (int) (100 * Math.max(0, reading.readBytes() - reading.fetchedBytes()) / reading.readBytes());
        return new PoolStatus.Cache(
                config.cacheDir().toString(),
                config.fsync().toString(),
                budget.limitBytes(),
                budget.usedBytes(Budget.Use.CLEAN),
                budget.usedBytes(Budget.Use.STAGED),
                hits,
                pinned.files(),
                pinned.bytes(),
                pinned.limitBytes());
    }

    private PoolStatus.Log log() {
        long last = pool.metadata().lastTransaction();
        // Opened read-only for what the remotes told: there is nothing that they lack.
        boolean fetched = pool.readOnlyReason() != null && pool.shipped().fenced() == null;
        return new PoolStatus.Log(
                last,
                fetched ? last : pool.shipped().shippedTransaction(),
                pool.shipped().epoch());
    }

    private PoolStatus.Stage stage() {
        Stager.Status status = pool.stager().status();
        long age = status.modifiedFiles() == 0 ? 0 : pool.scheduler().clock().monotonicNanos() - status.oldestNanos();
        long speed = pool.activities().stream()
                .mapToLong(RemoteActivity::upBytesPerSecond)
                .sum();
        return new PoolStatus.Stage(
                status.modifiedFiles(),
                status.stagedBytes(),
                Math.max(0, age / 1_000_000_000),
                status.uploadsInProgress(),
                status.uploadedBytes(),
                speed == 0 ? null : status.stagedBytes() / speed);
    }

    private PoolStatus.Space space() throws PoolException {
        PoolFileSystem.Space space = pool.fileSystem().space();
        return new PoolStatus.Space(space.totalBytes(), space.freeBytes(), space.known(), space.inodes());
    }

    private List<PoolStatus.RemoteInfo> remotes() throws PoolException {
        Map<RemoteId, MetadataReader.Usage> usage = pool.metadata().read(MetadataReader::usage);
        KnownRemotes known = KnownRemotes.of(pool);
        Map<String, RemoteActivity> activities = new HashMap<>();
        pool.activities().forEach(activity -> activities.put(activity.name(), activity));
        List<PoolStatus.RemoteInfo> infos = new ArrayList<>();
        for (RemoteStatus status : pool.remotes()) {
            RemoteId id = known.idOf(status);
            MetadataReader.Usage used = id == null ? NOTHING : usage.getOrDefault(id, NOTHING);
            RemoteActivity activity = activities.getOrDefault(status.name(), RemoteActivity.none(status.name()));
            infos.add(
                    PoolStatus.RemoteInfo.of(status, activity, used.storedBytes(), used.chunks(), used.garbageBytes()));
        }
        return infos;
    }

    private List<String> notes() throws PoolException {
        List<String> notes = new ArrayList<>(pool.config().notes());
        NamedInodes named = new NamedInodes(pool.metadata());
        pool.notes().forEach(note -> notes.add(named.in(note)));
        for (String name : KnownRemotes.of(pool).withoutMetadata()) {
            notes.add(name + " takes chunks, but keeps no metadata yet: poolfs remote add " + name);
        }
        return notes;
    }
}
