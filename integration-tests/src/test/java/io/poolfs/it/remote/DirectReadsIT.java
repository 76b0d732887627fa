package io.poolfs.it.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.remote.crypt.CryptKey;
import io.poolfs.core.remote.crypt.CryptWriter;
import io.poolfs.core.remote.rclone.RcloneStore;
import io.poolfs.it.cloud.Cloud;
import io.poolfs.it.cloud.Weather;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a range costs by the shortest way, and when that way is not taken. */
class DirectReadsIT {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int SIZE = 3_000_000;

    @TempDir
    Path directory;

    private final byte[] content = new byte[SIZE];
    private Cloud server;
    private RcloneRig rig;
    private Path source;

    @BeforeEach
    void start() throws Exception {
        server = Cloud.over(directory.resolve("served"));
        rig = RcloneRig.start(directory, """
                [dav]
                type = webdav
                vendor = other
                url = %s
                [secret]
                type = crypt
                remote = dav:enc
                password = %s
                [open]
                type = crypt
                remote = dav:open
                password = %s
                filename_encryption = off
                [odd]
                type = crypt
                remote = dav:odd
                password = %s
                an_option_of_the_future = true
                """.formatted(
                server.url(), RcloneRig.obscured("right"), RcloneRig.obscured("right"), RcloneRig.obscured("right")));
        new Random(7).nextBytes(content);
        source = Files.write(directory.resolve("source"), content);
    }

    @AfterEach
    void stop() {
        rig.close();
        server.close();
    }

    @Test
    void range_ofAKnownObject_isOneRequest() throws Exception {
        for (String name : List.of("dav:plain", "secret:")) {
            RcloneStore store = opened(name);
            store.put("ab/object", source, SIZE);
            server.takeMethods();
            read(store, "ab/object", 100_000, 70_000);
            assertThat(server.takeMethods()).as("first, near the head").containsExactly("PROPFIND", "GET");
            read(store, "ab/object", 2_000_000, 70_000);
            assertThat(server.takeMethods()).as(name).containsExactly("GET");
            read(store, "ab/object", SIZE - 10, 10);
            assertThat(server.takeMethods()).as(name).containsExactly("GET");
        }
    }

    @Test
    void range_farFromTheHeadOfAnUnknownObject_isTwoRoundTrips() throws Exception {
        RcloneStore store = opened("secret:");
        store.put("object", source, SIZE);
        server.takeMethods();
        read(store, "object", 2_000_000, 70_000);
        assertThat(server.takeMethods()).hasSizeLessThanOrEqualTo(4).contains("GET", "GET");
        read(store, "object", 1_000_000, 70_000);
        assertThat(server.takeMethods()).containsExactly("GET");
    }

    @Test
    void range_ofAnExpectedObject_isOneRequest() throws Exception {
        RcloneStore store = opened("secret:");
        store.put("object", source, SIZE);
        server.takeMethods();
        store.expect("object");
        Awaitility.await().atMost(LONG).until(() -> server.seenMethods().contains("GET"));
        assertThat(server.takeMethods()).containsExactly("PROPFIND", "GET");
        // The nonce is noted a moment after its answer.
        Awaitility.await().atMost(LONG).until(() -> {
            read(store, "object", 2_000_000, 70_000);
            return server.takeMethods().equals(List.of("GET"));
        });
    }

    @Test
    void longRange_throughCrypt_isLeftToRclone() throws Exception {
        RcloneStore store = opened("secret:");
        store.put("object", source, SIZE);
        long before = store.directReads();
        read(store, "object", 10, 2_000_000);
        assertThat(store.directReads()).isEqualTo(before);
    }

    @Test
    void object_sealedHere_isReadByRclone() throws Exception {
        byte[] nonce = new byte[24];
        Arrays.fill(nonce, 0, 8, (byte) 0xff);
        byte[] sealed = CryptWriter.seal(CryptKey.derive("right", ""), nonce, content);
        Files.createDirectories(server.folder().resolve("open"));
        Files.write(server.folder().resolve("open/object.bin"), sealed);
        read(rig.store("open:"), "object", 0, SIZE);
        RcloneStore direct = opened("open:");
        read(direct, "object", 2_000_000, 70_000);
    }

    @Test
    void damage_isCorruptAndAbsenceIsAbsence() throws Exception {
        RcloneStore store = opened("open:");
        store.put("object", source, SIZE);
        Path stored = server.folder().resolve("open/object.bin");
        byte[] bytes = Files.readAllBytes(stored);
        bytes[2_000_000]++;
        Files.write(stored, bytes);
        read(store, "object", 0, 70_000);
        fails(Reason.CORRUPT, () -> store.getRange("object", 1_999_000, ByteBuffer.allocate(5000)));
        fails(Reason.CORRUPT, () -> store.getRange("object", SIZE - 5, ByteBuffer.allocate(6)));
        fails(Reason.OBJECT_NOT_FOUND, () -> store.getRange("absent", 0, ByteBuffer.allocate(6)));
        store.delete("object");
        fails(Reason.OBJECT_NOT_FOUND, () -> store.getRange("object", 0, ByteBuffer.allocate(6)));
    }

    @Test
    void range_thatNobodyWantsAnyMore_isBrokenOff() throws Exception {
        RcloneStore store = opened("secret:");
        store.put("object", source, SIZE);
        for (int length : new int[] {900_000, 2_000_000}) {
            server.set(Weather.FAIR.withRate(1_000_000));
            AtomicInteger asked = new AtomicInteger();
            RemoteStore until = store.whileWanted(() -> asked.incrementAndGet() < 3);
            fails(Reason.CANCELLED, () -> until.getRange("object", 10, ByteBuffer.allocate(length)));
            server.set(Weather.FAIR);
            read(store, "object", 10, length);
        }
    }

    @Test
    void unknownOption_keepsToRclone() throws Exception {
        RcloneStore store = rig.store("odd:");
        store.makeFolder("");
        store.put("object", source, SIZE);
        store.prepareReads();
        RcloneStore other = opened("secret:");
        read(store, "object", 2_000_000, 70_000);
        assertThat(store.directReads()).isZero();
        assertThat(other.directReads()).isPositive();
    }

    @Test
    void serverThatDies_costsNoReadAndComesBack() throws Exception {
        RcloneStore store = opened("secret:");
        store.put("object", source, SIZE);
        servers().forEach(ProcessHandle::destroyForcibly);
        Awaitility.await().atMost(LONG).until(() -> servers().isEmpty());
        read(store, "object", 2_000_000, 70_000);
        long before = store.directReads();
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> {
            read(store, "object", 2_000_000, 70_000);
            return store.directReads() > before;
        });
    }

    @Test
    void close_ofTheDaemon_endsTheServers() throws Exception {
        opened("secret:");
        List<ProcessHandle> servers = servers();
        assertThat(servers).hasSize(1);
        assertThat(servers.get(0).info().commandLine().orElse("")).doesNotContain("right");
        rig.daemon.close();
        Awaitility.await().atMost(LONG).until(() -> servers.stream().noneMatch(ProcessHandle::isAlive));
    }

    private RcloneStore opened(String name) throws Exception {
        RcloneStore store = rig.store(name);
        store.makeFolder("");
        RcloneDirectIT.open(store, directory);
        return store;
    }

    private void read(RcloneStore store, String object, int offset, int length) throws PoolException {
        ByteBuffer dst = ByteBuffer.allocate(length);
        store.getRange(object, offset, dst);
        assertThat(Arrays.equals(dst.array(), Arrays.copyOfRange(content, offset, offset + length)))
                .as(object + " at " + offset)
                .isTrue();
    }

    /** Those of this test: of the process's children, which serve the test's own configuration. */
    private List<ProcessHandle> servers() {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains("serve restic") && line.contains(rig.config.toString()))
                        .isPresent())
                .toList();
    }

    private static void fails(Reason reason, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
