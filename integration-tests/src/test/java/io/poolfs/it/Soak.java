package io.poolfs.it;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One slice of a long run, for {@code scripts/soak}: {@code Soak model SEED EPISODES}, {@code Soak crash SEED ROUNDS}.
 */
final class Soak {
    /** Calls per episode of the model. */
    static final int STEPS = 2500;

    private Soak() {}

    public static void main(String[] arguments) throws Exception {
        long first = Long.parseLong(arguments[1]);
        int count = Integer.parseInt(arguments[2]);
        Path temp = Files.createTempDirectory("poolfs-soak");
        try {
            switch (arguments[0]) {
                case "model" -> {
                    try (ModelPool pool = new ModelPool(
                            temp, Transports.OPTIONS.get((int) (first / count % Transports.OPTIONS.size())))) {
                        pool.kept();
                        pool.run(first, count, STEPS);
                    }
                }
                case "crash" -> {
                    try (CrashRun run = new CrashRun(temp, first)) {
                        run.run(count);
                    }
                }
                default -> throw new IllegalArgumentException(arguments[0]);
            }
            Shell.bash(temp, "rm -rf '" + temp + "'");
        } catch (AssertionError e) {
            System.err.println("left for a look: " + temp + "\n" + e.getMessage());
            System.exit(1);
        }
    }
}
