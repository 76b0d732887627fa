package io.poolfs.core.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.poolfs.core.local.LocalFiles.Mode;
import io.poolfs.core.model.Reason;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealFilesTest extends LocalFilesContract {
    private final LocalFiles files = RealFiles.create();

    @TempDir
    private Path root;

    @Override
    protected LocalFiles files() {
        return files;
    }

    @Override
    protected Path root() {
        return root;
    }

    @Test
    void open_newFileAndDirectory_areOursAlone() throws Exception {
        files.createPrivateDirectory(root.resolve("d/e"));
        files.open(root.resolve("d/e/f"), Mode.CREATE).close();
        assertThat(mode(root.resolve("d"))).isEqualTo("rwx------");
        assertThat(mode(root.resolve("d/e"))).isEqualTo("rwx------");
        assertThat(mode(root.resolve("d/e/f"))).isEqualTo("rw-------");
    }

    @Test
    void createPrivateDirectory_openToOthers_isRefused() throws Exception {
        Path directory = Files.createDirectory(root.resolve("d"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x---"));
        fails(Reason.ACCESS_DENIED, () -> files.createPrivateDirectory(directory));
    }

    @Test
    void createPrivateDirectory_link_isRefused() throws Exception {
        files.createPrivateDirectory(root.resolve("d"));
        Files.createSymbolicLink(root.resolve("l"), root.resolve("d"));
        fails(Reason.ACCESS_DENIED, () -> files.createPrivateDirectory(root.resolve("l")));
    }

    @Test
    void createPrivateDirectory_ownedByAnother_isRefused() throws Exception {
        Path directory = Files.createDirectory(root.resolve("d"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        assumeThat(Files.getAttribute(directory, "unix:uid")).isEqualTo(0);
        Files.setAttribute(directory, "unix:uid", 12345);
        fails(Reason.ACCESS_DENIED, () -> files.createPrivateDirectory(directory));
    }

    @Test
    void createPrivateDirectory_madeByAnotherInASharedPlace_isRefused() throws Exception {
        assumeThat(Files.getAttribute(root, "unix:uid")).isEqualTo(0);
        Path shared = Files.createDirectory(root.resolve("shm"));
        Files.setAttribute(shared, "unix:mode", 01777);
        files.createPrivateDirectory(shared.resolve("ours/pool"));
        Path theirs = Files.createDirectory(shared.resolve("theirs"));
        Files.setAttribute(theirs, "unix:uid", 12345);
        fails(Reason.ACCESS_DENIED, () -> files.createPrivateDirectory(theirs.resolve("pool")));
        Path link = Files.createSymbolicLink(shared.resolve("link"), shared.resolve("ours"));
        Files.setAttribute(link, "unix:uid", 12345, LinkOption.NOFOLLOW_LINKS);
        fails(Reason.ACCESS_DENIED, () -> files.createPrivateDirectory(link.resolve("pool")));
        assertThat(theirs).isEmptyDirectory();
    }

    @Test
    void createPrivateDirectory_whereAnyoneMayReplaceIt_isRefused() throws Exception {
        Path shared = Files.createDirectory(root.resolve("open"));
        files.createPrivateDirectory(shared.resolve("pool"));
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
        fails(Reason.ACCESS_DENIED, () -> files.createPrivateDirectory(shared.resolve("pool")));
        fails(Reason.ACCESS_DENIED, () -> files.createPrivateDirectory(shared.resolve("pool/below")));
    }

    @Test
    void deleteTree_linkInside_isNotFollowed() throws Exception {
        files.createPrivateDirectory(root.resolve("kept"));
        files.writeAtomically(root.resolve("kept/a"), new byte[] {1});
        files.createPrivateDirectory(root.resolve("d"));
        Files.createSymbolicLink(root.resolve("d/l"), root.resolve("kept"));
        files.deleteTree(root.resolve("d"));
        assertThat(files.exists(root.resolve("kept/a"))).isTrue();
    }

    @Test
    void open_nameOutsideAscii_isTheSameFileAsForJava() throws Exception {
        Path path = root.resolve("größe-界");
        files.writeAtomically(path, new byte[] {1, 2});
        assertThat(Files.size(path)).isEqualTo(2);
    }

    @Test
    void write_fullDevice_isNoSpace() throws Exception {
        try (LocalFile file = files.open(Path.of("/dev/full"), Mode.READ_WRITE)) {
            fails(Reason.NO_SPACE, () -> file.write(0, ByteBuffer.wrap(new byte[1])));
        }
    }

    @Test
    void space_tmpfsAndDisk_areToldApart() throws Exception {
        assumeThat(Files.getFileStore(Path.of("/dev/shm")).type()).isEqualTo("tmpfs");
        assertThat(files.space(Path.of("/dev/shm")).inMemory()).isTrue();
        LocalFiles.Space here = files.space(root);
        assertThat(here.inMemory()).isEqualTo(Files.getFileStore(root).type().equals("tmpfs"));
        assertThat(here.totalBytes()).isEqualTo(Files.getFileStore(root).getTotalSpace());
    }

    @Test
    void close_whileOthersRead_neverMixesFiles() throws Exception {
        files.writeAtomically(root.resolve("a"), new byte[] {1});
        files.writeAtomically(root.resolve("b"), new byte[] {2});
        AtomicBoolean mixed = new AtomicBoolean();
        for (int round = 0; round < 200; round++) {
            LocalFile a = files.open(root.resolve("a"), Mode.READ);
            List<Thread> readers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Thread reader = new Thread(() -> {
                    ByteBuffer dst = ByteBuffer.allocate(1);
                    try {
                        while (a.read(0, dst.clear()) == 1) {
                            if (dst.get(0) != 1) {
                                mixed.set(true);
                            }
                        }
                    } catch (Exception closed) {
                        // the end of this reader
                    }
                });
                readers.add(reader);
                reader.start();
            }
            a.close();
            files.open(root.resolve("b"), Mode.READ).close();
            for (Thread reader : readers) {
                reader.join();
            }
        }
        assertThat(mixed).isFalse();
    }

    private static String mode(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
