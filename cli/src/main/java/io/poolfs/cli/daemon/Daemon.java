package io.poolfs.cli.daemon;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.poolfs.cli.service.Access;
import io.poolfs.cli.service.Answers;
import io.poolfs.cli.service.EngineService;
import io.poolfs.cli.service.KernelView;
import io.poolfs.cli.service.OpenPool;
import io.poolfs.cli.service.PoolOpener;
import io.poolfs.cli.service.Progress;
import io.poolfs.cli.socket.ServiceServer;
import io.poolfs.cli.socket.SocketPlace;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.Quantities;
import io.poolfs.core.config.TransportChoice;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.RemoteStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one pool open and mounted.
 *
 * <pre>
 *   opening → mounted → draining → closed
 *                ↑__________|  a mount during a drain joins
 * </pre>
 *
 * <p>{@link #run} is called once, on the main thread, and returns when the pool is closed. A stop comes from the socket,
 * from a signal ({@link #stopForSignal}, on the hook's thread) or by {@code umount}, which ends the mount under us.
 */
public final class Daemon {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    private final PoolConfig config;
    private final PoolOpener opener;
    private final Mounter mounter;
    private final Announcer announcer;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Session session = new Session();

    public Daemon(PoolConfig config, PoolOpener opener, Mounter mounter, Announcer announcer) {
        this.config = config;
        this.opener = opener;
        this.mounter = mounter;
        this.announcer = announcer;
    }

    /** Opens, mounts, serves and closes. */
    public void run(MountOrder order) throws PoolException {
        try {
            OpenPool pool = opener.open(
                    config,
                    new PoolOpener.Request(!order.readOnly(), order.takeOver(), order.acceptLoss(), false),
                    this::reportOpening);
            try {
                serve(pool, order);
            } finally {
                if (!session.isFinished()) {
                    session.finish(close(pool));
                }
            }
        } finally {
            closed.countDown();
        }
    }

    /** Ends the mount and waits until the pool is closed. */
    public void stopForSignal() {
        LOG.info("stopping");
        announcer.stopping("uploading what is staged");
        session.requestStop(config.stopDrainTimeout());
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(OpenPool pool, MountOrder order) throws PoolException {
        DaemonLifecycle lifecycle = new DaemonLifecycle(pool, session);
        Path socket = SocketPlace.of(config);
        try (ServiceServer server =
                ServiceServer.start(socket, () -> new EngineService(pool, lifecycle, Access.caller()))) {
            LOG.debug("listening at {}", socket);
            pool.prepareReads();
            MountOrder next = order;
            while (next != null) {
                mountOnce(pool, next);
                next = drain(pool, next.readOnly());
            }
            session.finish(close(pool));
            lifecycle.awaitAnswered();
        }
    }

    private void mountOnce(OpenPool pool, MountOrder order) throws PoolException {
        Mounter.Mounted mounted;
        try {
            Path via = order.via();
            String options = options(order);
            mounted = via == null
                    ? mounter.mount(pool.fileSystem(), order.mountpoint(), order.source(), options)
                    : new BoundMount(
                            mounter.mount(pool.fileSystem(), via, order.source(), options), order.mountpoint());
        } catch (PoolException e) {
            session.mountFailed(e);
            throw e;
        }
        boolean stopAsked = session.mounted(mounted, order.mountpoint());
        LOG.info("{} is mounted at {}", config.name(), order.mountpoint());
        sayHowItStands(pool);
        announcer.ready(config.name() + " is mounted at " + order.mountpoint() + restriction(pool));
        try {
            if (stopAsked) {
                mounted.unmount();
            }
            mounted.awaitEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            mounted.unmount();
        }
        session.unmounted();
        LOG.info("{} is no longer mounted at {}", config.name(), order.mountpoint());
    }

    /** Those of the mount come last, so that they count more than the configuration. */
    private String options(MountOrder order) {
        return config.transport() == TransportChoice.AUTO
                ? order.options()
                : "transport=" + config.transport() + "," + order.options();
    }

    /** A read-only verdict is no failure of the mount, but nobody should find it out by a failing write. */
    private static String restriction(OpenPool pool) {
        return pool.readOnlyReason() == null ? "" : " READ-ONLY: nothing can be written, see the notes";
    }

    /** Tells the starter what a person should know although the mount is there. */
    private void sayHowItStands(OpenPool pool) {
        pool.notes().forEach(announcer::say);
        for (RemoteStatus remote : pool.remotes()) {
            boolean away =
                    remote.health() == RemoteStatus.Health.DOWN || remote.health() == RemoteStatus.Health.MISSING;
            if (away && remote.lastError() != null) {
                announcer.say("note: remote " + remote.name() + " is away: " + remote.lastError());
            }
        }
    }

    /** Uploads what is staged. Returns the order of a mount that joined, or null when the daemon is to end. */
    private @Nullable MountOrder drain(OpenPool pool, boolean readOnly) {
        boolean nothingToDo = readOnly || pool.readOnlyReason() != null;
        Duration limit = nothingToDo ? Duration.ZERO : session.drainLimit(config.stopDrainTimeout());
        Drain drain = Drain.start(pool, limit);
        MountOrder joined = session.awaitJoin(drain);
        if (joined == null) {
            LOG.info("drained: {}", drain.outcome());
        }
        return joined;
    }

    private Answers.@Nullable Stopped close(OpenPool pool) {
        try {
            Answers.Stopped left = pool.close(Duration.ZERO);
            if (left.stagedFiles() > 0) {
                LOG.warn(
                        "{} files ({}) had not reached the remotes: kept in {}, the next mount goes on with them",
                        left.stagedFiles(),
                        Quantities.readableSize(left.stagedBytes()),
                        left.spilledTo());
            }
            return left;
        } catch (PoolException e) {
            LOG.error("closing the pool", e);
            return null;
        }
    }

    private void reportOpening(Progress progress) {
        if (progress.detail() != null) {
            announcer.say(progress.detail());
            LOG.info("{}", progress.detail());
        }
        announcer.progress(progress);
    }

    /** What the threads of the daemon tell each other. */
    static final class Session {
        @GuardedBy("this")
        private Mounter.@Nullable Mounted mounted;

        @GuardedBy("this")
        private @Nullable Path mountpoint;

        @GuardedBy("this")
        private String state = "opening";

        @GuardedBy("this")
        private @Nullable Duration stopWithin;

        @GuardedBy("this")
        private @Nullable MountOrder joining;

        @GuardedBy("this")
        private @Nullable PoolException mountFailure;

        @GuardedBy("this")
        private Answers.@Nullable Stopped outcome;

        private final CountDownLatch finished = new CountDownLatch(1);

        synchronized String state() {
            return state;
        }

        synchronized KernelView kernel() {
            return mounted == null ? KernelView.NONE : mounted.kernel();
        }

        synchronized @Nullable Path mountpoint() {
            return mountpoint;
        }

        /** Returns whether a stop was asked for in the meantime. */
        synchronized boolean mounted(Mounter.Mounted now, Path at) {
            mounted = now;
            mountpoint = at;
            state = "mounted";
            notifyAll();
            return stopWithin != null;
        }

        synchronized void mountFailed(PoolException failure) {
            mountFailure = failure;
            notifyAll();
        }

        synchronized void unmounted() {
            mounted = null;
            mountpoint = null;
            state = "draining";
            notifyAll();
        }

        /** Ends the mount; called again it only changes how long the drain may take. */
        void requestStop(Duration drain) {
            Mounter.Mounted current;
            synchronized (this) {
                stopWithin = drain;
                current = mounted;
                notifyAll();
            }
            if (current != null) {
                try {
                    current.unmount();
                } catch (PoolException e) {
                    LOG.warn("unmounting: {}", e.getMessage());
                }
            }
        }

        synchronized Duration drainLimit(Duration usual) {
            return stopWithin == null ? usual : stopWithin;
        }

        /** Waits for the end of the drain, or for a mount that joins; null at the end. */
        synchronized @Nullable MountOrder awaitJoin(Drain drain) {
            while (joining == null && !drain.isOver(within(drainLimit(drain.limit()), drain.limit()))) {
                try {
                    wait(100);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    break;
                }
            }
            MountOrder order = joining;
            joining = null;
            if (order == null) {
                state = "closing";
            } else {
                stopWithin = null;
            }
            return order;
        }

        /** A stop may ask for a longer drain than usual, but not of a pool that cannot upload. */
        private static Duration within(Duration asked, Duration limit) {
            return limit.isZero() ? limit : asked;
        }

        /** Hands a mount to the draining daemon and waits until it answers. */
        synchronized void join(MountOrder order) throws PoolException {
            if (!state.equals("draining")) {
                throw new PoolException(
                        Reason.BUSY,
                        mountpoint == null
                                ? "the daemon of this pool is " + state + "; try again"
                                : "this pool is mounted already, at " + mountpoint);
            }
            joining = order;
            mountFailure = null;
            notifyAll();
            while (mountpoint == null && mountFailure == null && finished.getCount() > 0) {
                try {
                    wait(100);
                } catch (InterruptedException e) {
                    throw new PoolException(Reason.INTERRUPTED, "interrupted while mounting", e);
                }
            }
            if (mountFailure != null) {
                throw new PoolException(mountFailure.reason(), String.valueOf(mountFailure.getMessage()), mountFailure);
            }
            if (mountpoint == null) {
                throw new PoolException(Reason.CLOSED, "the daemon ended; try again");
            }
        }

        void finish(Answers.@Nullable Stopped stopped) {
            synchronized (this) {
                if (outcome == null) {
                    outcome = stopped;
                }
            }
            finished.countDown();
        }

        boolean isFinished() {
            return finished.getCount() == 0;
        }

        boolean awaitFinished(long millis) throws InterruptedException {
            return finished.await(millis, TimeUnit.MILLISECONDS);
        }

        synchronized Answers.@Nullable Stopped outcome() {
            return outcome;
        }
    }
}
