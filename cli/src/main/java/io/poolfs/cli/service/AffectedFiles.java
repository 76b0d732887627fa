package io.poolfs.cli.service;

import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Which files have bytes on a remote: those that its loss would hurt. */
final class AffectedFiles {
    private static final int MOST_PATHS = 100_000;

    private final OpenPool pool;

    AffectedFiles(OpenPool pool) {
        this.pool = pool;
    }

    Answers.Affected of(String remote) throws PoolException {
        RemoteId id = idOf(remote);
        return pool.metadata().read(reader -> {
            Set<Long> inodes = new TreeSet<>();
            long[] counts = new long[2];
            reader.chunks(use -> {
                if (use.chunk().remote().equals(id) && use.references() > 0) {
                    counts[0]++;
                    counts[1] += use.liveBytes();
                    collect(reader, use.chunk().id(), inodes);
                }
                return true;
            });
            List<PoolPath> paths = new ArrayList<>();
            for (long inode : inodes) {
                for (PoolPath path : InodePaths.of(reader, inode)) {
                    if (paths.size() < MOST_PATHS) {
                        paths.add(path);
                    }
                }
            }
            return new Answers.Affected(remote, inodes.size(), counts[0], counts[1], paths, paths.size() >= MOST_PATHS);
        });
    }

    private static void collect(MetadataReader reader, ChunkId chunk, Set<Long> inodes) throws PoolException {
        reader.references(chunk, reference -> {
            inodes.add(reference.inode());
            return true;
        });
    }

    private RemoteId idOf(String remote) throws PoolException {
        RemoteId named = KnownRemotes.of(pool).named(remote);
        if (named != null) {
            return named;
        }
        if (RemoteId.isValid(remote)) {
            return RemoteId.parse(remote);
        }
        throw new PoolException(
                Reason.NOT_FOUND, "no remote \"" + remote + "\" in this pool; see `poolfs remote list`");
    }
}
