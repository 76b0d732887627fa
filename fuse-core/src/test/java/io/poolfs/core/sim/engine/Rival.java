package io.poolfs.core.sim.engine;

import io.poolfs.core.journal.RecoveryProgress;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.pool.OpenOrder;
import io.poolfs.core.pool.Pool;
import org.jspecify.annotations.Nullable;

/** Another machine takes the right to write away from the one that works. */
final class Rival {
    private final EngineSimulation simulation;
    private final Machine machine;
    private final Chronicle chronicle;
    private @Nullable Pool pool;
    private long begins;

    /** @param common the history that both have */
    Rival(EngineSimulation simulation, Chronicle common) {
        this.simulation = simulation;
        this.machine = simulation.newMachine();
        this.chronicle = common.fork();
    }

    void takeOver() throws PoolException {
        EngineSimulation.Watch watch = simulation.watch(chronicle, Death.MACHINE_LOST);
        Pool taken = Pool.open(
                simulation.ground(machine, watch),
                simulation.config(),
                new OpenOrder(true, true, false, false),
                null,
                RecoveryProgress.NONE);
        if (!taken.isWritable()) {
            PoolException why = new PoolException(Reason.NO_QUORUM, String.valueOf(taken.readOnlyReason()));
            taken.close();
            throw why;
        }
        watch.settle(taken, machine);
        begins = watch.settledAt();
        pool = taken;
        simulation.note("   taken over at transaction " + begins);
        // From here on its own history has something that the other's does not have.
        taken.fileSystem().makeDirectory(null, Client.CALLER, Inode.ROOT, FileName.of("rival-" + machine.name()), 0755);
        taken.fileSystem().syncDirectory(Inode.ROOT);
        chronicle.promise(taken.metadata().lastTransaction(), simulation.isFsyncLocal());
    }

    /** Whether it has a newer right to write than the other. */
    boolean hasTaken(@Nullable Pool other) {
        Pool taken = pool;
        return taken != null
                && taken.journal().epoch()
                        > (other == null ? 0 : other.journal().epoch());
    }

    Machine machine() {
        return machine;
    }

    Chronicle chronicle() {
        return chronicle;
    }

    /** What the other acknowledged must be in the history that goes on. */
    void requireNothingPromisedBeyond(Chronicle other) {
        if (other.shipped() > begins) {
            throw new AssertionError("transaction " + other.shipped()
                    + " was promised, but the mount that took over goes on from " + begins);
        }
    }
}
