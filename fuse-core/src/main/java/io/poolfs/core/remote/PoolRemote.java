package io.poolfs.core.remote;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.model.Timetable;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.time.Task;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A remote of the pool: a bare store behind identity, health, retry, limits and counters. Usable from any thread;
 * whoever opened it closes it, which closes the store.
 *
 * <p>A task of its own recognises the remote by its marker, now and after each time it was gone, and asks for its room.
 * Until it was recognised nothing is written: calls wait for that within their timeout.
 */
public final class PoolRemote implements Remote, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PoolRemote.class);

    /** How often a healthy remote is looked at: its room, and whether it still is who it was. */
    private static final Duration LOOK_INTERVAL = Duration.ofMinutes(1);

    /** An absent object makes us look at the marker, but not more often than this. */
    private static final Duration FRESH = Duration.ofSeconds(2);

    private static final Duration CLOSE_BOUND = Duration.ofSeconds(5);

    private final Scheduler scheduler;
    private final RemoteStore bare;
    private final RemoteOrigin origin;
    private final ExpectedRemote expected;
    private final Health health;
    private final RoomBook room;
    private final Traffic traffic;
    private final Slots uploads;
    private final Slots downloads;
    private final TokenBucket requests;
    private final Bandwidth bandwidth;
    private final Bandwidth shared;
    private final Throttle throttle;
    private final Retry retry;
    private final GuardedStore store;
    private final Monitor monitor;
    private final Monitor looking;

    private volatile RemoteSettings settings;
    private volatile @Nullable RemoteId id;
    private volatile String storeKey;

    @GuardedByMonitor("monitor")
    private boolean lookWanted = true;

    /** When an upload last asked for a look. Two that ask at once do no harm. */
    private volatile long lookedAheadAt = Long.MIN_VALUE;

    @GuardedByMonitor("monitor")
    private boolean lookedOnce;

    @GuardedByMonitor("monitor")
    private boolean closed;

    @GuardedByMonitor("monitor")
    private @Nullable Task watcher;

    private volatile long recognisedAt = Long.MIN_VALUE;

    /** What the last look found wrong. */
    private volatile @Nullable PoolException problem;

    private PoolRemote(
            Scheduler scheduler,
            RemoteStore bare,
            RemoteOrigin origin,
            RemoteSettings settings,
            ExpectedRemote expected,
            Bandwidth shared) {
        String name = settings.name();
        this.scheduler = scheduler;
        this.bare = bare;
        this.origin = origin;
        this.settings = settings;
        this.expected = expected;
        this.id = expected.id();
        this.storeKey = "name:" + name;
        this.health = new Health(scheduler, name);
        this.room = new RoomBook(scheduler, name);
        this.traffic = new Traffic(scheduler.clock());
        this.uploads = new Slots(scheduler, name + ": uploads", settings.uploads());
        this.downloads = new Slots(scheduler, name + ": downloads", settings.downloads());
        this.requests = new TokenBucket(scheduler, name + ": requests", () -> this.settings.requestsPerSecond());
        this.bandwidth = new Bandwidth(scheduler, name, settings.bandwidth());
        this.shared = shared;
        this.throttle = new Throttle(scheduler, name);
        this.retry = new Retry(scheduler, name);
        this.monitor = scheduler.newMonitor("remote " + name);
        this.looking = scheduler.newMonitor("look at " + name);
        this.store = new GuardedStore(scheduler, bare, new ThisRemote());
    }

    /** Opens a remote; does not wait for it. Takes the bare store over. */
    public static PoolRemote open(
            Scheduler scheduler,
            RemoteStore bare,
            RemoteOrigin origin,
            RemoteSettings settings,
            ExpectedRemote expected) {
        Bandwidth unlimited = new Bandwidth(scheduler, "remotes", Timetable.NO_LIMIT);
        return open(scheduler, bare, origin, settings, expected, unlimited);
    }

    /** As {@link #open(Scheduler, RemoteStore, RemoteOrigin, RemoteSettings, ExpectedRemote)}, limited with others. */
    public static PoolRemote open(
            Scheduler scheduler,
            RemoteStore bare,
            RemoteOrigin origin,
            RemoteSettings settings,
            ExpectedRemote expected,
            Bandwidth shared) {
        PoolRemote remote = new PoolRemote(scheduler, bare, origin, settings, expected, shared);
        try (Monitor.Hold hold = remote.monitor.enter()) {
            remote.watcher = scheduler.start("watch " + settings.name(), remote::watch);
        }
        return remote;
    }

    @Override
    public String name() {
        return settings.name();
    }

    /** Null until it was first seen, unless it was told at the opening. */
    @Override
    public @Nullable RemoteId id() {
        return id;
    }

    @Override
    public RemoteStore store() {
        return store;
    }

    public Traffic traffic() {
        return traffic;
    }

    public RemoteSettings settings() {
        return settings;
    }

    /** Applies changed settings; the name stays. */
    public void apply(RemoteSettings changed) {
        if (!changed.name().equals(settings.name())) {
            throw new IllegalArgumentException("settings of " + changed.name() + " for " + settings.name());
        }
        settings = changed;
        uploads.setLimit(changed.uploads());
        downloads.setLimit(changed.downloads());
        requests.changed();
        bandwidth.set(changed.bandwidth());
    }

    /** Tells how many bytes of this pool lie there or are on their way, for remotes whose capacity the user set. */
    public void countPoolBytes(LongSupplier bytes) {
        room.count(bytes);
    }

    /** Looks at the marker now, whatever is known. Returns the id, or says why this is not the remote we know. */
    public RemoteId recognise() throws PoolException {
        look();
        if (health.state() != RemoteStatus.Health.HEALTHY) {
            lookSoon(); // whoever watches thinks that there is a minute left
        }
        health.admit(name());
        RemoteId known = id;
        if (known == null) {
            throw new PoolException(Reason.REMOTE_UNAVAILABLE, name() + ": " + health.lastError());
        }
        return known;
    }

    /** Why the last look did not recognise it; null when it did, or before the first. */
    public @Nullable PoolException problem() {
        return problem;
    }

    /** Lets the watching task look soon, after something outside has changed. */
    public void lookSoon() {
        try (Monitor.Hold hold = monitor.enter()) {
            lookWanted = true;
            monitor.signalAll();
        }
    }

    @Override
    public RemoteStatus status() {
        RemoteSettings now = settings;
        return new RemoteStatus(
                now.name(),
                id,
                health.state(),
                now.enabled(),
                room.isFull(now),
                now.priority(),
                room.capacity(now),
                room.free(now),
                room.storeFree(now),
                now.minFreeBytes(),
                storeKey,
                now.uploads(),
                traffic.uploadsInProgress(),
                traffic.downloadsInProgress(),
                traffic.uploadedBytes(),
                traffic.downloadedBytes(),
                health.lastError());
    }

    @Override
    public RemoteActivity activity() {
        return new RemoteActivity(
                name(),
                origin.way(),
                traffic.uploadingBytesPerSecond(),
                traffic.downloadingBytesPerSecond(),
                uploads.waiting() + downloads.waiting(),
                bandwidth.bytesPerSecond(),
                traffic.requests(),
                traffic.failures());
    }

    @Override
    public void freed(long bytes) {
        room.freed(bytes);
    }

    @Override
    public void delivered(PoolException damage) {
        health.damaged(damage);
    }

    @Override
    public void close() {
        Task task;
        try (Monitor.Hold hold = monitor.enter()) {
            closed = true;
            task = watcher;
            monitor.signalAll();
        }
        bare.close();
        RemoteId known = id;
        if (known != null) {
            expected.ids().release(known, name());
        }
        if (task != null) {
            task.cancel();
            try {
                task.join(scheduler.deadlineAfter(CLOSE_BOUND));
            } catch (PoolException e) {
                LOG.debug("{}: the watch ended with {}", name(), e.getMessage());
            }
        }
    }

    private void watch() throws PoolException {
        long nextRoomAt = Long.MIN_VALUE;
        while (true) {
            try (Monitor.Hold hold = monitor.enter()) {
                lookWanted = false;
            }
            look();
            boolean well = health.state() == RemoteStatus.Health.HEALTHY;
            if (!well) {
                nextRoomAt = Long.MIN_VALUE;
            } else if (scheduler.clock().monotonicNanos() >= nextRoomAt) {
                nextRoomAt = scheduler.deadlineAfter(LOOK_INTERVAL);
                askForRoom();
            }
            Duration pause = well ? LOOK_INTERVAL : health.nextProbeDelay();
            long until = scheduler.deadlineAfter(pause);
            try (Monitor.Hold hold = monitor.enter()) {
                lookedOnce = true;
                monitor.signalAll();
                monitor.await(() -> closed || lookWanted, until);
                if (closed) {
                    return;
                }
            }
        }
    }

    /** Looks at the marker and judges. One at a time: who comes meanwhile waits, and takes that answer for its own. */
    private void look() throws PoolException {
        long asked = scheduler.clock().monotonicNanos();
        try (Monitor.Hold hold = looking.enter()) {
            if (recognisedAt >= asked) {
                return;
            }
            long begunAt = scheduler.clock().monotonicNanos();
            RemoteStore until = bare.until(scheduler.deadlineAfter(settings.timeout()));
            try {
                RemoteMarker marker = new Identity(until, origin, expected.manifestPrefix()).check(expected.pool(), id);
                expected.ids().claim(marker.remote(), name());
                id = marker.remote();
                storeKey = origin.storeKey();
                recognisedAt = begunAt;
                problem = null;
                if (health.recognised()) {
                    LOG.info("{} is back: remote {}", name(), marker.remote());
                }
            } catch (PoolException e) {
                judge(e);
            }
        }
    }

    private void judge(PoolException e) {
        problem = e;
        RemoteStatus.Health before = health.state();
        switch (e.reason()) {
            case REMOTE_MISSING, NEWER_FORMAT, CONFIG -> health.missing(e);
            case CLOSED, INTERRUPTED -> health.note(e);
            default -> health.down(e);
        }
        if (health.state() != before) {
            // What never was there is told by whoever opens the pool.
            Level level = recognisedAt == Long.MIN_VALUE ? Level.INFO : Level.WARN;
            LOG.atLevel(level).log("remote {} is {}: {}", name(), words(health.state()), e.getMessage());
        }
    }

    private static String words(RemoteStatus.Health state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private void askForRoom() {
        long before = room.beforeAsking();
        try {
            room.told(bare.about(), before);
        } catch (PoolException e) {
            health.note(e);
            LOG.debug("{}: its room is not known: {}", name(), e.getMessage());
        }
    }

    /** The guards of the store. */
    private final class ThisRemote implements GuardedStore.Guards {
        @Override
        public void admit(long deadlineNanos) throws PoolException {
            if (id == null || recognisedAt == Long.MIN_VALUE) {
                try (Monitor.Hold hold = monitor.enter()) {
                    monitor.await(() -> lookedOnce || closed, deadlineNanos);
                }
            }
            health.admit(name());
            if (recognisedAt == Long.MIN_VALUE) {
                throw new PoolException(
                        Reason.REMOTE_UNAVAILABLE, name() + " was not recognised yet: " + health.lastError());
            }
        }

        /** The marker is looked at beside the upload, so that whoever must believe an absence then need not wait. */
        @Override
        public void smallPutBegins() {
            long now = scheduler.clock().monotonicNanos();
            if (recognisedAt != Long.MIN_VALUE
                    && now - Math.max(recognisedAt, lookedAheadAt) > FRESH.toNanos() / 2
                    && health.state() == RemoteStatus.Health.HEALTHY) {
                lookedAheadAt = now;
                lookSoon();
            }
        }

        @Override
        public void ended(@Nullable PoolException error, long begunAt) {
            if (error == null) {
                health.answered();
                throttle.wentWell();
                return;
            }
            if (error.reason() == Reason.CANCELLED) {
                health.answered(); // bytes were coming when the reader went elsewhere
                return;
            }
            traffic.failure();
            switch (error.reason()) {
                case REMOTE_UNAVAILABLE, TIMEOUT, REMOTE_DENIED -> {
                    if (health.failed(error, begunAt)) {
                        LOG.warn("remote {} is down: {}", name(), error.getMessage());
                        lookSoon();
                    }
                }
                case REMOTE_MISSING -> {
                    health.missing(error);
                    LOG.warn("remote {} is missing: {}", name(), error.getMessage());
                    lookSoon();
                }
                case REMOTE_FULL -> {
                    health.answered();
                    health.note(error);
                    room.refused();
                }
                case REMOTE_THROTTLED -> {
                    health.answered();
                    health.note(error);
                    throttle.slowDown();
                }
                case OBJECT_NOT_FOUND -> health.answered();
                case CORRUPT -> health.damaged(error);
                default -> health.note(error);
            }
        }

        @Override
        public void confirmAbsence() throws PoolException {
            if (scheduler.clock().monotonicNanos() - recognisedAt > FRESH.toNanos()) {
                recognise();
            }
        }

        @Override
        public boolean maySpareRequests() {
            return health.state() == RemoteStatus.Health.HEALTHY && settings.requestsPerSecond() == 0;
        }

        @Override
        public Duration timeout() {
            return settings.timeout();
        }

        @Override
        public Slots uploads() {
            return uploads;
        }

        @Override
        public Slots downloads() {
            return downloads;
        }

        @Override
        public Throttle throttle() {
            return throttle;
        }

        @Override
        public TokenBucket requests() {
            return requests;
        }

        @Override
        public Bandwidth bandwidth() {
            return bandwidth;
        }

        @Override
        public Bandwidth sharedBandwidth() {
            return shared;
        }

        @Override
        public RoomBook room() {
            return room;
        }

        @Override
        public Traffic traffic() {
            return traffic;
        }

        @Override
        public Retry retry() {
            return retry;
        }
    }
}
