package io.poolfs.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.local.RealFiles;
import io.poolfs.core.meta.KeyValueMetadata;
import io.poolfs.core.meta.MemoryStore;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.Piece;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.ChunkObjects;
import io.poolfs.core.remote.PoolMarker;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.RemoteMarker;
import io.poolfs.core.remote.RemoteStatus;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.time.RealScheduler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example of docs/FORMAT.md gives a file back from folders that a pool left, with other people's programs alone. */
@Timeout(120)
class RescueTest {
    private static final PoolId POOL = new PoolId(5, 6);
    private static final String MANIFESTS = "poolfs_manifests";

    @TempDir
    Path temporary;

    private final RealScheduler scheduler = RealScheduler.create();
    private final Random random = new Random(11);
    private final byte[] expected = new byte[300_000];
    private Path script;

    @BeforeEach
    void extract() throws Exception {
        for (String tool : List.of("bash", "rclone", "zstd", "jq")) {
            assumeTrue(exists(tool), tool + " is not installed");
        }
        String page = Files.readString(Path.of("..", "docs", "FORMAT.md"));
        int start = page.indexOf("#!/usr/bin/env bash\n# rescue.sh");
        script = temporary.resolve("rescue.sh");
        Files.writeString(script, page.substring(start, page.indexOf("\n```", start) + 1));
    }

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void script_fileAcrossChunksOverwrittenAndRenamed_isGivenBack() throws Exception {
        try (World world = new World()) {
            long directory = world.create(Inode.ROOT, "photos", FileType.DIRECTORY.modeBits() | 0755);
            long file = world.create(directory, "draft", FileType.REGULAR.modeBits() | 0644);
            world.write(file, 0, 0, 200_000);
            world.journal.checkpoint(world.soon());
            world.write(file, 1, 150_000, 150_000);
            world.journal.checkpoint(world.soon());
            world.write(file, 2, 190_123, 7);
            world.write(file, 3, 20_000, 50_000);
            world.rename(directory, "draft", "the cat.jpg");
            world.hole(file, 100_000, 5_000);
            world.ship();
            // What one remote has torn, another has whole.
            for (Path path : world.objects(0, "checkpoint")) {
                Files.write(path, Arrays.copyOf(Files.readAllBytes(path), 60));
            }
            for (Path path : world.objects(1, "journal")) {
                Files.delete(path);
            }
        }
        Path output = temporary.resolve("output");

        String said = run("photos/the cat.jpg", output.toString());
        assertThat(Files.readAllBytes(output)).as(said).isEqualTo(expected);
    }

    @Test
    void script_importedFile_isGivenBack() throws Exception {
        byte[] part = new byte[70_000];
        random.nextBytes(part);
        try (World world = new World()) {
            long file = world.create(Inode.ROOT, "film", FileType.REGULAR.modeBits() | 0644);
            world.take(file, 1, "old data/a film.mkv.chunk.000 ", part);
            world.journal.checkpoint(world.soon());
            long behind = world.create(Inode.ROOT, "behind", FileType.REGULAR.modeBits() | 0644);
            world.take(behind, 2, "top", part);
        }
        for (String name : List.of("film", "behind")) {
            Path output = temporary.resolve("output");
            String said = run(name, output.toString());
            assertThat(Files.readAllBytes(output)).as(said).isEqualTo(part);
        }
    }

    private String run(String path, String output) throws Exception {
        List<String> command = new ArrayList<>(List.of("bash", script.toString(), path, output));
        for (int i = 0; i < 3; i++) {
            command.add(temporary.resolve("remote" + i).toString());
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }

    private static boolean exists(String tool) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
    }

    /** A pool over three folders. */
    private final class World implements AutoCloseable {
        private final LocalFiles files = RealFiles.create();
        private final List<Remote> remotes = new ArrayList<>();
        private final LocalState state;
        private final Metadata metadata;
        final PoolJournal journal;

        World() throws Exception {
            List<Op.Member> members = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                RemoteId id = new RemoteId(9, i);
                FolderStore store = new FolderStore(Files.createDirectories(temporary.resolve("remote" + i)));
                put(store, MANIFESTS + "/pool.json", new PoolMarker(POOL, Instant.EPOCH).toBytes());
                put(store, MANIFESTS + "/remote.json", new RemoteMarker(POOL, id).toBytes());
                remotes.add(new Folder(id, store));
                members.add(new Op.Member(id, store.name(), true));
            }
            state = LocalState.open(
                    scheduler, files, temporary.resolve("state"), POOL, new HostIdentity("here", "m", "b", 1));
            metadata = KeyValueMetadata.open(new MemoryStore(scheduler), state.journal(), scheduler.clock());
            state.replay(metadata);
            PoolFormat.firstTransaction(metadata, new MetadataReader.Members(members, 2), 0, 0, 0755);
            journal = PoolJournal.open(
                    new PoolJournal.Settings(
                            new Layout(MANIFESTS), Duration.ofSeconds(1), Duration.ofMillis(50), false, false),
                    state,
                    metadata,
                    () -> remotes);
            journal.start();
            assertThat(journal.awaitClaimed(soon())).isTrue();
        }

        long soon() {
            return scheduler.deadlineAfter(Duration.ofSeconds(30));
        }

        long create(long parent, String name, int mode) throws PoolException {
            return metadata.change(writer -> {
                long inode = writer.nextInode();
                writer.apply(new Op.Create(
                        new Op.Place(parent, FileName.of(name)), inode, mode, 0, 0, 0, null, writer.nanos(), 0));
                return inode;
            });
        }

        /** Random bytes in one chunk of their own, behind some that belong to nobody. */
        void write(long inode, int number, int offset, int length) throws Exception {
            byte[] chunk = new byte[length + 100];
            random.nextBytes(chunk);
            System.arraycopy(chunk, 100, expected, offset, length);
            ChunkId id = new ChunkId(random.nextLong(), random.nextLong());
            Remote remote = remotes.get(number % 3);
            put(remote.store(), new ChunkObjects("poolfs_data").nameOf(id), chunk);
            int[] crc = new int[Chunk.blocks(chunk.length)];
            Piece piece = new Piece(id, 100, length, Hashes.sha256(chunk, 100, length));
            metadata.alter(writer -> {
                Inode now = writer.requireInode(inode);
                writer.apply(new Op.AddChunk(new Chunk(id, remote.id(), chunk.length, 1, crc)));
                writer.apply(new Op.CommitContent(
                        inode,
                        now.version(),
                        Math.max(now.sizeBytes(), offset + length),
                        0,
                        0,
                        null,
                        List.of(),
                        List.of(new Extent(offset, length, piece, 0))));
            });
            ship();
        }

        /** An object of others as the content of a file. */
        void take(long inode, int number, String path, byte[] bytes) throws Exception {
            Remote remote = remotes.get(number);
            put(remote.store(), path, bytes);
            ChunkId id = new ChunkId(random.nextLong(), random.nextLong());
            metadata.alter(writer -> {
                writer.apply(new Op.AddChunk(new Chunk(id, remote.id(), bytes.length, 0, new int[0], path)));
                writer.apply(new Op.CommitContent(
                        inode,
                        0,
                        bytes.length,
                        0,
                        0,
                        null,
                        List.of(),
                        List.of(new Extent(0, bytes.length, new Piece(id, 0, bytes.length, null), 0))));
            });
            ship();
        }

        void hole(long inode, int offset, int length) throws PoolException {
            Arrays.fill(expected, offset, offset + length, (byte) 0);
            metadata.alter(writer -> {
                Inode now = writer.requireInode(inode);
                writer.apply(new Op.CommitContent(
                        inode,
                        now.version(),
                        now.sizeBytes(),
                        0,
                        0,
                        null,
                        List.of(new ByteRange(offset, length)),
                        List.of()));
            });
        }

        void rename(long parent, String from, String to) throws PoolException {
            metadata.alter(writer -> writer.apply(new Op.Rename(
                    new Op.Place(parent, FileName.of(from)),
                    new Op.Place(parent, FileName.of(to)),
                    writer.nanos(),
                    false,
                    0)));
        }

        void ship() throws PoolException {
            journal.awaitShipped(metadata.lastTransaction(), soon());
        }

        List<Path> objects(int remote, String folder) throws Exception {
            // The laggard may still be catching up.
            journal.close(soon());
            try (Stream<Path> paths =
                    Files.walk(temporary.resolve("remote" + remote).resolve(MANIFESTS + "/" + folder))) {
                return paths.filter(Files::isRegularFile).toList();
            }
        }

        private void put(RemoteStore store, String object, byte[] bytes) throws Exception {
            Path source = Files.write(temporary.resolve("source"), bytes);
            store.put(object, source, bytes.length);
        }

        @Override
        public void close() throws PoolException {
            journal.close();
            state.close();
        }
    }

    private record Folder(RemoteId id, FolderStore folder) implements Remote {
        @Override
        public String name() {
            return folder.name();
        }

        @Override
        public RemoteStore store() {
            return folder;
        }

        @Override
        public RemoteStatus status() {
            throw new UnsupportedOperationException("not asked for here");
        }
    }
}
