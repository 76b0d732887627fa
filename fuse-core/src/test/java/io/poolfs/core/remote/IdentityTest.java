package io.poolfs.core.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.local.RealFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.time.RealScheduler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityTest {
    private static final PoolMarker POOL = new PoolMarker(new PoolId(1, 2), Instant.parse("2026-11-20T09:00:00Z"));

    private final RealScheduler scheduler = RealScheduler.create();
    private final LocalFiles files = RealFiles.create();
    private final SimRemote store = new SimRemote("cloud:", files, scheduler);
    private final Identity identity = new Identity(store, RemoteOrigin.unknown("cloud:"), "manifests");

    @TempDir
    private Path scratch;

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void write_newRemote_canBeReadAndChecked() throws Exception {
        assertThat(identity.read()).isEmpty();
        identity.write(POOL, new RemoteId(3, 4), scratch);
        assertThat(identity.read()).contains(new RemoteMarker(POOL.pool(), new RemoteId(3, 4)));
        assertThat(identity.readPool()).contains(POOL);
        assertThat(identity.check(POOL.pool(), null).remote()).isEqualTo(new RemoteId(3, 4));
        assertThat(scratch).isEmptyDirectory();
    }

    @Test
    void write_overAnother_isRefused() throws Exception {
        identity.write(POOL, new RemoteId(3, 4), scratch);
        assertThatThrownBy(() -> identity.write(POOL, new RemoteId(5, 6), scratch))
                .asInstanceOf(type(PoolException.class))
                .returns(Reason.EXISTS, PoolException::reason);
        assertThat(store.bucket().overwritten()).isEmpty();
    }

    @Test
    void check_anotherId_isMissing() throws Exception {
        identity.write(POOL, new RemoteId(3, 4), scratch);
        assertThatThrownBy(() -> identity.check(POOL.pool(), new RemoteId(5, 6)))
                .asInstanceOf(type(PoolException.class))
                .returns(Reason.REMOTE_MISSING, PoolException::reason);
    }

    @Test
    void parse_newerFormatOrNonsense_isRefused() {
        assertThatThrownBy(() -> RemoteMarker.parse(bytes("{\"format\":2,\"pool\":\"x\"}")))
                .asInstanceOf(type(PoolException.class))
                .returns(Reason.NEWER_FORMAT, PoolException::reason);
        for (String text : new String[] {"", "[]", "{}", "{\"format\":1}", "{\"format\":1,\"pool\":7,\"remote\":8}"}) {
            assertThatThrownBy(() -> RemoteMarker.parse(bytes(text)))
                    .asInstanceOf(type(PoolException.class))
                    .returns(Reason.CORRUPT, PoolException::reason);
        }
        assertThatThrownBy(() -> PoolMarker.parse(
                        bytes("{\"format\":1,\"pool\":\"" + POOL.pool().hex() + "\",\"created\":\"soon\"}")))
                .asInstanceOf(type(PoolException.class))
                .returns(Reason.CORRUPT, PoolException::reason);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void parse_markerWithAFlippedBit_isNeverAnotherRemote() {
        RemoteMarker marker = new RemoteMarker(POOL.pool(), new RemoteId(3, 4));
        for (int bit = 0; bit < marker.toBytes().length * 8; bit++) {
            byte[] bytes = marker.toBytes();
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                assertThat(RemoteMarker.parse(bytes)).isEqualTo(marker);
            } catch (PoolException e) {
                assertThat(e.reason()).isIn(Reason.CORRUPT, Reason.NEWER_FORMAT);
            }
        }
    }
}
