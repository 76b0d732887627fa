package io.poolfs.core.sim.engine;

import io.poolfs.core.meta.MetadataCheck;
import io.poolfs.core.meta.StateStore.Snapshot;
import io.poolfs.core.model.PoolException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The journaled state at each transaction, and up to which of them was promised to survive what. After a crash it is cut
 * to what was found.
 */
final class Chronicle {
    /** State by transaction; the first is that before all. */
    private final List<Snapshot> states = new ArrayList<>();

    private @Nullable Chronicle parent;

    /** Another history that may be the one that went on. */
    private @Nullable Chronicle alternative;

    private long committed;
    private long syncedHere;
    private long shipped;

    /**
     * Another one that will go on from where it settles in this one's history. It has to be at least where this one has
     * promised up to now.
     */
    Chronicle fork() {
        Chronicle fork = new Chronicle();
        fork.parent = this;
        fork.committed = committed;
        fork.syncedHere = syncedHere;
        fork.shipped = shipped;
        return fork;
    }

    /** A transaction is about to be appended. */
    void append(long transaction, Snapshot before, Snapshot after) {
        if (states.isEmpty()) {
            states.add(before);
        }
        cutTo(transaction - 1);
        if (states.size() != transaction) {
            throw new AssertionError("transaction " + transaction + " follows " + (states.size() - 1));
        }
        states.add(after);
    }

    /** What this one does not know yet was written by the other and taken over. */
    void adopt(Chronicle other, long last) {
        while (!states.isEmpty() && last() < last && last() < other.last()) {
            states.add(other.states.get((int) last() + 1));
        }
    }

    void committed(long transaction) {
        committed = Math.max(committed, transaction);
    }

    void promise(long transaction, boolean onlyHere) {
        syncedHere = Math.max(syncedHere, transaction);
        if (!onlyHere) {
            shipped = Math.max(shipped, transaction);
        }
        committed(transaction);
    }

    long last() {
        return Math.max(0, states.size() - 1);
    }

    long shipped() {
        return shipped;
    }

    long promised(Death death) {
        return switch (death) {
            case BIRTH -> 0;
            case STOPPED, REBOOTED, KILLED -> committed;
            case POWER_LOSS -> syncedHere;
            case MACHINE_LOST -> shipped;
        };
    }

    /** Which of two that wrote at a time was the last to have the right to is not known. */
    void mayHaveGoneOnAs(Chronicle other) {
        alternative = other;
    }

    private boolean holds(long found, Snapshot state) throws PoolException {
        return found <= last()
                && !states.isEmpty()
                && states.get((int) found).differences(state).isEmpty();
    }

    /** What was found must be what was; what is behind it never happened. */
    void settle(long found, Snapshot state, Death death) throws PoolException {
        if (parent != null) {
            states.addAll(parent.states);
            parent = null;
        }
        Chronicle other = alternative;
        alternative = null;
        if (other != null && !holds(found, state) && other.holds(found, state)) {
            states.clear();
            states.addAll(other.states);
        }
        compare(found, state);
        if (found < promised(death)) {
            throw new AssertionError("after " + death + " transaction " + found + " is the last, but " + promised(death)
                    + " was promised");
        }
        cutTo(found);
        committed = found;
        syncedHere = Math.min(syncedHere, found);
        shipped = Math.min(shipped, found);
    }

    /** What was found must be the state at a transaction. */
    void compare(long found, Snapshot state) throws PoolException {
        if (states.isEmpty()) {
            return;
        }
        if (found > last()) {
            throw new AssertionError("transaction " + found + " was found, but " + last() + " is the last ever made");
        }
        List<String> differences = states.get((int) found).differences(state);
        if (!differences.isEmpty()) {
            throw new AssertionError(
                    "the state at transaction " + found + " is not what it was: " + String.join("\n  ", differences));
        }
        List<String> broken = state.read(MetadataCheck::run);
        if (!broken.isEmpty()) {
            throw new AssertionError("metadata at transaction " + found + ": " + broken);
        }
    }

    private void cutTo(long transaction) {
        while (states.size() > transaction + 1) {
            states.remove(states.size() - 1);
        }
    }
}
