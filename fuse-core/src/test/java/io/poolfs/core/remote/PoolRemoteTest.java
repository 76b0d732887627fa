package io.poolfs.core.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.time.Action;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.SimScheduler;
import io.poolfs.core.time.Task;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A remote with all its guards, in simulated time. */
class PoolRemoteTest {
    private static final String PREFIX = "poolfs_manifests";
    private static final PoolId POOL = new PoolId(1, 2);
    private static final RemoteId ID = new RemoteId(3, 4);
    private static final Path SOURCE = Path.of("/nowhere");

    private final SimScheduler scheduler = SimScheduler.ofSeed(7);
    private final ScriptedStore bare = new ScriptedStore("cloud:");
    private final RemoteIds ids = new RemoteIds();
    private RemoteSettings settings = RemoteSettings.of("cloud:");

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void open_rightMarker_isHealthyAndTellsItsRoom() throws Exception {
        bare.room = new RemoteStore.Room(OptionalLong.of(1L << 40), OptionalLong.of(5), OptionalLong.of(1L << 30));
        with(remote -> {
            assertThat(remote.recognise()).isEqualTo(ID);
            rest(Duration.ofSeconds(1));
            RemoteStatus status = remote.status();
            assertThat(status.health()).isEqualTo(RemoteStatus.Health.HEALTHY);
            assertThat(status.takesChunks()).isTrue();
            assertThat(status.capacityBytes()).hasValue(1L << 40);
            assertThat(status.freeBytes()).hasValue((1L << 30) - RemoteSettings.DEFAULT_MIN_FREE_BYTES);
        });
    }

    @Test
    void open_foreignOrAbsentMarker_isMissingAndNeverWrittenTo() throws Exception {
        for (byte[] marker : List.of(
                new RemoteMarker(new PoolId(9, 9), ID).toBytes(),
                "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8))) {
            bare.objects.put(PREFIX + "/remote.json", marker);
            run(remote -> {
                fails(Reason.REMOTE_MISSING, () -> remote.store().put("o", SOURCE, 1));
                fails(Reason.REMOTE_MISSING, remote::recognise);
                assertThat(remote.status().health()).isEqualTo(RemoteStatus.Health.MISSING);
                assertThat(remote.status().takesChunks()).isFalse();
            });
        }
        bare.objects.clear();
        run(remote -> fails(Reason.REMOTE_MISSING, () -> remote.store().delete("o")));
        assertThat(bare.objects).isEmpty();
    }

    @Test
    void recognise_secondEntryOfOneRemote_isRefused() throws Exception {
        with(first -> {
            first.recognise();
            PoolRemote second = open(new ScriptedCopy(bare).store(), RemoteSettings.of("again:"));
            fails(Reason.REMOTE_MISSING, second::recognise);
            assertThat(second.status().lastError()).contains("cloud:", "again:", "one and the same");
            second.close();
        });
    }

    @Test
    void call_passingFailures_areRepeatedWithinTheTimeout() throws Exception {
        with(remote -> {
            remote.recognise();
            int[] left = {3};
            bare.script = (call, object) -> {
                if (left[0]-- > 0) {
                    throw new PoolException(Reason.REMOTE_UNAVAILABLE, "passing");
                }
            };
            remote.store().put("o", SOURCE, 10);
            assertThat(bare.objects).containsKey("o");
            assertThat(remote.status().uploadedBytes()).isEqualTo(10);
            assertThat(remote.traffic().failures()).isEqualTo(3);
            assertThat(remote.status().health()).isEqualTo(RemoteStatus.Health.HEALTHY);
        });
    }

    @Test
    void call_whatTheRemoteMeans_isNotRepeated() throws Exception {
        with(remote -> {
            remote.recognise();
            for (Reason reason :
                    List.of(Reason.REMOTE_FULL, Reason.REMOTE_DENIED, Reason.OBJECT_NOT_FOUND, Reason.CORRUPT)) {
                int[] calls = {0};
                bare.script = (call, object) -> {
                    if (!object.startsWith(PREFIX)) {
                        calls[0]++;
                        throw new PoolException(reason, "meant");
                    }
                };
                fails(reason, () -> remote.store().getRange("o", 0, ByteBuffer.allocate(1)));
                assertThat(calls[0]).as(reason.name()).isEqualTo(1);
            }
        });
    }

    @Test
    void put_full_marksItForAWhile() throws Exception {
        with(remote -> {
            remote.recognise();
            bare.script = (call, object) -> {
                if (call.equals("put")) {
                    throw new PoolException(Reason.REMOTE_FULL, "quota");
                }
            };
            fails(Reason.REMOTE_FULL, () -> remote.store().put("o", SOURCE, 1));
            assertThat(remote.status().full()).isTrue();
            assertThat(remote.status().health()).isEqualTo(RemoteStatus.Health.HEALTHY);
            rest(Duration.ofSeconds(40));
            assertThat(remote.status().full()).isFalse();
        });
    }

    @Test
    void recognise_failsWhileTheWatchRests_isLookedAtSoon() throws Exception {
        with(remote -> {
            remote.recognise();
            rest(Duration.ofSeconds(10));
            bare.failAll(Reason.REMOTE_UNAVAILABLE);
            fails(Reason.REMOTE_UNAVAILABLE, remote::recognise);
            assertThat(remote.status().health()).isEqualTo(RemoteStatus.Health.DOWN);
            bare.failAll(null);
            rest(Duration.ofSeconds(5));
            assertThat(remote.status().health()).isEqualTo(RemoteStatus.Health.HEALTHY);
        });
    }

    @Test
    void damage_isToldForAnHourThoughCallsGoWell() throws Exception {
        with(remote -> {
            remote.recognise();
            remote.delivered(new PoolException(Reason.CORRUPT, "chunk 1 is damaged"));
            remote.store().size("o");
            rest(Duration.ofMinutes(10));
            assertThat(remote.status().lastError()).contains("chunk 1");
            assertThat(remote.status().health()).isEqualTo(RemoteStatus.Health.HEALTHY);
            rest(Duration.ofHours(1));
            assertThat(remote.status().lastError()).isNull();
        });
    }

    @Test
    void failures_goOn_thenFailFastUntilAProbeSucceeds() throws Exception {
        with(remote -> {
            remote.recognise();
            bare.failAll(Reason.REMOTE_UNAVAILABLE);
            fails(Reason.REMOTE_UNAVAILABLE, () -> remote.store().size("o"));
            fails(Reason.REMOTE_UNAVAILABLE, () -> remote.store().size("o"));
            assertThat(remote.status().health()).isEqualTo(RemoteStatus.Health.DOWN);
            long begun = now();
            fails(Reason.REMOTE_UNAVAILABLE, () -> remote.store().size("o"));
            assertThat(Duration.ofNanos(now() - begun)).isLessThan(Duration.ofMillis(50));
            bare.failAll(null);
            rest(Duration.ofSeconds(70));
            assertThat(remote.status().health()).isEqualTo(RemoteStatus.Health.HEALTHY);
            assertThat(remote.status().lastError()).isNull();
        });
    }

    @Test
    void burst_callsThatFailTogether_areNotDown() throws Exception {
        with(remote -> {
            remote.recognise();
            int[] left = {10};
            bare.script = (call, object) -> {
                if (left[0]-- > 0) {
                    throw new PoolException(Reason.REMOTE_UNAVAILABLE, "rclone ended");
                }
            };
            List<Task> tasks = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                String object = "o" + i;
                tasks.add(scheduler.start(object, () -> remote.store().put(object, SOURCE, 1)));
            }
            for (Task task : tasks) {
                task.join(Long.MAX_VALUE);
            }
            assertThat(remote.status().health()).isEqualTo(RemoteStatus.Health.HEALTHY);
        });
    }

    @Test
    void marker_changesWhileInUse_makesItMissing() throws Exception {
        with(remote -> {
            remote.recognise();
            bare.objects.clear();
            rest(Duration.ofSeconds(3));
            fails(Reason.REMOTE_MISSING, () -> remote.store().size("o"));
            fails(Reason.REMOTE_MISSING, () -> remote.store().put("o", SOURCE, 1));
            assertThat(bare.objects).isEmpty();
            bare.objects.put(PREFIX + "/remote.json", new RemoteMarker(POOL, ID).toBytes());
            rest(Duration.ofSeconds(70));
            assertThat(remote.status().health()).isEqualTo(RemoteStatus.Health.HEALTHY);
        });
    }

    @Test
    void throttled_allCallsRestThenGoOn() throws Exception {
        with(remote -> {
            remote.recognise();
            int[] left = {1};
            bare.script = (call, object) -> {
                if (left[0]-- > 0) {
                    throw new PoolException(Reason.REMOTE_THROTTLED, "slow down");
                }
            };
            long begun = now();
            remote.store().put("o", SOURCE, 1);
            assertThat(Duration.ofNanos(now() - begun)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
            assertThat(remote.status().health()).isEqualTo(RemoteStatus.Health.HEALTHY);
        });
    }

    @Test
    void uploads_moreThanSlots_waitAndSmallOnesPass() throws Exception {
        settings = settings.withLimits(1, 1, 0, 0);
        with(remote -> {
            remote.recognise();
            bare.script = (call, object) -> {
                if (object.startsWith("chunk")) {
                    rest(Duration.ofSeconds(40));
                }
            };
            Task chunk = scheduler.start("chunk", () -> remote.store().put("chunk", SOURCE, 1 << 20));
            rest(Duration.ofSeconds(1));
            long begun = now();
            remote.store().put("segment", SOURCE, 1000);
            assertThat(Duration.ofNanos(now() - begun)).isLessThan(Duration.ofSeconds(1));
            fails(Reason.TIMEOUT, () -> remote.store().put("second", SOURCE, 1 << 20));
            chunk.join(Long.MAX_VALUE);
            remote.store().put("second", SOURCE, 1 << 20);
        });
    }

    @Test
    void bandwidth_limit_holdsOverTime() throws Exception {
        settings = settings.withLimits(2, 2, 1 << 20, 0);
        with(remote -> {
            remote.recognise();
            long begun = now();
            for (int i = 0; i < 5; i++) {
                remote.store().put("o" + i, SOURCE, 10 << 20);
            }
            // The first second's worth is free, and the last one's debt is paid by who comes next.
            assertThat(Duration.ofNanos(now() - begun)).isBetween(Duration.ofSeconds(39), Duration.ofSeconds(41));
        });
    }

    @Test
    void requests_limit_holdsOverTime() throws Exception {
        settings = settings.withLimits(2, 2, 0, 10);
        with(remote -> {
            remote.recognise();
            long begun = now();
            for (int i = 0; i < 60; i++) {
                remote.store().makeFolder("f" + i);
            }
            assertThat(Duration.ofNanos(now() - begun)).isBetween(Duration.ofMillis(4800), Duration.ofMillis(5200));
        });
    }

    @Test
    void room_capacityOfTheUser_countsThePoolsBytes() throws Exception {
        settings = settings.withCapacity(OptionalLong.of(1000), 100);
        with(remote -> {
            remote.countPoolBytes(() -> 300);
            remote.recognise();
            assertThat(remote.status().freeBytes()).hasValue(600);
            remote.countPoolBytes(() -> 950);
            assertThat(remote.status().full()).isTrue();
            assertThat(remote.status().freeBytes()).hasValue(0);
        });
    }

    @Test
    void room_whatWasPut_isTakenOffUntilTheBackendIsAskedAgain() throws Exception {
        bare.room = new RemoteStore.Room(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.of(5000));
        settings = settings.withCapacity(OptionalLong.empty(), 1000);
        with(remote -> {
            remote.recognise();
            rest(Duration.ofSeconds(1));
            remote.store().put("o", SOURCE, 1500);
            assertThat(remote.status().freeBytes()).hasValue(2500);
            bare.room = new RemoteStore.Room(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.of(3500));
            rest(Duration.ofSeconds(70));
            assertThat(remote.status().freeBytes()).hasValue(2500);
        });
    }

    @Test
    void apply_changedSettings_holdAtOnce() throws Exception {
        with(remote -> {
            remote.recognise();
            remote.apply(settings.withEnabled(false).withLimits(7, 3, 0, 0));
            assertThat(remote.status().enabled()).isFalse();
            assertThat(remote.status().takesChunks()).isFalse();
            assertThat(remote.status().uploadSlots()).isEqualTo(7);
        });
    }

    private interface Body {
        void run(PoolRemote remote) throws PoolException;
    }

    private void with(Body body) throws PoolException {
        bare.objects.put(PREFIX + "/remote.json", new RemoteMarker(POOL, ID).toBytes());
        run(body);
    }

    private void run(Body body) throws PoolException {
        Action action = () -> {
            PoolRemote remote = open(bare, settings);
            try {
                body.run(remote);
            } finally {
                remote.close();
            }
        };
        scheduler.run("test", action);
        assertThat(bare.closed).isTrue();
    }

    private PoolRemote open(RemoteStore store, RemoteSettings its) {
        return PoolRemote.open(
                scheduler, store, RemoteOrigin.unknown(its.name()), its, new ExpectedRemote(PREFIX, POOL, null, ids));
    }

    private void rest(Duration duration) throws PoolException {
        Monitor monitor = scheduler.newMonitor("rest");
        try (Monitor.Hold hold = monitor.enter()) {
            monitor.await(() -> false, scheduler.deadlineAfter(duration));
        }
    }

    private long now() {
        return scheduler.clock().monotonicNanos();
    }

    private static void fails(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call).asInstanceOf(type(PoolException.class)).returns(reason, PoolException::reason);
    }

    /** Another way to the objects of a store. */
    private record ScriptedCopy(ScriptedStore original) {
        ScriptedStore store() {
            ScriptedStore copy = new ScriptedStore("again:");
            copy.objects.putAll(original.objects);
            return copy;
        }
    }
}
