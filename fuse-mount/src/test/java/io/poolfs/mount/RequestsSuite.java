package io.poolfs.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.poolfs.core.fs.PoolFileSystem.Caller;
import io.poolfs.core.fs.PoolFileSystem.Opened;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.mount.posix.Command;
import io.poolfs.mount.session.MountSettings;
import io.poolfs.mount.session.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which requests reach the file system, on which threads, and what its failures become; over one transport. */
@NeedsFuse
@Timeout(60)
abstract class RequestsSuite {
    private static final int MIB = 1024 * 1024;

    private final Transport transport;
    private final int largestBytes;

    final WatchedFileSystem fs = new WatchedFileSystem();

    @TempDir
    Path directory;

    FuseMount mount;

    /** {@code largestBytes}: what one request carries at most. */
    RequestsSuite(Transport transport, int largestBytes) {
        this.transport = transport;
        this.largestBytes = largestBytes;
    }

    @BeforeEach
    final void mount() throws Exception {
        mount = FuseMount.mount(fs, MountSettings.of(directory, "memory").withTransport(transport));
    }

    @AfterEach
    final void unmount() throws Exception {
        mount.unmount();
    }

    @Test
    void readAndWrite_ofMuch_comeInTheLargestRequests() throws Exception {
        shell(
                "dd if=/dev/zero of=file bs=1M count=4 status=none; dd if=file of=/dev/null bs=1M iflag=direct status=none");

        assertThat(fs.largestWrite()).isEqualTo(largestBytes);
        assertThat(fs.largestRead()).isEqualTo(largestBytes);
        assertThat(fs.writes()).isEqualTo(4 * MIB / largestBytes);
        assertThat(fs.reads()).isBetween(4 * MIB / largestBytes, 4 * MIB / largestBytes + 2);
    }

    @Test
    void lookup_ofAMissingName_isRemembered() {
        for (int i = 0; i < 10; i++) {
            assertThat(directory.resolve("missing")).doesNotExist();
        }

        assertThat(fs.lookups()).isEqualTo(1);
    }

    @Test
    void stat_again_asksNothing() throws IOException {
        Files.writeString(directory.resolve("file"), "x");
        Files.getLastModifiedTime(directory.resolve("file"));
        int before = fs.lookups() + fs.attributeReads();

        for (int i = 0; i < 10; i++) {
            Files.getLastModifiedTime(directory.resolve("file"));
        }

        assertThat(fs.lookups() + fs.attributeReads()).isEqualTo(before);
    }

    @Test
    void open_again_keepsTheKernelsPages() throws IOException {
        Path file = Files.write(directory.resolve("file"), new byte[300_000]);
        Files.readAllBytes(file);
        int before = fs.reads();

        Files.readAllBytes(file);

        assertThat(fs.reads()).isEqualTo(before);
    }

    @Test
    void defect_ofTheFileSystem_isAnErrorForTheCallerAlone() throws IOException {
        Path file = Files.write(directory.resolve("file"), new byte[10]);
        mount.invalidate(inodeOf(file));
        fs.beforeRead(() -> {
            throw new IllegalStateException("a defect");
        });

        assertThatThrownBy(() -> Files.readAllBytes(file)).hasMessageContaining("Input/output error");

        fs.beforeRead(() -> {});
        assertThat(Files.readAllBytes(file)).hasSize(10);
    }

    @Test
    void failure_ofARemote_isAnInputOutputError() throws IOException {
        Path file = Files.write(directory.resolve("file"), new byte[10]);
        mount.invalidate(inodeOf(file));
        fs.beforeRead(() -> {
            throw new PoolException(Reason.REMOTE_UNAVAILABLE, "no remote answers");
        });

        assertThatThrownBy(() -> Files.readAllBytes(file)).hasMessageContaining("Input/output error");
    }

    @Test
    void noSpace_whileWriting_isToldToTheWriter() {
        fs.beforeWrite(() -> {
            throw new PoolException(Reason.NO_SPACE, "the pool is full");
        });

        assertThatThrownBy(() -> Files.write(directory.resolve("file"), new byte[10]))
                .hasMessageContaining("No space left on device");
    }

    @Test
    void readsThatWait_doNotKeepOthersWaiting() throws Exception {
        int readers = 40;
        for (int i = 0; i < readers; i++) {
            mount.invalidate(inodeOf(Files.write(directory.resolve("file" + i), new byte[10])));
        }
        CountDownLatch arrived = new CountDownLatch(readers);
        CountDownLatch remotes = new CountDownLatch(1);
        fs.beforeRead(() -> {
            arrived.countDown();
            waitFor(remotes);
        });
        var threads = Executors.newCachedThreadPool();
        try {
            var results = IntStream.range(0, readers)
                    .mapToObj(i -> threads.submit(() -> Files.readAllBytes(directory.resolve("file" + i)).length))
                    .toList();
            waitFor(arrived);

            assertThat(shell("ls -l | wc -l; mkdir d; mv d e; df . > /dev/null"))
                    .isEqualTo("" + (readers + 1));

            remotes.countDown();
            for (Future<Integer> result : results) {
                assertThat(result.get()).isEqualTo(10);
            }
        } finally {
            remotes.countDown();
            threads.shutdown();
        }
    }

    @Test
    void requests_inAnyNumber_comeOnFewLastingThreads() throws IOException {
        for (int i = 0; i < 2_000; i++) {
            Files.delete(Files.createFile(directory.resolve("file")));
        }

        assertThat(fs.threads()).hasSizeLessThanOrEqualTo(8);
        assertThat(fs.threads()).allMatch(name -> name.startsWith("fuse-"));
    }

    @Test
    void release_followsTheLastClose() throws Exception {
        shell("exec 3>a 4>a 5<a; exec 3>&- 4>&-; : > b; printf x >> b; cat b > /dev/null");

        await().atMost(Duration.ofSeconds(10)).until(() -> fs.openFiles() == 0);
    }

    @Test
    void invalidate_afterAChangeElsewhere_showsIt() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "old");
        assertThat(file).hasContent("old");
        Opened opened = fs.open(null, inodeOf(file), true, false);
        fs.write(opened.handle(), 0, ByteBuffer.wrap("newer".getBytes(StandardCharsets.US_ASCII)));
        fs.release(opened.handle());

        mount.invalidate(inodeOf(file));

        assertThat(file).hasContent("newer");
    }

    @Test
    void invalidateEntry_afterANameCameElsewhere_showsIt() throws Exception {
        assertThat(directory.resolve("name")).doesNotExist();
        createElsewhere("name");

        mount.invalidateEntry(Inode.ROOT, FileName.of("name"));

        assertThat(directory.resolve("name")).exists();
    }

    @Test
    void create_ofANameThatCameElsewhere_opensIt() throws Exception {
        assertThat(directory.resolve("name")).doesNotExist();
        long inode = createElsewhere("name");

        shell("printf x >> name");

        assertThat(fs.attributes(inode).sizeBytes()).isEqualTo(1);
    }

    @Test
    void notifications_afterTheEnd_doNothing() throws Exception {
        mount.unmount();

        mount.invalidate(Inode.ROOT);
        mount.invalidateEntry(Inode.ROOT, FileName.of("name"));

        assertThat(mount.isUnmounted()).isTrue();
    }

    @Test
    void vanishedFile_isNoFile() throws Exception {
        Files.writeString(directory.resolve("name"), "x");
        fs.unlink(null, Inode.ROOT, FileName.of("name"));
        mount.invalidateEntry(Inode.ROOT, FileName.of("name"));

        assertThatThrownBy(() -> Files.readString(directory.resolve("name"))).isInstanceOf(NoSuchFileException.class);
    }

    private long createElsewhere(String name) throws PoolException {
        Opened opened = fs.create(null, new Caller(0, 0), Inode.ROOT, FileName.of(name), 0644, true);
        fs.release(opened.handle());
        return opened.inode().number();
    }

    static long inodeOf(Path file) throws IOException {
        return (Long) Files.getAttribute(file, "unix:ino");
    }

    final String shell(String script) throws Exception {
        return Command.here().ok(directory, script);
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
