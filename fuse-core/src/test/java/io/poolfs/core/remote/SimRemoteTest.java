package io.poolfs.core.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.local.RealFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.RealScheduler;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimRemoteTest extends RemoteStoreContract {
    private final RealScheduler scheduler = RealScheduler.create();
    private final LocalFiles files = RealFiles.create();
    private final SimRemote remote = new SimRemote(new SimBucket("mega"), files, scheduler, Duration.ofMillis(2));

    @TempDir
    private Path directory;

    private Path source;

    @Override
    protected RemoteStore store() {
        return remote;
    }

    @Override
    protected LocalFiles files() {
        return files;
    }

    @Override
    protected Path directory() {
        return directory;
    }

    @BeforeEach
    void makeSource() throws Exception {
        source = directory.resolve("source");
        files.writeAtomically(source, new byte[] {1, 2, 3, 4});
    }

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void put_errorBefore_leavesNothing() throws Exception {
        remote.faults().set(SimFault.ERROR_BEFORE, 1);
        fails(Reason.REMOTE_UNAVAILABLE, this::put);
        assertThat(remote.bucket().names()).isEmpty();
        remote.faults().calm();
        put();
    }

    @Test
    void put_errorAfter_leavesTheObject() {
        remote.faults().set(SimFault.ERROR_AFTER, 1);
        fails(Reason.REMOTE_UNAVAILABLE, this::put);
        assertThat(remote.bucket().bytes("o")).containsExactly(1, 2, 3, 4);
    }

    @Test
    void put_torn_leavesAShortObjectThatARepetitionCompletes() throws Exception {
        remote.faults().set(SimFault.TORN_UPLOAD, 1);
        fails(Reason.REMOTE_UNAVAILABLE, this::put);
        assertThat(remote.bucket().bytes("o").length).isLessThan(4);
        remote.faults().calm();
        put();
        assertThat(remote.bucket().bytes("o")).containsExactly(1, 2, 3, 4);
        assertThat(remote.bucket().overwritten()).isEmpty();
    }

    @Test
    void put_hangs_endsWithTheTimeout() {
        remote.faults().set(SimFault.HANG, 1);
        fails(Reason.TIMEOUT, this::put);
    }

    @Test
    void put_lateEffect_appearsAfterwards() throws Exception {
        remote.faults().set(SimFault.LATE_EFFECT, 1).lateEffect(Duration.ofNanos(1));
        fails(Reason.TIMEOUT, this::put);
        remote.faults().calm();
        assertThat(remote.size("o")).isEqualTo(OptionalLong.of(4));
    }

    @Test
    void put_duplicate_isListedTwiceAndDeletedOneByOne() throws Exception {
        remote.faults().set(SimFault.DUPLICATE, 1);
        put();
        put();
        assertThat(remote.list("")).hasSize(2);
        remote.delete("o");
        assertThat(remote.list("")).hasSize(1);
        remote.delete("o");
        assertThat(remote.list("")).isEmpty();
    }

    @Test
    void put_beyondTheCapacity_isFull() throws Exception {
        remote.bucket().setCapacity(OptionalLong.of(3));
        fails(Reason.REMOTE_FULL, this::put);
        assertThat(remote.about())
                .isEqualTo(new RemoteStore.Room(OptionalLong.of(3), OptionalLong.of(0), OptionalLong.of(3)));
        remote.bucket().setCapacity(OptionalLong.of(4));
        put();
        put();
    }

    @Test
    void put_otherBytes_areNotedAsOverwritten() throws Exception {
        put();
        files.writeAtomically(source, new byte[] {1, 2, 4, 4});
        put();
        assertThat(remote.bucket().overwritten()).containsExactly("o");
    }

    @Test
    void getRange_flips_differByOneBit() throws Exception {
        put();
        remote.faults().set(SimFault.FLIP_IN_FLIGHT, 1);
        ByteBuffer dst = ByteBuffer.allocate(4);
        remote.getRange("o", 0, dst);
        assertThat(Integer.bitCount(dst.getInt(0) ^ 0x01020304)).isEqualTo(1);
        remote.faults().calm();
        remote.getRange("o", 0, dst.clear());
        assertThat(dst.getInt(0)).isEqualTo(0x01020304);
    }

    @Test
    void put_flipAtRest_staysFlipped() throws Exception {
        remote.faults().set(SimFault.FLIP_AT_REST, 1);
        put();
        int stored = ByteBuffer.wrap(remote.bucket().bytes("o")).getInt();
        assertThat(Integer.bitCount(stored ^ 0x01020304)).isEqualTo(1);
    }

    @Test
    void list_lagging_showsTheOldState() throws Exception {
        put();
        remote.faults().listingLag(Duration.ofHours(1)).sizeLag(Duration.ofHours(1));
        assertThat(remote.list("")).isEmpty();
        assertThat(remote.size("o")).isEmpty();
        remote.getRange("o", 0, ByteBuffer.allocate(4));
        remote.faults().listingLag(Duration.ZERO).sizeLag(Duration.ZERO);
        assertThat(remote.list("")).hasSize(1);
    }

    @Test
    void anyCall_downDeniedThrottled_saysSo() throws Exception {
        remote.bucket().setDown(true);
        fails(Reason.REMOTE_UNAVAILABLE, this::put);
        remote.bucket().setDown(false);
        remote.bucket().setDenied(true);
        fails(Reason.REMOTE_DENIED, this::put);
        remote.bucket().setDenied(false);
        remote.faults().set(SimFault.THROTTLED, 1);
        fails(Reason.REMOTE_THROTTLED, this::put);
    }

    @Test
    void restore_snapshot_bringsTheOldStateBack() throws Exception {
        put();
        SimBucket.Snapshot old = remote.bucket().snapshot();
        remote.delete("o");
        remote.bucket().plant("p", new byte[1]);
        remote.bucket().restore(old);
        assertThat(remote.bucket().names()).containsExactly("o");
        remote.bucket().wipe();
        assertThat(remote.list("")).isEmpty();
    }

    @Test
    void intercept_everyCall_isSeenAndCounted() throws Exception {
        put();
        remote.intercept(new SimRemote.Interceptor() {
            @Override
            public void before(SimRemote.Call call, String object) throws PoolException {
                throw new PoolException(Reason.REMOTE_DENIED, call + " " + object);
            }
        });
        fails(Reason.REMOTE_DENIED, this::put);
        assertThat(remote.count(SimRemote.Call.PUT)).isEqualTo(2);
    }

    private void put() throws PoolException {
        remote.put("o", source, 4);
    }
}
