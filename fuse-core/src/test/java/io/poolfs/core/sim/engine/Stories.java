package io.poolfs.core.sim.engine;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Tells the stories of many seeds, on as many threads as wanted: each is a world of its own. */
public final class Stories {
    /** Acts of a story unless somebody says otherwise. */
    public static final int LENGTH = 300;

    private static final int TRACED_STEPS = 400;
    private static final int SHRINK_ATTEMPTS = 3000;
    private static final int LINE_CHARS = 300;

    private final int length;
    private final int threads;
    private final Bug bug;
    private final PrintStream out;
    private final AtomicLong stories = new AtomicLong();
    private final AtomicLong acts = new AtomicLong();
    private final AtomicLong lives = new AtomicLong();
    private final AtomicLong transactions = new AtomicLong();
    private final AtomicLong steps = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    /** Tells runs apart that should be equal. */
    private final AtomicLong hash = new AtomicLong();

    /** @param bug the name of a deliberate one, or empty */
    public Stories(int length, int threads, String bug, PrintStream out) {
        this.length = length;
        this.threads = threads;
        this.bug = bug.isEmpty() ? Bug.NONE : DeliberateBug.valueOf(bug);
        this.out = out;
    }

    /** One story with all that is known of it; a failing one is made as short as it can be. Whether it went well. */
    public boolean tellOne(long seed) {
        return tellOne(Story.ofSeed(seed, length));
    }

    /** A story from a file: comments, a line with the seed, then an act each line. */
    public boolean tellFile(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return tellOne(read(lines.toList()));
        }
    }

    static Story read(List<String> lines) {
        List<String> told = lines.stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
        long seed = Long.parseLong(told.get(0).split(" ")[1]);
        return Story.of(seed, String.join("\n", told.subList(1, told.size())));
    }

    private boolean tellOne(Story story) {
        try {
            out.println(EngineSimulation.tell(story, bug, out::println, Integer.getInteger("simulate.trace", 0)));
            return true;
        } catch (StoryFailure e) {
            out.println(e.getMessage());
            if (Boolean.getBoolean("simulate.asIs")) {
                e.printStackTrace(out);
                return false;
            }
            out.println("making it shorter ...");
            StoryFailure shortest = new Shrinker(bug, SHRINK_ATTEMPTS).shrink(e);
            try {
                EngineSimulation.tell(shortest.story(), bug, out::println, TRACED_STEPS);
            } catch (StoryFailure again) {
                again.printStackTrace(out);
            }
            out.println("\nseed " + shortest.story().seed());
            shortest.story().acts().forEach(out::println);
            return false;
        }
    }

    /** Many stories; a line for each that fails, and the figures of all. Whether all went well. */
    public boolean tell(long first, long last) throws InterruptedException {
        AtomicLong next = new AtomicLong(first);
        Thread[] tellers = new Thread[threads];
        for (int i = 0; i < threads; i++) {
            tellers[i] = new Thread(() -> {
                for (long seed = next.getAndIncrement(); seed <= last; seed = next.getAndIncrement()) {
                    tellQuietly(seed);
                }
            });
            tellers[i].start();
        }
        for (Thread teller : tellers) {
            teller.join();
        }
        out.println("seeds " + first + ".." + last + ": stories " + stories + " failed " + failed + " operations "
                + acts + " lives " + lives + " transactions " + transactions + " steps " + steps + " hash "
                + Long.toHexString(hash.get()));
        return failed.get() == 0;
    }

    private void tellQuietly(long seed) {
        try {
            EngineSimulation.Report report = EngineSimulation.tell(Story.ofSeed(seed, length), bug);
            if (Boolean.getBoolean("simulate.each")) {
                out.println(report);
            }
            acts.addAndGet(report.acts());
            lives.addAndGet(report.lives());
            transactions.addAndGet(report.transactions());
            steps.addAndGet(report.steps());
            hash.accumulateAndGet(report.hash(), (one, other) -> one ^ other);
        } catch (StoryFailure e) {
            failed.incrementAndGet();
            String line = e.getMessage().lines().findFirst().orElse("?");
            out.println(line.substring(0, Math.min(LINE_CHARS, line.length())));
        }
        stories.incrementAndGet();
    }
}
