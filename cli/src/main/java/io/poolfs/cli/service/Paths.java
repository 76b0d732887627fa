package io.poolfs.cli.service;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Paths to inodes: the one place that follows symlinks for the commands. */
final class Paths {
    private static final int MAX_SYMLINKS = 40;

    private final PoolFileSystem fs;

    Paths(PoolFileSystem fs) {
        this.fs = fs;
    }

    /** The inode at the path. NOT_FOUND names the path. */
    Inode resolve(PoolPath path, boolean followLast) throws PoolException {
        Deque<FileName> todo = new ArrayDeque<>(path.names());
        List<FileName> walked = new ArrayList<>();
        Inode at = fs.attributes(Inode.ROOT);
        int symlinks = 0;
        while (!todo.isEmpty()) {
            FileName name = todo.removeFirst();
            Inode next = lookup(at, name, path);
            if (next.isSymlink() && (followLast || !todo.isEmpty())) {
                if (++symlinks > MAX_SYMLINKS) {
                    throw new PoolException(Reason.INVALID, path + " leads through too many symbolic links");
                }
                PoolPath target = target(next, new PoolPath(walked));
                List<FileName> again = new ArrayList<>(target.names());
                again.addAll(todo);
                todo = new ArrayDeque<>(again);
                walked.clear();
                at = fs.attributes(Inode.ROOT);
            } else {
                walked.add(name);
                at = next;
            }
        }
        return at;
    }

    /** The inode number of the directory that holds the path's last name. */
    long parent(PoolPath path) throws PoolException {
        path.name(); // the root has none
        Inode parent = resolve(path.parent(), true);
        if (!parent.isDirectory()) {
            throw new PoolException(Reason.NOT_DIRECTORY, path.parent() + " is not a directory");
        }
        return parent.number();
    }

    boolean exists(PoolPath path) throws PoolException {
        try {
            resolve(path, false);
            return true;
        } catch (PoolException e) {
            if (e.reason() == Reason.NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    private Inode lookup(Inode directory, FileName name, PoolPath whole) throws PoolException {
        if (!directory.isDirectory()) {
            throw new PoolException(Reason.NOT_DIRECTORY, whole + ": \"" + name + "\" is below a file");
        }
        try {
            return fs.lookup(directory.number(), name);
        } catch (PoolException e) {
            if (e.reason() == Reason.NOT_FOUND) {
                throw new PoolException(Reason.NOT_FOUND, "there is no " + whole + " in the pool", e);
            }
            throw e;
        }
    }

    private PoolPath target(Inode symlink, PoolPath directory) throws PoolException {
        String target = new String(fs.readLink(symlink.number()), StandardCharsets.UTF_8);
        return PoolPath.of(target.startsWith("/") ? target : directory + "/" + target);
    }
}
