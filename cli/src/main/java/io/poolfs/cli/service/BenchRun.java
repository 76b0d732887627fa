package io.poolfs.cli.service;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Task;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Measures the remotes and says what it is doing. */
final class BenchRun {
    private static final Duration REPORT_EVERY = Duration.ofMillis(200);

    private final OpenPool pool;

    BenchRun(OpenPool pool) {
        this.pool = pool;
    }

    List<Answers.Bench> run(Answers.BenchOrder order, Progress.Listener listener) throws PoolException {
        AtomicReference<String> phase = new AtomicReference<>("measuring");
        AtomicLong steps = new AtomicLong();
        AtomicReference<List<Answers.Bench>> answer = new AtomicReference<>(List.of());
        Task task = pool.scheduler()
                .start(
                        "bench",
                        () -> answer.set(pool.bench(order, what -> {
                            phase.set(what);
                            steps.incrementAndGet();
                        })));
        while (!task.isDone()) {
            listener.update(new Progress(Objects.requireNonNull(phase.get()), steps.get(), -1, "", null));
            try {
                task.join(pool.scheduler().deadlineAfter(REPORT_EVERY));
            } catch (PoolException e) {
                if (e.reason() != Reason.TIMEOUT || task.isDone()) {
                    throw e;
                }
            }
        }
        task.join(Long.MAX_VALUE);
        return Objects.requireNonNull(answer.get());
    }
}
