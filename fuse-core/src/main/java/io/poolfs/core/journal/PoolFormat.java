package io.poolfs.core.journal;

import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;

/**
 * The first transaction of a new pool: who keeps the metadata, and whose the root directory is. The markers of pool and
 * remotes ({@code pool.json}, {@code remote.json}) lie on the remotes before it ships.
 */
public final class PoolFormat {
    private PoolFormat() {}

    /**
     * Makes it, over an empty store whose log is a fresh {@link LocalState}'s journal.
     *
     * @param permissions of the root directory
     * @throws PoolException EXISTS when there is a pool already; INVALID for an impossible quorum
     */
    public static void firstTransaction(
            Metadata metadata, MetadataReader.Members members, int owner, int group, int permissions)
            throws PoolException {
        if (metadata.lastTransaction() != 0) {
            throw new PoolException(Reason.EXISTS, "the store holds a pool already");
        }
        Membership.check(members);
        metadata.alter(writer -> {
            writer.apply(new Op.SetMembers(members.members(), members.writeQuorum()));
            writer.apply(new Op.SetAttributes(
                    Inode.ROOT, permissions, owner, group, writer.nanos(), writer.nanos(), writer.nanos()));
        });
    }
}
