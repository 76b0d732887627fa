package io.poolfs.core.journal;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.RemoteLabel;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The same question to several members at once, each on a thread of its own. Answers that come after nobody waits any
 * more are dropped.
 */
final class Poll<T> {
    private final Scheduler scheduler;
    private final Monitor monitor;
    private final int asked;

    @GuardedByMonitor("monitor")
    private final Map<RemoteId, T> answers = new LinkedHashMap<>();

    @GuardedByMonitor("monitor")
    private final Map<RemoteId, PoolException> failures = new LinkedHashMap<>();

    private Poll(Scheduler scheduler, int asked) {
        this.scheduler = scheduler;
        this.monitor = scheduler.newMonitor("poll");
        this.asked = asked;
    }

    static <T> Poll<T> start(
            Scheduler scheduler, String name, Map<RemoteId, RemoteStore> members, Question<T> question) {
        Poll<T> poll = new Poll<>(scheduler, members.size());
        members.forEach((id, store) -> scheduler.start(name + " " + store.name(), () -> poll.ask(id, store, question)));
        return poll;
    }

    private void ask(RemoteId id, RemoteStore store, Question<T> question) {
        try {
            T answer = question.ask(id, store);
            try (Monitor.Hold hold = monitor.enter()) {
                answers.put(id, answer);
                monitor.signalAll();
            }
        } catch (PoolException e) {
            fail(id, e);
        } catch (RuntimeException e) {
            fail(id, new PoolException(Reason.INTERNAL, "asking " + store.name(), e));
        }
    }

    private void fail(RemoteId id, PoolException e) {
        try (Monitor.Hold hold = monitor.enter()) {
            failures.put(id, e);
            monitor.signalAll();
        }
    }

    /** Waits until the answers are enough, all have answered or failed, or the deadline; returns what there is then. */
    Result<T> await(Predicate<Map<RemoteId, T>> enough, long deadlineNanos) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            boolean unused = monitor.await(
                    () -> answers.size() + failures.size() == asked || enough.test(answers), deadlineNanos);
            return new Result<>(new LinkedHashMap<>(answers), new LinkedHashMap<>(failures));
        }
    }

    /** As {@link #await}, but once there are enough, the others get this much more time to answer too. */
    Result<T> awaitMost(Predicate<Map<RemoteId, T>> enough, Duration more, long deadlineNanos) throws PoolException {
        Result<T> first = await(enough, deadlineNanos);
        if (!enough.test(first.answers())) {
            return first;
        }
        return awaitAll(Math.min(deadlineNanos, scheduler.deadlineAfter(more)));
    }

    Result<T> awaitAll(long deadlineNanos) throws PoolException {
        return await(answers -> false, deadlineNanos);
    }

    @FunctionalInterface
    interface Question<T> {
        T ask(RemoteId id, RemoteStore store) throws PoolException;
    }

    record Result<T>(Map<RemoteId, T> answers, Map<RemoteId, PoolException> failures) {
        Collection<RemoteId> answered() {
            return answers.keySet();
        }

        /** Who did not answer and why, for messages. */
        String complaints(Map<RemoteId, RemoteStore> members) {
            StringBuilder text = new StringBuilder();
            members.forEach((id, store) -> {
                if (!answers.containsKey(id)) {
                    PoolException e = failures.get(id);
                    text.append(text.isEmpty() ? "" : "; ")
                            .append(RemoteLabel.before(
                                    store.name(), e == null ? "no answer yet" : String.valueOf(e.getMessage())));
                }
            });
            return text.toString();
        }
    }
}
