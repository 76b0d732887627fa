package io.poolfs.core.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.poolfs.core.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Which slabs hold clean bytes, and which of them should leave first. Caffeine keeps the order and nothing else: it runs
 * on the caller's thread, loads nothing, and its own evictions, which its maximum makes an exception, only hand the slab
 * over. Usable from any thread, with an image's lock held or not.
 *
 * <p>What was fetched ahead of a reader stays beside Caffeine until it is read, or has waited too long: to a policy that
 * goes by use, bytes that nobody has read yet are the first to go, and a reader would never find what was fetched for
 * him.
 */
final class Residency {
    /** A slab of an image. */
    record Slab(long inode, long number) {}

    private static final long AHEAD_NANOS = Duration.ofSeconds(30).toNanos();

    private static final long REFUSED_NANOS = Duration.ofSeconds(1).toNanos();

    private record Ahead(long bytes, long sinceNanos) {}

    private record Refused(Slab slab, long sinceNanos) {}

    private final Clock clock;
    private final Cache<Slab, Integer> slabs;
    private final Policy.Eviction<Slab, Integer> order;

    /** Slabs that Caffeine dropped by itself: they hold bytes still and leave first. */
    private final Queue<Slab> dropped = new ConcurrentLinkedQueue<>();

    /** Slabs that could not be evicted, in that order. What was in the way may be over by now. */
    private final Queue<Refused> refused = new ConcurrentLinkedQueue<>();

    private final Object aheadLock = new Object();

    /** Slabs that were fetched ahead and not read yet, in that order. They are not in Caffeine. */
    @GuardedBy("aheadLock")
    private final LinkedHashMap<Slab, Ahead> ahead = new LinkedHashMap<>();

    Residency(Clock clock, long maximumBytes) {
        this.clock = clock;
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

    /** The slab holds so many clean bytes now. {@code isAhead}: by a fetch that no reader waited for. */
    void update(long inode, long slab, long cleanBytes, boolean isAhead) {
        Slab key = new Slab(inode, slab);
        if (cleanBytes == 0) {
            remove(key);
            return;
        }
        synchronized (aheadLock) {
            Ahead before = ahead.get(key);
            if (before != null || (isAhead && registered(key) == 0)) {
                ahead.put(key, new Ahead(cleanBytes, before == null ? clock.monotonicNanos() : before.sinceNanos()));
                return;
            }
        }
        slabs.put(key, Math.toIntExact(cleanBytes));
    }

    /** Somebody begins to read in the slab. What was fetched ahead stays where it is until he has gone through it. */
    void touch(long inode, long slab) {
        Integer unused = slabs.getIfPresent(new Slab(inode, slab));
    }

    /** Somebody read in the slab and goes on elsewhere. */
    void leave(long inode, long slab) {
        Slab key = new Slab(inode, slab);
        Ahead read;
        synchronized (aheadLock) {
            read = ahead.remove(key);
        }
        if (read != null) {
            slabs.put(key, Math.toIntExact(read.bytes()));
        }
    }

    /** What should leave first, coldest first; empty when nothing can. Without what waits to be read. */
    List<Slab> coldest(int count) {
        giveUpAhead();
        tryRefusedAgain();
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

    /** What was fetched ahead, what will be read last about first. */
    List<Slab> farthestAhead(int count) {
        synchronized (aheadLock) {
            List<Slab> all = new ArrayList<>(ahead.keySet());
            Collections.reverse(all);
            return List.copyOf(all.subList(0, Math.min(count, all.size())));
        }
    }

    /** What nobody came to read is as anything else. */
    private void giveUpAhead() {
        long until = clock.monotonicNanos() - AHEAD_NANOS;
        synchronized (aheadLock) {
            for (Iterator<Map.Entry<Slab, Ahead>> each = ahead.entrySet().iterator(); each.hasNext(); ) {
                Map.Entry<Slab, Ahead> entry = each.next();
                if (entry.getValue().sinceNanos() > until) {
                    return;
                }
                each.remove();
                slabs.put(entry.getKey(), Math.toIntExact(entry.getValue().bytes()));
            }
        }
    }

    private void tryRefusedAgain() {
        long until = clock.monotonicNanos() - REFUSED_NANOS;
        Refused next = refused.peek();
        while (next != null && next.sinceNanos() <= until) {
            if (refused.remove(next)) {
                dropped.add(next.slab());
            }
            next = refused.peek();
        }
    }

    /** The slab could not be evicted: others come first for a while. */
    void refused(Slab slab) {
        remove(slab);
        refused.add(new Refused(slab, clock.monotonicNanos()));
    }

    /** The slab holds nothing that can leave. */
    void remove(Slab slab) {
        synchronized (aheadLock) {
            ahead.remove(slab);
        }
        slabs.invalidate(slab);
    }

    /** What is known of the slab; 0 when nothing. */
    long registeredBytes(long inode, long slab) {
        Slab key = new Slab(inode, slab);
        synchronized (aheadLock) {
            Ahead waiting = ahead.get(key);
            return waiting == null ? registered(key) : waiting.bytes();
        }
    }

    private long registered(Slab key) {
        Integer bytes = slabs.policy().getIfPresentQuietly(key);
        return bytes == null ? 0 : bytes;
    }
}
