package io.poolfs.core.pool;

import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.RemoteConfig;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader.Usage;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.Bandwidth;
import io.poolfs.core.remote.ExpectedRemote;
import io.poolfs.core.remote.PoolRemote;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.RemoteIds;
import io.poolfs.core.remote.RemoteLabel;
import io.poolfs.core.remote.RemoteSettings;
import io.poolfs.core.remote.RemoteStatus;
import io.poolfs.core.remote.Remotes;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.time.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The configured remotes over one way to them. Usable from any thread. */
final class RemoteSet implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteSet.class);

    private final Scheduler scheduler;
    private final Connections connections;
    private final @Nullable PoolId pool;
    private final RemoteIds ids;
    private final Bandwidth bandwidth;
    private final Remotes remotes;
    private volatile @Nullable Metadata metadata;

    RemoteSet(Scheduler scheduler, Connections connections, PoolConfig config, @Nullable PoolId pool)
            throws PoolException {
        this.scheduler = scheduler;
        this.connections = connections;
        this.pool = pool;
        this.ids = new RemoteIds();
        this.bandwidth = new Bandwidth(scheduler, "remotes", config.bandwidth());
        List<PoolRemote> opened = new ArrayList<>();
        for (RemoteConfig remote : config.remotes()) {
            try {
                opened.add(open(config, remote));
            } catch (PoolException e) {
                opened.forEach(PoolRemote::close); // or the scheduler would wait for who watches them
                throw e;
            }
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
            LOG.debug("{}: {}", remote.name(), e.getMessage());
        }
    }

    /**
     * Waits a moment for what the remotes say of themselves, so that what only a person can mend is told before anything
     * starts. Remotes that are away are not waited for any longer.
     *
     * @throws PoolException CONFIG when two of them are one; CONFIG or NEWER_FORMAT when none can be used until then
     */
    void awaitFirstWord(Duration atMost) throws PoolException {
        Monitor monitor = scheduler.newMonitor("first word of the remotes");
        AtomicInteger asked = new AtomicInteger();
        for (Remote remote : all()) {
            asked.incrementAndGet();
            scheduler.start("recognise " + remote.name(), () -> {
                recognise((PoolRemote) remote);
                try (Monitor.Hold hold = monitor.enter()) {
                    asked.decrementAndGet();
                    monitor.signalAll();
                }
            });
        }
        try (Monitor.Hold hold = monitor.enter()) {
            boolean unused = monitor.await(() -> asked.get() == 0, scheduler.deadlineAfter(atMost));
        }
        refuseIfAllWrong();
    }

    private void refuseIfAllWrong() throws PoolException {
        ids.requireDistinct();
        PoolException wrong = null;
        for (Remote remote : all()) {
            PoolException problem = ((PoolRemote) remote).problem();
            if (problem == null || !remote.status().health().equals(RemoteStatus.Health.MISSING)) {
                return;
            }
            if (problem.reason() == Reason.CONFIG || problem.reason() == Reason.NEWER_FORMAT) {
                wrong = wrong == null ? problem : wrong;
            }
        }
        if (wrong != null) {
            throw new PoolException(wrong.reason(), "no remote can be used: " + problems(), wrong);
        }
    }

    /** REMOTE_UNAVAILABLE, or what a person must mend, when none was recognised. */
    void requireAny() throws PoolException {
        refuseIfAllWrong();
        for (Remote remote : all()) {
            if (remote.id() != null) {
                return;
            }
        }
        throw new PoolException(Reason.REMOTE_UNAVAILABLE, "no remote can be read: " + problems());
    }

    /** What is wrong with those that have a problem, each kind told once; one line. */
    private String problems() {
        Map<Reason, String> told = new LinkedHashMap<>();
        for (Remote remote : all()) {
            PoolException problem = ((PoolRemote) remote).problem();
            if (problem != null) {
                told.merge(
                        problem.reason(),
                        RemoteLabel.before(remote.name(), String.valueOf(problem.getMessage())),
                        (first, another) -> first + " (likewise " + remote.name() + ")");
            }
        }
        return String.join("; ", told.values());
    }

    /**
     * Applies changed settings; adds what is new and closes what is no longer configured. All or nothing: CONFIG when
     * rclone does not know one that is new.
     */
    synchronized void reload(PoolConfig config) throws PoolException {
        Map<String, Remote> before = new HashMap<>();
        all().forEach(remote -> before.put(remote.name(), remote));
        for (RemoteConfig remote : config.remotes()) {
            if (!before.containsKey(remote.name())) {
                requireKnown(config, remote);
            }
        }
        List<Remote> now = new ArrayList<>();
        for (RemoteConfig remote : config.remotes()) {
            Remote known = before.remove(remote.name());
            if (known instanceof PoolRemote kept) {
                kept.apply(settings(config, remote));
                kept.lookSoon();
                now.add(kept);
            } else {
                now.add(open(config, remote));
            }
        }
        remotes.replace(now);
        bandwidth.set(config.bandwidth());
        before.values().forEach(gone -> ((PoolRemote) gone).close());
    }

    /** What they may all take together. */
    Bandwidth bandwidth() {
        return bandwidth;
    }

    String nameOf(RemoteId id) {
        return remotes.byId(id).map(Remote::name).orElse("missing:" + id);
    }

    private void requireKnown(PoolConfig config, RemoteConfig remote) throws PoolException {
        try {
            connections.requireKnown(remote.name());
        } catch (PoolException e) {
            if (e.reason() == Reason.CONFIG) {
                throw new PoolException(Reason.CONFIG, config.file() + ": " + e.getMessage(), e);
            }
            throw e;
        }
    }

    private PoolRemote open(PoolConfig config, RemoteConfig remote) throws PoolException {
        requireKnown(config, remote);
        Connections.Connection connection = connections.open(remote.name(), config.remoteTimeout());
        PoolRemote opened = PoolRemote.open(
                scheduler,
                connection.store(),
                connection.origin(),
                settings(config, remote),
                new ExpectedRemote(config.manifestPrefix(), pool, null, ids),
                bandwidth);
        opened.countPoolBytes(() -> bytesOn(opened.id()));
        return opened;
    }

    private long bytesOn(@Nullable RemoteId id) {
        Metadata known = metadata;
        if (known == null || id == null) {
            return 0;
        }
        try {
            // What is being put, or was put and waits for its commit, takes room as well.
            return known.read(reader -> {
                Usage usage = reader.usage().get(id);
                long[] bytes = {usage == null ? 0 : usage.storedBytes()};
                reader.pendingChunks(chunk -> {
                    bytes[0] += chunk.remote().equals(id) ? chunk.sizeBytes() : 0;
                    return true;
                });
                return bytes[0];
            });
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
                remote.bandwidth(),
                remote.requestsPerSecond(),
                config.remoteTimeout());
    }

    @Override
    public void close() {
        remotes.close();
    }
}
