package io.poolfs.it.resources;

import io.poolfs.core.pool.OpenOrder;
import io.poolfs.core.pool.Pool;
import io.poolfs.it.cloud.CloudPool;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * {@code ResourceSoak OPERATIONS}: that many random operations on one opened pool over local folders, in a process with
 * the daemon's settings. What the process has of the machine must not grow: at the end it is compared with what it was
 * after a tenth. Prints rows of a table.
 */
final class ResourceSoak {
    private static final int WORKERS = 3;
    private static final int PARTS = 20;
    private static final double ALLOWED = 1.05;
    private static final long HEAP_SLACK = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String CONFIG = """
            cache_size: 24M
            chunk_size: 4M
            gc_grace: 0s
            pack_window: 200ms
            """;

    private ResourceSoak() {}

    public static void main(String[] arguments) throws Exception {
        long operations = Long.parseLong(arguments[0]);
        List<String> grown = run(operations);
        System.out.println(grown.isEmpty() ? "nothing has grown" : "GROWN: " + String.join("; ", grown));
        System.exit(grown.isEmpty() ? 0 : 1);
    }

    /** What has grown. */
    static List<String> run(long operations) throws Exception {
        try (CloudPool made = CloudPool.overFolders(3, CONFIG);
                Pool pool = made.open(CloudPool.FIRST, OpenOrder.WRITE)) {
            List<ManyOperations> workers = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                workers.add(new ManyOperations(pool.fileSystem(), i, "worker" + i));
            }
            System.out.println(
                    "| operations | descriptors | threads | RSS MiB | rclone MiB | tmpfs MiB | state MiB | heap MiB |");
            System.out.println("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
            long earlyHeap = 0;
            Consumption early = null;
            Consumption now = null;
            for (int part = 1; part <= PARTS; part++) {
                together(workers, operations / PARTS / WORKERS);
                now = measured(made, pool);
                System.out.println(
                        "| " + part * (operations / PARTS) + " | " + now.cells() + " | " + heapMebibytes() + " |");
                if (part == PARTS / 10) {
                    early = now;
                    earlyHeap = heapMebibytes();
                }
            }
            for (ManyOperations worker : workers) {
                worker.checkAll();
            }
            if (now == null || early == null) {
                return List.of("nothing was measured");
            }
            List<String> grown = new ArrayList<>(now.above(early, ALLOWED));
            if (heapMebibytes() > earlyHeap * ALLOWED + HEAP_SLACK) {
                grown.add("what lives in the heap went from " + earlyHeap + " to " + heapMebibytes() + " MiB");
            }
            return grown;
        }
    }

    private static void together(List<ManyOperations> workers, long operations) {
        List<CompletableFuture<Void>> running = workers.stream()
                .map(worker -> CompletableFuture.runAsync(
                        () -> {
                            try {
                                worker.run(operations);
                            } catch (Exception e) {
                                throw new CompletionException(e);
                            }
                        },
                        work -> new Thread(work, "worker").start()))
                .toList();
        running.forEach(CompletableFuture::join);
    }

    /** When everything is on the remotes, and what was deleted is gone from them. */
    private static Consumption measured(CloudPool made, Pool pool) throws Exception {
        long until = pool.scheduler().deadlineAfter(PATIENCE);
        pool.stager().commitAll(until);
        pool.upkeep().collectNow();
        Path machine = made.directory().resolve(CloudPool.FIRST);
        return consumption(machine);
    }

    /** What lives, after a collection. */
    private static long heapMebibytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) >> 20;
    }

    private static Consumption consumption(Path machine) throws IOException {
        return Consumption.of(ProcessHandle.current(), machine.resolve("cache"), machine.resolve("state"));
    }
}
