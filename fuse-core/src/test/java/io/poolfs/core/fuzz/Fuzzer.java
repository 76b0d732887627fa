package io.poolfs.core.fuzz;

import com.sun.management.ThreadMXBean;
import io.poolfs.core.model.PoolException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.Random;

/**
 * Feeds a target. Each input has a number and follows from it and the target's name alone, so that one that fails can be
 * made again.
 */
public final class Fuzzer {
    /** An input that takes longer is taken for a hang; far above what a busy machine makes of a millisecond. */
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final FuzzTarget target;
    private final Mutator mutator;

    public Fuzzer(FuzzTarget target) {
        this.target = target;
        this.mutator = new Mutator(target.examples());
    }

    /** How many of the inputs were refused; the rest was read. */
    public long run(long from, long count) {
        examplesAreRead();
        long refused = 0;
        for (long number = from; number < from + count; number++) {
            if (!feed(number)) {
                refused++;
            }
        }
        return refused;
    }

    private void examplesAreRead() {
        boolean any = false;
        for (byte[] example : target.examples()) {
            any |= take(example.clone(), -1);
        }
        if (!any) {
            throw new AssertionError(target.name() + " reads none of its examples");
        }
    }

    /** False when it was refused. */
    private boolean feed(long number) {
        return take(mutator.input(new Random(target.name().hashCode() * 31L ^ number * 0x9e3779b97f4a7c15L)), number);
    }

    private boolean take(byte[] input, long number) {
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        boolean read = true;
        try {
            target.feed().take(input);
        } catch (PoolException e) {
            read = false;
            if (!target.refusals().contains(e.reason())) {
                throw failed(number, input, "refused with " + e.reason(), e);
            }
        } catch (Exception | StackOverflowError | OutOfMemoryError | AssertionError e) {
            throw failed(number, input, "failed", e);
        }
        allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
        if (allocated > target.allocatedBytes()) {
            throw failed(number, input, "allocated " + allocated + " bytes", null);
        }
        if (System.nanoTime() - start > LONGEST.toNanos()) {
            throw failed(number, input, "took " + Duration.ofNanos(System.nanoTime() - start), null);
        }
        return read;
    }

    private AssertionError failed(long number, byte[] input, String what, Throwable cause) {
        return new AssertionError(target.name() + ", input " + number + ": " + what + ": " + shown(input), cause);
    }

    private static String shown(byte[] input) {
        String encoded = Base64.getEncoder().encodeToString(input);
        return input.length + " bytes, base64 "
                + (encoded.length() > 4000 ? encoded.substring(0, 4000) + "…" : encoded);
    }
}
