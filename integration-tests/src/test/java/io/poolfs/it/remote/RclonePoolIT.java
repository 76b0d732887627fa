package io.poolfs.it.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.ExpectedRemote;
import io.poolfs.core.remote.Identity;
import io.poolfs.core.remote.PoolMarker;
import io.poolfs.core.remote.PoolRemote;
import io.poolfs.core.remote.RemoteIds;
import io.poolfs.core.remote.RemoteSettings;
import io.poolfs.core.remote.RemoteStatus;
import io.poolfs.core.remote.rclone.RcloneConfig;
import io.poolfs.core.remote.rclone.RcloneStore;
import io.poolfs.it.cloud.Cloud;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a pool does with remotes of a real rclone, beyond the contract of stores. */
@Timeout(60)
class RclonePoolIT {
    private static final String PREFIX = "poolfs_manifests";
    private static final PoolMarker POOL = new PoolMarker(new PoolId(1, 2), Instant.EPOCH);
    private static final RemoteId ID = new RemoteId(3, 4);

    @TempDir
    private Path directory;

    private Cloud server;
    private RcloneRig rig;
    private Path source;

    @BeforeEach
    void start() throws Exception {
        server = Cloud.over(directory.resolve("served"));
        rig = RcloneRig.start(directory, """
                [disk]
                type = alias
                remote = @DIR@/remote
                [secret]
                type = crypt
                remote = disk:enc
                password = %s
                [wrong]
                type = crypt
                remote = disk:enc
                password = %s
                [dav]
                type = webdav
                vendor = other
                url = %s
                [davsecret]
                type = crypt
                remote = dav:enc
                password = %s
                [dead]
                type = webdav
                url = http://127.0.0.1:1
                [odd]
                type = nosuchbackend
                """.formatted(
                RcloneRig.obscured("right"), RcloneRig.obscured("wrong"), server.url(), RcloneRig.obscured("right")));
        rig.makeFolder("remote");
        source = Files.write(directory.resolve("source"), new byte[200_000]);
    }

    @AfterEach
    void stop() {
        rig.close();
        server.close();
    }

    @Test
    void crypt_wrongPassword_isRefusedThoughItLooksEmpty() throws Exception {
        RcloneStore right = rig.store("secret:");
        new Identity(right, right, PREFIX).write(POOL, ID, directory);
        RcloneStore wrong = rig.store("wrong:");
        assertThat(wrong.list("")).isEmpty();
        fails(Reason.CONFIG, () -> new Identity(wrong, wrong, PREFIX).read());
        fails(Reason.CONFIG, wrong::checkReallyEmpty);
        PoolRemote remote = open(wrong);
        fails(Reason.REMOTE_MISSING, () -> remote.store().put("o", source, 200_000));
        assertThat(remote.status().lastError()).contains("wrong password");
        remote.close();
    }

    @Test
    void crypt_flippedBytes_areCorruptNotAbsent() throws Exception {
        RcloneStore store = rig.store("secret:");
        store.put("object", source, 200_000);
        Path encrypted;
        try (var files = Files.walk(directory.resolve("remote"))) {
            encrypted = files.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
        flip(encrypted, 150_000);
        store.getRange("object", 0, ByteBuffer.allocate(1000));
        fails(Reason.CORRUPT, () -> store.getRange("object", 0, ByteBuffer.allocate(200_000)));
        fails(Reason.CORRUPT, () -> store.getRange("object", 149_000, ByteBuffer.allocate(10)));
        flip(encrypted, 0);
        fails(Reason.CORRUPT, () -> store.getRange("object", 0, ByteBuffer.allocate(10)));
    }

    /** rclone says of the last block that it ends early, as of a line that is cut. */
    @Test
    void crypt_flippedInTheLastBlock_isCorrupt() throws Exception {
        RcloneStore store = rig.store("secret:");
        store.put("object", source, 200_000);
        Path encrypted;
        try (var files = Files.walk(directory.resolve("remote"))) {
            encrypted = files.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
        flip(encrypted, Files.size(encrypted) - 1);
        fails(Reason.CORRUPT, () -> store.getRange("object", 199_000, ByteBuffer.allocate(1000)));
    }

    @Test
    void disk_unplugged_isMissingAndComesBack() throws Exception {
        RcloneStore store = rig.store("disk:");
        new Identity(store, store, PREFIX).write(POOL, ID, directory);
        PoolRemote remote = open(store);
        assertThat(remote.recognise()).isEqualTo(ID);
        Path here = directory.resolve("remote");
        Path away = directory.resolve("away");
        Files.move(here, away);
        fails(Reason.REMOTE_MISSING, () -> remote.store().put("data/o", source, 200_000));
        assertThat(here).doesNotExist();
        assertThat(remote.status().health()).isEqualTo(RemoteStatus.Health.MISSING);
        Files.move(away, here);
        await().until(() -> remote.status().health() == RemoteStatus.Health.HEALTHY);
        remote.store().put("data/o", source, 200_000);
        remote.close();
    }

    @Test
    void rclone_killedDuringCalls_isNotSeenAboveTheRemote() throws Exception {
        RcloneStore store = rig.store("secret:");
        new Identity(store, store, PREFIX).write(POOL, ID, directory);
        PoolRemote remote = open(store);
        remote.store().put("object", source, 200_000);
        for (int i = 0; i < 3; i++) {
            ProcessHandle.of(rig.daemon.pid().orElseThrow()).ifPresent(ProcessHandle::destroyForcibly);
            for (int j = 0; j < 20; j++) {
                remote.store().getRange("object", j * 1000L, ByteBuffer.allocate(5000));
            }
            remote.store().put("object" + i, source, 200_000);
        }
        assertThat(rig.daemon.starts()).isGreaterThanOrEqualTo(3);
        assertThat(remote.status().health()).isEqualTo(RemoteStatus.Health.HEALTHY);
        remote.close();
    }

    @Test
    void storeKey_oneDeviceOrServer_isTheSame() throws Exception {
        assertThat(rig.store("disk:").storeKey())
                .isEqualTo(rig.store("secret:").storeKey())
                .isEqualTo(rig.store(directory.toString()).storeKey());
        assertThat(rig.store("dav:").storeKey())
                .isEqualTo(rig.store("davsecret:x").storeKey())
                .isNotEqualTo(rig.store("dead:").storeKey());
    }

    @Test
    void failures_ofRemotes_haveTheirReasons() throws Exception {
        fails(Reason.REMOTE_UNAVAILABLE, () -> rig.store("dead:").list(""));
        fails(Reason.CONFIG, () -> rig.store("nowhere:").list(""));
        assertThatThrownBy(() -> rig.store("odd:").put("o", source, 200_000))
                .hasMessageContaining("nosuchbackend")
                .asInstanceOf(type(PoolException.class))
                .returns(Reason.CONFIG, PoolException::reason);
    }

    @Test
    void requests_onWebdav_areTheFewest() throws Exception {
        for (String name : List.of("dav:plain", "davsecret:")) {
            RcloneStore store = rig.store(name);
            store.makeFolder("ab");
            store.about();
            server.takeMethods();
            store.put("ab/object", source, 200_000);
            assertThat(server.takeMethods()).as("put").containsExactly("MKCOL", "PUT", "PROPFIND");
            store.getRange("ab/object", 70_000, ByteBuffer.allocate(4096));
            if (name.startsWith("davsecret")) {
                assertThat(server.takeMethods()).as("getRange").containsExactly("PROPFIND", "GET", "GET");
            } else {
                assertThat(server.takeMethods()).as("getRange").containsExactly("PROPFIND", "GET");
            }
            store.size("ab/object");
            assertThat(server.takeMethods()).as("size").containsExactly("PROPFIND");
            store.list("ab");
            assertThat(server.takeMethods()).as("list").containsExactly("PROPFIND");
            store.makeFolder("ab");
            assertThat(server.takeMethods()).as("makeFolder").containsExactly("MKCOL");
            store.delete("ab/object");
            assertThat(server.takeMethods()).as("delete").containsExactly("PROPFIND", "DELETE");
            store.size("ab/object");
            assertThat(server.takeMethods()).as("absent size").containsExactly("PROPFIND", "PROPFIND");
        }
    }

    @Test
    void createCrypt_newName_worksAndNeverOverwrites() throws Exception {
        Files.setPosixFilePermissions(rig.config, PosixFilePermissions.fromString("rw-r-----"));
        RcloneConfig config = new RcloneConfig(rig.daemon);
        config.createCrypt("fresh", "disk:fresh", "pass word 'ä", "salt");
        assertThat(config.names()).contains("fresh", "disk");
        assertThat(config.file()).isEqualTo(rig.config);
        Map<String, String> section = config.section("fresh");
        assertThat(section).containsEntry("remote", "disk:fresh").doesNotContainValue("pass word 'ä");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(rig.config)))
                .isEqualTo("rw-r-----");
        RcloneStore store = rig.store("fresh:");
        store.makeFolder("");
        config.tryOut(store, "trial", directory);
        assertThat(store.list("trial")).isEmpty();
        fails(Reason.EXISTS, () -> config.createCrypt("fresh", "disk:other", "x", null));
        fails(Reason.INVALID, () -> config.createCrypt("a:b", "disk:other", "x", null));
        assertThat(config.section("fresh")).isEqualTo(section);
        assertThat(config.obscure("x")).isNotEqualTo("x").isNotEmpty();
    }

    private PoolRemote open(RcloneStore store) {
        return PoolRemote.open(
                rig.scheduler,
                store,
                store,
                RemoteSettings.of(store.name()).withTimeout(RcloneRig.TIMEOUT),
                new ExpectedRemote(PREFIX, POOL.pool(), null, new RemoteIds()));
    }

    private static void flip(Path file, long offset) throws Exception {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(offset);
            int old = bytes.read();
            bytes.seek(offset);
            bytes.write(old ^ 0x55);
        }
    }

    private static void fails(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call).asInstanceOf(type(PoolException.class)).returns(reason, PoolException::reason);
    }
}
