package io.poolfs.core.pool;

import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.journal.Layout;
import io.poolfs.core.journal.LocalState;
import io.poolfs.core.journal.PoolFormat;
import io.poolfs.core.journal.PoolJournal;
import io.poolfs.core.journal.Voters;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.meta.KeyValueMetadata;
import io.poolfs.core.meta.KeyValueStore;
import io.poolfs.core.meta.MetadataReader.Members;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.time.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives a pool whose remotes carry their markers its first transaction, on the remotes and here: from then on it can be
 * opened. Nothing of it is left here when it fails.
 */
public final class PoolCreation {
    private static final Duration WITHIN = Duration.ofMinutes(2);
    private static final int ROOT_PERMISSIONS = 0755;

    private PoolCreation() {}

    /**
     * @param owner of the root directory
     * @param group of the root directory
     * @throws PoolException EXISTS when the state directory holds a pool; what a remote said when it cannot be reached
     */
    public static void create(PoolConfig config, int owner, int group, @Nullable String configPassword)
            throws PoolException {
        create(new RealGround(), config, owner, group, configPassword);
    }

    /** As {@link #create(PoolConfig, int, int, String)}, on this ground, which it takes over. */
    public static void create(Ground ground, PoolConfig config, int owner, int group, @Nullable String configPassword)
            throws PoolException {
        PoolId id = config.poolId();
        if (id == null) {
            throw new PoolException(Reason.CONFIG, config.file() + " has no pool_id");
        }
        LocalFiles files = ground.files();
        Scheduler scheduler = ground.scheduler();
        boolean done = false;
        try (ground;
                Closing closing = new Closing()) {
            Connections connections = closing.add(ground.connect(config, configPassword));
            RemoteSet remotes = closing.add(new RemoteSet(scheduler, connections, config, id));
            remotes.recogniseAll();
            Members members = members(remotes);
            LocalState state = closing.add(LocalState.open(scheduler, files, config.stateDir(), id, ground.identity()));
            if (state.found() != LocalState.Found.FRESH) {
                throw new PoolException(Reason.EXISTS, config.stateDir() + " holds the state of a pool already");
            }
            KeyValueStore store = closing.add(ground.openStore(state.prepareStore()));
            KeyValueMetadata metadata = closing.add(KeyValueMetadata.open(store, state.journal(), scheduler.clock()));
            state.replay(metadata);
            PoolFormat.firstTransaction(metadata, members, owner, group, ROOT_PERMISSIONS);
            ship(scheduler, config, state, metadata, remotes);
            done = true;
        } finally {
            if (!done) {
                files.deleteTree(config.stateDir());
            }
        }
    }

    private static Members members(RemoteSet remotes) throws PoolException {
        List<Op.Member> members = new ArrayList<>();
        for (Remote remote : remotes.all()) {
            RemoteId id = remote.id();
            if (id == null) {
                throw new PoolException(
                        Reason.REMOTE_UNAVAILABLE,
                        "remote " + remote.name() + " cannot be used: "
                                + remote.status().lastError());
            }
            members.add(new Op.Member(id, remote.name(), true));
        }
        return new Members(members, Voters.defaultWriteQuorum(members.size()));
    }

    private static void ship(
            Scheduler scheduler, PoolConfig config, LocalState state, KeyValueMetadata metadata, RemoteSet remotes)
            throws PoolException {
        PoolJournal.Settings settings = new PoolJournal.Settings(
                new Layout(config.manifestPrefix()), config.shipInterval(), config.claimSettle(), false, false);
        long deadlineNanos = scheduler.deadlineAfter(WITHIN);
        PoolJournal journal = PoolJournal.open(settings, state, metadata, remotes::all);
        journal.start();
        try {
            if (!journal.awaitClaimed(deadlineNanos)) {
                PoolException why = journal.claimError();
                throw why != null
                        ? why
                        : new PoolException(Reason.NO_QUORUM, "the remotes did not take the first claim");
            }
            journal.awaitShipped(metadata.lastTransaction(), deadlineNanos);
        } finally {
            journal.close(deadlineNanos);
        }
        metadata.sync();
        metadata.close();
        journal.markClean();
    }
}
