package io.poolfs.core.remote.rclone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.time.RealScheduler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the store makes of a server that fails in every way. */
@Timeout(60)
class RcloneStoreFaultTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final Duration SHORT = Duration.ofMillis(400);

    private final RealScheduler scheduler = RealScheduler.create();

    @TempDir
    private Path directory;

    private FakeRc rc;
    private RcloneStore store;
    private Path source;

    @BeforeEach
    void open() throws Exception {
        rc = new FakeRc(scheduler);
        store = RcloneStore.open(scheduler, rc, name -> Map.of("type", "other"), "cloud:pool", TIMEOUT);
        source = Files.write(directory.resolve("source"), new byte[1000]);
    }

    @AfterEach
    void close() {
        rc.close();
        scheduler.close();
    }

    @Test
    void anyCall_connectionRefused_isUnavailable() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        RcClient nobody = new RcClient(
                scheduler.clock(), new InetSocketAddress(InetAddress.getLoopbackAddress(), port), "u", "p");
        assertThatThrownBy(() -> nobody.call("core/version", Map.of(), scheduler.deadlineAfter(TIMEOUT)))
                .asInstanceOf(type(PoolException.class))
                .returns(Reason.REMOTE_UNAVAILABLE, PoolException::reason);
    }

    @Test
    void anyCall_hanging_endsAtTheDeadline() throws Exception {
        RcloneStore hasty = RcloneStore.open(scheduler, rc, name -> Map.of(), "cloud:pool", SHORT);
        rc.hang("operations/list").hang("operations/copyfile").hang("[");
        fails(Reason.TIMEOUT, () -> hasty.list("folder"));
        fails(Reason.TIMEOUT, () -> hasty.put("object", source, 1000));
        fails(Reason.TIMEOUT, () -> hasty.getRange("object", 0, ByteBuffer.allocate(10)));
        long begun = System.nanoTime();
        RemoteStore until = store.until(scheduler.deadlineAfter(Duration.ofMillis(50)));
        fails(Reason.TIMEOUT, () -> until.list("folder"));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(TIMEOUT);
    }

    @Test
    void put_slowButMoving_isNotGivenUp() throws Exception {
        int looks = 8;
        CountDownLatch enough = new CountDownLatch(looks);
        rc.on("core/stats", exchange -> {
            FakeRc.send(exchange, 200, "{\"bytes\":" + 10 * (looks - enough.getCount() + 1) + "}");
            enough.countDown();
        });
        rc.on("operations/copyfile", exchange -> {
            enough.await();
            FakeRc.send(exchange, 200, "{}");
        });
        rc.json("operations/stat", 200, "{\"item\":{\"Size\":4000000,\"IsDir\":false}}");
        Files.write(source, new byte[4_000_000]);
        RcloneStore.open(scheduler, rc, name -> Map.of(), "cloud:pool", SHORT).put("object", source, 4_000_000);
        assertThat(enough.getCount()).isZero();
    }

    @Test
    void size_absentOnceMore_asksForTheRootAtTheSameTime() throws Exception {
        rc.json("operations/stat", 200, "{\"item\":null}");
        assertThat(store.size("object")).isEmpty();
        CountDownLatch root = new CountDownLatch(1);
        rc.on("operations/list", exchange -> {
            root.countDown();
            FakeRc.send(exchange, 200, "{\"list\":[]}");
        });
        rc.on("operations/stat", exchange -> {
            root.await();
            FakeRc.send(exchange, 200, "{\"item\":null}");
        });
        assertThat(store.size("object")).isEmpty();
        rc.error("operations/list", 404, "error in ListJSON: directory not found");
        fails(Reason.REMOTE_MISSING, () -> store.size("object"));
        rc.json("operations/stat", 200, "{\"item\":{\"Size\":7,\"IsDir\":false}}");
        assertThat(store.size("object")).hasValue(7);
    }

    @Test
    void anyCall_serverErrors_haveTheirReasons() {
        rc.error("operations/copyfile", 500, "Insufficient Storage: 507 Insufficient Storage");
        fails(Reason.REMOTE_FULL, () -> store.put("object", source, 1000));
        rc.error("operations/copyfile", 500, "500 Internal Server Error");
        fails(Reason.REMOTE_UNAVAILABLE, () -> store.put("object", source, 1000));
        rc.error("operations/list", 500, "error in ListJSON: 403 Forbidden");
        fails(Reason.REMOTE_DENIED, () -> store.list("folder"));
        rc.on("operations/list", exchange -> FakeRc.send(exchange, 502, ""));
        fails(Reason.REMOTE_UNAVAILABLE, () -> store.list("folder"));
    }

    @Test
    void failure_inputOfTheAnswer_isNotRepeated() {
        rc.error("operations/list", 500, "no luck");
        assertThatThrownBy(() -> store.list("folder"))
                .hasMessageContaining("no luck")
                .hasMessageNotContaining("leak");
    }

    @Test
    void put_seenWithAnotherSize_isNotAcknowledged() {
        rc.json("operations/stat", 200, "{\"item\":{\"Size\":999,\"IsDir\":false}}");
        fails(Reason.REMOTE_UNAVAILABLE, () -> store.put("object", source, 1000));
    }

    @Test
    void put_backendWithDuplicates_looksBeforeAndDeletesWhatIsWrong() {
        rc.json("operations/fsinfo", 200, "{\"Features\":{\"DuplicateFiles\":true}}");
        rc.json("operations/stat", 200, "{\"item\":{\"Size\":7,\"IsDir\":false}}");
        int[] left = {2};
        rc.on("operations/deletefile", exchange -> {
            if (left[0]-- > 0) {
                FakeRc.send(exchange, 200, "{}");
            } else {
                FakeRc.send(exchange, 404, "{\"error\":\"object not found\"}");
            }
        });
        fails(Reason.REMOTE_UNAVAILABLE, () -> store.put("object", source, 1000));
        assertThat(left[0]).isEqualTo(-1);
        assertThat(rc.requests()).anyMatch(request -> request.contains("\"NoCheckDest\":false"));
    }

    @Test
    void getRange_cutBody_isUnavailableUnlessTheLogSaysMore() {
        rc.on("[", exchange -> {
            exchange.sendResponseHeaders(206, 100);
            exchange.getResponseBody().write(new byte[60]);
            exchange.getResponseBody().flush();
            throw new java.io.IOException("cut");
        });
        ByteBuffer dst = ByteBuffer.allocate(100);
        fails(Reason.REMOTE_UNAVAILABLE, () -> store.getRange("object", 0, dst));
        assertThat(dst.position()).isZero();
        rc.cutReason = "failed to authenticate decrypted block - bad password?";
        fails(Reason.CORRUPT, () -> store.getRange("object", 0, dst));
    }

    @Test
    void getRange_anotherLength_isCorrupt() {
        rc.on("[", exchange -> {
            exchange.sendResponseHeaders(206, 99);
            exchange.getResponseBody().write(new byte[99]);
            exchange.close();
        });
        fails(Reason.CORRUPT, () -> store.getRange("object", 0, ByteBuffer.allocate(100)));
        rc.on("[", exchange -> FakeRc.send(exchange, 200, "whole object instead of a range"));
        fails(Reason.CORRUPT, () -> store.getRange("object", 5, ByteBuffer.allocate(10)));
    }

    @Test
    void getRange_bodyLeftUnread_isNotTakenForTheNextAnswer() throws Exception {
        CountDownLatch refused = new CountDownLatch(1);
        rc.on("[", exchange -> {
            exchange.sendResponseHeaders(206, 99);
            exchange.getResponseBody().flush();
            refused.await();
            exchange.getResponseBody().write(new byte[99]);
            exchange.close();
        });
        fails(Reason.CORRUPT, () -> store.getRange("object", 0, ByteBuffer.allocate(100)));
        refused.countDown();
        rc.json("operations/list", 200, "{\"list\":[{\"Name\":\"x\",\"Size\":3}]}");
        assertThat(store.list("f")).containsExactly(new RemoteStore.Entry("x", 3));
    }

    @Test
    void absence_rootDoesNotAnswer_isNotBelieved() {
        rc.error("[", 404, "failed to find object: object not found");
        rc.json("operations/stat", 200, "{\"item\":null}");
        rc.error("operations/deletefile", 404, "object not found");
        fails(Reason.OBJECT_NOT_FOUND, () -> store.getRange("object", 0, ByteBuffer.allocate(1)));
        rc.error("operations/list", 404, "error in ListJSON: directory not found");
        fails(Reason.REMOTE_MISSING, () -> store.getRange("object", 0, ByteBuffer.allocate(1)));
        fails(Reason.REMOTE_MISSING, () -> store.size("object"));
        fails(Reason.REMOTE_MISSING, () -> store.list("folder"));
        fails(Reason.REMOTE_MISSING, () -> store.delete("object"));
        rc.error("operations/list", 500, "connection refused");
        fails(Reason.REMOTE_UNAVAILABLE, () -> store.size("object"));
    }

    @Test
    void list_duplicates_showTheLargest() throws Exception {
        rc.json(
                "operations/list",
                200,
                "{\"list\":[{\"Name\":\"a\",\"Size\":1},{\"Name\":\"a\",\"Size\":9},{\"Name\":\"d\",\"IsDir\":true,\"Size\":-1}]}");
        assertThat(store.list("f"))
                .containsExactlyInAnyOrder(new RemoteStore.Entry("a", 9), new RemoteStore.Entry("d", -1));
    }

    @Test
    void about_withoutIt_isUnknown() throws Exception {
        rc.json("operations/about", 200, "{\"total\":100,\"used\":30}");
        assertThat(store.about().freeBytes()).hasValue(70);
        RcloneStore other = RcloneStore.open(scheduler, rc, name -> Map.of(), "web:", TIMEOUT);
        rc.json("operations/fsinfo", 200, "{\"Features\":{\"About\":false}}");
        assertThat(other.about()).isEqualTo(RemoteStore.Room.UNKNOWN);
    }

    @Test
    void answer_chunkedOrNoJson_isReadOrRefused() throws Exception {
        rc.on("operations/list", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("{\"list\":[{\"Name\":".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            exchange.getResponseBody().write("\"x\",\"Size\":3}]}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            exchange.close();
        });
        assertThat(store.list("f")).containsExactly(new RemoteStore.Entry("x", 3));
        rc.on("operations/list", exchange -> FakeRc.send(exchange, 200, "<html>"));
        fails(Reason.REMOTE_UNAVAILABLE, () -> store.list("f"));
    }

    private static void fails(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call).asInstanceOf(type(PoolException.class)).returns(reason, PoolException::reason);
    }
}
