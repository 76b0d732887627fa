package io.poolfs.core.pool;

import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.journal.Layout;
import io.poolfs.core.journal.LocalState;
import io.poolfs.core.journal.Recovery;
import io.poolfs.core.journal.RecoveryProgress;
import io.poolfs.core.meta.KeyValueMetadata;
import io.poolfs.core.meta.KeyValueStore;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.time.Scheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local state of a pool brought up to date: from its own journal, or from the remotes when there is none.
 *
 * @param recovered the state was just fetched from the remotes
 * @param incomplete what the fetched history may lack, so that writing would fork it; empty when it lacks nothing
 * @param notes what a person should know, one line each
 */
record OpenedState(
        LocalState local, KeyValueMetadata metadata, boolean recovered, String incomplete, List<String> notes) {
    private static final Logger LOG = LoggerFactory.getLogger(OpenedState.class);
    private static final Duration FETCH_WITHIN = Duration.ofMinutes(30);

    static OpenedState open(
            Ground ground,
            PoolConfig config,
            PoolId pool,
            RemoteSet remotes,
            OpenOrder order,
            RecoveryProgress progress,
            Closing closing)
            throws PoolException {
        Scheduler scheduler = ground.scheduler();
        LocalState local = closing.add(openState(ground, config, pool));
        List<String> notes = new ArrayList<>();
        Path aside = null;
        if (order.rebuild() && local.found() != LocalState.Found.FRESH) {
            aside = local.startOver();
            notes.add("the local state was set aside in " + aside);
            local = closing.add(openState(ground, config, pool));
        }
        local.tell(progress);
        boolean fresh = local.found() == LocalState.Found.FRESH;
        Recovery.Fetched fetched = null;
        if (fresh) {
            LOG.info("there is no local state in {}: reading the pool from its remotes", config.stateDir());
            try {
                fetched = fetch(scheduler, config, local, remotes);
            } catch (PoolException e) {
                local.close();
                if (aside != null) {
                    LocalState.putBack(ground.files(), config.stateDir(), aside);
                }
                throw e;
            }
            local.holdOnTrial();
        }
        KeyValueStore store = closing.add(ground.openStore(local.prepareStore()));
        local.load(store);
        KeyValueMetadata metadata = closing.add(KeyValueMetadata.open(store, local.journal(), scheduler.clock()));
        long replayed = local.replay(metadata);
        LOG.info("metadata at transaction {} ({} replayed)", metadata.lastTransaction(), replayed);
        if (fetched == null) {
            return new OpenedState(local, metadata, false, "", notes);
        }
        Recovery.Assessment worth = Recovery.assess(fetched, metadata);
        notes.add("recovered from the remotes: " + worth.transactions() + " transactions, " + worth.inodes()
                + " files and directories");
        fetched.badCopies().forEach(copy -> notes.add("damaged: " + copy));
        if (!fetched.voidSegments().isEmpty()) {
            notes.add(fetched.voidSegments().size() + " journal segments on the remotes belong to no history");
        }
        boolean complete = worth.complete() || order.acceptLoss();
        if (!worth.complete()) {
            notes.add(
                    order.acceptLoss()
                            ? "accepted: " + worth.why()
                            : "read-only until `poolfs recover --accept-loss` gives it up: " + worth.why());
        }
        if (complete) {
            local.noteShipped(fetched.end());
            local.adopt();
        }
        return new OpenedState(local, metadata, true, complete ? "" : worth.why(), notes);
    }

    private static LocalState openState(Ground ground, PoolConfig config, PoolId pool) throws PoolException {
        return LocalState.open(ground.scheduler(), ground.files(), config.stateDir(), pool, ground.identity());
    }

    private static Recovery.Fetched fetch(Scheduler scheduler, PoolConfig config, LocalState local, RemoteSet remotes)
            throws PoolException {
        remotes.recogniseAll();
        remotes.requireAny();
        return Recovery.fetch(
                local, new Layout(config.manifestPrefix()), remotes::all, scheduler.deadlineAfter(FETCH_WITHIN));
    }

    boolean complete() {
        return incomplete.isEmpty();
    }
}
