package io.poolfs.core.stage;

import static io.poolfs.core.stage.StageWorld.KIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.cache.Image;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.remote.SimRemote;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is uploaded, and what need not be. */
class UploadThriftTest {
    private final Random random = new Random(7);
    private StageWorld world;

    @BeforeEach
    void open() throws PoolException {
        world = new StageWorld(1, 3);
        world.run(() -> world.start());
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void unlink_beforeTheUpload_uploadsNothing() throws PoolException {
        world.run(() -> {
            for (int i = 0; i < 20; i++) {
                long inode = world.create("f" + i);
                world.put(inode, 0, bytes(1000));
                world.unlink(inode, "f" + i);
            }
            world.stager.commitAll(world.deadline(60));
            sleep(60);
        });
        assertThat(puts()).isZero();
    }

    @Test
    void write_againBeforeTheUpload_uploadsTheLastContentAlone() throws PoolException {
        byte[] last = bytes(10 * KIB);
        world.run(() -> {
            long inode = world.create("a");
            for (int i = 0; i < 20; i++) {
                world.put(inode, 0, bytes(10 * KIB));
            }
            world.put(inode, 0, last);
            world.stager.commitAll(world.deadline(60));
            assertThat(world.committed(inode)).isEqualTo(last);
        });
        assertThat(storedBytes()).isEqualTo(10 * KIB);
    }

    @Test
    void rename_ofCommittedContent_uploadsNothing() throws PoolException {
        world.run(() -> {
            long inode = world.create("a");
            world.put(inode, 0, bytes(300 * KIB));
            world.stager.commit(inode, world.deadline(60));
            long before = puts();
            world.metadata.alter(writer -> writer.apply(new Op.Rename(
                    new Op.Place(Inode.ROOT, FileName.of("a")),
                    new Op.Place(Inode.ROOT, FileName.of("b")),
                    writer.nanos(),
                    false,
                    0)));
            world.stager.commitAll(world.deadline(60));
            sleep(60);
            assertThat(puts()).isEqualTo(before);
        });
    }

    @Test
    void write_smallPartOfALargeFile_uploadsThatPart() throws PoolException {
        world.run(() -> {
            long inode = world.create("large");
            byte[] content = bytes(900 * KIB);
            world.put(inode, 0, content);
            world.stager.commit(inode, world.deadline(60));
            long before = storedBytes();
            byte[] changed = bytes(100 * KIB);
            world.put(inode, 432 * KIB, changed);
            world.put(inode, content.length, bytes(100 * KIB));
            world.stager.commit(inode, world.deadline(60));
            assertThat(storedBytes() - before).isBetween(200L * KIB, 208L * KIB);
            System.arraycopy(changed, 0, content, 432 * KIB, changed.length);
            assertThat(world.committed(inode)).startsWith(content);
        });
    }

    @Test
    void write_longFileStillOpen_isUploadedOnAllRemotesAlready() throws PoolException {
        world.run(() -> {
            Image image = world.acquire(world.create("long"));
            world.write(image, 0, bytes(1000 * KIB));
            sleep(20);
            assertThat(world.remotes).allMatch(remote -> remote.sim.bucket().usedBytes() > 64 * KIB);
        });
    }

    @Test
    void commit_remoteHangs_othersTakeWhatComes() throws PoolException {
        world.run(() -> {
            world.put(world.create("first"), 0, bytes(600 * KIB));
            world.stager.commitAll(world.deadline(60));
            FakeRemote hanging = world.remotes.get(0);
            hanging.sim.intercept(new SimRemote.Interceptor() {
                @Override
                public void before(SimRemote.Call call, String object) throws PoolException {
                    sleep(1_000_000);
                }
            });
            // One file may have its first part on the remote that hangs; those after it do not wait.
            world.put(world.create("second"), 0, bytes(600 * KIB));
            sleep(30);
            for (int i = 0; i < 10; i++) {
                long inode = world.create("later" + i);
                byte[] content = bytes(100 * KIB);
                world.put(inode, 0, content);
                world.stager.commit(inode, world.deadline(60));
                assertThat(world.committed(inode)).isEqualTo(content);
            }
        });
    }

    private long puts() {
        return world.remotes.stream()
                .mapToLong(remote -> remote.sim.count(SimRemote.Call.PUT))
                .sum();
    }

    private long storedBytes() {
        return world.remotes.stream()
                .mapToLong(remote -> remote.sim.bucket().usedBytes())
                .sum();
    }

    private void sleep(int seconds) throws PoolException {
        var monitor = world.scheduler.newMonitor("sleep");
        try (var hold = monitor.enter()) {
            monitor.await(() -> false, world.deadline(seconds));
        }
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
