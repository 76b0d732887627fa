package io.poolfs.mount.kernel;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.mount.session.MountSettings;
import io.poolfs.mount.system.NativeBuffer;
import io.poolfs.mount.system.NativePath;
import io.poolfs.mount.system.SystemCalls;
import java.util.List;
import java.util.Map;

/** Opens /dev/fuse and ties it to the mount point: by mount(2) as root, else through {@code fusermount3}. */
final class DeviceMount {
    private static final String DEVICE = "/dev/fuse";
    private static final String TYPE = "fuse.poolfs";
    private static final int O_RDWR = 2;
    private static final int O_CLOEXEC = 02000000;
    private static final int DIRECTORY_MODE = 040000;

    private static final long READ_ONLY = 1;
    private static final long NO_SUID = 1 << 1;
    private static final long NO_DEVICES = 1 << 2;
    private static final Map<String, Long> SET = Map.of(
            "nosuid", NO_SUID,
            "nodev", NO_DEVICES,
            "noexec", 1L << 3,
            "sync", 1L << 4,
            "dirsync", 1L << 7,
            "noatime", 1L << 10);
    private static final Map<String, Long> CLEARED =
            Map.of("suid", NO_SUID, "dev", NO_DEVICES, "exec", 1L << 3, "async", 1L << 4, "atime", 1L << 10);

    private static final String AUTO_UNMOUNT = "auto_unmount";

    private DeviceMount() {}

    /** The mount point has been checked. NOT_PERMITTED or UNSUPPORTED tells why it could not be mounted. */
    static Device mount(SystemCalls system, MountSettings settings, int maxReadBytes) throws PoolException {
        boolean byTool = system.geteuid() != 0 || settings.kernelOptions().contains(AUTO_UNMOUNT);
        int descriptor = byTool
                ? FuserMount.mount(system, settings.mountPoint(), settings.fuseOptions(maxReadBytes))
                : mountDirectly(system, settings, maxReadBytes);
        return new Device(system, descriptor);
    }

    private static int mountDirectly(SystemCalls system, MountSettings settings, int maxReadBytes)
            throws PoolException {
        NativeBuffer device = NativeBuffer.string(DEVICE);
        int descriptor = system.open(device.address(), O_RDWR | O_CLOEXEC);
        device.keep();
        if (descriptor < 0) {
            throw new PoolException(Reason.UNSUPPORTED, "cannot open " + DEVICE + ": errno " + SystemCalls.lastError());
        }
        NativeBuffer source = NativeBuffer.string(settings.source());
        NativeBuffer target = NativeBuffer.string(NativePath.bytes(settings.mountPoint()));
        NativeBuffer type = NativeBuffer.string(TYPE);
        NativeBuffer data = NativeBuffer.string(data(system, settings, descriptor, maxReadBytes));
        int done = system.mount(source.address(), target.address(), type.address(), flags(settings), data.address());
        int errno = SystemCalls.lastError();
        List.of(source, target, type, data).forEach(NativeBuffer::keep);
        if (done != 0) {
            system.close(descriptor);
            throw new PoolException(
                    Reason.NOT_PERMITTED,
                    "cannot mount at " + settings.mountPoint() + ": errno " + errno
                            + "; a container needs --cap-add SYS_ADMIN besides --device " + DEVICE);
        }
        return descriptor;
    }

    private static String data(SystemCalls system, MountSettings settings, int descriptor, int maxReadBytes) {
        return "fd=" + descriptor
                + ",rootmode=" + Integer.toOctalString(DIRECTORY_MODE)
                + ",user_id=" + system.geteuid()
                + ",group_id=" + system.getegid()
                + ",default_permissions"
                + ",max_read=" + maxReadBytes
                + (settings.allowOther() ? ",allow_other" : "");
    }

    /** As fusermount has them unless it is asked for others: no set-user-ID programs, no devices. */
    private static long flags(MountSettings settings) {
        long flags = NO_SUID | NO_DEVICES;
        for (String option : settings.kernelOptions()) {
            flags |= SET.getOrDefault(option, 0L);
            flags &= ~CLEARED.getOrDefault(option, 0L);
        }
        return settings.readOnly() ? flags | READ_ONLY : flags;
    }
}
