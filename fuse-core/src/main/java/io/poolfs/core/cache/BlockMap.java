package io.poolfs.core.cache;

import io.poolfs.core.model.ByteRange;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A sparse set of block numbers, kept by slab, and the slabs by groups, so that a block far out in a huge file costs
 * little. Changed by one thread at a time (the owner's lock); read by any thread without one: a reader may see a bit
 * late, never a bit that was not set before.
 */
final class BlockMap {
    static final int SLAB_BLOCKS = 1024;
    static final int SLAB_WORDS = SLAB_BLOCKS / Long.SIZE;

    private static final int SLAB_SHIFT = Integer.numberOfTrailingZeros(SLAB_BLOCKS);
    private static final int WORD_SHIFT = 6;
    private static final int GROUP_SLABS = 1024;
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle SLAB = MethodHandles.arrayElementVarHandle(long[][].class);
    private static final long[] NO_WORDS = new long[0];
    private static final Group[] NO_GROUPS = new Group[0];

    /** Consecutive slabs, each with as many words as were needed so far: small files stay small. */
    private static final class Group {
        final long number;
        volatile long[][] slabs = new long[1][];

        Group(long number) {
            this.number = number;
        }

        long firstSlab() {
            return number * GROUP_SLABS;
        }
    }

    /** In order of their numbers. */
    private volatile Group[] groups = NO_GROUPS;

    private volatile long count;

    /** How many blocks are in the set. */
    long count() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    boolean get(long block) {
        return (word(block >>> WORD_SHIFT) & (1L << block)) != 0;
    }

    /** Adds [from, to); returns how many were not in it. */
    long set(long from, long to) {
        long added = 0;
        for (long at = from; at < to; ) {
            long next = Math.min(to, (at | (Long.SIZE - 1)) + 1);
            long mask = mask(at, next);
            long old = word(at >>> WORD_SHIFT);
            if ((old & mask) != mask) {
                put(at >>> WORD_SHIFT, old | mask);
                added += Long.bitCount(mask & ~old);
            }
            at = next;
        }
        move(added);
        return added;
    }

    /** Takes [from, to) away; returns how many were in it. */
    long clear(long from, long to) {
        long removed = 0;
        for (long at = nextSet(from, to); at < to; at = nextSet(at, to)) {
            long next = Math.min(to, (at | (Long.SIZE - 1)) + 1);
            long mask = mask(at, next);
            long old = word(at >>> WORD_SHIFT);
            put(at >>> WORD_SHIFT, old & ~mask);
            removed += Long.bitCount(old & mask);
            at = next;
        }
        move(-removed);
        return removed;
    }

    void addAll(BlockMap other) {
        other.forEachRun(0, other.end(), this::set);
    }

    void removeAll(BlockMap other) {
        other.forEachRun(0, other.end(), this::clear);
    }

    long count(long from, long to) {
        long found = 0;
        for (long at = nextSet(from, to); at < to; at = nextSet(at, to)) {
            long next = Math.min(to, (at | (Long.SIZE - 1)) + 1);
            found += Long.bitCount(word(at >>> WORD_SHIFT) & mask(at, next));
            at = next;
        }
        return found;
    }

    /** The first block of the set in [from, to), or to. */
    long nextSet(long from, long to) {
        long at = from;
        while (at < to) {
            long slab = nextSlab(at >>> SLAB_SHIFT, ((to - 1) >>> SLAB_SHIFT) + 1);
            at = Math.max(at, slab << SLAB_SHIFT);
            long[] words = wordsOf(slab);
            long end = Math.min(to, (slab << SLAB_SHIFT) + (long) words.length * Long.SIZE);
            while (at < end) {
                int index = (int) (at >>> WORD_SHIFT) & (SLAB_WORDS - 1);
                long rest = (long) WORD.getAcquire(words, index) & (-1L << at);
                if (rest != 0) {
                    return Math.min(to, (at & -Long.SIZE) + Long.numberOfTrailingZeros(rest));
                }
                at = (at & -Long.SIZE) + Long.SIZE;
            }
            at = (slab + 1) << SLAB_SHIFT;
        }
        return to;
    }

    /** The first slab in [from, to) that has, or has had, a block of the set; or to. */
    long nextSlab(long from, long to) {
        Group[] all = groups;
        for (int i = indexOf(all, from / GROUP_SLABS); i < all.length; i++) {
            long[][] slabs = all[i].slabs;
            long first = all[i].firstSlab();
            for (long slab = Math.max(from, first); slab < first + slabs.length; slab++) {
                if (slab >= to) {
                    return to;
                }
                if (SLAB.getAcquire(slabs, (int) (slab - first)) != null) {
                    return slab;
                }
            }
            if (first >= to) {
                return to;
            }
        }
        return to;
    }

    /** The first block in [from, to) that is not in the set, or to. */
    long nextClear(long from, long to) {
        long at = from;
        while (at < to) {
            long rest = ~word(at >>> WORD_SHIFT) & (-1L << at);
            if (rest != 0) {
                return Math.min(to, (at & -Long.SIZE) + Long.numberOfTrailingZeros(rest));
            }
            at = (at & -Long.SIZE) + Long.SIZE;
        }
        return to;
    }

    /** A bound: no block of the set is at or behind it. */
    long end() {
        Group[] all = groups;
        if (all.length == 0) {
            return 0;
        }
        Group last = all[all.length - 1];
        return (last.firstSlab() + last.slabs.length) << SLAB_SHIFT;
    }

    void forEachRun(long from, long to, Run run) {
        for (long start = nextSet(from, to); start < to; ) {
            long end = nextClear(start, to);
            run.accept(start, end);
            start = nextSet(end, to);
        }
    }

    /** The runs inside [from, to) as bytes, cut at the size. */
    List<ByteRange> ranges(long from, long to, long sizeBytes) {
        List<ByteRange> found = new ArrayList<>();
        forEachRun(from, to, (start, end) -> addRange(found, start, end, sizeBytes));
        return found;
    }

    /** The gaps inside [from, to) as bytes, cut at the size. */
    List<ByteRange> gaps(long from, long to, long sizeBytes) {
        List<ByteRange> found = new ArrayList<>();
        for (long start = nextClear(from, to); start < to; ) {
            long end = nextSet(start, to);
            addRange(found, start, end, sizeBytes);
            start = nextClear(end, to);
        }
        return found;
    }

    /** The words of a slab as the sidecar keeps them, little by little: always {@link #SLAB_WORDS}. */
    void write(long slab, ByteBuffer dst) {
        for (int i = 0; i < SLAB_WORDS; i++) {
            dst.putLong(word(slab * SLAB_WORDS + i));
        }
    }

    /** Adds the words of a slab. */
    void read(long slab, ByteBuffer src) {
        long added = 0;
        for (int i = 0; i < SLAB_WORDS; i++) {
            long bits = src.getLong();
            if (bits != 0) {
                long index = slab * SLAB_WORDS + i;
                long old = word(index);
                added += Long.bitCount(bits & ~old);
                put(index, old | bits);
            }
        }
        move(added);
    }

    private static void addRange(List<ByteRange> to, long startBlock, long endBlock, long sizeBytes) {
        long start = startBlock * Image.BLOCK_BYTES;
        long end = Math.min(endBlock * Image.BLOCK_BYTES, sizeBytes);
        if (start < end) {
            to.add(ByteRange.between(start, end));
        }
    }

    /** The bits [from, to) of the one word that holds both ends. */
    private static long mask(long from, long to) {
        long upTo = (to & (Long.SIZE - 1)) == 0 ? -1L : (1L << to) - 1;
        return upTo & (-1L << from);
    }

    private long word(long wordIndex) {
        long[] words = wordsOf(wordIndex / SLAB_WORDS);
        int index = (int) (wordIndex % SLAB_WORDS);
        return index >= words.length ? 0 : (long) WORD.getAcquire(words, index);
    }

    private long[] wordsOf(long slab) {
        Group[] all = groups;
        int at = indexOf(all, slab / GROUP_SLABS);
        if (at == all.length || slab < all[at].firstSlab()) {
            return NO_WORDS;
        }
        long[][] slabs = all[at].slabs;
        long index = slab - all[at].firstSlab();
        long[] words = index >= slabs.length ? null : (long[]) SLAB.getAcquire(slabs, (int) index);
        return words == null ? NO_WORDS : words;
    }

    /** Where the first group of at least this number is. */
    private static int indexOf(Group[] all, long number) {
        int low = 0;
        int high = all.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (all[middle].number < number) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void put(long wordIndex, long bits) {
        long slab = wordIndex / SLAB_WORDS;
        int index = (int) (wordIndex % SLAB_WORDS);
        long[] words = wordsOf(slab);
        if (index < words.length) {
            WORD.setRelease(words, index, bits);
        } else if (bits != 0) {
            long[] larger = Arrays.copyOf(words, index == 0 ? 1 : Integer.highestOneBit(index) << 1);
            larger[index] = bits;
            Group group = groupFor(slab / GROUP_SLABS);
            int place = (int) (slab - group.firstSlab());
            if (place >= group.slabs.length) {
                group.slabs = Arrays.copyOf(group.slabs, Integer.highestOneBit(place) << 1);
            }
            SLAB.setRelease(group.slabs, place, larger);
        }
    }

    private Group groupFor(long number) {
        Group[] all = groups;
        int at = indexOf(all, number);
        if (at < all.length && all[at].number == number) {
            return all[at];
        }
        Group[] more = new Group[all.length + 1];
        System.arraycopy(all, 0, more, 0, at);
        more[at] = new Group(number);
        System.arraycopy(all, at, more, at + 1, all.length - at);
        groups = more;
        return more[at];
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time
    private void move(long by) {
        if (by != 0) {
            count += by;
        }
    }

    @FunctionalInterface
    interface Run {
        void accept(long from, long to);
    }
}
