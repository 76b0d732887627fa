package io.poolfs.core.time;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Who runs next: the tasks of a simulation, its clock, and the passing of the turn.
 *
 * <p>Exactly one thread has the turn: that of the current task, or the driver, which is the thread that called {@link
 * SimScheduler#run}. All state here, in {@link SimTask} and {@link SimMonitor} belongs to who has the turn; passing the
 * baton publishes it.
 */
final class SimTurns {
    /** A step takes this long, so that a task which only looks at the clock gets somewhere. */
    private static final long STEP_NANOS = 1000;

    /** The longest stall of the machine. */
    private static final long STALL_NANOS = 20_000_000_000L;

    private static final double[] SWITCH_PROBABILITIES = {1.0, 0.5, 0.2, 0.05};

    private final SplittableRandom choices;
    private final SimTrace trace = new SimTrace();
    private final SimThreads threads = new SimThreads();
    private final Baton driver = new Baton();
    private final List<SimTask> tasks = new ArrayList<>();
    private final List<SimTask> runnable = new ArrayList<>();
    private final List<SimTask> failed = new ArrayList<>();

    private volatile @Nullable SimTask current;
    private @Nullable SimTask root;
    private @Nullable String stuck;
    private boolean ending;
    private long nowNanos;
    private long steps;
    private long endAtStep = Long.MAX_VALUE;
    private long stuckAtStep = Long.MAX_VALUE;
    private long taskCount;
    private double switchProbability;
    private double stallProbability;

    SimTurns(SplittableRandom choices) {
        this.choices = choices;
        this.switchProbability = SWITCH_PROBABILITIES[choices.nextInt(SWITCH_PROBABILITIES.length)];
    }

    SimTrace trace() {
        return trace;
    }

    long nowNanos() {
        return nowNanos;
    }

    long steps() {
        return steps;
    }

    void advance(long nanos) {
        nowNanos += nanos;
    }

    void switchProbability(double probability) {
        switchProbability = probability;
    }

    void stallProbability(double probability) {
        stallProbability = probability;
    }

    void endAtStep(long step) {
        endAtStep = step;
    }

    void stuckAtStep(long step) {
        stuckAtStep = step;
    }

    /** The task on whose thread this is called; null for the driver. */
    @Nullable
    SimTask current() {
        SimTask task = current;
        return task != null && task.thread() == Thread.currentThread() ? task : null;
    }

    SimTask add(String name, Action action, long startNanos) {
        SimTask me = current();
        if (me != null) {
            turn(me, "start " + name);
        }
        SimTask task = new SimTask(this, taskCount++, name, action, startNanos);
        tasks.add(task);
        return task;
    }

    void signal(SimMonitor monitor) {
        for (SimTask task : tasks) {
            task.signal(monitor);
        }
    }

    /** A task that can go on lets the choice decide who does. Ends a killed task. */
    void turn(SimTask me, String where) {
        checkAlive(me);
        turnWithoutEnd(me, where);
        checkAlive(me);
    }

    /** Like {@link #turn}, but a killed task returns: for what its finally-blocks do. */
    void turnWithoutEnd(SimTask me, String where) {
        if (!me.isKilled()) {
            step(me, where);
            passTo(choose(me), me);
        }
    }

    /** A task that must wait gives the turn away and returns when what it waits for has come. */
    void pause(SimTask me, String where) {
        checkAlive(me);
        step(me, where);
        passTo(choose(null), me);
        checkAlive(me);
        me.ready();
    }

    void checkAlive(SimTask me) {
        if (!me.isKilled()) {
            return;
        }
        if (me.resistsKill()) {
            // It catches the kill again and again: let the simulation go on without it, and its thread be lost.
            me.abandon(new IllegalStateException("task " + me.name() + " catches what should end it"));
            failed.add(me);
            pass(null);
            new Baton().await();
        }
        throw new SimKilled();
    }

    /** The driver gives the turn to the tasks until the root has ended, or all are to be killed, or nothing moves. */
    void drive(SimTask until) {
        root = until;
        stuck = null;
        ending = false;
        SimTask first = choose(null);
        if (first != null) {
            passTo(first, null);
        }
        if (ending || stuck != null) {
            killAll();
        }
        root = null;
        String why = stuck;
        if (why != null) {
            stuckAtStep = Long.MAX_VALUE;
            throw new StuckException(why);
        }
    }

    boolean isEnding() {
        return ending;
    }

    /** All tasks are killed as soon as the driver has the turn. */
    void end() {
        ending = true;
    }

    /** With the turn at the driver: each task in order of its start runs to its end, and no wait lets it live. */
    void killAll() {
        for (SimTask task : List.copyOf(tasks)) {
            task.kill();
        }
        for (SimTask task : List.copyOf(tasks)) {
            if (!task.isStarted()) {
                task.abandon(null);
            } else if (!task.isDone()) {
                passTo(task, null);
            }
        }
        tasks.clear();
        endAtStep = Long.MAX_VALUE;
    }

    void close() {
        threads.close();
    }

    void remove(SimTask task) {
        tasks.remove(task);
    }

    /** The tasks that failed since the last call. */
    List<SimTask> takeFailed() {
        List<SimTask> taken = List.copyOf(failed);
        failed.clear();
        return taken;
    }

    /** Who waits for what, with the stacks. */
    String dump() {
        StringBuilder text = new StringBuilder();
        for (SimTask task : failed) {
            text.append("  ")
                    .append(task.name())
                    .append(" failed: ")
                    .append(task.failure())
                    .append('\n');
        }
        for (SimTask task : tasks) {
            if (!task.isDone()) {
                text.append("  ").append(task).append('\n');
                Thread thread = task.thread();
                if (thread != null) {
                    for (StackTraceElement frame : thread.getStackTrace()) {
                        if (!frame.getClassName().startsWith("java.")) {
                            text.append("      at ").append(frame).append('\n');
                        }
                    }
                }
            }
        }
        return text.toString();
    }

    private void step(SimTask me, String where) {
        steps++;
        nowNanos += STEP_NANOS;
        trace.add(steps, nowNanos, me, where);
        if (steps >= endAtStep) {
            ending = true;
        }
        if (steps >= stuckAtStep && stuck == null) {
            stuck = "no end in " + steps + " steps; simulated time " + nowNanos + " ns; " + me.name() + " is at "
                    + where + "\n" + dump();
        }
    }

    /**
     * The next task to run; null when the driver is to have the turn.
     *
     * @param me the task that could simply go on; null when there is none
     */
    private @Nullable SimTask choose(@Nullable SimTask me) {
        SimTask until = root;
        if (ending || stuck != null || (until != null && until.isDone())) {
            return null;
        }
        if (stallProbability > 0 && choices.nextDouble() < stallProbability) {
            nowNanos = Math.min(nextWake(), nowNanos + STALL_NANOS);
        }
        if (me != null && choices.nextDouble() >= switchProbability) {
            return me;
        }
        while (true) {
            runnable.clear();
            for (SimTask task : tasks) {
                if (task.isRunnable(nowNanos)) {
                    runnable.add(task);
                }
            }
            if (!runnable.isEmpty()) {
                return runnable.get(choices.nextInt(runnable.size()));
            }
            if (!skipTime()) {
                stuck = "deadlock at " + nowNanos + " ns\n" + dump();
                return null;
            }
        }
    }

    /** Time jumps to where the next task wakes; false when none does. */
    private boolean skipTime() {
        long wake = nextWake();
        if (wake == Long.MAX_VALUE) {
            return false;
        }
        nowNanos = wake;
        return true;
    }

    private long nextWake() {
        long wake = Long.MAX_VALUE;
        for (SimTask task : tasks) {
            wake = Math.min(wake, task.wakeNanos(nowNanos));
        }
        return wake;
    }

    /**
     * Gives the turn away and waits until it is back.
     *
     * @param to null for the driver
     * @param from null when the driver does it
     */
    private void passTo(@Nullable SimTask to, @Nullable SimTask from) {
        if (to == from) {
            return;
        }
        pass(to);
        if (from != null) {
            boolean back = false;
            while (!back) {
                back = from.baton().await();
            }
        } else if (!driver.await()) {
            throw new StuckException("interrupted; simulated time " + nowNanos + " ns\n" + dump());
        }
    }

    private void pass(@Nullable SimTask to) {
        current = to;
        if (to == null) {
            driver.pass();
        } else if (to.isStarted()) {
            to.baton().pass();
        } else {
            threads.run(() -> begin(to));
        }
    }

    private void begin(SimTask task) {
        task.ready();
        task.run();
        tasks.remove(task);
        if (task.failure() != null) {
            failed.add(task);
        }
        pass(task.isKilled() ? null : choose(null));
    }
}
