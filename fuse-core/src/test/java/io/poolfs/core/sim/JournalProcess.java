package io.poolfs.core.sim;

import io.poolfs.core.journal.HostIdentity;
import io.poolfs.core.journal.Layout;
import io.poolfs.core.journal.LocalState;
import io.poolfs.core.journal.PoolFormat;
import io.poolfs.core.journal.PoolJournal;
import io.poolfs.core.journal.Recovery;
import io.poolfs.core.journal.ResolveUncommitted;
import io.poolfs.core.meta.KeyValueMetadata;
import io.poolfs.core.meta.KeyValueStore;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.RemoteStatus;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.remote.SimBucket;
import io.poolfs.core.time.SimScheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Metadata with its journal: local log, segments and checkpoints on three members, epochs, recovery. */
final class JournalProcess implements PoolProcess {
    private static final PoolId POOL = new PoolId(1, 2);
    private static final Layout LAYOUT = new Layout("poolfs_manifests");
    private static final Path STATE = SimWorld.DISK.resolve("state");
    private static final int WRITE_QUORUM = 2;
    private static final Duration RECOVERY_PATIENCE = Duration.ofHours(1);
    private static final Duration CLAIM_PATIENCE = Duration.ofHours(1);
    private static final Duration STOP_PATIENCE = Duration.ofMinutes(2);

    private final SimScheduler scheduler;
    private final LocalState state;
    private final Metadata metadata;
    private final PoolJournal journal;
    private final boolean stageLost;

    private JournalProcess(
            SimScheduler scheduler, LocalState state, Metadata metadata, PoolJournal journal, boolean stageLost) {
        this.scheduler = scheduler;
        this.state = state;
        this.metadata = metadata;
        this.journal = journal;
        this.stageLost = stageLost;
    }

    /** The opener of one story. */
    static PoolProcess.Opener opener() {
        return new Machine();
    }

    @Override
    public Metadata metadata() {
        return metadata;
    }

    @Override
    public void start(boolean wait) throws PoolException {
        journal.start();
        if (wait) {
            awaitClaimed();
        }
    }

    private void awaitClaimed() throws PoolException {
        if (!journal.awaitClaimed(scheduler.deadlineAfter(CLAIM_PATIENCE))) {
            PoolException ended = journal.fenced();
            PoolException waiting = journal.claimError();
            throw ended != null
                    ? ended
                    : waiting != null ? waiting : new PoolException(Reason.TIMEOUT, "no epoch was claimed");
        }
    }

    @Override
    public void repair() throws PoolException {
        if (stageLost) {
            ResolveUncommitted.run(metadata, inode -> false);
            metadata.look(reader -> reader.uncommitted(inode -> {
                if (inode.links() > 0) {
                    throw new AssertionError("inode " + inode.number() + " waits for content that is lost");
                }
                return true;
            }));
        }
    }

    @Override
    public void maintain() throws PoolException {
        awaitClaimed();
        journal.checkpoint(scheduler.deadlineAfter(STOP_PATIENCE));
    }

    @Override
    public long shippedTransaction() {
        return journal.shippedTransaction();
    }

    @Override
    public void awaitShipped(long transaction, long deadlineNanos) throws PoolException {
        journal.awaitShipped(transaction, deadlineNanos);
    }

    @Override
    public void stop() throws PoolException {
        journal.close(scheduler.deadlineAfter(STOP_PATIENCE));
        metadata.close();
        journal.markClean();
        state.close();
    }

    /** What outlives the processes of a story beside files and buckets: the metadata store, which stands for LMDB. */
    private static final class Machine implements PoolProcess.Opener {
        private KeyValueStore store;
        private int processes;
        private boolean takeOver;

        /** What LMDB is after a power loss: not to be trusted. */
        private boolean storeBroken;

        @Override
        public PoolProcess open(SimWorld world, History history, Death before) throws PoolException {
            takeOver |= before == Death.MACHINE_LOST;
            HostIdentity host = new HostIdentity("host", world.machine(), world.boot(), ++processes);
            LocalState state = LocalState.open(world.scheduler(), world.files(), STATE, POOL, host);
            Map<RemoteId, SimBucket> buckets = Simulation.buckets(world);
            List<Member> remotes = new ArrayList<>();
            buckets.forEach((id, bucket) -> remotes.add(new Member(id, world.remote(bucket.name()))));
            boolean fresh = state.found() == LocalState.Found.FRESH;
            boolean fetched = false;
            if (fresh) {
                fetched = fetch(world, history, state, remotes);
            }
            storeBroken |= before == Death.POWER_LOSS && state.found() != LocalState.Found.CLEAN;
            state.prepareStore();
            if (fresh || state.found() == LocalState.Found.POWER_LOSS || store == null) {
                store = new SurvivingStore(world.scheduler());
                storeBroken = false;
            }
            if (storeBroken) {
                throw new AssertionError("the store of before the power loss is trusted: " + state.found());
            }
            state.load(store);
            Metadata metadata = KeyValueMetadata.open(
                    store, history.noting(state.journal()), world.scheduler().clock());
            state.replay(metadata);
            if (metadata.lastTransaction() == 0) {
                PoolFormat.firstTransaction(metadata, members(buckets), 1000, 1000, 0755);
                history.committed(metadata.lastTransaction());
            }
            PoolJournal journal = PoolJournal.open(
                    new PoolJournal.Settings(LAYOUT, Duration.ofSeconds(5), Duration.ofSeconds(3), takeOver, fetched),
                    state,
                    metadata,
                    () -> remotes);
            boolean stageLost = fresh || state.found() == LocalState.Found.POWER_LOSS;
            return new JournalProcess(world.scheduler(), state, metadata, journal, stageLost);
        }

        /** False when there is nothing to fetch: the pool never got beyond a machine that is lost. */
        private static boolean fetch(SimWorld world, History history, LocalState state, List<Member> remotes)
                throws PoolException {
            if (history.shipped() == 0) {
                Simulation.buckets(world).values().forEach(SimBucket::wipe);
                history.cutTo(0);
                return false;
            }
            Recovery.fetch(state, LAYOUT, () -> remotes, world.scheduler().deadlineAfter(RECOVERY_PATIENCE));
            return true;
        }

        private static MetadataReader.Members members(Map<RemoteId, SimBucket> buckets) {
            List<Op.Member> members = buckets.entrySet().stream()
                    .map(entry -> new Op.Member(entry.getKey(), entry.getValue().name(), true))
                    .toList();
            return new MetadataReader.Members(members, WRITE_QUORUM);
        }
    }

    private record Member(RemoteId id, RemoteStore store) implements Remote {
        @Override
        public String name() {
            return store.name();
        }

        @Override
        public RemoteStatus status() {
            throw new UnsupportedOperationException("the journal does not ask for it");
        }
    }
}
