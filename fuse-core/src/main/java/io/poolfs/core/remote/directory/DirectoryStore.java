package io.poolfs.core.remote.directory;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.RemoteLabel;
import io.poolfs.core.remote.RemoteOrigin;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.time.Scheduler;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A directory of this machine as a store. An object is written under another name, synced, renamed, and its folder
 * synced, so that after a power loss it is there as a whole or not at all. Usable from any thread.
 *
 * <p>Time: a call ends within the timeout; put and getRange also go on for longer as long as bytes move.
 */
public final class DirectoryStore implements RemoteStore, RemoteOrigin {
    /** With every one of them hanging, a probe a minute is all that is asked. */
    private static final int MOST_CALLS = 24;

    /** Behind so many bytes the disk is waited for: a slow one is seen to move. */
    private static final long SYNC_EVERY_BYTES = 32 << 20;

    private final Scheduler scheduler;
    private final String name;
    private final LocalFiles files;
    private final RootFolder root;
    private final Incoming incoming;
    private final CallThreads calls;
    private final Duration timeout;
    private final long deadlineNanos;

    private DirectoryStore(
            Scheduler scheduler,
            String name,
            LocalFiles files,
            RootFolder root,
            Incoming incoming,
            CallThreads calls,
            Duration timeout,
            long deadlineNanos) {
        this.scheduler = scheduler;
        this.name = name;
        this.files = files;
        this.root = root;
        this.incoming = incoming;
        this.calls = calls;
        this.timeout = timeout;
        this.deadlineNanos = deadlineNanos;
    }

    /**
     * The store of a directory, which is not looked at yet.
     *
     * @param name of the remote in the configuration
     * @param timeout of one answer
     */
    public static DirectoryStore open(
            Scheduler scheduler, LocalFiles files, String name, Path directory, Duration timeout) {
        RootFolder root = new RootFolder(files, directory.toAbsolutePath());
        return new DirectoryStore(
                scheduler,
                name,
                files,
                root,
                new Incoming(scheduler, files, root),
                new CallThreads(scheduler, "directory " + name, timeout, MOST_CALLS),
                timeout,
                Long.MAX_VALUE);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DirectoryStore until(long deadline) {
        return new DirectoryStore(
                scheduler, name, files, root, incoming, calls, timeout, Math.min(deadline, deadlineNanos));
    }

    @Override
    public void put(String object, Path file, long sizeBytes) throws PoolException {
        Path target = root.resolve(object);
        Source source = new Source(files, file, sizeBytes);
        try {
            run(object, deadlineNanos, call -> {
                root.check();
                try (LocalFile from = source.open()) {
                    write(call, source, from, target);
                }
                root.check();
                confirm(object, target, sizeBytes);
                return target;
            });
        } catch (PoolException e) {
            PoolException ours = source.failure();
            throw ours == null ? e : ours;
        }
    }

    @Override
    public void getRange(String object, long offset, ByteBuffer dst) throws PoolException {
        if (!dst.hasRemaining()) {
            return;
        }
        Path path = root.resolve(object);
        int start = dst.position();
        boolean done = false;
        try {
            run(object, deadlineNanos, call -> {
                try (LocalFile file = open(path, object)) {
                    read(call, file, object, offset, dst);
                }
                return dst;
            });
            done = true;
        } finally {
            if (!done) {
                dst.position(start);
            }
        }
    }

    @Override
    public void delete(String object) throws PoolException {
        Path path = root.resolve(object);
        run(object, deadline(), call -> {
            root.check();
            LocalFiles.Stat stat = files.stat(path);
            if (stat != null && !stat.isDirectory()) {
                files.delete(path);
            }
            return path;
        });
    }

    @Override
    public List<Entry> list(String folder) throws PoolException {
        Path path = root.resolve(folder);
        return run(folder, deadline(), call -> {
            List<Entry> entries = new ArrayList<>();
            for (String entry : files.list(path)) {
                LocalFiles.Stat stat = files.stat(path.resolve(entry));
                if (stat != null && stat.isDirectory() && !(folder.isEmpty() && entry.equals(Incoming.FOLDER))) {
                    entries.add(new Entry(entry, -1));
                } else if (stat != null && stat.isFile()) {
                    entries.add(new Entry(entry, stat.sizeBytes()));
                }
                call.moved();
            }
            root.check(); // last: what is absent because the disk was unplugged is not empty
            return List.copyOf(entries);
        });
    }

    @Override
    public OptionalLong size(String object) throws PoolException {
        Path path = root.resolve(object);
        return run(object, deadline(), call -> {
            LocalFiles.Stat stat = files.stat(path);
            if (stat == null || !stat.isFile()) {
                root.check();
                return OptionalLong.empty();
            }
            return OptionalLong.of(stat.sizeBytes());
        });
    }

    @Override
    public void makeFolder(String folder) throws PoolException {
        Path path = root.resolve(folder);
        run(folder, deadline(), call -> {
            makeFolders(path);
            return path;
        });
    }

    @Override
    public Room about() throws PoolException {
        return run("", deadline(), call -> {
            root.check();
            LocalFiles.Space space = files.space(root.path());
            if (space.totalBytes() == Long.MAX_VALUE) {
                return Room.UNKNOWN;
            }
            return new Room(
                    OptionalLong.of(space.totalBytes()),
                    OptionalLong.of(Math.max(0, space.totalBytes() - space.availableBytes())),
                    OptionalLong.of(space.availableBytes()));
        });
    }

    /** As of a remote of rclone's on the same device: they share its room. */
    @Override
    public String storeKey() throws PoolException {
        return run("", deadline(), call -> "local:" + root.device());
    }

    @Override
    public void bind() throws PoolException {
        run("", deadline(), call -> {
            root.bind();
            return root;
        });
    }

    /** What it shows is all there is: nothing is encrypted. */
    @Override
    public void checkReallyEmpty() {}

    @Override
    public String way() {
        return "direct";
    }

    /** Who waits for an answer is let go. */
    @Override
    public void close() {
        calls.close();
    }

    @Override
    public String toString() {
        return "directory " + root.path();
    }

    private void confirm(String object, Path target, long sizeBytes) throws PoolException {
        LocalFiles.Stat seen = files.stat(target);
        if (seen == null || seen.sizeBytes() != sizeBytes) {
            throw new PoolException(
                    Reason.REMOTE_UNAVAILABLE,
                    object + " of " + sizeBytes + " bytes was written, afterwards "
                            + (seen == null ? "it is not there" : "it has " + seen.sizeBytes()));
        }
    }

    private void write(CallThreads.Call call, Source source, LocalFile from, Path target) throws PoolException {
        LocalFile to = incoming.create();
        boolean renamed = false;
        try {
            try (to) {
                copy(call, source, from, to);
            }
            call.moved(); // nobody waits for it: then it is not to appear later
            Path folder = parentOf(target);
            rename(to.path(), target, folder);
            renamed = true;
            files.syncDirectory(folder);
        } finally {
            if (!renamed) {
                files.delete(to.path());
            }
        }
    }

    private static void copy(CallThreads.Call call, Source source, LocalFile from, LocalFile to) throws PoolException {
        long sizeBytes = source.sizeBytes();
        ByteBuffer buffer = CopyBuffers.take();
        try {
            long unsynced = 0;
            for (long at = 0; at < sizeBytes; ) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), sizeBytes - at));
                int count = source.read(from, at, buffer);
                to.write(at, buffer.flip());
                at += count;
                unsynced += count;
                if (unsynced >= SYNC_EVERY_BYTES) {
                    to.sync();
                    unsynced = 0;
                }
                call.moved();
            }
            to.sync();
        } finally {
            CopyBuffers.giveBack(buffer);
        }
    }

    private void rename(Path temporary, Path target, Path folder) throws PoolException {
        try {
            files.rename(temporary, target);
        } catch (PoolException e) {
            if (e.reason() != Reason.NOT_FOUND) {
                throw e;
            }
            makeFolders(folder);
            files.rename(temporary, target);
        }
    }

    /** The folder and those above it, except for the root: that is only there when the disk is. */
    private void makeFolders(Path folder) throws PoolException {
        root.check();
        Path made = root.path();
        for (Path name : root.path().relativize(folder)) {
            Path parent = made;
            made = made.resolve(name);
            if (!folder.equals(root.path()) && files.stat(made) == null) {
                files.makeDirectory(made);
                files.syncDirectory(parent);
            }
        }
    }

    private LocalFile open(Path path, String object) throws PoolException {
        try {
            return files.open(path, LocalFiles.Mode.READ);
        } catch (PoolException e) {
            if (e.reason() != Reason.NOT_FOUND) {
                throw e;
            }
            root.check();
            throw new PoolException(Reason.OBJECT_NOT_FOUND, label() + " has no " + object, e);
        }
    }

    private void read(CallThreads.Call call, LocalFile file, String object, long offset, ByteBuffer dst)
            throws PoolException {
        int wanted = dst.remaining();
        ByteBuffer buffer = CopyBuffers.take();
        try {
            for (int done = 0; done < wanted; ) {
                buffer.clear().limit(Math.min(buffer.capacity(), wanted - done));
                int count = file.read(offset + done, buffer);
                if (count == 0) {
                    throw new PoolException(
                            Reason.CORRUPT,
                            label() + " " + object + " ends at byte " + file.sizeBytes() + ", " + wanted + " bytes at "
                                    + offset + " were expected");
                }
                // Not into the caller's buffer from the file: a caller who went away may use that for something else.
                call.deliver(() -> dst.put(buffer.flip()));
                done += count;
            }
        } finally {
            CopyBuffers.giveBack(buffer);
        }
    }

    private <T> T run(String object, long deadline, CallThreads.Work<T> work) throws PoolException {
        String what = object.isEmpty() ? name : label() + " " + object;
        try {
            return calls.run(what, deadline, work);
        } catch (PoolException e) {
            Reason reason = reason(e.reason());
            throw reason == null ? e : new PoolException(reason, label() + " " + e.getMessage(), e);
        }
    }

    /** What it means that a local file says so; null for what is said of the remote already. */
    private static @Nullable Reason reason(Reason local) {
        return switch (local) {
            case NO_SPACE -> Reason.REMOTE_FULL;
            case ACCESS_DENIED, READ_ONLY -> Reason.REMOTE_DENIED;
            case LOCAL_IO, NOT_FOUND, EXISTS -> Reason.REMOTE_UNAVAILABLE;
            default -> null;
        };
    }

    private String label() {
        return RemoteLabel.of(name);
    }

    private static Path parentOf(Path path) throws PoolException {
        Path parent = path.getParent();
        if (parent == null) {
            throw new PoolException(Reason.INVALID, path + " has no folder");
        }
        return parent;
    }

    private long deadline() {
        return Math.min(deadlineNanos, scheduler.deadlineAfter(timeout));
    }
}
