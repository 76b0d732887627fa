package io.poolfs.core.journal;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The copies of one object on several members: found by exact name, taken from any member whose copy is intact. What is
 * wrong with the others is kept for the report. Usable by one thread at a time.
 */
final class Copies {
    /** A read that came over the wire wrong is worth a second one; an object that is wrong stays wrong. */
    private static final int TRIES = 2;

    private final Scheduler scheduler;
    private final Map<RemoteId, RemoteStore> members;
    private final Map<String, byte[]> ahead = new ConcurrentHashMap<>();
    private final List<BadCopy> bad = new ArrayList<>();

    Copies(Scheduler scheduler, Map<RemoteId, RemoteStore> members) {
        this.scheduler = scheduler;
        this.members = new LinkedHashMap<>(members);
    }

    Map<RemoteId, RemoteStore> members() {
        return new LinkedHashMap<>(members);
    }

    /** Copies that could not be used so far. */
    List<BadCopy> bad() {
        return bad;
    }

    /** The objects in a folder, each with the members that show it and the size they show. */
    Map<String, Map<RemoteId, Long>> listHolders(String folder, long deadlineNanos) throws PoolException {
        Poll.Result<List<RemoteStore.Entry>> lists = Poll.<List<RemoteStore.Entry>>start(
                        scheduler,
                        "list " + folder + " of",
                        new LinkedHashMap<>(members),
                        (id, store) -> store.list(folder))
                .awaitAll(deadlineNanos);
        members.keySet().retainAll(lists.answered());
        Map<String, Map<RemoteId, Long>> found = new TreeMap<>();
        lists.answers()
                .forEach((id, entries) ->
                        entries.forEach(entry -> found.computeIfAbsent(entry.name(), name -> new LinkedHashMap<>())
                                .merge(id, entry.sizeBytes(), Math::max)));
        return found;
    }

    /**
     * Reads objects ahead, all at once, each from one member that shows it. {@link #find} takes what came this way when
     * it is good; what did not come is looked for then.
     */
    void readAhead(Map<String, Map<RemoteId, Long>> objects, int maxBytes, long deadlineNanos) throws PoolException {
        ahead.clear();
        Monitor monitor = scheduler.newMonitor("read ahead");
        int[] running = {objects.size()};
        int turn = 0;
        for (Map.Entry<String, Map<RemoteId, Long>> object : objects.entrySet()) {
            List<Map.Entry<RemoteId, Long>> holders =
                    List.copyOf(object.getValue().entrySet());
            Map.Entry<RemoteId, Long> holder = holders.get(turn++ % holders.size());
            RemoteStore store = members.get(holder.getKey());
            scheduler.start("read " + object.getKey(), () -> {
                byte[] bytes = store == null ? null : attempt(store, object.getKey(), holder.getValue(), maxBytes);
                try (Monitor.Hold hold = monitor.enter()) {
                    running[0]--;
                    if (bytes != null) {
                        ahead.put(object.getKey(), bytes);
                    }
                    monitor.signalAll();
                }
            });
        }
        try (Monitor.Hold hold = monitor.enter()) {
            boolean unused = monitor.await(() -> running[0] == 0, deadlineNanos);
        }
    }

    private static byte @Nullable [] attempt(RemoteStore store, String object, long sizeBytes, int maxBytes) {
        try {
            return RemoteObjects.read(store, object, sizeBytes, maxBytes);
        } catch (PoolException e) {
            return null;
        }
    }

    private <T> @Nullable T decodeAhead(String object, Decoder<T> decoder) throws PoolException {
        byte[] bytes = ahead.get(object);
        if (bytes == null) {
            return null;
        }
        try {
            return decoder.decode(bytes, object);
        } catch (PoolException e) {
            if (e.reason() == Reason.NEWER_FORMAT) {
                throw e;
            }
            return null;
        }
    }

    /** Looks for the object on all members. One that fails or keeps silent is not asked again. */
    <T> Found<T> find(String object, int maxBytes, Decoder<T> decoder, long deadlineNanos) throws PoolException {
        T read = decodeAhead(object, decoder);
        if (read != null) {
            return new Found<>(read, ahead.getOrDefault(object, new byte[0]), members.keySet(), members.keySet());
        }
        Poll.Result<OptionalLong> sizes = Poll.<OptionalLong>start(
                        scheduler,
                        "look for " + object,
                        new LinkedHashMap<>(members),
                        (id, store) -> store.size(object))
                .awaitAll(deadlineNanos);
        members.keySet().retainAll(sizes.answered());
        Map<RemoteId, Long> holders = new LinkedHashMap<>();
        sizes.answers().forEach((id, size) -> size.ifPresent(bytes -> holders.put(id, bytes)));
        Set<RemoteId> answered = new LinkedHashSet<>(sizes.answered());
        for (Map.Entry<RemoteId, Long> holder : holders.entrySet()) {
            RemoteStore store = members.get(holder.getKey());
            if (store == null) {
                continue;
            }
            PoolException refused = null;
            for (int i = 0; i < TRIES; i++) {
                try {
                    byte[] bytes = RemoteObjects.read(store, object, holder.getValue(), maxBytes);
                    T value = decoder.decode(bytes, RemoteObjects.where(store, object));
                    return new Found<>(value, bytes, answered, holders.keySet());
                } catch (PoolException e) {
                    if (e.reason() == Reason.NEWER_FORMAT) {
                        throw e;
                    }
                    refused = e;
                }
            }
            if (refused != null && isSilence(refused)) {
                members.remove(holder.getKey());
                answered.remove(holder.getKey());
            } else {
                bad.add(new BadCopy(store.name(), object, String.valueOf(refused == null ? "" : refused.getMessage())));
            }
        }
        return new Found<>(null, new byte[0], answered, holders.keySet());
    }

    /** Whether the failure says nothing about the object: a later look may find it whole. */
    private static boolean isSilence(PoolException e) {
        return switch (e.reason()) {
            case REMOTE_UNAVAILABLE,
                    REMOTE_THROTTLED,
                    REMOTE_DENIED,
                    REMOTE_MISSING,
                    TIMEOUT,
                    INTERRUPTED,
                    CLOSED,
                    LOCAL_IO -> true;
            default -> false;
        };
    }

    /** The names in a folder, as any member shows them. */
    Set<String> list(String folder, long deadlineNanos) throws PoolException {
        return listHolders(folder, deadlineNanos).keySet();
    }

    @FunctionalInterface
    interface Decoder<T> {
        T decode(byte[] bytes, String where) throws PoolException;
    }

    /**
     * What the search gave.
     *
     * @param value null when no member has an intact copy
     * @param answered who said whether it has one
     * @param holders the members that have an object of this name, intact or not
     */
    record Found<T>(@Nullable T value, byte[] bytes, Collection<RemoteId> answered, Collection<RemoteId> holders) {}

    /** An object that a member has and that is not what it must be. */
    record BadCopy(String remote, String object, String what) {}
}
