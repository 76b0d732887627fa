package io.poolfs.core.remote.directory;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.ObjectPath;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a remote, never made by us, and the device it lies on: an unplugged disk leaves an empty folder of the
 * same name. Usable from any thread; its calls may hang.
 */
final class RootFolder {
    private static final long UNBOUND = Long.MIN_VALUE;

    private final LocalFiles files;
    private final Path directory;
    private volatile long bound = UNBOUND;

    RootFolder(LocalFiles files, Path directory) {
        this.files = files;
        this.directory = directory;
    }

    Path path() {
        return directory;
    }

    /** Where the object or folder lies; the root for an empty name. */
    Path resolve(String name) throws PoolException {
        if (!name.isEmpty() && !ObjectPath.isValid(name)) {
            throw new PoolException(Reason.INVALID, "\"" + name + "\" cannot be the name of an object");
        }
        try {
            return directory.resolve(name);
        } catch (InvalidPathException e) {
            throw new PoolException(Reason.INVALID, "the locale has no \"" + name + "\": set LC_ALL to a UTF-8 one", e);
        }
    }

    /** The number of the device that holds the directory, or would hold it. */
    long device() throws PoolException {
        for (Path path = directory; path != null; path = path.getParent()) {
            LocalFiles.Stat stat = stat(path);
            if (stat != null) {
                return stat.device();
            }
        }
        throw gone();
    }

    /** Remembers on which device it lies now; REMOTE_MISSING when it is not there. */
    void bind() throws PoolException {
        bound = present().device();
    }

    /** REMOTE_MISSING when it is gone, or lies elsewhere than when it was bound. */
    void check() throws PoolException {
        long device = present().device();
        if (bound != UNBOUND && device != bound) {
            throw new PoolException(
                    Reason.REMOTE_MISSING,
                    directory + " lies on another device than before: is the disk unplugged or not mounted?");
        }
    }

    private LocalFiles.Stat present() throws PoolException {
        LocalFiles.Stat stat = stat(directory);
        if (stat == null || !stat.isDirectory()) {
            throw gone();
        }
        return stat;
    }

    /** With the dot, since the directory may be named by a link. */
    private LocalFiles.@Nullable Stat stat(Path path) throws PoolException {
        return files.stat(path.resolve("."));
    }

    private PoolException gone() {
        return new PoolException(
                Reason.REMOTE_MISSING, directory + " is not there: is the disk unplugged or not mounted?");
    }
}
