package io.poolfs.core.remote.rclone;

import java.util.LinkedHashSet;
import java.util.Set;

/** The names that were absent when they were last asked for; the newest of them. Usable from any thread. */
final class Absences {
    private static final int MOST = 64;

    private final Set<String> names = new LinkedHashSet<>();

    synchronized boolean contains(String name) {
        return names.contains(name);
    }

    synchronized void add(String name) {
        names.remove(name);
        names.add(name);
        if (names.size() > MOST) {
            names.remove(names.iterator().next());
        }
    }

    synchronized void forget(String name) {
        names.remove(name);
    }
}
