package io.poolfs.core.remote;

import io.poolfs.core.time.Randomness;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The far side of a simulated remote: its objects, which outlive every process, and its state. Any number of
 * {@link SimRemote}s may be connected. Times are of the monotonic clock of the world it lives in.
 */
public final class SimBucket {
    /** Bytes of one name; several where the backend made duplicates. Replaced, never changed. */
    private NavigableMap<String, List<SimObject>> objects = new TreeMap<>();

    private final Set<String> folders = new TreeSet<>();
    private final List<LatePut> late = new ArrayList<>();

    /** When which name was there or not, for lagging answers. */
    private final NavigableMap<String, List<Change>> history = new TreeMap<>();

    private final List<String> overwritten = new ArrayList<>();
    private final SimFaults faults = new SimFaults();
    private final String name;
    private boolean down;
    private boolean denied;
    private OptionalLong capacityBytes = OptionalLong.empty();

    public SimBucket(String name) {
        this.name = name;
    }

    public String name() {
        return name;
    }

    public SimFaults faults() {
        return faults;
    }

    /** Down: every call says REMOTE_UNAVAILABLE. */
    public synchronized void setDown(boolean isDown) {
        down = isDown;
    }

    /** Denied: every call says REMOTE_DENIED, as after a lost password. */
    public synchronized void setDenied(boolean isDenied) {
        denied = isDenied;
    }

    /** A put that does not fit says REMOTE_FULL, and the room is told; without a capacity neither. */
    public synchronized void setCapacity(OptionalLong bytes) {
        capacityBytes = bytes;
    }

    synchronized boolean isDown() {
        return down;
    }

    synchronized boolean isDenied() {
        return denied;
    }

    synchronized OptionalLong capacityBytes() {
        return capacityBytes;
    }

    /** Everything is gone, and the remote answers as an empty one: an unplugged disk, a new account. */
    public synchronized void wipe() {
        objects = new TreeMap<>();
        folders.clear();
        late.clear();
        history.clear();
    }

    /** The state of all objects, for {@link #restore}. */
    public synchronized Snapshot snapshot() {
        NavigableMap<String, List<SimObject>> copy = new TreeMap<>();
        objects.forEach((object, versions) -> copy.put(object, List.copyOf(versions)));
        return new Snapshot(copy);
    }

    /** The objects are as they were: a backup was played back. */
    public synchronized void restore(Snapshot snapshot) {
        wipe();
        snapshot.objects.forEach((object, versions) -> objects.put(object, new ArrayList<>(versions)));
    }

    /** Names of all objects, sorted. */
    public synchronized List<String> names() {
        return List.copyOf(objects.keySet());
    }

    /** The bytes of an object, the newest of duplicates; null when there is none. */
    public synchronized byte[] bytes(String object) {
        List<SimObject> versions = objects.get(object);
        return versions == null ? null : versions.get(versions.size() - 1).bytes.clone();
    }

    public synchronized long usedBytes() {
        long sum = 0;
        for (List<SimObject> versions : objects.values()) {
            for (SimObject version : versions) {
                sum += version.bytes.length;
            }
        }
        return sum;
    }

    /** Puts an object past all faults, as someone else might. */
    public synchronized void plant(String object, byte[] bytes) {
        objects.put(object, new ArrayList<>(List.of(new SimObject(bytes.clone()))));
    }

    /** Takes an object away past all faults. */
    public synchronized void remove(String object) {
        objects.remove(object);
    }

    /** Flips a bit of the byte at the offset. */
    public synchronized void flip(String object, int offset) {
        byte[] bytes = bytes(object);
        bytes[offset] ^= 1;
        plant(object, bytes);
    }

    /** Names whose bytes were replaced by other ones; our objects never are. */
    public synchronized List<String> overwritten() {
        return List.copyOf(overwritten);
    }

    synchronized boolean hasRoomFor(String object, long sizeBytes) {
        List<SimObject> replaced = objects.getOrDefault(object, List.of());
        long less = replaced.isEmpty() ? 0 : replaced.get(0).bytes.length;
        return capacityBytes.isEmpty() || usedBytes() - less + sizeBytes <= capacityBytes.getAsLong();
    }

    synchronized void put(String object, byte[] bytes, boolean besideOthers, long now) {
        List<SimObject> versions = objects.computeIfAbsent(object, none -> new ArrayList<>());
        if (!besideOthers) {
            // A torn object may be completed or torn again; anything else that differs is a broken promise.
            if (versions.stream().anyMatch(old -> !isPrefix(old.bytes, bytes) && !isPrefix(bytes, old.bytes))) {
                overwritten.add(object);
            }
            versions.clear();
        }
        versions.add(new SimObject(bytes));
        note(object, bytes.length, now);
    }

    /** An upload breaks off. What is already there with the same content is not uploaded again. */
    synchronized void tear(String object, byte[] bytes, int arrived, long now) {
        List<SimObject> there = objects.getOrDefault(object, List.of());
        if (there.stream().noneMatch(old -> Arrays.equals(old.bytes, bytes))) {
            put(object, Arrays.copyOf(bytes, arrived), false, now);
        }
    }

    synchronized void putLater(String object, byte[] bytes, long due) {
        late.add(new LatePut(object, bytes, due));
    }

    /** One of the objects of this name; null when there is none. Not to be changed. */
    synchronized byte[] pick(String object, Randomness random, long now) {
        applyLate(now);
        List<SimObject> versions = objects.get(object);
        if (versions == null) {
            return null;
        }
        return versions.get(versions.size() == 1 ? 0 : random.nextInt(versions.size())).bytes;
    }

    /** Deletes one object of this name. */
    synchronized void delete(String object, Randomness random, long now) {
        applyLate(now);
        List<SimObject> versions = objects.get(object);
        if (versions != null) {
            versions.remove(versions.size() == 1 ? 0 : random.nextInt(versions.size()));
            if (versions.isEmpty()) {
                objects.remove(object);
                note(object, -1, now);
            }
        }
    }

    /** The size of this name as of some time ago. */
    synchronized OptionalLong size(String object, long lagNanos, long now) {
        applyLate(now);
        if (lagNanos > 0) {
            for (Change change : history.getOrDefault(object, List.of())) {
                if (change.at > now - lagNanos) {
                    return change.sizeBefore < 0 ? OptionalLong.empty() : OptionalLong.of(change.sizeBefore);
                }
            }
        }
        List<SimObject> versions = objects.get(object);
        return versions == null ? OptionalLong.empty() : OptionalLong.of(versions.get(0).bytes.length);
    }

    synchronized List<RemoteStore.Entry> list(String folder, long lagNanos, long now) {
        applyLate(now);
        String prefix = folder.isEmpty() ? "" : folder + "/";
        Set<String> candidates = new TreeSet<>(below(objects, prefix).keySet());
        candidates.addAll(below(history, prefix).keySet());
        Set<String> subfolders = new TreeSet<>();
        List<RemoteStore.Entry> entries = new ArrayList<>();
        for (String object : candidates) {
            OptionalLong size = size(object, lagNanos, now);
            if (size.isEmpty()) {
                continue;
            }
            String rest = object.substring(prefix.length());
            int slash = rest.indexOf('/');
            if (slash >= 0) {
                subfolders.add(rest.substring(0, slash));
            } else if (lagNanos > 0 || !objects.containsKey(object)) {
                entries.add(new RemoteStore.Entry(rest, size.getAsLong()));
            } else {
                objects.get(object).forEach(one -> entries.add(new RemoteStore.Entry(rest, one.bytes.length)));
            }
        }
        for (String made : folders) {
            if (made.startsWith(prefix) && made.length() > prefix.length()) {
                subfolders.add(made.substring(prefix.length()).split("/", 2)[0]);
            }
        }
        subfolders.forEach(name -> entries.add(new RemoteStore.Entry(name, -1)));
        return entries;
    }

    synchronized void makeFolder(String folder) {
        folders.add(folder);
    }

    private void applyLate(long now) {
        for (LatePut put : List.copyOf(late)) {
            if (put.due <= now) {
                late.remove(put);
                put(put.object, put.bytes, false, put.due);
            }
        }
    }

    private void note(String object, long size, long now) {
        List<Change> changes = history.computeIfAbsent(object, none -> new ArrayList<>());
        long before = changes.isEmpty() ? -1 : changes.get(changes.size() - 1).sizeAfter;
        changes.add(new Change(now, before, size));
    }

    private static <T> NavigableMap<String, T> below(NavigableMap<String, T> map, String prefix) {
        return map.subMap(prefix, true, prefix + Character.MAX_VALUE, false);
    }

    private static boolean isPrefix(byte[] start, byte[] whole) {
        return start.length <= whole.length && Arrays.equals(start, 0, start.length, whole, 0, start.length);
    }

    /** The objects of a moment. */
    public static final class Snapshot {
        private final NavigableMap<String, List<SimObject>> objects;

        private Snapshot(NavigableMap<String, List<SimObject>> objects) {
            this.objects = objects;
        }
    }

    private record SimObject(byte[] bytes) {}

    private record LatePut(String object, byte[] bytes, long due) {}

    private record Change(long at, long sizeBefore, long sizeAfter) {}
}
