package io.poolfs.core.journal;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.RemoteStore;
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

    /** Looks for the object on all members. One that fails or keeps silent is not asked again. */
    <T> Found<T> find(String object, int maxBytes, Decoder<T> decoder, long deadlineNanos) throws PoolException {
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

    /** The names in a folder with the largest size that any member shows. */
    Map<String, Long> list(String folder, long deadlineNanos) throws PoolException {
        Poll.Result<List<RemoteStore.Entry>> lists = Poll.<List<RemoteStore.Entry>>start(
                        scheduler,
                        "list " + folder + " of",
                        new LinkedHashMap<>(members),
                        (id, store) -> store.list(folder))
                .awaitAll(deadlineNanos);
        members.keySet().retainAll(lists.answered());
        Map<String, Long> found = new TreeMap<>();
        lists.answers()
                .values()
                .forEach(entries -> entries.forEach(entry -> found.merge(entry.name(), entry.sizeBytes(), Math::max)));
        return found;
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
