package io.poolfs.core.stage;

import io.poolfs.core.journal.ShippedLog;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.ChunkObjects;
import io.poolfs.core.time.Scheduler;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings chunk files to a remote: the one that placement says, else the next, else it waits and begins anew, for ever.
 * Each try is recorded as a pending chunk before it begins, so that gc finds every object that may exist. Usable from
 * any thread.
 */
final class Uploader {
    private static final Logger LOG = LoggerFactory.getLogger(Uploader.class);

    /** No chunk is cut smaller than this to fit into the last corners of the remotes. */
    static final long SMALLEST_BYTES = 1L << 20;

    private static final String NOT_CLAIMED = "the right to write has not been claimed yet";
    private static final Duration CLAIM_LOOK = Duration.ofMillis(200);

    /**
     * How an upload is to be done.
     *
     * @param urgent somebody waits for it
     * @param fileAt the remote that has the file's other chunks
     * @param stop nobody needs it any more
     * @param trouble is told of each failure
     */
    record Order(boolean urgent, @Nullable RemoteId fileAt, BooleanSupplier stop, Consumer<PoolException> trouble) {}

    private final Scheduler scheduler;
    private final Metadata metadata;
    private final ShippedLog log;
    private final PlacedChunks placed;
    private final UploadSlots slots;
    private final ChunkObjects objects;
    private final BackOff backOff;
    private final AtomicLong uploadedBytes = new AtomicLong();

    Uploader(
            Scheduler scheduler,
            Metadata metadata,
            ShippedLog log,
            PlacedChunks placed,
            UploadSlots slots,
            ChunkObjects objects,
            BackOff backOff) {
        this.scheduler = scheduler;
        this.metadata = metadata;
        this.log = log;
        this.placed = placed;
        this.slots = slots;
        this.objects = objects;
        this.backOff = backOff;
    }

    /**
     * Returns when a remote acknowledged it; the caller then owes {@link PlacedChunks#letGo} or {@link
     * PlacedChunks#forget} for its id.
     *
     * @throws PoolException CANCELLED when the order says stop; NO_SPACE when smaller chunks would find room; FENCED;
     *     or what is wrong on the local side
     */
    Chunk upload(ChunkFile file, Order order) throws PoolException {
        Map<RemoteId, Reason> failed = new HashMap<>();
        int rounds = 0;
        while (true) {
            checkStop(order);
            PoolException fenced = log.fenced();
            if (fenced != null) {
                throw fenced;
            }
            try {
                long epoch = log.epoch();
                if (epoch == 0) {
                    PoolException why = log.claimError();
                    if (why == null && !order.stop().getAsBoolean()) {
                        // It is being claimed, which takes seconds: no failure, and nothing to back off from.
                        order.trouble().accept(new PoolException(Reason.REMOTE_UNAVAILABLE, NOT_CLAIMED));
                        slots.pause(CLAIM_LOOK, order.stop());
                        continue;
                    }
                    throw new PoolException(
                            Reason.REMOTE_UNAVAILABLE, NOT_CLAIMED + (why == null ? "" : ": " + why.getMessage()), why);
                }
                PlacedChunks.Ticket ticket = placed.place(file.sizeBytes(), failed, order.fileAt());
                Chunk chunk = attempt(file, ticket, epoch, order, failed);
                if (chunk != null) {
                    return chunk;
                }
            } catch (PoolException e) {
                if (e.reason() != Reason.NO_SPACE && e.reason() != Reason.REMOTE_UNAVAILABLE) {
                    throw e;
                }
                order.trouble().accept(e);
                if (e.reason() == Reason.NO_SPACE && fitsInSmallerChunks(file.sizeBytes())) {
                    throw e;
                }
                failed.clear();
                slots.pause(backOff.pause(++rounds, scheduler.random()), order.stop());
            }
        }
    }

    /** The pause after a failure on the local side. */
    void rest(int failures, BooleanSupplier stop) throws PoolException {
        slots.pause(backOff.pause(failures, scheduler.random()), stop);
    }

    long uploadedBytes() {
        return uploadedBytes.get();
    }

    /** Null when this remote did not take it. */
    private @Nullable Chunk attempt(
            ChunkFile file, PlacedChunks.Ticket ticket, long epoch, Order order, Map<RemoteId, Reason> failed)
            throws PoolException {
        Chunk chunk = file.as(ticket.id(), ticket.remoteId(), epoch);
        boolean acknowledged = false;
        boolean recorded = false;
        try {
            BooleanSupplier giveUp = () -> order.stop().getAsBoolean()
                    || !ticket.remote().status().takesChunks()
                    || placed.stalledSince(ticket);
            if (!slots.take(
                    ticket.remoteId(),
                    () -> ticket.remote().status().uploadSlots(),
                    order.urgent(),
                    file.sizeBytes(),
                    giveUp)) {
                return null;
            }
            try {
                metadata.alter(writer -> writer.putPendingChunk(chunk));
                recorded = true;
                scheduler.yieldPoint("stage:put");
                placed.begins(ticket, file.sizeBytes());
                try {
                    ticket.remote().store().put(objects.nameOf(ticket.id()), file.path(), file.sizeBytes());
                } catch (PoolException e) {
                    if (isLocal(e.reason())) {
                        throw e;
                    }
                    refused(file, ticket, e, order, failed);
                    return null;
                }
                placed.acknowledged(ticket, file.sizeBytes());
                acknowledged = true;
            } finally {
                placed.refused(ticket); // unless it was acknowledged
                slots.give(ticket.remoteId());
            }
        } finally {
            if (!acknowledged) {
                if (recorded) {
                    placed.letGo(ticket.id());
                } else {
                    placed.forget(ticket.id());
                }
            }
        }
        uploadedBytes.addAndGet(file.sizeBytes());
        scheduler.yieldPoint("stage:uploaded");
        return chunk;
    }

    private void refused(
            ChunkFile file, PlacedChunks.Ticket ticket, PoolException e, Order order, Map<RemoteId, Reason> failed) {
        LOG.debug(
                "stage: chunk {} of {} bytes not taken by {}: {}",
                ticket.id(),
                file.sizeBytes(),
                ticket.remote().name(),
                e.getMessage());
        failed.put(ticket.remoteId(), e.reason());
        order.trouble().accept(e);
    }

    private boolean fitsInSmallerChunks(long sizeBytes) throws PoolException {
        long room = placed.largestRoomBytes();
        return room < sizeBytes && room >= SMALLEST_BYTES;
    }

    private static void checkStop(Order order) throws PoolException {
        if (order.stop().getAsBoolean()) {
            throw new PoolException(Reason.CANCELLED, "the upload is not needed any more");
        }
    }

    /** What no other remote would do better. */
    private static boolean isLocal(Reason reason) {
        return switch (reason) {
            case LOCAL_IO, NOT_FOUND, ACCESS_DENIED, INTERRUPTED, CANCELLED, CLOSED, INTERNAL -> true;
            default -> false;
        };
    }
}
