package io.poolfs.core.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Which slabs hold clean bytes, and which of them should leave first. Caffeine keeps the order and nothing else: it runs
 * on the caller's thread, loads nothing, and its own evictions, which its maximum makes an exception, only hand the slab
 * over. Usable from any thread, with an image's lock held or not.
 */
final class Residency {
    /** A slab of an image. */
    record Slab(long inode, long number) {}

    private final Cache<Slab, Integer> slabs;
    private final Policy.Eviction<Slab, Integer> order;

    /** Slabs that Caffeine dropped by itself: they hold bytes still and leave first. */
    private final Queue<Slab> dropped = new ConcurrentLinkedQueue<>();

    Residency(long maximumBytes) {
        slabs = Caffeine.newBuilder()
                .executor(Runnable::run)
                .maximumWeight(maximumBytes)
                .weigher((Slab slab, Integer bytes) -> bytes)
                .evictionListener((slab, bytes, cause) -> {
                    if (slab != null) {
                        dropped.add(slab);
                    }
                })
                .build();
        order = slabs.policy().eviction().orElseThrow();
    }

    /** The slab holds so many clean bytes now. */
    void update(long inode, long slab, long cleanBytes) {
        Slab key = new Slab(inode, slab);
        if (cleanBytes == 0) {
            slabs.invalidate(key);
        } else {
            slabs.put(key, Math.toIntExact(cleanBytes));
        }
    }

    /** Somebody read from the slab. */
    void touch(long inode, long slab) {
        Integer unused = slabs.getIfPresent(new Slab(inode, slab));
    }

    /** What should leave first, coldest first; empty when nothing can. */
    List<Slab> coldest(int count) {
        List<Slab> found = new ArrayList<>(count);
        while (found.size() < count && dropped.peek() != null) {
            Slab slab = dropped.poll();
            if (slab != null) {
                found.add(slab);
            }
        }
        if (found.isEmpty()) {
            found.addAll(order.coldest(count).keySet());
        }
        return found;
    }

    /** The slab is none of ours any more. */
    void remove(Slab slab) {
        slabs.invalidate(slab);
    }

    /** What is registered for the slab; 0 when nothing. */
    long registeredBytes(long inode, long slab) {
        Integer bytes = slabs.policy().getIfPresentQuietly(new Slab(inode, slab));
        return bytes == null ? 0 : bytes;
    }
}
