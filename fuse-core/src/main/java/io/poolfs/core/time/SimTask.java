package io.poolfs.core.time;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import org.jspecify.annotations.Nullable;

/** A task of the {@link SimScheduler} and what it waits for. Only who has the turn touches it. */
final class SimTask implements Task {
    enum State {
        /** Starts at its deadline. */
        DELAYED,
        READY,
        /** Wants the monitor. */
        LOCK,
        /** Waits in the monitor for a signal or the deadline, and then wants it. */
        CONDITION,
        /** Waits for the end of another task or the deadline. */
        JOIN,
        DONE
    }

    private static final int MAX_KILLS = 10_000;

    private final SimTurns turns;
    private final long number;
    private final String name;
    private final Action action;
    private final Baton baton = new Baton();

    private State state;
    private long deadlineNanos;
    private boolean signalled;
    private @Nullable SimMonitor monitor;
    private @Nullable SimTask joining;

    private @Nullable Thread thread;
    private @Nullable Throwable failure;
    private boolean joined;
    private boolean killed;
    private int kills;

    SimTask(SimTurns turns, long number, String name, Action action, long startNanos) {
        this.turns = turns;
        this.number = number;
        this.name = name;
        this.action = action;
        this.state = State.DELAYED;
        this.deadlineNanos = startNanos;
    }

    long number() {
        return number;
    }

    String name() {
        return name;
    }

    Baton baton() {
        return baton;
    }

    @Nullable
    Thread thread() {
        return thread;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    boolean isJoined() {
        return joined;
    }

    boolean isKilled() {
        return killed;
    }

    /** From now on every wait of the task ends it. */
    void kill() {
        killed = true;
    }

    /** Counts how often the task was told to die, and says whether it does not listen. */
    boolean resistsKill() {
        return ++kills > MAX_KILLS;
    }

    /** Whether its failure is its own, and not a consequence of its being killed. */
    boolean failedByItself() {
        return failure != null && (!killed || kills > MAX_KILLS);
    }

    /** The task ends without having run, or without running on. */
    void abandon(@Nullable Throwable why) {
        state = State.DONE;
        failure = why;
    }

    boolean isStarted() {
        return thread != null;
    }

    /** Runs the action on the calling thread. */
    @SuppressWarnings("CatchingUnchecked") // the outcome of the action, whatever it is, belongs to who joins
    void run() {
        Thread me = Thread.currentThread();
        String before = me.getName();
        thread = me;
        me.setName("sim-" + name);
        try {
            action.run();
        } catch (SimKilled e) {
            // The end that the kill wants.
        } catch (Throwable e) {
            failure = e;
        } finally {
            me.setName(before);
            state = State.DONE;
        }
    }

    void ready() {
        state = State.READY;
        monitor = null;
        joining = null;
        signalled = false;
    }

    void waitForLock(SimMonitor wanted) {
        state = State.LOCK;
        monitor = wanted;
    }

    void waitForCondition(SimMonitor in, long deadline) {
        state = State.CONDITION;
        monitor = in;
        deadlineNanos = deadline;
        signalled = false;
    }

    /** Wakes the task if it waits in this monitor. */
    void signal(SimMonitor in) {
        if (state == State.CONDITION && monitor == in) {
            signalled = true;
        }
    }

    boolean isRunnable(long now) {
        return switch (state) {
            case DELAYED -> deadlineNanos <= now;
            case READY -> true;
            case LOCK -> isMonitorFree();
            case CONDITION -> (signalled || deadlineNanos <= now) && isMonitorFree();
            case JOIN -> deadlineNanos <= now || (joining != null && joining.isDone());
            case DONE -> false;
        };
    }

    /** When the task becomes runnable by time alone; MAX_VALUE for never. */
    long wakeNanos(long now) {
        boolean timed = state == State.DELAYED || state == State.CONDITION || state == State.JOIN;
        return timed && deadlineNanos > now ? deadlineNanos : Long.MAX_VALUE;
    }

    private boolean isMonitorFree() {
        return monitor == null || monitor.isFree();
    }

    @Override
    public void cancel() {
        if (state == State.DELAYED && !isStarted()) {
            abandon(new PoolException(Reason.CANCELLED, "task " + name + " was cancelled before it started"));
            turns.remove(this);
        }
    }

    @Override
    public boolean isDone() {
        return state == State.DONE;
    }

    @Override
    public void join(long deadline) throws PoolException {
        SimTask me = turns.current();
        if (me != null) {
            turns.turn(me, "join");
            if (!isDone()) {
                me.state = State.JOIN;
                me.joining = this;
                me.deadlineNanos = deadline;
                turns.pause(me, "wait for the end of " + name);
            }
        }
        if (!isDone()) {
            throw new PoolException(Reason.TIMEOUT, "task " + name + " did not end in time");
        }
        joined = true;
        Failures.rethrow(failure);
    }

    @Override
    public String toString() {
        return name + "#" + number
                + switch (state) {
                    case DELAYED -> " starts at " + deadlineNanos;
                    case READY -> " can run";
                    case LOCK -> " wants " + monitor;
                    case CONDITION ->
                        " waits in " + monitor + (deadlineNanos == Long.MAX_VALUE ? "" : " until " + deadlineNanos);
                    case JOIN -> " waits for the end of " + (joining == null ? "?" : joining.name);
                    case DONE -> " is done";
                };
    }
}
