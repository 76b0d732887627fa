package io.poolfs.core.time;

import io.poolfs.core.model.PoolException;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * The scheduler of a simulated world: one task runs at a time, each on its own thread, and at every monitor operation,
 * start, join and yield point the seed decides who goes on. Time is simulated: it moves a little with every step and
 * jumps when all wait. The same seed and the same actions give the same run.
 *
 * <p>The thread that calls {@link #run} drives the simulation; between runs it may use monitors and start tasks, which
 * then wait for the next run. {@link #crash} is the {@code kill -9} of the simulated process: every task ends at its
 * next step by an Error that only the scheduler may catch. Its finally-blocks run, but each of their waits, steps and
 * starts ends at once by the same Error, so nothing that goes through simulated files or remotes has an effect any more.
 * Monitors are given back. Afterwards a new process can be run in the same world.
 */
public final class SimScheduler implements Scheduler, AutoCloseable {
    /** 2026-01-01T00:00:00Z. */
    private static final long WALL_ORIGIN_NANOS = 1_767_225_600_000_000_000L;

    /** How a run ended. */
    public enum Outcome {
        /** The action has ended; the tasks that it left wait for the next run. */
        ENDED,
        /** All tasks were killed. */
        CRASHED
    }

    private final SimTurns turns;
    private final Randomness random;
    private final Clock clock = new SimClock();
    private volatile long wallShiftNanos;

    private SimScheduler(long seed) {
        SplittableRandom seeds = new SplittableRandom(seed);
        this.turns = new SimTurns(seeds.split());
        this.random = new SeededRandomness(seeds.split());
    }

    public static SimScheduler ofSeed(long seed) {
        return new SimScheduler(seed);
    }

    /**
     * Runs the action as a task, together with all other tasks, until it ends or all are killed.
     *
     * @throws PoolException what the action threw
     * @throws StuckException when all wait for ever or the limit of steps is passed; all tasks are killed
     * @throws IllegalStateException when a task that nobody joined died of an unchecked exception
     */
    public Outcome run(String name, Action action) throws PoolException {
        SimTask root = turns.add(name, action, turns.nowNanos());
        try {
            turns.drive(root);
        } finally {
            checkFailed(root);
        }
        if (root.failedByItself()) {
            Failures.rethrow(root.failure());
        }
        return turns.isEnding() ? Outcome.CRASHED : Outcome.ENDED;
    }

    /** Kills the simulated process. From a task it does not return. */
    public void crash() {
        turns.end();
        SimTask me = turns.current();
        if (me == null) {
            turns.killAll();
        } else {
            turns.turn(me, "crash");
        }
    }

    /** Crashes after that many more steps, if the run lasts so long. */
    public void stopAfter(long moreSteps) {
        turns.endAtStep(moreSteps == Long.MAX_VALUE ? moreSteps : turns.steps() + moreSteps);
    }

    /** More steps than this, counted from now, are taken for a run that never ends. */
    public void limitSteps(long moreSteps) {
        turns.stuckAtStep(turns.steps() + moreSteps);
    }

    /** How often a task that can go on lets the seed choose another; the seed decides that too unless it is set. */
    public void switchProbability(double probability) {
        turns.switchProbability(probability);
    }

    /** How often time jumps towards the next deadline although there are tasks that could run: the machine stalls. */
    public void stallProbability(double probability) {
        turns.stallProbability(probability);
    }

    /** The wall clock is set, forward or back; what is measured with the monotonic clock does not notice. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // Only the driver sets it.
    public void setWallClock(Duration by) {
        wallShiftNanos += by.toNanos();
    }

    /** Between runs: time passes, a machine was off. */
    public void advance(Duration time) {
        turns.advance(time.toNanos());
    }

    public long steps() {
        return turns.steps();
    }

    /** Equal for equal runs. */
    public long traceHash() {
        return turns.trace().hash();
    }

    /** Keeps the last decisions as text. */
    public void keepTrace(int entries) {
        turns.trace().keep(entries);
    }

    /** The kept decisions, one a line. */
    public String trace() {
        return turns.trace().text();
    }

    /** The tasks that have not ended, and what each waits for. */
    public String dump() {
        return turns.dump();
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public Randomness random() {
        return random;
    }

    @Override
    public Task start(String name, Action action) {
        return turns.add(name, action, turns.nowNanos());
    }

    @Override
    public Task startLater(Duration delay, String name, Action action) {
        return turns.add(name, action, turns.nowNanos() + delay.toNanos());
    }

    @Override
    public Monitor newMonitor(String name) {
        return new SimMonitor(turns, name);
    }

    @Override
    public void yieldPoint(String where) {
        SimTask me = turns.current();
        if (me != null) {
            turns.turn(me, where);
        }
    }

    /** Kills what is left. */
    @Override
    public void close() {
        crash();
        turns.close();
    }

    private void checkFailed(SimTask root) {
        for (SimTask task : turns.takeFailed()) {
            Throwable failure = task.failure();
            if (task != root && task.failedByItself() && !task.isJoined() && !(failure instanceof PoolException)) {
                throw new IllegalStateException("task " + task.name() + " died", failure);
            }
        }
    }

    private final class SimClock implements Clock {
        @Override
        public long wallNanos() {
            return WALL_ORIGIN_NANOS + wallShiftNanos + turns.nowNanos();
        }

        @Override
        public long monotonicNanos() {
            return turns.nowNanos();
        }
    }

    private static final class SeededRandomness implements Randomness {
        private final SplittableRandom source;

        SeededRandomness(SplittableRandom source) {
            this.source = source;
        }

        @Override
        public long nextLong() {
            return source.nextLong();
        }

        @Override
        public void nextBytes(byte[] dst) {
            source.nextBytes(dst);
        }
    }
}
