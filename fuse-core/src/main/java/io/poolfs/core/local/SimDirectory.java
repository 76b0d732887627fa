package io.poolfs.core.local;

import io.poolfs.core.time.Randomness;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory of {@link SimFiles}, which guards it: the entries that a reader sees, those on the disk, and the changes
 * between. Of the changes a power loss keeps a prefix.
 */
final class SimDirectory extends SimNode {
    private final NavigableMap<String, SimNode> now = new TreeMap<>();
    private final NavigableMap<String, SimNode> durable = new TreeMap<>();
    private final List<Change> pending = new ArrayList<>();
    private int survivors;

    /** A change of entries that the disk makes as a whole: one directory's, or two for a rename between them. */
    static final class Change {
        private final List<Effect> effects;

        private Change(List<Effect> effects) {
            this.effects = effects;
        }

        static Change of(Effect... effects) {
            return new Change(List.of(effects));
        }
    }

    /** The name stands for the node from then on; null: for nothing. */
    record Effect(
            SimDirectory directory, String name, @Nullable SimNode node) {}

    NavigableMap<String, SimNode> entries() {
        return now;
    }

    /** Those that are there, or would be again if a deletion got lost. */
    List<SimDirectory> subdirectories() {
        return Stream.concat(now.values().stream(), durable.values().stream())
                .filter(SimDirectory.class::isInstance)
                .map(SimDirectory.class::cast)
                .toList();
    }

    static void apply(Change change) {
        for (Effect effect : change.effects) {
            put(effect.directory.now, effect);
            if (effect.directory.pending.isEmpty() || last(effect.directory) != change) {
                effect.directory.pending.add(change);
            }
        }
    }

    /** A change that is on the disk at once, and with it what was changed here before. */
    void putDurably(String name, SimNode node) {
        sync();
        now.put(name, node);
        durable.put(name, node);
    }

    void sync() {
        while (!pending.isEmpty()) {
            syncFirst();
        }
    }

    /** Chooses how many of its changes survive; {@link #agree} follows. */
    void chooseSurvivors(Randomness random) {
        survivors = random.nextInt(pending.size() + 1);
    }

    /** A change of two directories survives in both or in none. Returns whether this directory's choice changed. */
    boolean agree() {
        for (int i = 0; i < survivors; i++) {
            Change change = pending.get(i);
            for (Effect effect : change.effects) {
                if (effect.directory.pending.indexOf(change) >= effect.directory.survivors) {
                    survivors = i;
                    return true;
                }
            }
        }
        return false;
    }

    void losePower() {
        for (Change change : pending.subList(0, survivors)) {
            for (Effect effect : change.effects) {
                if (effect.directory == this) {
                    put(durable, effect);
                }
            }
        }
        pending.clear();
        now.clear();
        now.putAll(durable);
    }

    void clear() {
        pending.clear();
        now.clear();
        durable.clear();
    }

    private void syncFirst() {
        Change change = pending.get(0);
        for (Effect effect : change.effects) {
            SimDirectory other = effect.directory;
            // What came before in the other directory goes first; changes are in one order everywhere.
            while (other != this && other.pending.contains(change) && other.pending.get(0) != change) {
                other.syncFirst();
            }
        }
        for (Effect effect : change.effects) {
            put(effect.directory.durable, effect);
            effect.directory.pending.remove(change);
        }
    }

    private static Change last(SimDirectory directory) {
        return directory.pending.get(directory.pending.size() - 1);
    }

    private static void put(NavigableMap<String, SimNode> entries, Effect effect) {
        SimNode node = effect.node;
        if (node == null) {
            entries.remove(effect.name);
        } else {
            entries.put(effect.name, node);
        }
    }
}
