package io.poolfs.core.sim;

import io.poolfs.core.sim.engine.Stories;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.function.Supplier;

/** {@code scripts/simulate}: tells stories of the simulation, and what went wrong in those that fail. */
public final class Simulate {
    private static final int DEFAULT_STEPS = 4000;
    private static final String USAGE = "usage: simulate [--seed N | --seeds A..B | --story FILE] [--length ACTS]"
            + " [--threads N] [--bug NAME] [--part pool|journal|metadata] [--steps N]";

    private long first = 1;
    private long last = 100;
    private String file = "";
    private int length = Stories.LENGTH;
    private int threads = 1;
    private String bug = "";
    private String part = "pool";
    private int steps = DEFAULT_STEPS;

    private Simulate() {}

    public static void main(String[] arguments) throws Exception {
        Simulate simulate = new Simulate();
        if (!simulate.read(arguments)) {
            System.err.println(USAGE);
            System.exit(2);
        }
        System.exit(simulate.run(System.out) ? 0 : 1);
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
                    case "--story" -> file = value;
                    case "--length" -> length = Integer.parseInt(value);
                    case "--threads" -> threads = Integer.parseInt(value);
                    case "--bug" -> bug = value;
                    case "--part" -> part = value;
                    case "--steps" -> steps = Integer.parseInt(value);
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

    /** Whether all went well. */
    private boolean run(PrintStream out) throws IOException, InterruptedException {
        return switch (part) {
            case "metadata" -> runPart(MetadataProcess::opener, out);
            case "journal" -> runPart(JournalProcess::opener, out);
            default -> {
                Stories stories = new Stories(length, threads, bug, out);
                if (!file.isEmpty()) {
                    yield stories.tellFile(Path.of(file));
                }
                yield first == last ? stories.tellOne(first) : stories.tell(first, last);
            }
        };
    }

    private boolean runPart(Supplier<PoolProcess.Opener> opener, PrintStream out) {
        int failures = 0;
        long transactions = 0;
        for (long seed = first; seed <= last; seed++) {
            try {
                Simulation.Report report = Simulation.run(seed, steps, opener.get());
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
        }
        out.println("seeds " + first + ".." + last + ": " + failures + " failed, " + transactions + " transactions");
        return failures == 0;
    }
}
