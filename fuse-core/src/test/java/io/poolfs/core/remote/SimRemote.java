package io.poolfs.core.remote;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Randomness;
import io.poolfs.core.time.Scheduler;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A connection of one process to a {@link SimBucket}: a remote whose faults, latencies and answers are decided by the
 * scheduler's randomness. Without faults set it simply works, with the real scheduler too.
 */
public final class SimRemote implements RemoteStore {
    private final Set<String> expected = ConcurrentHashMap.newKeySet();
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    /** Sees every call; may throw, wait, or look on. */
    public interface Interceptor {
        /** Before anything happens at the remote. */
        default void before(Call call, String object) throws PoolException {}

        /** When it has happened, before the caller learns it. */
        default void after(Call call, String object) throws PoolException {}
    }

    public enum Call {
        PUT,
        GET,
        DELETE,
        LIST,
        SIZE,
        MAKE_FOLDER,
        ABOUT
    }

    private final SimBucket bucket;
    private final LocalFiles files;
    private final Scheduler scheduler;
    private final Duration timeout;
    private final Monitor sleep;
    private final Map<Call, AtomicLong> counts = new EnumMap<>(Call.class);
    private volatile Interceptor interceptor = new Interceptor() {};
    private volatile boolean closed;

    /** A connection to a bucket of its own. */
    public SimRemote(String name, LocalFiles files, Scheduler scheduler) {
        this(new SimBucket(name), files, scheduler, DEFAULT_TIMEOUT);
    }

    public SimRemote(SimBucket bucket, LocalFiles files, Scheduler scheduler, Duration timeout) {
        this.bucket = bucket;
        this.files = files;
        this.scheduler = scheduler;
        this.timeout = timeout;
        this.sleep = scheduler.newMonitor("remote " + bucket.name());
        for (Call call : Call.values()) {
            counts.put(call, new AtomicLong());
        }
    }

    public SimBucket bucket() {
        return bucket;
    }

    public SimFaults faults() {
        return bucket.faults();
    }

    public void intercept(Interceptor by) {
        interceptor = by;
    }

    /** How often this was called. */
    public long count(Call call) {
        return counts.get(call).get();
    }

    @Override
    public String name() {
        return bucket.name();
    }

    @Override
    public void put(String object, Path source, long sizeBytes) throws PoolException {
        run(Call.PUT, object, () -> {
            byte[] bytes = read(source, sizeBytes);
            scheduler.yieldPoint("upload " + object);
            store(object, bytes);
            return null;
        });
    }

    @Override
    public void getRange(String object, long offset, ByteBuffer dst) throws PoolException {
        run(Call.GET, object, () -> {
            byte[] bytes = bucket.pick(object, random(), now());
            if (bytes == null) {
                throw new PoolException(Reason.OBJECT_NOT_FOUND, name() + " has no object " + object);
            }
            int length = dst.remaining();
            if (offset + length > bytes.length) {
                throw new PoolException(
                        Reason.CORRUPT,
                        object + " on " + name() + " has " + bytes.length + " bytes, wanted " + length + " at "
                                + offset);
            }
            byte[] part = Arrays.copyOfRange(bytes, (int) offset, (int) offset + length);
            if (length > 0 && strikes(SimFault.FLIP_IN_FLIGHT)) {
                flip(part);
            }
            dst.put(part);
            return null;
        });
    }

    @Override
    public void delete(String object) throws PoolException {
        run(Call.DELETE, object, () -> {
            bucket.delete(object, random(), now());
            return null;
        });
    }

    @Override
    public List<Entry> list(String folder) throws PoolException {
        return run(Call.LIST, folder, () -> bucket.list(folder, faults().listingLagNanos(), now()));
    }

    @Override
    public OptionalLong size(String object) throws PoolException {
        return run(Call.SIZE, object, () -> bucket.size(object, faults().sizeLagNanos(), now()));
    }

    @Override
    public void makeFolder(String folder) throws PoolException {
        run(Call.MAKE_FOLDER, folder, () -> {
            bucket.makeFolder(folder);
            return null;
        });
    }

    @Override
    public Room about() throws PoolException {
        return run(Call.ABOUT, "", () -> {
            OptionalLong capacity = bucket.capacityBytes();
            if (capacity.isEmpty()) {
                return Room.UNKNOWN;
            }
            long used = bucket.usedBytes();
            return new Room(capacity, OptionalLong.of(used), OptionalLong.of(Math.max(0, capacity.getAsLong() - used)));
        });
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public String toString() {
        return "remote " + name();
    }

    private <T> T run(Call call, String object, Effect<T> effect) throws PoolException {
        String what = call + " " + object + " on " + name();
        counts.get(call).incrementAndGet();
        scheduler.yieldPoint(what);
        interceptor.before(call, object);
        sleep(faults().latencyNanos(random()));
        refuse(what);
        boolean hangs = strikes(SimFault.HANG);
        if (hangs && random().nextInt(2) == 0) {
            sleep(timeout.toNanos());
            throw new PoolException(Reason.TIMEOUT, what + ": no answer in " + timeout);
        }
        T result = effect.run();
        scheduler.yieldPoint(what + " done");
        if (hangs) {
            sleep(timeout.toNanos());
            throw new PoolException(Reason.TIMEOUT, what + ": done, but no answer in " + timeout);
        }
        interceptor.after(call, object);
        if (strikes(SimFault.ERROR_AFTER)) {
            throw new PoolException(Reason.REMOTE_UNAVAILABLE, what + ": connection lost");
        }
        return result;
    }

    private void refuse(String what) throws PoolException {
        if (closed) {
            throw new PoolException(Reason.CLOSED, what + ": closed");
        }
        if (bucket.isDown() || strikes(SimFault.ERROR_BEFORE)) {
            throw new PoolException(Reason.REMOTE_UNAVAILABLE, what + ": cannot connect");
        }
        if (bucket.isDenied()) {
            throw new PoolException(Reason.REMOTE_DENIED, what + ": access denied");
        }
        if (strikes(SimFault.THROTTLED)) {
            throw new PoolException(Reason.REMOTE_THROTTLED, what + ": too many requests");
        }
    }

    private void store(String object, byte[] bytes) throws PoolException {
        if (!bucket.hasRoomFor(object, bytes.length)) {
            throw new PoolException(
                    Reason.REMOTE_FULL, "no room for " + object + " of " + bytes.length + " bytes on " + name());
        }
        if (strikes(SimFault.LATE_EFFECT)) {
            bucket.putLater(object, bytes, now() + faults().lateEffectNanos(random()));
            sleep(timeout.toNanos());
            throw new PoolException(Reason.TIMEOUT, "put " + object + " on " + name() + ": no answer in " + timeout);
        }
        if (bytes.length > 0 && strikes(SimFault.TORN_UPLOAD)) {
            bucket.tear(object, bytes, random().nextInt(bytes.length), now());
            throw new PoolException(Reason.REMOTE_UNAVAILABLE, "put " + object + " on " + name() + ": broken off");
        }
        byte[] stored = bytes;
        if (bytes.length > 0 && strikes(SimFault.FLIP_AT_REST)) {
            stored = bytes.clone();
            flip(stored);
        }
        bucket.put(object, stored, strikes(SimFault.DUPLICATE), now());
    }

    private byte[] read(Path source, long sizeBytes) throws PoolException {
        try (LocalFile file = files.open(source, LocalFiles.Mode.READ)) {
            if (file.sizeBytes() != sizeBytes) {
                throw new PoolException(
                        Reason.LOCAL_IO, source + " has " + file.sizeBytes() + " bytes, not " + sizeBytes);
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) sizeBytes);
            file.read(0, bytes);
            return bytes.array();
        } catch (PoolException e) {
            throw new PoolException(Reason.LOCAL_IO, "cannot read " + source, e);
        }
    }

    private void sleep(long nanos) throws PoolException {
        if (nanos > 0) {
            long deadline = now() + nanos;
            try (Monitor.Hold hold = sleep.enter()) {
                sleep.await(() -> false, deadline);
            }
        }
    }

    private boolean strikes(SimFault fault) {
        return faults().strikes(fault, random());
    }

    private void flip(byte[] bytes) {
        bytes[random().nextInt(bytes.length)] ^= (byte) (1 << random().nextInt(8));
    }

    private Randomness random() {
        return scheduler.random();
    }

    private long now() {
        return scheduler.clock().monotonicNanos();
    }

    @FunctionalInterface
    private interface Effect<T> {
        T run() throws PoolException;
    }

    @Override
    public void expect(String object) {
        expected.add(object);
    }

    /** The objects that somebody may read soon. */
    public Set<String> expected() {
        return Set.copyOf(expected);
    }
}
