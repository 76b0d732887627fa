package io.poolfs.mount.kernel;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.model.PoolException;
import io.poolfs.mount.session.MountSession;
import io.poolfs.mount.session.MountSettings;
import io.poolfs.mount.system.SystemCalls;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A mount served by the kernel's own protocol: the device and those who serve it. It ends when the kernel ends it. */
public final class KernelSession implements MountSession {
    private static final Logger LOG = LoggerFactory.getLogger(KernelSession.class);

    private static final KernelVersion OLDEST = new KernelVersion(5, 4);

    private static final int SUPERUSER = 0;

    private final Device device;
    private final Passthrough passthrough;
    private final Notifications notifications;
    private final Crew crew;
    private final Barrier barrier;
    private final CountDownLatch ended = new CountDownLatch(1);

    private KernelSession(SystemCalls system, Device device, PoolFileSystem fs, MountSettings settings) {
        this.device = device;
        notifications = new Notifications(device);
        barrier = new Barrier(system);
        passthrough = new Passthrough(fs, device);
        Dispatcher dispatcher = new Dispatcher(
                fs,
                notifications,
                barrier,
                new Negotiation(settings.passthrough() && system.geteuid() == SUPERUSER),
                passthrough);
        Lanes lanes = new Lanes(settings.maxWorkers(), notifications);
        crew = new Crew(
                device,
                lanes,
                (servers, name) ->
                        new Server(servers, name, system, device, dispatcher, lanes, settings, Negotiation.MAX_BYTES),
                settings.restingWorkers(),
                settings.maxWorkers());
    }

    /** Why this transport cannot run here, or null. */
    public static @Nullable String obstacle() {
        return KernelVersion.running().isAtLeast(OLDEST)
                ? null
                : "Linux " + KernelVersion.running() + " is older than " + OLDEST;
    }

    /** Mounts and starts to answer. The mount point has been checked. */
    public static MountSession start(PoolFileSystem fs, MountSettings settings) throws PoolException {
        SystemCalls system = SystemCalls.load();
        Device device = DeviceMount.mount(system, settings, Negotiation.MAX_BYTES);
        KernelSession session = new KernelSession(system, device, fs, settings);
        session.crew.start();
        Thread end = new Thread(session::closeAtEnd, "fuse-end");
        end.setDaemon(true);
        end.start();
        return session;
    }

    @Override
    public boolean isEnded() {
        return ended.getCount() == 0;
    }

    @Override
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    @Override
    public boolean awaitEnd(Duration patience) throws InterruptedException {
        return ended.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void abandon() {
        ended.countDown();
    }

    @Override
    public void settle(byte[] directory) {
        if (barrier.pass(directory)) {
            crew.awaitReleases();
        }
        passthrough.settle();
    }

    @Override
    public void invalidate(long inode) {
        notifications.contentChanged(inode);
    }

    @Override
    public void invalidateEntry(long parent, byte[] name) {
        notifications.entryChanged(parent, name);
    }

    private void closeAtEnd() {
        try {
            crew.awaitEnd();
        } catch (InterruptedException e) {
            LOG.warn("interrupted while waiting for the end of the mount: its device stays open");
            return;
        }
        notifications.end();
        device.close();
        passthrough.end();
        ended.countDown();
    }
}
