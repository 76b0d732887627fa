package io.poolfs.core.fs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.poolfs.core.meta.Op;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.function.LongSupplier;

/**
 * Names that were taken away from committed files by transactions that no quorum holds yet. A new file of such a name
 * displaces the old one instead of replacing it, so that a recovery can give the name back. Usable from any thread.
 */
final class RecentUnlinks {
    private final LongSupplier shippedTransaction;

    /** In order of transactions, so that what was shipped meanwhile is at the front. */
    @GuardedBy("this")
    private final LinkedHashMap<Op.Place, Unlinked> byPlace = new LinkedHashMap<>();

    private record Unlinked(long inode, long transaction) {}

    RecentUnlinks(LongSupplier shippedTransaction) {
        this.shippedTransaction = shippedTransaction;
    }

    synchronized void add(Op.Place place, long inode, long transaction) {
        prune();
        byPlace.remove(place);
        byPlace.put(place, new Unlinked(inode, transaction));
    }

    /** The committed file that had this name until a transaction that is not shipped; 0 when there is none. */
    synchronized long at(Op.Place place) {
        Unlinked unlinked = byPlace.get(place);
        if (unlinked == null || unlinked.transaction() <= shippedTransaction.getAsLong()) {
            return 0;
        }
        return unlinked.inode();
    }

    synchronized void taken(Op.Place place) {
        byPlace.remove(place);
    }

    @GuardedBy("this")
    private void prune() {
        long shipped = shippedTransaction.getAsLong();
        Iterator<Unlinked> oldest = byPlace.values().iterator();
        while (oldest.hasNext() && oldest.next().transaction() <= shipped) {
            oldest.remove();
        }
    }
}
