package io.poolfs.core.local;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Randomness;
import io.poolfs.core.time.Scheduler;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Simulated local files: a tree in memory that outlives the simulated process, can lose what was not synced, run full
 * and fail.
 *
 * <p>The death of a process loses nothing that was written ({@link #crash}). A power loss keeps of each file's changes
 * since its last sync any part, writes torn at sectors; of each directory's changes a prefix; a directory that was made
 * stays. What lies in memory is lost.
 */
public final class SimFiles implements LocalFiles {
    private static final String TEMPORARY_SUFFIX = ".tmp";
    private static final long DEFAULT_CAPACITY_BYTES = 1L << 40;

    /** One write in so many is cut in two when it spans blocks. */
    private static final int CUT_ONE_IN = 4;

    /** What is done to a path, for {@link Injection}. */
    public enum Operation {
        OPEN,
        READ,
        WRITE,
        TRUNCATE,
        PUNCH,
        SYNC,
        STAT,
        RENAME,
        DELETE,
        LIST,
        MAKE_DIRECTORY,
        SYNC_DIRECTORY
    }

    /** Decides which operations fail. */
    @FunctionalInterface
    public interface Injection {
        /** The reason to fail with, or null to go on. */
        @Nullable
        Reason failure(Operation operation, Path path);
    }

    private final Scheduler scheduler;
    private volatile Injection injection = (operation, path) -> null;

    @GuardedBy("this")
    private final SimDirectory root = new SimDirectory();

    @GuardedBy("this")
    private final List<SimMount> mounts = new ArrayList<>();

    @GuardedBy("this")
    private final Set<SimFile> open = new HashSet<>();

    public SimFiles(Scheduler scheduler) {
        this.scheduler = scheduler;
        mounts.add(new SimMount(Path.of("/"), DEFAULT_CAPACITY_BYTES, false));
    }

    /** Makes a file system of its own at the path. */
    public synchronized void mount(Path prefix, long capacityBytes, boolean inMemory) {
        directory(prefix, true);
        mounts.add(new SimMount(prefix, capacityBytes, inMemory));
        mounts.sort(Comparator.comparing(mount -> -mount.prefix().getNameCount()));
    }

    /** Changes the size of the file system that holds the path. */
    public synchronized void resize(Path path, long capacityBytes) {
        mountOf(absolute(path)).resize(capacityBytes);
    }

    public void inject(Injection by) {
        injection = by;
    }

    /** The process has died: its open files are closed, nothing written is lost. */
    public synchronized void crash() {
        open.forEach(SimFile::die);
        open.clear();
    }

    /** The power went; includes the crash. */
    public synchronized void losePower(Randomness random) {
        crash();
        List<SimDirectory> directories = new ArrayList<>();
        collect(root, directories);
        directories.forEach(directory -> directory.chooseSurvivors(random));
        boolean changed = true;
        while (changed) {
            changed = false;
            for (SimDirectory directory : directories) {
                changed |= directory.agree();
            }
        }
        directories.forEach(SimDirectory::losePower);
        for (SimMount mount : mounts) {
            mount.forget();
            SimDirectory top = mount.inMemory() ? directory(mount.prefix(), false) : null;
            if (top != null) {
                top.clear();
            }
        }
        settle(root, random);
    }

    @Override
    public LocalFile open(Path path, Mode mode) throws PoolException {
        step(Operation.OPEN, path);
        synchronized (this) {
            SimDirectory parent = parentOf(path);
            SimNode node = parent.entries().get(nameOf(path));
            if (node == null) {
                if (mode == Mode.READ || mode == Mode.READ_WRITE) {
                    throw notFound(path);
                }
                SimNode.Regular made = new SimNode.Regular(mountOf(absolute(path)));
                made.linked(true);
                SimDirectory.apply(SimDirectory.Change.of(new SimDirectory.Effect(parent, nameOf(path), made)));
                node = made;
            } else if (mode == Mode.CREATE_NEW) {
                throw new PoolException(Reason.EXISTS, path + " exists");
            }
            SimFile file = new SimFile(this, path, regular(node, path), mode == Mode.READ);
            file.node().opened();
            open.add(file);
            return file;
        }
    }

    @Override
    public void createPrivateDirectory(Path directory) throws PoolException {
        step(Operation.MAKE_DIRECTORY, directory);
        synchronized (this) {
            if (directory(directory, true) == null) {
                throw new PoolException(Reason.ACCESS_DENIED, directory + " is not a directory");
            }
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
            file.read(0, content);
            return content.array();
        }
    }

    @Override
    public void writeAtomically(Path path, byte[] content) throws PoolException {
        Path temporary = path.resolveSibling(nameOf(path) + TEMPORARY_SUFFIX);
        try {
            try (LocalFile file = open(temporary, Mode.CREATE)) {
                file.truncate(0);
                file.write(0, ByteBuffer.wrap(content));
                file.sync();
            }
            rename(temporary, path);
        } catch (PoolException e) {
            delete(temporary);
            throw e;
        }
        syncDirectory(absolute(path).resolveSibling(""));
    }

    @Override
    public boolean exists(Path path) throws PoolException {
        step(Operation.STAT, path);
        synchronized (this) {
            return node(path) != null;
        }
    }

    @Override
    public long sizeBytes(Path path) throws PoolException {
        step(Operation.STAT, path);
        synchronized (this) {
            SimNode node = node(path);
            if (node == null) {
                throw notFound(path);
            }
            return node instanceof SimNode.Regular file ? file.content().sizeBytes() : 0;
        }
    }

    /** The device is told by where it is mounted. */
    @Override
    public @Nullable Stat stat(Path path) throws PoolException {
        step(Operation.STAT, path);
        synchronized (this) {
            SimNode node = node(path);
            if (node == null) {
                return null;
            }
            long size = node instanceof SimNode.Regular file ? file.content().sizeBytes() : 0;
            boolean isDirectory = node instanceof SimDirectory;
            return new Stat(
                    isDirectory,
                    !isDirectory,
                    size,
                    mountOf(absolute(path)).prefix().hashCode());
        }
    }

    @Override
    public void makeDirectory(Path directory) throws PoolException {
        step(Operation.MAKE_DIRECTORY, directory);
        synchronized (this) {
            SimNode made = parentOf(directory).entries().get(nameOf(directory));
            if (made == null) {
                directory(directory, true);
            }
        }
    }

    @Override
    public void rename(Path from, Path to) throws PoolException {
        step(Operation.RENAME, from);
        synchronized (this) {
            SimDirectory source = parentOf(from);
            SimDirectory target = parentOf(to);
            SimNode node = source.entries().get(nameOf(from));
            if (node == null) {
                throw notFound(from);
            }
            if (mountOf(absolute(from)) != mountOf(absolute(to))) {
                throw new PoolException(Reason.LOCAL_IO, "rename " + from + " to " + to + ": other file system");
            }
            SimNode replaced = target.entries().get(nameOf(to));
            if (replaced == node) {
                return;
            }
            if (replaced != null && (replaced instanceof SimDirectory || node instanceof SimDirectory)) {
                throw new PoolException(Reason.LOCAL_IO, "rename " + from + " to " + to + ": directory in the way");
            }
            SimDirectory.apply(SimDirectory.Change.of(
                    new SimDirectory.Effect(source, nameOf(from), null),
                    new SimDirectory.Effect(target, nameOf(to), node)));
            unlinked(replaced);
        }
    }

    @Override
    public void delete(Path path) throws PoolException {
        step(Operation.DELETE, path);
        synchronized (this) {
            SimNode node = node(path);
            if (node == null) {
                return;
            }
            if (node instanceof SimDirectory directory && !directory.entries().isEmpty()) {
                throw new PoolException(Reason.LOCAL_IO, "delete " + path + ": not empty");
            }
            SimDirectory.apply(SimDirectory.Change.of(new SimDirectory.Effect(parentOf(path), nameOf(path), null)));
            unlinked(node);
        }
    }

    @Override
    public void deleteTree(Path directory) throws PoolException {
        for (String name : list(directory)) {
            deleteTree(directory.resolve(name));
        }
        delete(directory);
    }

    /** A file has no entries here: the caller of {@link #deleteTree} need not tell them apart. */
    @Override
    public List<String> list(Path directory) throws PoolException {
        step(Operation.LIST, directory);
        synchronized (this) {
            return node(directory) instanceof SimDirectory found
                    ? List.copyOf(found.entries().keySet())
                    : List.of();
        }
    }

    @Override
    public void syncDirectory(Path directory) throws PoolException {
        step(Operation.SYNC_DIRECTORY, directory);
        synchronized (this) {
            if (!(node(directory) instanceof SimDirectory found)) {
                throw notFound(directory);
            }
            found.sync();
        }
    }

    @Override
    public Space space(Path path) throws PoolException {
        step(Operation.STAT, path);
        synchronized (this) {
            if (node(path) == null) {
                throw notFound(path);
            }
            SimMount mount = mountOf(absolute(path));
            return new Space(mount.capacityBytes(), mount.freeBytes(), mount.inMemory());
        }
    }

    /** A step of the simulation, before anything is done: the process may die here, or the operation fail. */
    void step(Operation operation, Path path) throws PoolException {
        scheduler.yieldPoint(operation + " " + path);
        Reason reason = injection.failure(operation, path);
        if (reason != null) {
            throw new PoolException(reason, operation + " " + path + ": injected");
        }
    }

    /** After how many bytes a write is cut in two; 0 for not at all. */
    int cutOfWrite(long offset, int length) {
        long firstBoundary = SimContent.BLOCK_BYTES - offset % SimContent.BLOCK_BYTES;
        if (length <= firstBoundary || scheduler.random().nextInt(CUT_ONE_IN) != 0) {
            return 0;
        }
        int boundaries = (int) ((length - firstBoundary - 1) / SimContent.BLOCK_BYTES) + 1;
        return (int) firstBoundary + scheduler.random().nextInt(boundaries) * SimContent.BLOCK_BYTES;
    }

    synchronized void forget(SimFile file) {
        open.remove(file);
    }

    @GuardedBy("this")
    private void collect(SimDirectory directory, List<SimDirectory> into) {
        if (!into.contains(directory)) {
            into.add(directory);
            directory.subdirectories().forEach(below -> collect(below, into));
        }
    }

    @GuardedBy("this")
    private void settle(SimDirectory directory, Randomness random) {
        for (SimNode node : directory.entries().values()) {
            if (node instanceof SimDirectory below) {
                settle(below, random);
            } else if (node instanceof SimNode.Regular file) {
                file.losePower(random);
                file.mount().use(file.content().allocatedBytes());
                file.linked(true);
            }
        }
    }

    @GuardedBy("this")
    private SimMount mountOf(Path absolute) {
        for (SimMount mount : mounts) {
            if (absolute.startsWith(mount.prefix())) {
                return mount;
            }
        }
        throw new IllegalStateException("no mount for " + absolute);
    }

    @GuardedBy("this")
    private @Nullable SimNode node(Path path) {
        SimNode node = root;
        for (Path name : absolute(path)) {
            if (!(node instanceof SimDirectory directory)) {
                return null;
            }
            node = directory.entries().get(name.toString());
            if (node == null) {
                return null;
            }
        }
        return node;
    }

    /** The directory of this path, made with its parents if wanted; null when it is not there or a file. */
    @GuardedBy("this")
    private @Nullable SimDirectory directory(Path path, boolean make) {
        SimDirectory directory = root;
        for (Path name : absolute(path)) {
            SimNode next = directory.entries().get(name.toString());
            if (next == null && make) {
                next = new SimDirectory();
                directory.putDurably(name.toString(), next);
            }
            if (!(next instanceof SimDirectory below)) {
                return null;
            }
            directory = below;
        }
        return directory;
    }

    @GuardedBy("this")
    private SimDirectory parentOf(Path path) throws PoolException {
        Path parent = absolute(path).getParent();
        SimDirectory directory = parent == null ? null : directory(parent, false);
        if (directory == null) {
            throw notFound(path);
        }
        return directory;
    }

    private static void unlinked(@Nullable SimNode node) {
        if (node instanceof SimNode.Regular file) {
            file.linked(false);
        }
    }

    private static SimNode.Regular regular(SimNode node, Path path) throws PoolException {
        if (node instanceof SimNode.Regular file) {
            return file;
        }
        throw new PoolException(Reason.LOCAL_IO, path + " is a directory");
    }

    private static PoolException notFound(Path path) {
        return new PoolException(Reason.NOT_FOUND, "nothing at " + path);
    }

    private static String nameOf(Path path) {
        return String.valueOf(absolute(path).getFileName());
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }
}
