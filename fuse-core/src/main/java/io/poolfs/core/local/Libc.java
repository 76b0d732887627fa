package io.poolfs.core.local;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;

/**
 * The system calls behind {@link RealFiles}. Called directly and not through {@code java.nio}, because a FileChannel is
 * closed under its other users when one of their threads is interrupted, tells a full disk only as a translated text,
 * and cannot punch.
 *
 * <p>Only constants and layouts that x86-64 and AArch64 have in common are used.
 */
final class Libc {
    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0100;
    static final int O_EXCL = 0200;
    static final int O_TRUNC = 01000;
    static final int O_CLOEXEC = 02000000;

    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int ENXIO = 6;
    static final int EEXIST = 17;
    static final int ENOTDIR = 20;
    static final int EISDIR = 21;
    static final int EOPNOTSUPP = 95;

    /** FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE. */
    static final int PUNCH = 3;

    static final int F_SETSIG = 10;
    static final int F_SETLEASE = 1024;
    static final int F_WRLCK = 1;
    static final int F_UNLCK = 2;
    /** Ignored unless somebody handles it. */
    static final int SIGWINCH = 28;

    /** Of lseek: the next byte that is not in a hole. */
    static final int SEEK_DATA = 3;

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(1, "EPERM"),
            Map.entry(ENOENT, "ENOENT"),
            Map.entry(5, "EIO"),
            Map.entry(9, "EBADF"),
            Map.entry(13, "EACCES"),
            Map.entry(EEXIST, "EEXIST"),
            Map.entry(ENOTDIR, "ENOTDIR"),
            Map.entry(EISDIR, "EISDIR"),
            Map.entry(22, "EINVAL"),
            Map.entry(24, "EMFILE"),
            Map.entry(27, "EFBIG"),
            Map.entry(28, "ENOSPC"),
            Map.entry(30, "EROFS"),
            Map.entry(36, "ENAMETOOLONG"),
            Map.entry(39, "ENOTEMPTY"),
            Map.entry(40, "ELOOP"),
            Map.entry(EOPNOTSUPP, "EOPNOTSUPP"),
            Map.entry(122, "EDQUOT"));

    private static final Calls CALLS = LibraryLoader.create(Calls.class).load("c");
    private static final Runtime RUNTIME = Runtime.getRuntime(CALLS);
    private static final Charset PATH_CHARSET = Charset.forName(
            System.getProperty("sun.jnu.encoding", Charset.defaultCharset().name()));

    private Libc() {}

    /** The functions as C declares them; public because the binding's generated class implements it. */
    @SuppressWarnings("MethodName") // the names are those of C
    public interface Calls {
        int open(@In byte[] path, int flags, int mode);

        int close(int fd);

        long pread(int fd, @Out ByteBuffer dst, long count, long offset);

        long pwrite(int fd, @In ByteBuffer src, long count, long offset);

        int ftruncate(int fd, long length);

        long lseek(int fd, long offset, int whence);

        int fallocate(int fd, int mode, long offset, long length);

        int fsync(int fd);

        int mkdir(@In byte[] path, int mode);

        int rename(@In byte[] from, @In byte[] to);

        int unlink(@In byte[] path);

        int rmdir(@In byte[] path);

        int statfs(@In byte[] path, @Out byte[] dst);

        int statx(int dirFd, @In byte[] path, int flags, int mask, @Out byte[] dst);

        int geteuid();

        int fcntl(int fd, int command, long argument);
    }

    static Calls calls() {
        return CALLS;
    }

    /** The error of the last call on this thread. */
    static int errno() {
        return RUNTIME.getLastError();
    }

    /** The path as C reads it. */
    static byte[] bytes(Path path) {
        byte[] text = path.toString().getBytes(PATH_CHARSET);
        return Arrays.copyOf(text, text.length + 1);
    }

    static PoolException failure(String what, Path path, int errno) {
        return new PoolException(reason(errno), what + " " + path + ": " + NAMES.getOrDefault(errno, "error " + errno));
    }

    private static Reason reason(int errno) {
        return switch (errno) {
            case ENOENT -> Reason.NOT_FOUND;
            case EEXIST -> Reason.EXISTS;
            case 28, 122 -> Reason.NO_SPACE; // ENOSPC, EDQUOT
            case 30 -> Reason.READ_ONLY; // EROFS
            case 1, 13 -> Reason.ACCESS_DENIED; // EPERM, EACCES
            default -> Reason.LOCAL_IO;
        };
    }
}
