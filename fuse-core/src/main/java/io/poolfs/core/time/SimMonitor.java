package io.poolfs.core.time;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A monitor of the {@link SimScheduler}. Only who has the turn touches it. */
final class SimMonitor implements Monitor {
    private final SimTurns turns;
    private final String name;
    private final String entering;
    private final String leaving;
    private final Hold hold = this::leave;
    private @Nullable SimTask owner;
    private int depth;

    SimMonitor(SimTurns turns, String name) {
        this.turns = turns;
        this.name = name;
        this.entering = "enter " + name;
        this.leaving = "leave " + name;
    }

    /** Whether a task could take it now. What a dead task held is free. */
    boolean isFree() {
        return owner == null || owner.isDone();
    }

    @Override
    public Hold enter() {
        SimTask me = turns.current();
        if (me == null) {
            // Between the runs of a simulation nobody else can want it.
            return hold;
        }
        turns.turn(me, entering);
        if (owner == me) {
            depth++;
            return hold;
        }
        if (!isFree()) {
            me.waitForLock(this);
            turns.pause(me, "wait for " + name);
        }
        take(me, 1);
        return hold;
    }

    @Override
    public boolean await(BooleanSupplier condition, long deadlineNanos) {
        SimTask me = turns.current();
        if (me == null) {
            if (condition.getAsBoolean()) {
                return true;
            }
            throw new IllegalStateException("wait in " + name + " outside of the simulation");
        }
        if (owner != me) {
            throw new IllegalMonitorStateException(name + " is not held by " + me.name());
        }
        turns.checkAlive(me);
        while (!condition.getAsBoolean()) {
            if (deadlineNanos <= turns.nowNanos()) {
                return false;
            }
            int before = depth;
            owner = null;
            depth = 0;
            me.waitForCondition(this, deadlineNanos);
            turns.pause(me, "await in " + name);
            take(me, before);
        }
        return true;
    }

    @Override
    public void signalAll() {
        SimTask me = turns.current();
        if (me != null && owner != me && !me.isKilled()) {
            throw new IllegalMonitorStateException(name + " is not held by " + me.name());
        }
        turns.signal(this);
    }

    @Override
    public boolean isHeldByCurrentThread() {
        return owner != null && owner == turns.current();
    }

    private void take(SimTask me, int entries) {
        owner = me;
        depth = entries;
    }

    private void leave() {
        SimTask me = turns.current();
        if (me == null) {
            return;
        }
        if (owner != me) {
            // A task that was killed while it waited in here has lost the monitor already.
            if (me.isKilled()) {
                return;
            }
            throw new IllegalMonitorStateException(name + " is not held by " + me.name());
        }
        depth--;
        if (depth == 0) {
            owner = null;
            turns.turnWithoutEnd(me, leaving);
        }
    }

    @Override
    public String toString() {
        return name + (owner == null ? "" : " (held by " + owner.name() + "#" + owner.number() + ")");
    }
}
