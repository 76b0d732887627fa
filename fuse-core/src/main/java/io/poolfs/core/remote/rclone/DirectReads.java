package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.crypt.CryptBlocks;
import io.poolfs.core.remote.crypt.CryptLayout;
import io.poolfs.core.remote.crypt.CryptNonce;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * The short way to an object's bytes: one request for a range, where the other way takes two, and three through crypt.
 * A server asks the remote only for what it has not looked up before, and crypt's blocks are opened here.
 *
 * <pre>
 * NEW ──prepare──▶ LEARNING ──▶ READY      or NEVER: something about the remote is not understood
 * </pre>
 *
 * Whatever goes wrong here is no error: the other way is taken, which tells what it is. Usable from any thread.
 */
final class DirectReads {
    private static final Logger LOG = LoggerFactory.getLogger(DirectReads.class);

    /** Longer ranges take their time anyway, and rclone decrypts with less work. */
    private static final int LONGEST_ENCRYPTED = 1 << 20;

    /** A range that begins this near to the object's head is read from there, header and all. */
    private static final int NEAR_BLOCKS = 2;

    private static final int MOST_KNOWN = 16_384;
    private static final int MOST_EXPECTED = 64;
    private static final int EXPECTERS = 4;
    private static final int MOST_FAILURES = 3;
    private static final Duration REST = Duration.ofMinutes(1);
    private static final Duration EXPECTED_WITHIN = Duration.ofSeconds(10);

    /** Names that {@code rclone serve restic} takes for others. */
    private static final Pattern MAPPED = Pattern.compile("(?:^|/)data/[^/]{2,}$");

    private enum State {
        NEW,
        LEARNING,
        READY,
        NEVER
    }

    /** What is known of an object. */
    private record Known(String path, @Nullable CryptNonce nonce) {}

    private final StoreShare shared;
    private final RangeServers servers;
    private final Scheduler scheduler;
    private final Monitor monitor;

    @GuardedByMonitor("monitor")
    private State state = State.NEW;

    private volatile @Nullable DirectPlace place;
    private final LongAdder count = new LongAdder();

    @GuardedByMonitor("monitor")
    private final Map<String, Known> known = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > MOST_KNOWN;
        }
    };

    @GuardedByMonitor("monitor")
    private final Deque<String> expected = new ArrayDeque<>();

    @GuardedByMonitor("monitor")
    private int expecters;

    @GuardedByMonitor("monitor")
    private int failures;

    @GuardedByMonitor("monitor")
    private long restUntil = Long.MIN_VALUE;

    DirectReads(StoreShare shared, RangeServers servers) {
        this.shared = shared;
        this.servers = servers;
        this.scheduler = servers.scheduler();
        this.monitor = scheduler.newMonitor("direct reads of " + shared.name);
    }

    /** So many reads went this way. */
    long count() {
        return count.sum();
    }

    /** Learns what is needed in the background, and starts the server. */
    void prepare() {
        try (Monitor.Hold hold = monitor.enter()) {
            if (state != State.NEW || shared.closed) {
                return;
            }
            state = State.LEARNING;
        }
        scheduler.start("learn " + shared.name, this::learn);
    }

    private void learn() {
        State then = State.NEW;
        try {
            DirectPlace found = DirectPlace.of(shared.name, shared.sections, servers::key);
            RangeServer server = found == null ? null : servers.of(found.place());
            if (found == null || server == null) {
                then = State.NEVER;
            } else {
                server.connections();
                place = found;
                then = State.READY;
            }
        } catch (PoolException e) {
            then = e.reason() == Reason.CONFIG ? State.NEVER : State.NEW;
            LOG.debug("{} cannot be read directly: {}", shared.label(), e.getMessage());
        } finally {
            try (Monitor.Hold hold = monitor.enter()) {
                state = then;
            }
        }
    }

    /** Connections to the server of the place, when it is up and has not failed us lately. */
    private @Nullable HttpPool server(DirectPlace at) {
        try (Monitor.Hold hold = monitor.enter()) {
            if (scheduler.clock().monotonicNanos() < restUntil) {
                return null;
            }
        }
        RangeServer server = servers.of(at.place());
        return server == null ? null : server.connections();
    }

    /**
     * Fills dst with the object's bytes; false, and nothing is changed, when the other way has to be taken.
     *
     * @throws PoolException TIMEOUT, CANCELLED, INTERRUPTED: there is no time, need or way for another
     */
    boolean read(String object, long offset, ByteBuffer dst, RangeAnswer.Bounds bounds) throws PoolException {
        DirectPlace at = place;
        if (at == null) {
            return false;
        }
        CryptBlocks blocks = at.blocks();
        HttpPool server = blocks != null && dst.remaining() > LONGEST_ENCRYPTED ? null : server(at);
        if (server == null) {
            return false;
        }
        int start = dst.position();
        try {
            Known it = known(at, object, bounds.deadlineNanos());
            if (MAPPED.matcher(it.path()).find()) {
                return false;
            }
            if (blocks == null) {
                readPlain(server, it, offset, dst, bounds);
            } else {
                readSealed(server, blocks, object, it, offset, dst, bounds);
            }
            succeeded();
            return true;
        } catch (IOException | RcFailure e) {
            failed(object, e);
        } catch (PoolException e) {
            if (e.reason() == Reason.TIMEOUT || e.reason() == Reason.INTERRUPTED || e.reason() == Reason.CANCELLED) {
                throw e;
            }
            failed(object, e);
        }
        dst.position(start);
        return false;
    }

    private static void readPlain(HttpPool server, Known object, long offset, ByteBuffer dst, RangeAnswer.Bounds bounds)
            throws IOException, PoolException {
        int end = dst.limit();
        try (RangeAnswer answer = RangeAnswer.ask(server, object.path(), offset, dst.remaining(), bounds)) {
            answer.read(dst);
        } finally {
            dst.limit(end);
        }
        if (dst.hasRemaining()) {
            throw new IOException("it ends " + dst.remaining() + " bytes early");
        }
    }

    private void readSealed(
            HttpPool server,
            CryptBlocks blocks,
            String name,
            Known object,
            long offset,
            ByteBuffer dst,
            RangeAnswer.Bounds bounds)
            throws IOException, PoolException {
        long first = CryptLayout.block(offset);
        long end = CryptLayout.position(CryptLayout.block(offset + dst.remaining() - 1) + 1);
        CryptNonce nonce = object.nonce();
        if (nonce != null) {
            ByteBuffer sealed = range(server, object, CryptLayout.position(first), end, bounds);
            blocks.open(nonce, first, sealed, offset, dst);
        } else if (first <= NEAR_BLOCKS) {
            ByteBuffer all = range(server, object, 0, end, bounds);
            CryptNonce learned = learn(name, object, all);
            if (all.remaining() <= CryptLayout.position(first) - CryptLayout.HEADER_BYTES) {
                throw new IOException("it ends before " + offset);
            }
            all.position((int) CryptLayout.position(first));
            blocks.open(learned, first, all, offset, dst);
        } else {
            readBoth(server, blocks, name, object, offset, dst, bounds);
        }
    }

    /** Header and range at once, so that both take one round trip. */
    private void readBoth(
            HttpPool server,
            CryptBlocks blocks,
            String name,
            Known object,
            long offset,
            ByteBuffer dst,
            RangeAnswer.Bounds bounds)
            throws IOException, PoolException {
        long first = CryptLayout.block(offset);
        long from = CryptLayout.position(first);
        long end = CryptLayout.position(CryptLayout.block(offset + dst.remaining() - 1) + 1);
        ByteBuffer header = ByteBuffer.allocate(CryptLayout.HEADER_BYTES);
        ByteBuffer sealed = ByteBuffer.allocate((int) (end - from));
        try (RangeAnswer head = RangeAnswer.ask(server, object.path(), 0, header.remaining(), bounds);
                RangeAnswer range = RangeAnswer.ask(server, object.path(), from, sealed.remaining(), bounds)) {
            head.read(header);
            range.read(sealed);
        }
        blocks.open(learn(name, object, header.flip()), first, sealed.flip(), offset, dst);
    }

    private static ByteBuffer range(HttpPool server, Known object, long from, long to, RangeAnswer.Bounds bounds)
            throws IOException, PoolException {
        ByteBuffer bytes = ByteBuffer.allocate((int) (to - from));
        try (RangeAnswer answer = RangeAnswer.ask(server, object.path(), from, bytes.remaining(), bounds)) {
            answer.read(bytes);
        }
        return bytes.flip();
    }

    /** Takes the nonce out of the object's first bytes, which are left behind. */
    private CryptNonce learn(String name, Known object, ByteBuffer bytes) throws PoolException {
        byte[] header = new byte[Math.min(CryptLayout.HEADER_BYTES, bytes.remaining())];
        bytes.get(header);
        CryptNonce nonce = CryptNonce.ofHeader(header);
        try (Monitor.Hold hold = monitor.enter()) {
            known.put(name, new Known(object.path(), nonce));
        }
        return nonce;
    }

    /** Where the object lies. rclone knows how names are encrypted, and asks nobody for that. */
    private Known known(DirectPlace at, String object, long deadline) throws PoolException, RcFailure, IOException {
        try (Monitor.Hold hold = monitor.enter()) {
            Known there = known.get(object);
            if (there != null) {
                return there;
            }
        }
        String path = object;
        if (at.blocks() != null) {
            JsonNode encoded = shared.client(deadline)
                    .call(
                            "backend/command",
                            Map.of("fs", shared.name, "command", "encode", "arg", List.of(at.folder() + object)),
                            deadline)
                    .path("result");
            path = encoded.path(0).asString("");
            if (encoded.size() != 1 || path.isEmpty()) {
                throw new IOException("rclone does not tell its encrypted name");
            }
        }
        Known now = new Known(path, null);
        try (Monitor.Hold hold = monitor.enter()) {
            known.putIfAbsent(object, now);
        }
        return now;
    }

    /** Looks the object up in the background, unless that was done. */
    void expect(String object) {
        boolean starts;
        try (Monitor.Hold hold = monitor.enter()) {
            if (place == null || known.containsKey(object) || expected.size() >= MOST_EXPECTED) {
                return;
            }
            expected.add(object);
            starts = expecters < EXPECTERS;
            expecters += starts ? 1 : 0;
        }
        if (starts) {
            scheduler.start("expect", this::lookUp);
        }
    }

    private void lookUp() {
        for (String object = nextExpected(); object != null; object = nextExpected()) {
            DirectPlace at = place;
            HttpPool server = at == null ? null : server(at);
            if (at != null && server != null) {
                RangeAnswer.Bounds bounds = new RangeAnswer.Bounds(
                        scheduler.deadlineAfter(EXPECTED_WITHIN), EXPECTED_WITHIN.toNanos(), () -> true);
                try {
                    Known there = known(at, object, bounds.deadlineNanos());
                    int length = at.blocks() == null ? 1 : CryptLayout.HEADER_BYTES;
                    ByteBuffer header = range(server, there, 0, length, bounds);
                    if (at.blocks() != null) {
                        learn(object, there, header);
                    }
                } catch (IOException | RcFailure | PoolException e) {
                    LOG.debug("{} {} could not be looked up ahead: {}", shared.label(), object, e.getMessage());
                }
            }
        }
    }

    private @Nullable String nextExpected() {
        try (Monitor.Hold hold = monitor.enter()) {
            String next = shared.closed ? null : expected.poll();
            expecters -= next == null ? 1 : 0;
            return next;
        }
    }

    private void succeeded() {
        count.increment();
        try (Monitor.Hold hold = monitor.enter()) {
            failures = 0;
        }
    }

    private void failed(String object, Exception e) {
        LOG.debug("{} {} could not be read directly: {}", shared.label(), object, e.getMessage());
        try (Monitor.Hold hold = monitor.enter()) {
            known.remove(object);
            if (++failures >= MOST_FAILURES) {
                failures = 0;
                restUntil = scheduler.deadlineAfter(REST);
            }
        }
    }
}
