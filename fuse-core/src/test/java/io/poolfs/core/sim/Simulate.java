package io.poolfs.core.sim;

import java.io.PrintStream;
import java.util.function.Supplier;

/** {@code scripts/simulate}: runs stories of the simulation and prints the seeds of those that fail. */
public final class Simulate {
    private static final int DEFAULT_STEPS = 4000;
    private static final long REPORT_EVERY = 100;

    private long first = 1;
    private long last = 100;
    private int steps = DEFAULT_STEPS;
    private Supplier<PoolProcess.Opener> part = JournalProcess::opener;

    private Simulate() {}

    public static void main(String[] arguments) {
        Simulate simulate = new Simulate();
        if (!simulate.read(arguments)) {
            System.err.println("usage: simulate [--seed N | --seeds A..B] [--steps N] [--part metadata|journal]");
            System.exit(2);
        }
        System.exit(simulate.run(System.out) == 0 ? 0 : 1);
    }

    private boolean read(String[] arguments) {
        try {
            for (int i = 0; i + 1 < arguments.length; i += 2) {
                String value = arguments[i + 1];
                switch (arguments[i]) {
                    case "--seed" -> {
                        first = Long.parseLong(value);
                        last = first;
                    }
                    case "--seeds" -> {
                        String[] ends = value.split("\\.\\.", 2);
                        first = Long.parseLong(ends[0]);
                        last = Long.parseLong(ends[1]);
                    }
                    case "--steps" -> steps = Integer.parseInt(value);
                    case "--part" -> part = partOf(value);
                    default -> {
                        return false;
                    }
                }
            }
            return arguments.length % 2 == 0;
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            return false;
        }
    }

    private static Supplier<PoolProcess.Opener> partOf(String name) {
        return switch (name) {
            case "metadata" -> MetadataProcess::opener;
            case "journal" -> JournalProcess::opener;
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** Returns how many stories failed. */
    private int run(PrintStream out) {
        int failures = 0;
        long transactions = 0;
        for (long seed = first; seed <= last; seed++) {
            try {
                Simulation.Report report = Simulation.run(seed, steps, part.get());
                transactions += report.transactions();
                if (first == last) {
                    out.println(report);
                }
            } catch (SimulationFailure e) {
                failures++;
                if (first == last) {
                    e.printStackTrace(out);
                } else {
                    out.println(e.getMessage().lines().findFirst().orElse("?") + "   (--seed " + seed + " for more)");
                }
            }
            if ((seed - first + 1) % REPORT_EVERY == 0) {
                out.println("seeds " + first + ".." + seed + ": " + failures + " failed");
            }
        }
        out.println("seeds " + first + ".." + last + ": " + failures + " failed, " + transactions + " transactions");
        return failures;
    }
}
