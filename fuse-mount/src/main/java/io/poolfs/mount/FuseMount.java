package io.poolfs.mount;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.mount.kernel.KernelSession;
import io.poolfs.mount.libfuse.LibfuseSession;
import io.poolfs.mount.session.MountSession;
import io.poolfs.mount.session.MountSettings;
import io.poolfs.mount.session.Transport;
import io.poolfs.mount.system.SystemCalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool that is mounted. It ends by {@link #unmount}, or from outside by {@code umount}. Usable from any thread, but
 * not from inside the file system's own operations, which would wait for themselves.
 *
 * <p>The process that serves a mount must not map files of that mount into its memory: a page fault stops a thread
 * where the garbage collector cannot, and the collector may be what the answer waits for.
 */
public final class FuseMount implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FuseMount.class);
    private static final Duration START_PATIENCE = Duration.ofSeconds(20);
    private static final Duration UNMOUNT_PATIENCE = Duration.ofSeconds(10);
    /** How long who still holds files open may go on after a lazy unmount. */
    private static final Duration LAZY_PATIENCE = Duration.ofSeconds(5);

    private static final Path CONNECTIONS = Path.of("/sys/fs/fuse/connections");

    private final MountSession session;
    private final Unmounter unmounter;
    private final Path mountPoint;
    private final String device;
    private final String transport;
    private final @Nullable AutoUnmount atOurEnd;

    private FuseMount(MountSession session, Unmounter unmounter, Path mountPoint, String device, String transport) {
        this.session = session;
        this.unmounter = unmounter;
        this.mountPoint = mountPoint;
        this.device = device;
        this.transport = transport;
        this.atOurEnd = AutoUnmount.of(device, unmounter.isPrivileged());
    }

    /**
     * Mounts and returns when the mount answers.
     *
     * @throws PoolException with a message for the user: a mount point that is absent, no directory, not empty or in
     *     use; a system without FUSE; options that are not allowed
     */
    public static FuseMount mount(PoolFileSystem fs, MountSettings settings) throws PoolException {
        SystemCalls system = SystemCalls.load();
        Unmounter unmounter = new Unmounter(system);
        new MountPoint(settings, system, unmounter).check();
        Path real = MountPoint.real(settings.mountPoint());
        try {
            Transport transport = choose(settings);
            MountSession session = transport == Transport.KERNEL
                    ? KernelSession.start(fs, settings)
                    : LibfuseSession.start(fs, settings);
            awaitAnswer(system, session, real);
            String device = MountPoint.mountAt(real)
                    .orElseThrow(() -> new PoolException(Reason.INTERNAL, "no mount at " + real + " after mounting"))
                    .device();
            if (transport == Transport.KERNEL) {
                ReadAhead.raise(device);
            }
            return new FuseMount(session, unmounter, real, device, text(transport, settings));
        } catch (PoolException e) {
            if (MountPoint.mountAt(real).isPresent()) {
                unmounter.unmountLazily(real);
            }
            throw e;
        }
    }

    /** Why the kernel's own protocol cannot be spoken here, so that libfuse 2 is needed; or null. */
    public static @Nullable String obstacleToKernelTransport() {
        return KernelSession.obstacle();
    }

    /** What carries the requests, and why if it had to be another than the usual. */
    public String transport() {
        return transport;
    }

    public Path mountPoint() {
        return mountPoint;
    }

    /** Waits until the mount has ended, whoever ended it. */
    public void awaitUnmounted() throws InterruptedException {
        session.awaitEnd();
        forgetOurEnd();
    }

    public boolean isUnmounted() {
        return session.isEnded();
    }

    /**
     * Unmounts. A mount in use is taken out of the tree at once; who still holds files open may go on for some seconds,
     * then their files fail. Returns when the mount has ended; does nothing when it has already.
     *
     * @throws PoolException BUSY when it could not be ended: it is out of the tree, but operations may still come until
     *     the process ends (another mount namespace keeps a copy of it). Nobody waits for it any longer
     */
    public void unmount() throws PoolException {
        try {
            if (session.isEnded()) {
                return;
            }
            if (tryUnmount() && session.awaitEnd(UNMOUNT_PATIENCE)) {
                return;
            }
            if (session.awaitEnd(LAZY_PATIENCE)) {
                return;
            }
            LOG.warn("{} is still in use: ending it for who uses it", mountPoint);
            abort();
            if (!session.awaitEnd(UNMOUNT_PATIENCE)) {
                session.abandon();
                throw new PoolException(Reason.BUSY, mountPoint + " is still in use by programs with open files");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PoolException(Reason.INTERRUPTED, "interrupted while unmounting " + mountPoint, e);
        } finally {
            forgetOurEnd();
        }
    }

    /** The mount has ended, or is out of the tree. */
    private void forgetOurEnd() {
        if (atOurEnd != null) {
            atOurEnd.close();
        }
    }

    @Override
    public void close() throws PoolException {
        unmount();
    }

    /**
     * Returns when what programs closed before this call is known as closed to the file system, or when that cannot be
     * found out within seconds.
     */
    public void settle() throws PoolException {
        // It may have been moved, or bound to another place.
        Optional<MountTable.Line> seen = MountTable.first(device);
        if (seen.isPresent()) {
            session.settle(seen.get().mountPoint().getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    /**
     * The content or attributes of the inode changed other than through this mount: the kernel forgets its pages and
     * attributes. Waits for reads and writes of this inode that are under way.
     */
    public void invalidate(long inode) {
        session.invalidate(inode);
    }

    /** The name appeared, went or changed its meaning other than through this mount. */
    public void invalidateEntry(long parent, FileName name) {
        session.invalidateEntry(parent, name.bytes());
    }

    /** Returns whether the mount was free and is gone; otherwise it is out of the tree. */
    private boolean tryUnmount() throws PoolException {
        if (unmounter.unmount(mountPoint)) {
            return true;
        }
        LOG.info("{} is in use: unmounting it lazily", mountPoint);
        unmounter.unmountLazily(mountPoint);
        return false;
    }

    /** Lets every operation that is under way or to come fail. Needs the control file system, which may be absent. */
    private void abort() {
        Path control =
                CONNECTIONS.resolve(device.substring(device.indexOf(':') + 1)).resolve("abort");
        try {
            Files.writeString(control, "1");
        } catch (IOException e) {
            LOG.warn("cannot end the connection through {}: {}", control, e.toString());
        }
    }

    /** KERNEL or JNR. */
    private static Transport choose(MountSettings settings) {
        if (settings.transport() != Transport.AUTO) {
            return settings.transport();
        }
        return KernelSession.obstacle() == null ? Transport.KERNEL : Transport.JNR;
    }

    private static String text(Transport transport, MountSettings settings) {
        String obstacle = settings.transport() == Transport.AUTO ? KernelSession.obstacle() : null;
        return obstacle == null ? transport.text() : transport.text() + " (" + obstacle + ")";
    }

    private static void awaitAnswer(SystemCalls system, MountSession session, Path mountPoint) throws PoolException {
        Probe.Answer answer = Probe.ask(system, mountPoint, START_PATIENCE);
        if (session.isEnded()) {
            throw new PoolException(Reason.CLOSED, "the mount at " + mountPoint + " was taken away at once");
        }
        if (answer != Probe.Answer.LIVE) {
            throw new PoolException(Reason.TIMEOUT, "the mount at " + mountPoint + " does not answer: " + answer);
        }
    }
}
