package io.poolfs.core.remote.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.local.RealFiles;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.remote.RemoteStoreContract;
import io.poolfs.core.time.RealScheduler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory of the real file system as a remote. */
class DirectoryStoreTest extends RemoteStoreContract {
    private final RealScheduler scheduler = RealScheduler.create();
    private final LocalFiles files = RealFiles.create();

    @TempDir
    private Path directory;

    @Override
    protected RemoteStore store() throws IOException {
        return open(Files.createDirectories(directory.resolve("remote")));
    }

    @Override
    protected LocalFiles files() {
        return files;
    }

    @Override
    protected Path directory() {
        return directory;
    }

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void put_rootThatIsGone_isMissingAndNotMade() throws Exception {
        Path absent = directory.resolve("unplugged");
        DirectoryStore store = open(absent);
        Path source = source(10);
        fails(Reason.REMOTE_MISSING, () -> store.put("a/b", source, 10));
        fails(Reason.REMOTE_MISSING, () -> store.makeFolder("a"));
        fails(Reason.REMOTE_MISSING, () -> store.getRange("a/b", 0, ByteBuffer.allocate(1)));
        fails(Reason.REMOTE_MISSING, () -> store.list(""));
        fails(Reason.REMOTE_MISSING, () -> store.size("a/b"));
        fails(Reason.REMOTE_MISSING, () -> store.delete("a/b"));
        fails(Reason.REMOTE_MISSING, store::about);
        fails(Reason.REMOTE_MISSING, store::bind);
        assertThat(absent).doesNotExist();
        assertThat(store.storeKey()).isEqualTo(open(directory).storeKey());
    }

    @Test
    void put_rootThatIsAFile_isMissing() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "no directory");
        fails(Reason.REMOTE_MISSING, () -> open(file).put("a", source(3), 3));
    }

    @Test
    void put_manyObjects_leavesNothingButThem() throws Exception {
        Path root = Files.createDirectories(directory.resolve("remote"));
        DirectoryStore store = open(root);
        Path source = source(3 << 20);
        store.put("x/y/whole", source, 3 << 20);
        fails(Reason.LOCAL_IO, () -> store.put("x/y/other", source, 7));
        assertThat(store.list("")).extracting(RemoteStore.Entry::name).containsExactly("x");
        try (Stream<Path> all = Files.walk(root)) {
            assertThat(all.filter(Files::isRegularFile)).containsExactly(root.resolve("x/y/whole"));
        }
        assertThat(root.resolve("x/y/whole")).hasSameBinaryContentAs(source);
    }

    @Test
    void put_namesThatLeaveTheRoot_areRefused() throws Exception {
        DirectoryStore store = open(directory);
        for (String name : new String[] {"../x", "a/../../x", "/etc/x", "a//b", ""}) {
            fails(name.isEmpty() ? Reason.REMOTE_UNAVAILABLE : Reason.INVALID, () -> store.put(name, source(1), 1));
        }
        fails(Reason.INVALID, () -> store.delete("../x"));
    }

    @Test
    void use_directoryNamedByALink_isThatDirectory() throws Exception {
        Path real = Files.createDirectories(directory.resolve("disk"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), real);
        DirectoryStore store = open(link);
        store.bind();
        store.put("a/b", source(5), 5);
        assertThat(real.resolve("a/b")).hasSize(5);
        Files.delete(link);
        fails(Reason.REMOTE_MISSING, () -> store.put("a/c", source(5), 5));
        fails(Reason.REMOTE_MISSING, () -> store.size("a/c"));
    }

    @Test
    void delete_folderOfThatName_isLeftAlone() throws Exception {
        DirectoryStore store = open(directory);
        store.makeFolder("folder");
        store.delete("folder");
        assertThat(directory.resolve("folder")).isDirectory();
    }

    private DirectoryStore open(Path root) {
        return DirectoryStore.open(scheduler, RealFiles.shared(), root.toString(), root, Duration.ofSeconds(30));
    }

    private Path source(int bytes) throws IOException {
        return Files.write(directory.resolve("source" + bytes), new byte[bytes]);
    }
}
