package io.poolfs.core.sim.engine;

import io.poolfs.core.journal.RecoveryProgress;
import io.poolfs.core.meta.StateStore;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.pool.OpenOrder;
import io.poolfs.core.pool.Pool;
import java.util.ArrayList;
import java.util.List;

/** A machine that has nothing reads the pool from its remotes, while another one goes on writing. */
final class Observer {
    private final EngineSimulation simulation;
    private final Chronicle chronicle;
    private final boolean alone;

    /** @param alone nobody else writes meanwhile */
    Observer(EngineSimulation simulation, Chronicle chronicle, boolean alone) {
        this.simulation = simulation;
        this.alone = alone;
        this.chronicle = chronicle;
    }

    void look() throws PoolException {
        Machine machine = simulation.newMachine();
        StateStore.Watcher nobody = new StateStore.Watcher() {
            @Override
            public void prepared(long transaction, StateStore.Snapshot before, StateStore.Snapshot after) {
                throw new AssertionError("who only reads has made transaction " + transaction);
            }

            @Override
            public void committed(long transaction) {}
        };
        long promised = chronicle.shipped();
        Pool pool = Pool.open(
                simulation.ground(machine, nobody), simulation.config(), OpenOrder.READ, null, RecoveryProgress.NONE);
        try {
            long found = pool.metadata().lastTransaction();
            simulation.note("   observed transaction " + found + " of " + chronicle.last());
            if (found < promised && pool.readOnlyReason() == null) {
                throw new AssertionError(
                        "another machine sees transaction " + found + ", but " + promised + " was promised before");
            }
            if (alone) {
                chronicle.compare(found, simulation.state(machine));
                readSome(pool);
            }
        } finally {
            pool.close();
        }
    }

    /** What it reads is a version that the file had. */
    private void readSome(Pool pool) throws PoolException {
        List<Inode> files = new ArrayList<>();
        pool.metadata()
                .look(reader -> reader.inodes(inode -> {
                    if (inode.isRegular() && inode.hasCommittedContent() && inode.links() > 0) {
                        files.add(inode);
                    }
                    return files.size() < 5;
                }));
        for (Inode file : files) {
            byte[] content = Comparison.tryToRead(pool.fileSystem(), file.number());
            Versions versions = simulation.versions(file.number(), false);
            if (content != null && versions.last() >= 0) {
                String objection = versions.objectionToAny(content);
                if (!objection.isEmpty()) {
                    throw new AssertionError("another machine reads of inode " + file.number() + " " + objection);
                }
            }
        }
    }
}
