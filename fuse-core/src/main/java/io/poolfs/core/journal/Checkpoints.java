package io.poolfs.core.journal;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.meta.CheckpointCodec;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When a checkpoint is written, how, and what may be deleted because of it. A checkpoint stands where a segment ends;
 * members get it when that segment is shipped. When W members hold both kept ones, what is before the older goes.
 */
final class Checkpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
    private static final int MAX_SEGMENTS = 1000;
    private static final long MIN_BYTES = 16L << 20;
    private static final Duration CUT_TIME = Duration.ofSeconds(30);

    /** How long the members may take for one; later the next attempt has it. */
    private static final Duration SHIP_TIME = Duration.ofHours(6);

    private final LocalState state;
    private final Metadata metadata;
    private final Shipper shipper;
    private final CheckpointShelf shelf;
    private final Chain chain;
    private final Monitor making;
    private final Monitor monitor;

    @GuardedByMonitor("monitor")
    private boolean running;

    Checkpoints(LocalState state, Metadata metadata, Shipper shipper) {
        this.state = state;
        this.metadata = metadata;
        this.shipper = shipper;
        this.shelf = state.shelf();
        this.chain = state.chain();
        this.making = state.scheduler().newMonitor("making a checkpoint");
        this.monitor = state.scheduler().newMonitor("checkpoint state");
    }

    /** Starts one in the background when there is reason to. Returns at once. */
    void consider() {
        try (Monitor.Hold hold = monitor.enter()) {
            if (running || !isDue()) {
                return;
            }
            running = true;
        }
        state.scheduler().start("checkpoint", () -> {
            try {
                force(state.scheduler().deadlineAfter(SHIP_TIME));
            } catch (PoolException e) {
                LOG.warn("no checkpoint could be written: {}", e.getMessage());
            } finally {
                try (Monitor.Hold hold = monitor.enter()) {
                    running = false;
                }
            }
        });
    }

    private boolean isDue() {
        KeptCheckpoint newest = shelf.newest();
        List<ChainEntry> since = chain.after(newest == null ? 0 : newest.transaction());
        if (since.size() >= MAX_SEGMENTS) {
            return true;
        }
        long bytes = since.stream().mapToLong(ChainEntry::sizeBytes).sum();
        return bytes >= MIN_BYTES && bytes > (newest == null ? 0 : newest.sizeBytes() / 2);
    }

    /** Writes one now and waits until it is on enough members, then prunes. NO_QUORUM at the deadline. */
    void force(long deadlineNanos) throws PoolException {
        Optional<KeptCheckpoint> kept = make();
        if (kept.isEmpty()) {
            return;
        }
        KeptCheckpoint made = kept.get();
        shipper.awaitShipped(made.transaction(), deadlineNanos);
        if (!shipper.awaitCheckpoint(made.name(), deadlineNanos)) {
            throw new PoolException(Reason.NO_QUORUM, "checkpoint " + made.name() + " is not on enough members yet");
        }
        prune(deadlineNanos);
    }

    /** As {@link #force}, unless nothing has changed since the last. */
    void atShutdown(long deadlineNanos) throws PoolException {
        KeptCheckpoint newest = shelf.newest();
        if (newest == null || metadata.lastTransaction() > newest.transaction()) {
            force(deadlineNanos);
        }
    }

    /** The transaction of the older of two checkpoints that are both on enough members; 0 while there are none. */
    long settledTransaction() {
        return shelf.pruneThrough();
    }

    private void prune(long deadlineNanos) throws PoolException {
        List<KeptCheckpoint> kept = shelf.kept();
        if (kept.size() < 2) {
            return;
        }
        KeptCheckpoint older = kept.get(0);
        if (shipper.awaitCheckpoint(older.name(), deadlineNanos) && shipper.fenced() == null) {
            shelf.pruneThrough(older.transaction());
            chain.pruneThrough(older.transaction());
            shipper.wake();
        }
    }

    /** Empty when there is nothing to write down yet. */
    private Optional<KeptCheckpoint> make() throws PoolException {
        try (Monitor.Hold one = making.enter()) {
            shipper.holdCuts();
            try {
                return metadata.read(this::makeFrom);
            } finally {
                shipper.freeCuts();
            }
        }
    }

    private Optional<KeptCheckpoint> makeFrom(MetadataReader snapshot) throws PoolException {
        long transaction = snapshot.lastTransaction();
        KeptCheckpoint newest = shelf.newest();
        if (transaction == 0 || (newest != null && newest.transaction() == transaction)) {
            return Optional.ofNullable(newest);
        }
        if (transaction > chain.last() && shipper.epoch() == 0) {
            throw new PoolException(Reason.NO_QUORUM, "a checkpoint needs an epoch, and none could be claimed yet");
        }
        shipper.cutAt(transaction);
        ChainPosition position = shipper.awaitCut(transaction, state.scheduler().deadlineAfter(CUT_TIME));
        shipper.freeCuts();
        CheckpointHeader header = new CheckpointHeader(
                state.pool(),
                Math.max(shipper.epoch(), position.epoch()),
                state.owner(),
                state.scheduler().clock().wallNanos(),
                position);
        LocalFiles files = state.files();
        Path path = shelf.directory().resolve(Layout.stem(transaction, state.owner()));
        Path draft = path.resolveSibling(path.getFileName() + ".draft");
        CheckpointFile.write(files, draft, header, lines -> CheckpointCodec.write(snapshot, lines::take));
        CheckpointHeader checked = CheckpointFile.verify(files, draft, state.pool());
        files.rename(draft, path);
        files.syncDirectory(shelf.directory());
        KeptCheckpoint made = new KeptCheckpoint(checked, path, files.sizeBytes(path));
        shelf.add(made);
        shipper.wake();
        LOG.info("checkpoint at transaction {}: {} bytes", transaction, made.sizeBytes());
        return Optional.of(made);
    }
}
