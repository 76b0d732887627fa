package io.poolfs.core.time;

import java.util.ArrayDeque;
import java.util.Deque;

/** The decisions of a simulation: a hash of all, and the text of the last ones. Touched by whoever has the turn. */
final class SimTrace {
    private static final long PRIME = 1_099_511_628_211L;

    private final Deque<String> last = new ArrayDeque<>();
    private int kept;
    private long hash = 17;

    void keep(int entries) {
        kept = entries;
    }

    void add(long step, long nowNanos, SimTask task, String where) {
        hash = (hash ^ task.number()) * PRIME;
        hash = (hash ^ where.hashCode()) * PRIME;
        hash = (hash ^ nowNanos) * PRIME;
        if (kept > 0) {
            if (last.size() >= kept) {
                last.removeFirst();
            }
            last.addLast(step + " " + nowNanos / 1000 + "us " + task.name() + "#" + task.number() + ": " + where);
        }
    }

    long hash() {
        return hash;
    }

    String text() {
        return String.join("\n", last);
    }
}
