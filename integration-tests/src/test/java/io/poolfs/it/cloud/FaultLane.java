package io.poolfs.it.cloud;

import io.poolfs.core.model.Extent;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.pool.OpenOrder;
import io.poolfs.core.pool.Pool;
import io.poolfs.core.remote.RemoteStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * One pool that goes through fault after fault: everything at once while they last, and everything again when they are
 * over. Used by one thread.
 */
final class FaultLane implements AutoCloseable {
    /** Nothing may take longer. Limits of the configuration are 1 s a request, 3 s an fsync. */
    static final Duration BOUND = Duration.ofSeconds(20);

    /** Starting rclone takes a processor, and must not be what times out. */
    private static final Semaphore OPENING = new Semaphore(2);

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    private static final int FILES = 60;
    private static final int WRITTEN = 6;
    private static final String MACHINE = CloudPool.FIRST;
    private static final String IMPATIENT = """
            remote_timeout: 1s
            fsync_timeout: 3s
            """;
    private static final String CONFIG = """
            chunk_size: 64K
            cache_size: 32M
            read_ahead_max: 0
            pack_window: 0s
            ship_interval: 1s
            stage_age: 1s
            gc_grace: 0s
            """;

    private final CloudPool clouds;
    private final Map<RemoteId, String> names = new HashMap<>();

    /** Files whose content is on a remote and nowhere else, by the remote's name. */
    private final Map<String, List<String>> cold = new HashMap<>();

    private final Set<String> there = new TreeSet<>();
    private int round;
    private Pool pool;

    /** What came of one fault. */
    record Result(Map<Operation, Seen> seen, String status, String afterwards) {}

    FaultLane() throws IOException, PoolException {
        clouds = new CloudPool(Scope.CLOUDS, Scope.ENCRYPTED, IMPATIENT + CONFIG);
        // Limits of a second are for the faults.
        pool = Pool.open(clouds.config(MACHINE, CONFIG), OpenOrder.WRITE, null);
        PoolFiles files = new PoolFiles(pool);
        for (int i = 0; i < FILES; i++) {
            files.write("cold" + i, false);
            there.add("cold" + i);
        }
        pool.close(PATIENCE);
        clouds.coldCache(MACHINE);
        pool = clouds.open(MACHINE, OpenOrder.WRITE);
        pool.remotes().all().forEach(remote -> awaitId(remote.status().name()));
        pool.remoteStatuses().forEach(status -> names.put(status.id(), status.name()));
        for (String name : there) {
            cold.computeIfAbsent(remoteOf(name), remote -> new ArrayList<>()).add(name);
        }
    }

    Result run(Fault fault, Scope scope) throws Exception {
        round++;
        List<String> hit = scope.hit().stream().map(clouds.remotes()::get).toList();
        String unread = takeCold(hit.get(0));
        Map<Operation, Seen> seen = new EnumMap<>(Operation.class);
        StatusWatch watch = new StatusWatch(pool, hit);
        CompletableFuture<Seen> collected;
        clouds.set(fault.weather(), scope.hit());
        // Whoever read its neighbours may have brought it in with them.
        pool.kept().evict(new PoolFiles(pool).inode(unread));
        try (watch) {
            Map<Operation, CompletableFuture<Seen>> running = start(unread);
            collected = run(() -> {
                pool.upkeep().collectNow();
                return "";
            });
            running.put(Operation.RECOVERING, recover(unread));
            for (Map.Entry<Operation, CompletableFuture<Seen>> one : running.entrySet()) {
                seen.put(one.getKey(), await(one.getValue(), BOUND));
            }
            if (scope != Scope.ALL) {
                seen.compute(
                        Operation.READING,
                        (key, there) -> besides(there, takeCold(clouds.remotes().get(0))));
            }
            watch.awaitReason(fault.reasons());
        } finally {
            clouds.set(Weather.FAIR, scope.hit());
        }
        StringBuilder afterwards = new StringBuilder(awaitWell(unread, collected));
        seen.put(Operation.MOUNTING, remount(fault, scope));
        afterwards.append(awaitWell(unread, CompletableFuture.completedFuture(null)));
        return new Result(seen, watch.told(), afterwards.toString());
    }

    /** Everything that was acknowledged, read from the clouds: the names of what is not there. */
    List<String> damaged() throws Exception {
        pool.close(PATIENCE);
        clouds.coldCache(MACHINE);
        pool = clouds.open(MACHINE, OpenOrder.WRITE);
        PoolFiles files = new PoolFiles(pool);
        List<String> damaged = new ArrayList<>();
        for (String name : there) {
            Seen seen = await(run(() -> files.isWhole(name) ? "" : "other bytes"), BOUND);
            if (seen.outcome() != Outcome.OK) {
                damaged.add(name + ": " + seen.words());
            }
        }
        return damaged;
    }

    @Override
    public void close() throws IOException, PoolException {
        try {
            clouds.set(Weather.FAIR, Scope.ALL.hit());
            pool.close(Duration.ZERO);
        } finally {
            clouds.close();
        }
    }

    private Map<Operation, CompletableFuture<Seen>> start(String unread) {
        PoolFiles files = new PoolFiles(pool);
        String name = "round" + round + "-";
        String deleted = takeAny();
        there.remove(deleted);
        Map<Operation, CompletableFuture<Seen>> running = new EnumMap<>(Operation.class);
        running.put(Operation.READING, run(() -> files.isWhole(unread) ? "" : "other bytes"));
        running.put(Operation.DELETING, run(() -> {
            files.delete(deleted);
            return "";
        }));
        running.put(Operation.WRITING, run(() -> {
            for (int i = 1; i < WRITTEN; i++) {
                files.write(name + i, false);
            }
            files.write(name + WRITTEN, true);
            return "";
        }));
        for (int i = 1; i <= WRITTEN; i++) {
            there.add(name + i);
        }
        running.put(Operation.SHIPPING, run(() -> {
            files.makeDirectory(name + "directory");
            files.syncNamespace();
            return "";
        }));
        return running;
    }

    /** Another machine reads the pool from its remotes. */
    private CompletableFuture<Seen> recover(String unread) throws InterruptedException {
        String other = "other" + round;
        OPENING.acquire();
        return run(() -> {
                    try (Pool recovered = clouds.open(other, OpenOrder.READ)) {
                        return new PoolFiles(recovered).inode(unread) > 0 && recovered.readOnlyReason() == null
                                ? ""
                                : String.valueOf(recovered.readOnlyReason());
                    } finally {
                        clouds.forget(other);
                    }
                })
                .whenComplete((seen, e) -> OPENING.release());
    }

    /** Ends the pool as it is and opens it again in that weather: what is known here is there at once. */
    private Seen remount(Fault fault, Scope scope) throws Exception {
        pool.close(PATIENCE);
        OPENING.acquire();
        clouds.set(fault.weather(), scope.hit());
        try {
            CompletableFuture<Pool> opening = new CompletableFuture<>();
            Seen seen = await(
                    run(() -> {
                        Pool opened = clouds.open(MACHINE, OpenOrder.WRITE);
                        opening.complete(opened);
                        PoolFiles files = new PoolFiles(opened);
                        for (String name : there) {
                            files.inode(name);
                        }
                        return opened.fileSystem().space().totalBytes() >= 0 ? "" : "no space";
                    }),
                    BOUND);
            if (opening.isDone()) {
                pool = opening.join();
            } else {
                clouds.set(Weather.FAIR, scope.hit());
                pool = clouds.open(MACHINE, OpenOrder.WRITE);
            }
            return seen;
        } finally {
            OPENING.release();
            clouds.set(Weather.FAIR, scope.hit());
        }
    }

    /** Waits until all is as if there had been no fault; empty, or what is not. */
    private String awaitWell(String unread, CompletableFuture<Seen> collected) {
        PoolFiles files = new PoolFiles(pool);
        List<String> wrong = new ArrayList<>();
        try {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> {
                        wrong.clear();
                        for (RemoteStatus status : pool.remoteStatuses()) {
                            boolean asked = status.health() == RemoteStatus.Health.HEALTHY
                                    || status.health() == RemoteStatus.Health.SUSPECT;
                            if (!asked || status.full()) {
                                wrong.add(status.name() + " is " + status.health() + ", full: " + status.full() + ": "
                                        + status.lastError());
                            }
                        }
                        if (wrong.isEmpty()) {
                            Seen read = await(run(() -> files.isWhole(unread) ? "" : "other bytes"), BOUND);
                            Seen flushed = await(
                                    run(() -> {
                                        long until = pool.scheduler().deadlineAfter(Duration.ofSeconds(5));
                                        pool.stager().commitAll(until);
                                        pool.journal()
                                                .awaitShipped(pool.metadata().lastTransaction(), until);
                                        return "";
                                    }),
                                    BOUND);
                            if (read.outcome() != Outcome.OK || flushed.outcome() != Outcome.OK) {
                                wrong.add("reading: " + read.words() + "; flushing: " + flushed.words());
                            }
                        }
                        if (!collected.isDone()) {
                            wrong.add("deleted chunks are still there");
                        }
                        return wrong.isEmpty();
                    });
            return "";
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            return String.join("; ", wrong);
        }
    }

    private Seen besides(Seen seen, String onAnother) {
        Seen other = await(run(() -> new PoolFiles(pool).isWhole(onAnother) ? "" : "other bytes"), BOUND);
        return other.outcome() == Outcome.OK
                ? seen
                : new Seen(other.outcome(), other.took(), "on a remote without fault: " + other.words());
    }

    private String takeCold(String remote) {
        List<String> left = cold.getOrDefault(remote, List.of());
        if (left.isEmpty()) {
            throw new AssertionError("no cold file is left on " + remote);
        }
        return left.remove(left.size() - 1);
    }

    private String takeAny() {
        for (List<String> left : cold.values()) {
            if (left.size() > 3) {
                return left.remove(0);
            }
        }
        throw new AssertionError("no cold file is left to be deleted");
    }

    private String remoteOf(String name) throws PoolException {
        long inode = new PoolFiles(pool).inode(name);
        return pool.metadata().read(reader -> {
            Iterator<Extent> extents = reader.extents(inode, 0, Long.MAX_VALUE).iterator();
            var chunk = reader.chunk(extents.next().piece().chunk());
            return String.valueOf(names.get(chunk == null ? null : chunk.remote()));
        });
    }

    private void awaitId(String remote) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> pool.remoteStatuses().stream()
                        .anyMatch(status -> status.name().equals(remote) && status.id() != null));
    }

    /** Runs what returns what is wrong, or throws; on a thread of its own, since it may hang. */
    private static CompletableFuture<Seen> run(Callable<String> work) {
        CompletableFuture<Seen> seen = new CompletableFuture<>();
        long start = System.nanoTime();
        Thread thread = new Thread(
                () -> {
                    try {
                        String wrong = work.call();
                        seen.complete(new Seen(wrong.isEmpty() ? Outcome.OK : Outcome.OTHER, since(start), wrong));
                    } catch (PoolException e) {
                        seen.complete(new Seen(Outcome.of(e), since(start), e.reason() + ": " + e.getMessage()));
                    } catch (Throwable e) {
                        seen.complete(new Seen(Outcome.OTHER, since(start), e.toString()));
                    }
                },
                "operation");
        thread.setDaemon(true);
        thread.start();
        return seen;
    }

    private static Seen await(CompletableFuture<Seen> seen, Duration atMost) {
        try {
            return seen.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return new Seen(Outcome.HANGS, atMost, "it has not ended");
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    /** What the status says of the remotes with the fault, as long as it is open; and that the others are well. */
    private static final class StatusWatch implements AutoCloseable {
        private final Pool pool;
        private final List<String> hit;
        private final Set<String> errors = new TreeSet<>();
        private final Thread thread;
        private boolean closed;

        StatusWatch(Pool pool, List<String> hit) {
            this.pool = pool;
            this.hit = hit;
            this.thread = new Thread(this::watch, "status");
            thread.setDaemon(true);
            thread.start();
        }

        void awaitReason(List<String> reasons) {
            if (!reasons.isEmpty()) {
                try {
                    Awaitility.await()
                            .atMost(BOUND)
                            .pollInterval(LOOK_EVERY)
                            .until(() -> reasonIn(told(), reasons) != null);
                } catch (org.awaitility.core.ConditionTimeoutException e) {
                    return; // what was told is compared later
                }
            }
        }

        /** Lines of remote, state and error. */
        synchronized String told() {
            return String.join("\n", errors);
        }

        private synchronized void watch() {
            try {
                while (!closed) {
                    for (RemoteStatus status : pool.remoteStatuses()) {
                        if (hit.contains(status.name()) && status.lastError() != null) {
                            errors.add(status.label() + " " + status.health() + (status.full() ? ", full" : "") + ": "
                                    + status.lastError());
                        }
                    }
                    wait(LOOK_EVERY.toMillis());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public synchronized void close() {
            closed = true;
            notifyAll();
        }
    }

    static @Nullable String reasonIn(String told, List<String> reasons) {
        return reasons.stream().filter(told::contains).findFirst().orElse(null);
    }
}
