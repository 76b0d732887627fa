package io.poolfs.core.pool;

import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.RemoteConfig;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader.Usage;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.ExpectedRemote;
import io.poolfs.core.remote.PoolRemote;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.RemoteIds;
import io.poolfs.core.remote.RemoteSettings;
import io.poolfs.core.remote.Remotes;
import io.poolfs.core.remote.rclone.RcloneDaemon;
import io.poolfs.core.remote.rclone.RcloneStore;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.time.Task;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The configured remotes over one rclone. Usable from any thread. */
final class RemoteSet implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteSet.class);

    private final Scheduler scheduler;
    private final RcloneDaemon rclone;
    private final @Nullable PoolId pool;
    private final RemoteIds ids;
    private final Remotes remotes;
    private volatile @Nullable Metadata metadata;

    RemoteSet(Scheduler scheduler, RcloneDaemon rclone, PoolConfig config, @Nullable PoolId pool) throws PoolException {
        this.scheduler = scheduler;
        this.rclone = rclone;
        this.pool = pool;
        this.ids = new RemoteIds();
        List<PoolRemote> opened = new ArrayList<>();
        for (RemoteConfig remote : config.remotes()) {
            opened.add(open(config, remote));
        }
        this.remotes = Remotes.of(opened);
    }

    Remotes remotes() {
        return remotes;
    }

    List<Remote> all() {
        return remotes.all();
    }

    /** From here on the pool's own bytes are known, for remotes whose capacity the user set. */
    void count(Metadata known) {
        this.metadata = known;
    }

    /** Waits until each remote has said who it is, or why not; at most for its timeout. */
    void recogniseAll() throws PoolException {
        List<Task> looks = new ArrayList<>();
        for (Remote remote : all()) {
            looks.add(scheduler.start("recognise " + remote.name(), () -> recognise((PoolRemote) remote)));
        }
        for (Task look : looks) {
            look.join(Long.MAX_VALUE);
        }
    }

    private static void recognise(PoolRemote remote) {
        try {
            remote.recognise();
        } catch (PoolException e) {
            // Its status says so; who needs it is told then.
            LOG.warn("{}: {}", remote.name(), e.getMessage());
        }
    }

    /** Applies changed settings; adds what is new and closes what is no longer configured. */
    void reload(PoolConfig config) throws PoolException {
        Map<String, Remote> before = new HashMap<>();
        all().forEach(remote -> before.put(remote.name(), remote));
        List<Remote> now = new ArrayList<>();
        for (RemoteConfig remote : config.remotes()) {
            Remote known = before.remove(remote.name());
            if (known instanceof PoolRemote kept) {
                kept.apply(settings(config, remote));
                now.add(kept);
            } else {
                now.add(open(config, remote));
            }
        }
        remotes.replace(now);
        before.values().forEach(gone -> ((PoolRemote) gone).close());
    }

    String nameOf(RemoteId id) {
        return remotes.byId(id).map(Remote::name).orElse("missing:" + id);
    }

    private PoolRemote open(PoolConfig config, RemoteConfig remote) throws PoolException {
        RcloneStore store = RcloneStore.open(rclone, remote.name(), config.remoteTimeout());
        PoolRemote opened = PoolRemote.open(
                scheduler,
                store,
                store,
                settings(config, remote),
                new ExpectedRemote(config.manifestPrefix(), pool, null, ids));
        opened.countPoolBytes(() -> bytesOn(opened.id()));
        return opened;
    }

    private long bytesOn(@Nullable RemoteId id) {
        Metadata known = metadata;
        if (known == null || id == null) {
            return 0;
        }
        try {
            Usage usage = known.read(reader -> reader.usage()).get(id);
            return usage == null ? 0 : usage.storedBytes();
        } catch (PoolException e) {
            return 0;
        }
    }

    private static RemoteSettings settings(PoolConfig config, RemoteConfig remote) {
        return new RemoteSettings(
                remote.name(),
                remote.priority(),
                remote.enabled(),
                remote.capacityBytes(),
                remote.minFreeBytes(),
                remote.uploads(),
                remote.downloads(),
                remote.bandwidthBytesPerSecond(),
                remote.requestsPerSecond(),
                config.remoteTimeout());
    }

    @Override
    public void close() {
        remotes.close();
    }
}
