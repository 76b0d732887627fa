package io.poolfs.core.local;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Local files as the system has them. Immutable. A thread's interrupt disturbs none of its calls. */
public final class RealFiles implements LocalFiles {
    private static final int DIRECTORY_MODE = 0700;
    private static final int FILE_MODE = 0600;
    private static final int OTHERS_MASK = 077;
    private static final String TEMPORARY_SUFFIX = ".tmp";

    // struct statfs of 64-bit Linux: longs in this order.
    private static final int STATFS_BYTES = 256;
    private static final int STATFS_TYPE = 0;
    private static final int STATFS_BLOCK_BYTES = 1;
    private static final int STATFS_BLOCKS = 2;
    private static final int STATFS_AVAILABLE = 4;
    private static final long TMPFS = 0x01021994L;
    private static final long RAMFS = 0x858458f6L;

    private static final int SHARED_DIRECTORY_MODE = 0777;
    private static final int SHARED_FILE_MODE = 0666;

    private final int directoryMode;
    private final int fileMode;

    private RealFiles(int directoryMode, int fileMode) {
        this.directoryMode = directoryMode;
        this.fileMode = fileMode;
    }

    public static RealFiles create() {
        return new RealFiles(DIRECTORY_MODE, FILE_MODE);
    }

    /** For places that are not ours alone: what is made there is open to whom the process's umask lets. */
    public static RealFiles shared() {
        return new RealFiles(SHARED_DIRECTORY_MODE, SHARED_FILE_MODE);
    }

    @Override
    public LocalFile open(Path path, Mode mode) throws PoolException {
        int flags =
                switch (mode) {
                    case READ -> Libc.O_RDONLY;
                    case READ_WRITE -> Libc.O_RDWR;
                    case CREATE -> Libc.O_RDWR | Libc.O_CREAT;
                    case CREATE_NEW -> Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL;
                };
        return open(path, flags);
    }

    @Override
    public void createPrivateDirectory(Path directory) throws PoolException {
        OpenPlaces.refuse(directory);
        if (makeWithParents(directory)) {
            OpenPlaces.refuse(directory); // what was missing before may be another's now
            return;
        }
        FileStat stat = FileStat.of(directory);
        if (stat == null || !stat.isDirectory()) {
            throw new PoolException(Reason.ACCESS_DENIED, directory + " is not a directory (a link is not followed)");
        }
        if (stat.owner() != Libc.calls().geteuid()) {
            throw new PoolException(
                    Reason.ACCESS_DENIED,
                    "directory " + directory + " belongs to user " + stat.owner() + ", not to us");
        }
        if ((stat.mode() & OTHERS_MASK) != 0) {
            throw new PoolException(
                    Reason.ACCESS_DENIED,
                    "directory " + directory + " is open to others (mode " + Integer.toOctalString(stat.mode() & 07777)
                            + "): chmod 700 it");
        }
    }

    @Override
    public byte[] readAll(Path path, int maxBytes) throws PoolException {
        try (LocalFile file = open(path, Mode.READ)) {
            long size = file.sizeBytes();
            if (size > maxBytes) {
                throw new PoolException(
                        Reason.RESULT_TOO_LARGE, path + " has " + size + " bytes, more than " + maxBytes);
            }
            ByteBuffer content = ByteBuffer.allocate((int) size);
            int count = file.read(0, content);
            if (count < size) {
                throw new PoolException(Reason.LOCAL_IO, path + " shrank from " + size + " to " + count + " bytes");
            }
            return content.array();
        }
    }

    @Override
    public void writeAtomically(Path path, byte[] content) throws PoolException {
        Path temporary = path.resolveSibling(path.getFileName() + TEMPORARY_SUFFIX);
        boolean done = false;
        try {
            try (LocalFile file = open(temporary, Libc.O_RDWR | Libc.O_CREAT | Libc.O_TRUNC)) {
                file.write(0, ByteBuffer.wrap(content));
                file.sync();
            }
            rename(temporary, path);
            done = true;
        } finally {
            if (!done) {
                Libc.calls().unlink(Libc.bytes(temporary));
            }
        }
        syncDirectory(parentOf(path));
    }

    @Override
    public boolean exists(Path path) throws PoolException {
        return FileStat.of(path) != null;
    }

    @Override
    public long sizeBytes(Path path) throws PoolException {
        FileStat stat = FileStat.of(path);
        if (stat == null) {
            throw new PoolException(Reason.NOT_FOUND, "no file " + path);
        }
        return stat.sizeBytes();
    }

    @Override
    public @Nullable Stat stat(Path path) throws PoolException {
        FileStat stat = FileStat.of(path);
        return stat == null ? null : new Stat(stat.isDirectory(), stat.isFile(), stat.sizeBytes(), stat.device());
    }

    @Override
    public void makeDirectory(Path directory) throws PoolException {
        if (Libc.calls().mkdir(Libc.bytes(directory), directoryMode) != 0 && Libc.errno() != Libc.EEXIST) {
            throw Libc.failure("make directory", directory, Libc.errno());
        }
    }

    @Override
    public void rename(Path from, Path to) throws PoolException {
        if (Libc.calls().rename(Libc.bytes(from), Libc.bytes(to)) != 0) {
            throw Libc.failure("rename " + from + " to", to, Libc.errno());
        }
    }

    @Override
    public void delete(Path path) throws PoolException {
        if (!unlink(path)) {
            removeDirectory(path);
        }
    }

    @Override
    public void deleteTree(Path directory) throws PoolException {
        if (!unlink(directory)) {
            for (String name : list(directory)) {
                deleteTree(directory.resolve(name));
            }
            removeDirectory(directory);
        }
    }

    @Override
    public List<String> list(Path directory) throws PoolException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                names.add(String.valueOf(entry.getFileName()));
            }
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw new PoolException(Reason.LOCAL_IO, "list " + directory, e.getCause());
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, "list " + directory, e);
        }
        names.sort(null);
        return names;
    }

    @Override
    public void syncDirectory(Path directory) throws PoolException {
        try (LocalFile file = open(directory, Libc.O_RDONLY)) {
            file.sync();
        }
    }

    /** A tmpfs without a limit has {@link Long#MAX_VALUE} bytes. */
    @Override
    public Space space(Path path) throws PoolException {
        byte[] struct = new byte[STATFS_BYTES];
        if (Libc.calls().statfs(Libc.bytes(path), struct) != 0) {
            throw Libc.failure("statfs", path, Libc.errno());
        }
        ByteBuffer in = ByteBuffer.wrap(struct).order(ByteOrder.nativeOrder());
        long type = in.getLong(STATFS_TYPE * Long.BYTES);
        long blockBytes = in.getLong(STATFS_BLOCK_BYTES * Long.BYTES);
        long blocks = in.getLong(STATFS_BLOCKS * Long.BYTES);
        long available = in.getLong(STATFS_AVAILABLE * Long.BYTES);
        boolean inMemory = type == TMPFS || type == RAMFS;
        if (inMemory && blocks == 0) {
            return new Space(Long.MAX_VALUE, Long.MAX_VALUE, true);
        }
        return new Space(blocks * blockBytes, available * blockBytes, inMemory);
    }

    @Override
    public LocalLock lock(Path path) throws PoolException {
        open(path, Mode.CREATE).close();
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path, StandardOpenOption.WRITE);
            if (channel.tryLock() != null) {
                FileChannel held = channel;
                channel = null;
                return () -> unlock(held, path);
            }
        } catch (OverlappingFileLockException e) {
            throw new PoolException(Reason.BUSY, path + " is locked by this process", e);
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, "lock " + path, e);
        } finally {
            if (channel != null) {
                unlock(channel, path);
            }
        }
        throw new PoolException(Reason.BUSY, path + " is locked by another process");
    }

    private static void unlock(FileChannel channel, Path path) throws PoolException {
        try {
            channel.close();
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, "unlock " + path, e);
        }
    }

    private LocalFile open(Path path, int flags) throws PoolException {
        byte[] name = Libc.bytes(path);
        int fd;
        do {
            fd = Libc.calls().open(name, flags | Libc.O_CLOEXEC, fileMode);
        } while (fd < 0 && Libc.errno() == Libc.EINTR);
        if (fd < 0) {
            throw Libc.failure("open", path, Libc.errno());
        }
        return new RealFile(path, fd);
    }

    /** Makes the directory with its parents; false when it is there already. */
    private boolean makeWithParents(Path directory) throws PoolException {
        if (Libc.calls().mkdir(Libc.bytes(directory), directoryMode) == 0) {
            return true;
        }
        int errno = Libc.errno();
        if (errno == Libc.EEXIST) {
            return false;
        }
        Path parent = directory.getParent();
        if (errno == Libc.ENOENT && parent != null) {
            makeWithParents(parent);
            if (Libc.calls().mkdir(Libc.bytes(directory), directoryMode) == 0) {
                return true;
            }
            errno = Libc.errno();
            if (errno == Libc.EEXIST) {
                return false;
            }
        }
        throw Libc.failure("make directory", directory, errno);
    }

    /** Deletes a file, if it is there; false when it is a directory. */
    private static boolean unlink(Path path) throws PoolException {
        if (Libc.calls().unlink(Libc.bytes(path)) == 0) {
            return true;
        }
        int errno = Libc.errno();
        if (errno == Libc.EISDIR) {
            return false;
        }
        if (errno == Libc.ENOENT || errno == Libc.ENOTDIR) {
            return true;
        }
        throw Libc.failure("delete", path, errno);
    }

    private static void removeDirectory(Path directory) throws PoolException {
        if (Libc.calls().rmdir(Libc.bytes(directory)) != 0 && Libc.errno() != Libc.ENOENT) {
            throw Libc.failure("delete directory", directory, Libc.errno());
        }
    }

    private static Path parentOf(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException("no parent: " + path);
        }
        return parent;
    }
}
