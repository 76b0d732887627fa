package io.poolfs.mount;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.mount.system.FuseTool;
import io.poolfs.mount.system.NativeBuffer;
import io.poolfs.mount.system.NativePath;
import io.poolfs.mount.system.SystemCalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes mounts away: root by a system call, everyone else through the setuid {@code fusermount}. libfuse's own
 * {@code fuse_unmount} is not used: it closes the device first, while the workers still read from its descriptor.
 */
final class Unmounter {
    private static final int DETACH = 2;
    private static final int NO_FOLLOW = 8;
    private static final int EBUSY = 16;

    private final SystemCalls system;

    Unmounter(SystemCalls system) {
        this.system = system;
    }

    boolean isPrivileged() {
        return system.geteuid() == 0;
    }

    /** Without the tool an ordinary user can neither mount nor unmount. */
    void checkTool() throws PoolException {
        FuseTool.find();
    }

    /** Returns false when the mount is in use. */
    boolean unmount(Path mountPoint) throws PoolException {
        return isPrivileged() ? call(mountPoint, NO_FOLLOW) : run(mountPoint, "-u");
    }

    /** Takes the mount out of the tree at once; it ends when the last user closes its last file. */
    void unmountLazily(Path mountPoint) throws PoolException {
        boolean done = isPrivileged() ? call(mountPoint, NO_FOLLOW | DETACH) : run(mountPoint, "-u", "-z");
        if (!done) {
            throw new PoolException(Reason.BUSY, "cannot unmount " + mountPoint);
        }
    }

    private boolean call(Path mountPoint, int flags) throws PoolException {
        NativeBuffer path = NativeBuffer.string(NativePath.bytes(mountPoint));
        boolean done = system.umount2(path.address(), flags) == 0;
        int errno = SystemCalls.lastError();
        path.keep();
        if (done) {
            return true;
        }
        if (errno == EBUSY) {
            return false;
        }
        throw new PoolException(Reason.LOCAL_IO, "cannot unmount " + mountPoint + ": errno " + errno);
    }

    private boolean run(Path mountPoint, String... options) throws PoolException {
        List<String> command = new ArrayList<>(List.of(FuseTool.find().toString()));
        command.addAll(List.of(options));
        command.addAll(List.of("--", mountPoint.toString()));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() == 0) {
                return true;
            }
            if (output.contains("busy")) {
                return false;
            }
            throw new PoolException(Reason.LOCAL_IO, "cannot unmount " + mountPoint + ": " + output);
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, "cannot run " + command.get(0) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PoolException(Reason.INTERRUPTED, "interrupted while unmounting " + mountPoint, e);
        }
    }
}
