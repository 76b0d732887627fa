package io.poolfs.core.fuzz;

import java.util.ArrayList;
import java.util.List;

/**
 * Feeds targets for long: {@code ROUND INPUTS}, the inputs of a round shared out by weight. Each round has other inputs.
 * Prints how many were fed and refused in one line; ends with 1 when one failed.
 */
public final class Fuzz {
    private Fuzz() {}

    public static void run(List<FuzzTarget> targets, String... arguments) {
        long round = Long.parseLong(arguments[0]);
        long inputs = Long.parseLong(arguments[1]);
        long weights = targets.stream().mapToLong(FuzzTarget::weight).sum();
        List<String> failures = new ArrayList<>();
        long done = 0;
        long refused = 0;
        for (FuzzTarget target : targets) {
            long share = Math.max(1, inputs * target.weight() / weights);
            try {
                refused += new Fuzzer(target).run(1_000_000 + (round - 1) * share, share);
                done += share;
            } catch (AssertionError e) {
                e.printStackTrace();
                failures.add(String.valueOf(e.getMessage()));
            }
        }
        System.out.println(done + " inputs of " + targets.size() + " targets, " + refused + " refused, "
                + failures.size() + " failed");
        System.exit(failures.isEmpty() ? 0 : 1);
    }
}
