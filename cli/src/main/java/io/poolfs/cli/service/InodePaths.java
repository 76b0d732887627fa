package io.poolfs.cli.service;

import io.poolfs.core.meta.EntryPath;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.PoolException;
import java.util.ArrayList;
import java.util.List;

/** From an inode back to its paths. */
public final class InodePaths {
    private InodePaths() {}

    /** Every path of the inode; none for an orphan. */
    public static List<PoolPath> of(MetadataReader reader, long inode) throws PoolException {
        List<PoolPath> paths = new ArrayList<>();
        for (Op.Place place : reader.places(inode)) {
            paths.add(new PoolPath(EntryPath.names(reader, place)));
        }
        return paths;
    }
}
