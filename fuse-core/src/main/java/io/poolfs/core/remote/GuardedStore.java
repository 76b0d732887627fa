package io.poolfs.core.remote;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Scheduler;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A store behind everything that makes a remote dependable; each call goes through the same steps:
 *
 * <pre>
 * recognised, not down ─▶ slot ─▶ ┌ rate ─▶ bandwidth ─▶ the store ─▶ health, room, counters ┐ ─▶ answer
 *                                 └──────────── again after a pause, where that may help ────┘
 * </pre>
 *
 * The timeout bounds the whole; a transfer may take longer as long as its bytes move, and what it waits for our own
 * bandwidth limit does not count. Usable from any thread.
 */
final class GuardedStore implements RemoteStore {
    /** So small that it would be a pity to let it wait behind chunks. */
    static final long SMALL_BYTES = 256 << 10;

    private final Scheduler scheduler;
    private final RemoteStore store;
    private final Guards guards;
    private final long deadlineNanos;

    /** What guards a remote, shared by all views of its store. */
    interface Guards {
        /** Waits until the remote was recognised. Fails fast where a call would be in vain. */
        void admit(long deadlineNanos) throws PoolException;

        /** What follows a small upload often asks for something that must be absent. */
        void smallPutBegins();

        /** A call ended. Null: it went well. */
        void ended(@Nullable PoolException error, long begunAt);

        /** The store says that something is absent: REMOTE_MISSING when the remote itself is. */
        void confirmAbsence() throws PoolException;

        /** Whether requests may be made that nobody waits for. */
        boolean maySpareRequests();

        Duration timeout();

        Slots uploads();

        Slots downloads();

        Throttle throttle();

        TokenBucket requests();

        /** The remote's own. */
        Bandwidth bandwidth();

        /** Of all remotes together. */
        Bandwidth sharedBandwidth();

        RoomBook room();

        Traffic traffic();

        Retry retry();
    }

    GuardedStore(Scheduler scheduler, RemoteStore store, Guards guards) {
        this(scheduler, store, guards, Long.MAX_VALUE);
    }

    private GuardedStore(Scheduler scheduler, RemoteStore store, Guards guards, long deadlineNanos) {
        this.scheduler = scheduler;
        this.store = store;
        this.guards = guards;
        this.deadlineNanos = deadlineNanos;
    }

    @Override
    public String name() {
        return store.name();
    }

    @Override
    public RemoteStore until(long deadline) {
        return new GuardedStore(scheduler, store, guards, Math.min(deadline, deadlineNanos));
    }

    @Override
    public RemoteStore whileWanted(BooleanSupplier wanted) {
        return new GuardedStore(scheduler, store.whileWanted(wanted), guards, deadlineNanos);
    }

    @Override
    public void put(String object, Path source, long sizeBytes) throws PoolException {
        long deadline = deadline();
        guards.admit(deadline);
        if (sizeBytes <= SMALL_BYTES) {
            guards.smallPutBegins();
        }
        guards.room().putBegins(sizeBytes);
        boolean stored = false;
        try (Slots.Slot slot = guards.uploads().take(sizeBytes <= SMALL_BYTES, deadline);
                Traffic.Transfer transfer = guards.traffic().new Transfer(true, sizeBytes)) {
            // The store bounds an upload itself, by the movement of its bytes.
            guards.retry()
                    .run(
                            deadline,
                            () -> attempt(() -> {
                                awaitRoom(true, sizeBytes);
                                store.until(deadlineNanos).put(object, source, sizeBytes);
                                return Boolean.TRUE;
                            }));
            stored = true;
            transfer.done(sizeBytes);
        } finally {
            guards.room().putEnds(sizeBytes, stored);
        }
    }

    @Override
    public void getRange(String object, long offset, ByteBuffer dst) throws PoolException {
        long deadline = deadline();
        int start = dst.position();
        int length = dst.remaining();
        guards.admit(deadline);
        try (Slots.Slot slot = guards.downloads().take(length <= SMALL_BYTES, deadline);
                Traffic.Transfer transfer = guards.traffic().new Transfer(false, length)) {
            guards.retry()
                    .run(
                            deadline,
                            () -> attempt(() -> {
                                awaitRoom(false, length);
                                dst.position(start);
                                store.until(length <= SMALL_BYTES ? deadline : deadlineNanos)
                                        .getRange(object, offset, dst);
                                return Boolean.TRUE;
                            }));
            transfer.done(length);
        } catch (PoolException e) {
            if (e.reason() == Reason.OBJECT_NOT_FOUND) {
                guards.confirmAbsence();
            }
            throw e;
        }
    }

    @Override
    public void prepareReads() {
        store.prepareReads();
    }

    @Override
    public void expect(String object) {
        if (guards.maySpareRequests()) {
            store.expect(object);
        }
    }

    @Override
    public void delete(String object) throws PoolException {
        call(until -> {
            until.delete(object);
            return Boolean.TRUE;
        });
    }

    @Override
    public List<Entry> list(String folder) throws PoolException {
        List<Entry> entries = call(until -> until.list(folder));
        if (entries.isEmpty()) {
            guards.confirmAbsence();
        }
        return entries;
    }

    @Override
    public OptionalLong size(String object) throws PoolException {
        OptionalLong size = call(until -> until.size(object));
        if (size.isEmpty()) {
            guards.confirmAbsence();
        }
        return size;
    }

    @Override
    public void makeFolder(String folder) throws PoolException {
        call(until -> {
            until.makeFolder(folder);
            return Boolean.TRUE;
        });
    }

    @Override
    public Room about() throws PoolException {
        return call(RemoteStore::about);
    }

    /** Nothing: the remote owns its store. */
    @Override
    public void close() {
        // Closing the remote closes the store.
    }

    @FunctionalInterface
    private interface Call<T> {
        T on(RemoteStore until) throws PoolException;
    }

    private <T> T call(Call<T> call) throws PoolException {
        long deadline = deadline();
        guards.admit(deadline);
        return guards.retry().run(deadline, () -> attempt(() -> call.on(store.until(deadline))));
    }

    private <T> T attempt(Retry.Attempt<T> attempt) throws PoolException {
        guards.admit(deadline());
        if (!guards.throttle().awaitTurn(deadline())) {
            throw new PoolException(Reason.REMOTE_THROTTLED, name() + " asked us to slow down");
        }
        if (!guards.requests().take(1, deadline())) {
            throw new PoolException(Reason.TIMEOUT, name() + ": the limit of requests leaves no room in time");
        }
        long begunAt = scheduler.clock().monotonicNanos();
        guards.traffic().request();
        try {
            T result = attempt.run();
            guards.ended(null, begunAt);
            return result;
        } catch (PoolException e) {
            guards.ended(e, begunAt);
            throw e;
        }
    }

    private void awaitRoom(boolean upload, long bytes) throws PoolException {
        for (Bandwidth limit : List.of(guards.bandwidth(), guards.sharedBandwidth())) {
            if (!(upload ? limit.upload(bytes, deadlineNanos) : limit.download(bytes, deadlineNanos))) {
                throw new PoolException(Reason.TIMEOUT, name() + ": the limit of bandwidth leaves no room in time");
            }
        }
    }

    private long deadline() {
        return Math.min(deadlineNanos, scheduler.deadlineAfter(guards.timeout()));
    }
}
