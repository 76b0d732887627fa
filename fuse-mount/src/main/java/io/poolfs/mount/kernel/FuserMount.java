package io.poolfs.mount.kernel;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.mount.system.FuseTool;
import io.poolfs.mount.system.NativeBuffer;
import io.poolfs.mount.system.NativePath;
import io.poolfs.mount.system.SpawnActions;
import io.poolfs.mount.system.SystemCalls;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Mounts through the setuid program {@code fusermount3}. It sends the descriptor of the mount through the socket whose
 * number {@code _FUSE_COMMFD} names; with {@code auto_unmount} it stays, and unmounts when that socket closes, which is
 * when this process ends.
 */
final class FuserMount {
    private static final String SOCKET_VARIABLE = "_FUSE_COMMFD";
    /** The first number behind the standard streams. */
    private static final int SOCKET = 3;

    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int CLOSE_ON_EXEC = 0x40000000;
    private static final int F_SETFD = 2;
    private static final int FD_CLOEXEC = 1;

    /** {@code struct msghdr}: {name, namelen, iov, iovlen, control, controllen, flags}. */
    private static final int MESSAGE_SIZE = 56;

    private static final int MESSAGE_VECTOR = 16;
    private static final int MESSAGE_VECTOR_LENGTH = 24;
    private static final int MESSAGE_CONTROL = 32;
    private static final int MESSAGE_CONTROL_LENGTH = 40;
    /** {@code struct cmsghdr}: {len u64, level i32, type i32}, behind it the descriptor. */
    private static final int CONTROL_LEVEL = 8;

    private static final int CONTROL_TYPE = 12;
    private static final int CONTROL_DATA = 16;
    private static final int CONTROL_SIZE = 24;

    private FuserMount() {}

    /** The descriptor of the mount. */
    static int mount(SystemCalls system, Path mountPoint, String options) throws PoolException {
        Path tool = FuseTool.find();
        NativeBuffer pair = NativeBuffer.allocate(2 * Integer.BYTES);
        if (system.socketpair(AF_UNIX, SOCK_STREAM, 0, pair.address()) != 0) {
            throw new PoolException(Reason.LOCAL_IO, "no socket for " + tool + ": errno " + SystemCalls.lastError());
        }
        pair.keep();
        int ours = pair.bytes().getInt(0);
        int theirs = pair.bytes().getInt(Integer.BYTES);
        system.fcntl(ours, F_SETFD, FD_CLOEXEC);
        boolean stays = options.contains("auto_unmount");
        try {
            int process = start(system, tool, mountPoint, options, theirs);
            system.close(theirs);
            theirs = -1;
            int descriptor = receive(system, ours);
            if (!stays || descriptor < 0) {
                system.waitpid(process, 0, 0);
            }
            if (descriptor < 0) {
                throw new PoolException(
                        Reason.NOT_PERMITTED,
                        "cannot mount at " + mountPoint + ": " + tool
                                + " has said why on standard error (of a mount in the background: log/start.log in"
                                + " state_dir)");
            }
            stays = stays && descriptor >= 0;
            return descriptor;
        } finally {
            if (theirs >= 0) {
                system.close(theirs);
            }
            if (!stays) {
                system.close(ours);
            }
        }
    }

    private static int start(SystemCalls system, Path tool, Path mountPoint, String options, int socket)
            throws PoolException {
        Texts arguments = new Texts(List.of(
                bytes(tool.toString()), bytes("-o"), bytes(options), bytes("--"), NativePath.bytes(mountPoint)));
        List<byte[]> variables = new ArrayList<>();
        System.getenv().forEach((name, value) -> variables.add(bytes(name + "=" + value)));
        SpawnActions actions = SpawnActions.load();
        variables.add(bytes(SOCKET_VARIABLE + "=" + (actions == null ? socket : SOCKET)));
        Texts environment = new Texts(variables);
        NativeBuffer program = NativeBuffer.string(NativePath.bytes(tool));
        NativeBuffer process = NativeBuffer.allocate(Integer.BYTES);
        NativeBuffer files = NativeBuffer.allocate(SpawnActions.SIZE);
        if (actions != null) {
            // It may stay as long as this process: it must not hold what is open here.
            actions.posix_spawn_file_actions_init(files.address());
            actions.posix_spawn_file_actions_adddup2(files.address(), socket, SOCKET);
            actions.posix_spawn_file_actions_addclosefrom_np(files.address(), SOCKET + 1);
        }
        int errno = system.posix_spawn(
                SystemCalls.pointer(process),
                program.address(),
                actions == null ? 0 : files.address(),
                0,
                arguments.address(),
                environment.address());
        if (actions != null) {
            actions.posix_spawn_file_actions_destroy(files.address());
        }
        files.keep();
        arguments.keep();
        environment.keep();
        program.keep();
        process.keep();
        if (errno != 0) {
            throw new PoolException(Reason.LOCAL_IO, "cannot run " + tool + ": errno " + errno);
        }
        return process.bytes().getInt(0);
    }

    /** The descriptor that comes with one byte, or -1 when the other side closes without. */
    private static int receive(SystemCalls system, int socket) {
        NativeBuffer one = NativeBuffer.allocate(1);
        NativeBuffer vector = NativeBuffer.allocate(2 * Long.BYTES);
        vector.bytes().putLong(0, one.address()).putLong(Long.BYTES, 1);
        NativeBuffer control = NativeBuffer.allocate(CONTROL_SIZE);
        NativeBuffer message = NativeBuffer.allocate(MESSAGE_SIZE);
        message.bytes().putLong(MESSAGE_VECTOR, vector.address()).putLong(MESSAGE_VECTOR_LENGTH, 1);
        message.bytes().putLong(MESSAGE_CONTROL, control.address()).putLong(MESSAGE_CONTROL_LENGTH, CONTROL_SIZE);
        long received = system.recvmsg(socket, message.address(), CLOSE_ON_EXEC);
        List.of(one, vector, control, message).forEach(NativeBuffer::keep);
        boolean isDescriptor = received > 0
                && control.bytes().getInt(CONTROL_LEVEL) == SOL_SOCKET
                && control.bytes().getInt(CONTROL_TYPE) == SCM_RIGHTS;
        return isDescriptor ? control.bytes().getInt(CONTROL_DATA) : -1;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** An array of texts as C has it, with a null pointer at its end. */
    private static final class Texts {
        private final List<NativeBuffer> texts;
        private final NativeBuffer pointers;

        Texts(List<byte[]> values) {
            texts = values.stream().map(NativeBuffer::string).toList();
            pointers = NativeBuffer.allocate((texts.size() + 1) * Long.BYTES);
            ByteBuffer dst = pointers.bytes().duplicate().order(pointers.bytes().order());
            texts.forEach(text -> dst.putLong(text.address()));
        }

        long address() {
            return pointers.address();
        }

        void keep() {
            texts.forEach(NativeBuffer::keep);
            pointers.keep();
        }
    }
}
