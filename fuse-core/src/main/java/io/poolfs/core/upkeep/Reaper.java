package io.poolfs.core.upkeep;

import io.poolfs.core.journal.ShippedLog;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/**
 * Deletes inodes without a name, once nobody has them open, the remotes know of the unlink, and no uncommitted content
 * displaced them. One thread at a time.
 */
public final class Reaper {
    /** Bounds the transaction. */
    private static final int BATCH = 500;

    private final Metadata metadata;
    private final ShippedLog log;
    private final LongPredicate isOpen;
    private final Consumer<Inode> reaped;

    /**
     * @param isOpen whether an inode has an open handle
     * @param reaped is told of each inode that is gone, as it last was
     */
    public Reaper(Metadata metadata, ShippedLog log, LongPredicate isOpen, Consumer<Inode> reaped) {
        this.metadata = metadata;
        this.log = log;
        this.isOpen = isOpen;
        this.reaped = reaped;
    }

    /** Reaps what can be reaped now; returns how many. */
    public int reap() throws PoolException {
        long shipped = log.shippedTransaction();
        List<Long> ripe = new ArrayList<>();
        metadata.look(reader -> reader.orphans(orphan -> {
            if (orphan.transaction() <= shipped && !isOpen.test(orphan.inode())) {
                ripe.add(orphan.inode());
            }
            return true;
        }));
        int count = 0;
        for (int from = 0; from < ripe.size(); from += BATCH) {
            List<Inode> gone = reapAll(ripe.subList(from, Math.min(ripe.size(), from + BATCH)));
            gone.forEach(reaped);
            count += gone.size();
        }
        return count;
    }

    private List<Inode> reapAll(List<Long> inodes) throws PoolException {
        return metadata.change(writer -> {
            List<Inode> gone = new ArrayList<>();
            for (long number : inodes) {
                Inode inode = writer.inode(number);
                if (inode != null && isDead(writer, inode)) {
                    gone.add(inode);
                }
            }
            if (!gone.isEmpty()) {
                writer.apply(new Op.Reap(gone.stream().map(Inode::number).toList()));
            }
            return gone;
        });
    }

    private boolean isDead(MetadataReader reader, Inode inode) throws PoolException {
        return inode.links() == 0 && !isOpen.test(inode.number()) && !reader.isHeldAsDisplaced(inode.number());
    }
}
