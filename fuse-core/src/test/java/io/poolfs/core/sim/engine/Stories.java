package io.poolfs.core.sim.engine;

import java.util.concurrent.atomic.AtomicLong;

/** Runs stories of many seeds, on as many threads as wanted: each is a world of its own. */
public final class Stories {
    private Stories() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].startsWith("@")) {
            String text = java.nio.file.Files.readString(java.nio.file.Path.of(arguments[0].substring(1)));
            Story story = Story.of(Long.parseLong(arguments[1]), text.strip());
            try {
                System.out.println(EngineSimulation.tell(story, Bug.NONE, 500));
            } catch (StoryFailure e) {
                e.printStackTrace(System.out);
            }
            System.exit(0);
        }
        long from = Long.parseLong(arguments[0]);
        long to = Long.parseLong(arguments[1]);
        int length = Integer.parseInt(arguments[2]);
        int threads = Integer.parseInt(arguments[3]);
        AtomicLong next = new AtomicLong(from);
        AtomicLong failed = new AtomicLong();
        AtomicLong steps = new AtomicLong();
        AtomicLong transactions = new AtomicLong();
        long begun = System.nanoTime();
        Thread[] all = new Thread[threads];
        for (int i = 0; i < threads; i++) {
            all[i] = new Thread(() -> {
                for (long seed = next.getAndIncrement(); seed <= to; seed = next.getAndIncrement()) {
                    try {
                        EngineSimulation.Report report =
                                EngineSimulation.tell(Story.ofSeed(seed, length), Bug.NONE, from == to ? 400 : 0);
                        steps.addAndGet(report.steps());
                        transactions.addAndGet(report.transactions());
                        if (from == to) {
                            System.out.println(report);
                        }
                    } catch (StoryFailure e) {
                        failed.incrementAndGet();
                        if (from == to) {
                            e.printStackTrace(System.out);
                            if (Boolean.getBoolean("shrink")) {
                                StoryFailure shrunk = new Shrinker(Bug.NONE, 3000).shrink(e);
                                System.out.println("SHRUNK");
                                System.out.println(shrunk.getMessage());
                                shrunk.story().acts().forEach(System.out::println);
                            }
                        } else {
                            String line = e.getMessage().lines().findFirst().orElse("?");
                            System.out.println(line.substring(0, Math.min(260, line.length())));
                        }
                    }
                }
            });
            all[i].start();
        }
        for (Thread thread : all) {
            thread.join();
        }
        System.out.println("seeds " + from + ".." + to + ": " + failed + " failed, " + transactions + " transactions, "
                + steps + " steps, " + (System.nanoTime() - begun) / 1_000_000 + " ms");
        System.exit(failed.get() == 0 ? 0 : 1);
    }
}
