package io.poolfs.cli.service;

import io.poolfs.core.config.ConfigChanges;
import io.poolfs.core.config.ConfigKey;
import io.poolfs.core.config.ConfigReader;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.Surroundings;
import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.fs.PoolFileSystem.AttributeChange;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@link PoolService} over an opened pool, for one command at a time. What a mount adds is in {@link Lifecycle}. */
public final class EngineService implements PoolService {
    private static final int MAX_READ_BYTES = 8 << 20;

    private final OpenPool pool;
    private final Lifecycle lifecycle;
    private final PoolFileSystem fs;
    private final Paths paths;
    private final PoolFileSystem.Caller caller;
    private final Set<Long> handles = new HashSet<>();

    /** @param caller who owns what is made */
    public EngineService(OpenPool pool, Lifecycle lifecycle, PoolFileSystem.Caller caller) {
        this.pool = pool;
        this.lifecycle = lifecycle;
        this.fs = new ToldFileSystem(pool.fileSystem(), lifecycle::kernel);
        this.paths = new Paths(fs);
        this.caller = caller;
    }

    @Override
    public PoolStatus status() throws PoolException {
        return new StatusReport(pool, lifecycle).status();
    }

    @Override
    public FileInfo stat(PoolPath path, boolean follow) throws PoolException {
        return FileInfo.of(path.isRoot() ? null : path.name(), paths.resolve(path, follow));
    }

    @Override
    public Answers.Page list(PoolPath directory, long from) throws PoolException {
        return new Directories(fs).page(paths.resolve(directory, true).number(), from);
    }

    @Override
    public void makeDirectory(PoolPath path, boolean parents, int permissions) throws PoolException {
        if (!parents) {
            fs.makeDirectory(null, caller, paths.parent(path), path.name(), permissions);
            return;
        }
        for (int depth = 1; depth <= path.names().size(); depth++) {
            PoolPath part = new PoolPath(path.names().subList(0, depth));
            if (!paths.exists(part)) {
                fs.makeDirectory(null, caller, paths.parent(part), part.name(), permissions);
            } else if (!paths.resolve(part, true).isDirectory()) {
                throw new PoolException(Reason.NOT_DIRECTORY, part + " is a file");
            }
        }
    }

    @Override
    public void makeSymlink(PoolPath path, String target) throws PoolException {
        fs.makeSymlink(null, caller, paths.parent(path), path.name(), target.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public long delete(PoolPath path, boolean recursive, Progress.Listener listener) throws PoolException {
        Inode inode = paths.resolve(path, false);
        long parent = paths.parent(path);
        if (!inode.isDirectory()) {
            fs.unlink(null, parent, path.name());
            return 1;
        }
        if (!recursive) {
            fs.removeDirectory(null, parent, path.name());
            return 1;
        }
        return new Directories(fs).deleteTree(parent, path.name(), inode.number(), listener);
    }

    @Override
    public void move(PoolPath from, PoolPath to, boolean replace) throws PoolException {
        PoolPath target = to;
        if (paths.exists(to)
                && paths.resolve(to, true).isDirectory()
                && !paths.resolve(from, false).isDirectory()) {
            target = to.child(from.name()); // as mv does
        }
        fs.rename(
                null,
                paths.parent(from),
                from.name(),
                paths.parent(target),
                target.name(),
                replace ? PoolFileSystem.RenameMode.REPLACE : PoolFileSystem.RenameMode.NO_REPLACE);
    }

    @Override
    public Answers.Opened openFile(PoolPath path) throws PoolException {
        Inode inode = paths.resolve(path, true);
        requireRegular(path, inode);
        return opened(path, fs.open(null, inode.number(), false, false));
    }

    @Override
    public Answers.Opened createFile(PoolPath path, int permissions, boolean truncate) throws PoolException {
        if (!paths.exists(path)) {
            return opened(path, fs.create(null, caller, paths.parent(path), path.name(), permissions, true));
        }
        Inode inode = paths.resolve(path, true);
        requireRegular(path, inode);
        return opened(path, fs.open(null, inode.number(), true, truncate));
    }

    @Override
    public byte[] read(long handle, long offset, int length) throws PoolException {
        requireOwn(handle);
        if (offset < 0 || length < 0) {
            throw new PoolException(Reason.INVALID, "there are no " + length + " bytes at " + offset);
        }
        byte[] bytes = new byte[Math.min(length, MAX_READ_BYTES)];
        int count = fs.read(handle, offset, ByteBuffer.wrap(bytes));
        return count == bytes.length ? bytes : Arrays.copyOf(bytes, count);
    }

    @Override
    public void write(long handle, long offset, byte[] bytes) throws PoolException {
        requireOwn(handle);
        if (offset < 0) {
            throw new PoolException(Reason.INVALID, "nothing can be written at " + offset);
        }
        fs.write(handle, offset, ByteBuffer.wrap(bytes));
    }

    @Override
    public void closeFile(long handle) throws PoolException {
        requireOwn(handle);
        handles.remove(handle);
        try {
            fs.flush(handle);
        } finally {
            fs.release(handle);
        }
    }

    @Override
    public void setAttributes(PoolPath path, @Nullable Integer permissions, @Nullable Long modifyNanos)
            throws PoolException {
        fs.setAttributes(
                null,
                paths.resolve(path, true).number(),
                null,
                new AttributeChange(permissions, null, null, null, null, modifyNanos));
    }

    @Override
    public @Nullable String attribute(PoolPath path, String name) throws PoolException {
        try {
            byte[] value = fs.getXattr(paths.resolve(path, true).number(), name.getBytes(StandardCharsets.UTF_8));
            return new String(value, StandardCharsets.UTF_8);
        } catch (PoolException e) {
            if (e.reason() == Reason.NO_ATTRIBUTE) {
                return null;
            }
            throw e;
        }
    }

    @Override
    public void setAttribute(PoolPath path, String name, @Nullable String value) throws PoolException {
        long inode = paths.resolve(path, true).number();
        byte[] key = name.getBytes(StandardCharsets.UTF_8);
        if (value == null) {
            fs.removeXattr(null, inode, key);
        } else {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            fs.setXattr(null, inode, key, bytes, PoolFileSystem.XattrMode.CREATE_OR_REPLACE);
        }
    }

    @Override
    public Answers.TreeUsage usage(PoolPath path) throws PoolException {
        return new Directories(fs).usage(path, paths.resolve(path, false), pool.metadata());
    }

    @Override
    public Manifest manifest(PoolPath path) throws PoolException {
        Inode inode = paths.resolve(path, true);
        requireRegular(path, inode);
        return new ManifestReport(pool).of(path, inode);
    }

    @Override
    public Answers.Flushed flush(List<PoolPath> files, long timeoutMillis, Progress.Listener listener)
            throws PoolException {
        lifecycle.kernel().settle();
        return new Flush(pool, paths).run(files, timeoutMillis, listener);
    }

    @Override
    public Answers.Reloaded reload() throws PoolException {
        PoolConfig before = pool.config();
        PoolConfig after = new ConfigReader(Surroundings.ofThisProcess()).read(before.name(), before.file());
        ConfigChanges changes = ConfigChanges.between(before, after);
        if (!changes.onReload().isEmpty()) {
            pool.reload(after);
        }
        return new Answers.Reloaded(words(changes.onReload()), words(changes.onMount()));
    }

    @Override
    public List<Answers.Staged> staged() throws PoolException {
        return pool.staged();
    }

    @Override
    public PoolStatus.RemoteInfo testRemote(String name) throws PoolException {
        pool.test(name);
        return remote(name);
    }

    @Override
    public List<Answers.Bench> bench(Answers.BenchOrder order, Progress.Listener listener) throws PoolException {
        return new BenchRun(pool).run(order, listener);
    }

    @Override
    public Answers.Joined joinRemote(String name) throws PoolException {
        reload();
        boolean isNew = pool.join(name);
        return new Answers.Joined(isNew, remote(name));
    }

    @Override
    public Answers.Imported importRclonepool(Answers.ImportOrder order, Progress.Listener listener)
            throws PoolException {
        Answers.Imported imported = pool.importRclonepool(order, caller, listener);
        if (imported.imported() > 0 && !order.dryRun()) {
            pool.shipped()
                    .awaitShipped(
                            pool.metadata().lastTransaction(),
                            pool.scheduler().deadlineAfter(pool.config().fsyncTimeout()));
        }
        return imported;
    }

    @Override
    public Answers.Kept warm(List<PoolPath> files, Progress.Listener listener) throws PoolException {
        return cached().warm(files, listener);
    }

    @Override
    public Answers.Kept pin(List<PoolPath> files, Progress.Listener listener) throws PoolException {
        return cached().pin(files, listener);
    }

    @Override
    public Answers.Kept unpin(List<PoolPath> files, Progress.Listener listener) throws PoolException {
        return cached().unpin(files, listener);
    }

    @Override
    public Answers.Kept evict(List<PoolPath> files, Progress.Listener listener) throws PoolException {
        return cached().evict(files, listener);
    }

    @Override
    public Answers.Pins pins() throws PoolException {
        return cached().pins();
    }

    private CachedFiles cached() {
        return new CachedFiles(pool, paths, new Directories(fs));
    }

    private PoolStatus.RemoteInfo remote(String name) throws PoolException {
        for (PoolStatus.RemoteInfo remote : status().remotes()) {
            if (remote.name().equals(name)) {
                return remote;
            }
        }
        throw new PoolException(Reason.NOT_FOUND, "no remote \"" + name + "\" in this pool");
    }

    @Override
    public Answers.Affected affected(String remote) throws PoolException {
        return new AffectedFiles(pool).of(remote);
    }

    @Override
    public Answers.Collected collectGarbage(boolean now, boolean delete) throws PoolException {
        return pool.collectGarbage(now, delete);
    }

    @Override
    public Answers.Checked check(Answers.CheckOrder order, Progress.Listener listener) throws PoolException {
        return pool.check(order, listener);
    }

    @Override
    public Answers.Stopped stop(long drainMillis, Progress.Listener listener) throws PoolException {
        return lifecycle.stop(drainMillis, listener);
    }

    @Override
    public void mountAgain(String mountpoint, List<String> options, String source) throws PoolException {
        lifecycle.mountAgain(mountpoint, options, source);
    }

    @Override
    public void close() {
        for (long handle : handles) {
            fs.release(handle);
        }
        handles.clear();
        lifecycle.serviceClosed();
    }

    private Answers.Opened opened(PoolPath path, PoolFileSystem.Opened opened) throws PoolException {
        handles.add(opened.handle());
        return new Answers.Opened(opened.handle(), FileInfo.of(path.name(), opened.inode()));
    }

    private void requireOwn(long handle) throws PoolException {
        if (!handles.contains(handle)) {
            throw new PoolException(Reason.BAD_HANDLE, "no open file " + handle);
        }
    }

    private static void requireRegular(PoolPath path, Inode inode) throws PoolException {
        if (inode.isDirectory()) {
            throw new PoolException(Reason.IS_DIRECTORY, path + " is a directory");
        }
        if (!inode.isRegular()) {
            throw new PoolException(Reason.INVALID, path + " is not a regular file");
        }
    }

    private static List<String> words(List<ConfigKey> keys) {
        return keys.stream().map(ConfigKey::word).toList();
    }
}
