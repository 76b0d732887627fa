package io.poolfs.core.sim.engine;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Performs the acts of one client, one after the other, on a task of its own, while other clients do the same. */
final class Worker {
    /** Nothing may take longer: every wait of the engine has an end. */
    private static final Duration PATIENCE = Duration.ofHours(2);

    private final Scheduler scheduler;
    private final Client client;
    private final BiConsumer<Act, String> log;
    private final Monitor monitor;
    private @Nullable Act next;
    private boolean ended;
    private @Nullable Throwable failure;

    Worker(Scheduler scheduler, Client client, BiConsumer<Act, String> log) {
        this.scheduler = scheduler;
        this.client = client;
        this.log = log;
        this.monitor = scheduler.newMonitor("client " + client.number());
    }

    void start() {
        scheduler.start("client " + client.number(), this::run);
    }

    /** Waits until the last act is done, then lets this one begin. */
    void hand(Act act) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            awaitIdle();
            next = act;
            monitor.signalAll();
        }
    }

    /** Waits until the last act is done. */
    void await() throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            awaitIdle();
        }
    }

    void end() throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            awaitIdle();
            ended = true;
            monitor.signalAll();
        }
    }

    private void awaitIdle() throws PoolException {
        boolean idle = monitor.await(() -> next == null || failure != null, scheduler.deadlineAfter(PATIENCE));
        Throwable failed = failure;
        if (failed instanceof PoolException e) {
            throw new AssertionError("client " + client.number() + ", " + next + ": " + e.reason(), e);
        }
        if (failed != null) {
            throw new AssertionError("client " + client.number() + ", " + next + ": " + failed.getMessage(), failed);
        }
        if (!idle) {
            throw new AssertionError("client " + client.number() + " waits for ever in " + next);
        }
    }

    private void run() throws PoolException {
        while (true) {
            Act act;
            try (Monitor.Hold hold = monitor.enter()) {
                monitor.await(() -> next != null || ended, Long.MAX_VALUE);
                act = next;
            }
            if (act == null) {
                return;
            }
            perform(act);
            try (Monitor.Hold hold = monitor.enter()) {
                if (failure == null) {
                    next = null;
                }
                monitor.signalAll();
                if (failure != null) {
                    return;
                }
            }
        }
    }

    private void perform(Act act) {
        try {
            client.perform(act);
            log.accept(act, "done");
        } catch (PoolException | RuntimeException | AssertionError e) {
            log.accept(act, "FAILED " + e);
            failure = e;
        }
    }
}
