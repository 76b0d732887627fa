package io.poolfs.core.meta;

import io.poolfs.core.model.PoolException;
import java.util.Map;

/** Displaced records and who is held by them. */
final class DisplacedCheck {
    private final SnapshotReader reader;
    private final Map<Long, TreeCheck.Node> inodes;
    private final MetadataCheck check;

    DisplacedCheck(SnapshotReader reader, Map<Long, TreeCheck.Node> inodes, MetadataCheck check) {
        this.reader = reader;
        this.inodes = inodes;
        this.check = check;
    }

    void run() throws PoolException {
        long[] records = {0};
        reader.displaced(displaced -> {
            records[0]++;
            displaced(displaced);
            return true;
        });
        long[] held = {0};
        reader.scan(Keys.HELD, (key, value) -> {
            held[0]++;
            return true;
        });
        check.require(held[0] == records[0], "%d displaced records hold %d inodes", records[0], held[0]);
    }

    private void displaced(MetadataReader.Displaced displaced) throws PoolException {
        Op.Place at = displaced.at();
        TreeCheck.Node displacer = inodes.get(displaced.displacer());
        check.require(
                displacer != null && displacer.record.isUncommitted(),
                "inode %d displaces %d but does not wait for content",
                displaced.displacer(),
                displaced.inode());
        Dentry dentry = reader.entry(at.parent(), at.name());
        check.require(
                dentry != null && dentry.inode() == displaced.displacer(),
                "inode %d displaces %d as \"%s\" in directory %d, which is not its name",
                displaced.displacer(),
                displaced.inode(),
                at.name(),
                at.parent());
        TreeCheck.Node node = inodes.get(displaced.inode());
        check.require(
                node != null && node.record.isRegular() && !node.record.isUncommitted(),
                "inode %d is displaced but has no content to go back to",
                displaced.inode());
        check.require(
                reader.get(Keys.held(displaced.inode(), displaced.displacer(), at)) != null,
                "inode %d is displaced by %d but not held",
                displaced.inode(),
                displaced.displacer());
    }
}
