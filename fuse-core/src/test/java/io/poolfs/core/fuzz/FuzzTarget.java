package io.poolfs.core.fuzz;

import io.poolfs.core.model.Reason;
import java.util.List;
import java.util.Set;

/**
 * Something that reads bytes from outside. Used by one thread at a time.
 *
 * @param name for the seed of its inputs and for reports
 * @param examples whole inputs, at least one
 * @param refusals the reasons with which an input may be refused
 * @param allocatedBytes more than this may not be allocated for one input
 * @param weight how many of a thousand inputs of a run it gets, roughly
 */
public record FuzzTarget(
        String name, List<byte[]> examples, Set<Reason> refusals, long allocatedBytes, int weight, Feed feed) {
    public static final Set<Reason> DAMAGE = Set.of(Reason.CORRUPT, Reason.NEWER_FORMAT);
    public static final long MIB = 1L << 20;

    /** Reads the input. Throws PoolException to refuse it, anything else to fail. */
    @FunctionalInterface
    public interface Feed {
        void take(byte[] input) throws Exception;
    }

    public FuzzTarget {
        examples = List.copyOf(examples);
        refusals = Set.copyOf(refusals);
    }

    /** Of what a remote or a disk may have damaged. */
    public static FuzzTarget ofDamage(String name, List<byte[]> examples, Feed feed) {
        return new FuzzTarget(name, examples, DAMAGE, 16 * MIB, 30, feed);
    }

    public FuzzTarget with(long bytes, int share) {
        return new FuzzTarget(name, examples, refusals, bytes, share, feed);
    }
}
