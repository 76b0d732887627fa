package io.poolfs.core.adopt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.local.SimFiles;
import io.poolfs.core.meta.KeyValueMetadata;
import io.poolfs.core.meta.MemoryStore;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataCheck;
import io.poolfs.core.meta.Op;
import io.poolfs.core.meta.RecordingLog;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.RemoteStatus;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.remote.SimBucket;
import io.poolfs.core.remote.SimRemote;
import io.poolfs.core.time.Action;
import io.poolfs.core.time.SimScheduler;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RclonepoolImportTest {
    private final SimScheduler scheduler = SimScheduler.ofSeed(3);
    private final SimBucket one = new SimBucket("crypt-one:");
    private final SimBucket two = new SimBucket("crypt-two:");
    private final List<Remote> remotes = List.of(new OldRemote(1, one), new OldRemote(2, two));
    private Metadata metadata;

    @BeforeEach
    void open() throws PoolException {
        run(() -> metadata = KeyValueMetadata.open(new MemoryStore(scheduler), new RecordingLog(), scheduler.clock()));
    }

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void run_soundFiles_areInWhereTheyLie() throws PoolException {
        run(() -> {
            old("/films/a b.mkv", 100, 20);
            old("/films/empty");
            RclonepoolImport.Result result = take(false);

            assertThat(result.leftOut()).isEmpty();
            assertThat(result.imported()).isEqualTo(2);
            assertThat(result.importedBytes()).isEqualTo(120);
            Inode film = inode("films", "a b.mkv");
            assertThat(film.sizeBytes()).isEqualTo(120);
            assertThat(film.modifyNanos()).isEqualTo(1_700_000_000_500_000_000L);
            assertThat(film.owner()).isEqualTo(1000);
            List<Extent> extents = metadata.read(reader -> reader.extents(film.number(), 0, Long.MAX_VALUE));
            assertThat(extents).hasSize(2);
            Chunk second =
                    metadata.read(reader -> reader.chunk(extents.get(1).piece().chunk()));
            assertThat(second.path()).isEqualTo("old_data/a b.mkv.chunk.001");
            assertThat(second.remote()).isEqualTo(remotes.get(1).id());
            assertThat(MetadataCheck.run(metadata)).isEmpty();
            assertThat(one.names()).contains("old_manifests/films_a b.mkv.manifest.json");
        });
    }

    @Test
    void run_again_skipsWhatIsIn() throws PoolException {
        run(() -> {
            old("/a", 100);
            old("/empty");
            take(false);
            metadata.alter(writer -> writer.apply(new Op.Rename(at("a"), at("moved"), writer.nanos(), false, 0)));
            old("/b", 50);

            RclonepoolImport.Result again = take(false);
            assertThat(again.imported()).isEqualTo(1);
            assertThat(again.already()).isEqualTo(2);
            assertThat(again.leftOut()).isEmpty();
            assertThat(names()).containsExactly("b", "empty", "moved");
        });
    }

    @Test
    void run_renamedFile_isInUnderItsNewName() throws PoolException {
        run(() -> {
            old("/a/first", 100, 20);
            String manifest = new String(one.bytes("old_manifests/a_first.manifest.json"), StandardCharsets.UTF_8)
                    .replace("\"file_name\":\"first\"", "\"file_name\":\"second\"")
                    .replace("/a/first", "/b/second");
            for (SimBucket bucket : List.of(one, two)) {
                bucket.remove("old_manifests/a_first.manifest.json");
            }
            plant("/b/second", manifest);
            assertThat(take(false).imported()).isEqualTo(1);
            assertThat(inode("b", "second").sizeBytes()).isEqualTo(120);
        });
    }

    @Test
    void run_dry_changesNothing() throws PoolException {
        run(() -> {
            old("/a", 100);
            assertThat(take(true).imported()).isEqualTo(1);
            assertThat(names()).isEmpty();
        });
    }

    @Test
    void run_twoFilesOfOneName_areBothLeftOut() throws PoolException {
        run(() -> {
            old("/x/film", 100, 100);
            old("/y/film", 100, 100);
            old("/y/other", 100);
            RclonepoolImport.Result result = take(false);
            assertThat(result.imported()).isEqualTo(1);
            assertThat(why(result, "/x/film")).contains("shares old_data/film.chunk.000", "/y/film");
            assertThat(why(result, "/y/film")).contains("/x/film");
        });
    }

    @Test
    void run_whatCannotBe_isNamedWithItsReason() throws PoolException {
        run(() -> {
            old("/gone", 100);
            one.remove("old_data/gone.chunk.000");
            old("/other size", 100);
            one.plant("old_data/other size.chunk.000", new byte[99]);
            old("/taken", 100);
            metadata.alter(writer -> writer.apply(
                    new Op.Create(at("taken"), writer.nextInode(), 0100644, 0, 0, 0, null, writer.nanos(), 0)));
            plant("/elsewhere", manifest("/elsewhere", 1, "crypt-three:", "old_data/elsewhere.chunk.000", 100));
            plant("/ours", manifest("/ours", 1, "crypt-one:", "poolfs_manifests/pool.json", 100));
            plant("/out", manifest("/out", 1, "crypt-one:", "../out", 100));
            plant(
                    "/sum",
                    manifest("/sum", 1, "crypt-one:", "old_data/s", 100)
                            .replace("\"file_size\":100", "\"file_size\":101"));
            plant("/broken", "{");

            RclonepoolImport.Result result = take(false);
            assertThat(result.imported()).isZero();
            assertThat(why(result, "/gone")).contains("is not on crypt-one:");
            assertThat(why(result, "/other size")).contains("has 99 bytes instead of 100");
            assertThat(why(result, "/taken")).contains("something else");
            assertThat(why(result, "/elsewhere")).contains("crypt-three:, which is no remote of this pool");
            assertThat(why(result, "/ours")).contains("keeps its own");
            assertThat(why(result, "out.manifest.json")).contains("is no path");
            assertThat(why(result, "sum.manifest.json")).contains("file_size");
            assertThat(why(result, "broken.manifest.json")).contains("no JSON");
            assertThat(names()).containsExactly("taken");
        });
    }

    @Test
    void run_copiesOfTwoTimes_newestCounts() throws PoolException {
        run(() -> {
            old("/a", 70);
            String stale = manifest("/a", 1_600_000_000, "crypt-two:", "old_data/a.chunk.000", 50);
            two.plant("old_manifests/a.manifest.json", stale.getBytes(StandardCharsets.UTF_8));
            assertThat(take(false).imported()).isEqualTo(1);
            assertThat(inode("a").sizeBytes()).isEqualTo(70);

            old("/b", 70);
            String rival = manifest("/b", 1_700_000_000.5, "crypt-two:", "old_data/b.chunk.000", 50);
            two.plant("old_manifests/b.manifest.json", rival.getBytes(StandardCharsets.UTF_8));
            assertThat(why(take(false), "/b")).contains("different manifests");
        });
    }

    @Test
    void run_deletedSince_isNotTakenUpAgain() throws PoolException {
        run(() -> {
            old("/a", 100);
            take(false);
            long inode = inode("a").number();
            metadata.alter(writer -> {
                writer.apply(new Op.Unlink(at("a"), writer.nanos()));
                writer.apply(new Op.Reap(List.of(inode)));
            });
            assertThat(why(take(false), "/a")).contains("being collected");
        });
    }

    @Test
    void find_remotesInFolders_areReachedFromWhereTheyBegin() throws PoolException {
        SimBucket whole = new SimBucket("mega:");
        SimBucket part = new SimBucket("mega:part");
        List<Remote> both = List.of(new OldRemote(3, whole), new OldRemote(4, part));
        OldRemotes old = OldRemotes.of(both, List.of("mega:", "mega:part/"));
        assertThat(old.find("mega:", "data/a.chunk.000").orElseThrow())
                .isEqualTo(new OldRemotes.Place(both.get(0), "data/a.chunk.000"));
        // The nearest one, however it was spelled.
        assertThat(old.find("mega:part/", "data/a").orElseThrow())
                .isEqualTo(new OldRemotes.Place(both.get(1), "data/a"));
        assertThat(old.find("mega:", "part/data/a").orElseThrow())
                .isEqualTo(new OldRemotes.Place(both.get(1), "data/a"));
        assertThat(old.find("other:", "data/a")).isEmpty();
        assertThatThrownBy(() -> OldRemotes.of(both, List.of("mega:", "gone:")))
                .hasMessageContaining("not among the remotes of this pool: gone:");
    }

    @Test
    void run_remoteAway_takesNothing() throws PoolException {
        run(() -> {
            old("/a", 100);
            two.setDown(true);
            assertThatThrownBy(() -> take(false)).hasMessageContaining("newer ones may be among them");
            assertThat(names()).isEmpty();
        });
    }

    private RclonepoolImport.Result take(boolean dryRun) throws PoolException {
        return new RclonepoolImport(
                        scheduler, metadata, remotes, new RclonepoolImport.Prefixes("poolfs_data", "poolfs_manifests"))
                .run(
                        new RclonepoolImport.Order(
                                List.of("crypt-one:", "crypt-two:"), "old_manifests", dryRun, 1000, 1000),
                        (phase, done, total, unit) -> {});
    }

    /** A file as rclonepool leaves it: chunks on the remotes in turn, a manifest on each. */
    private void old(String path, int... sizes) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        List<String> parts = new ArrayList<>();
        long total = 0;
        for (int i = 0; i < sizes.length; i++) {
            SimBucket bucket = i % 2 == 0 ? one : two;
            String object = "old_data/%s.chunk.%03d".formatted(name, i);
            bucket.plant(object, new byte[sizes[i]]);
            parts.add(part(i, bucket.name(), object, sizes[i], total));
            total += sizes[i];
        }
        plant(path, manifest(path, 1_700_000_000.5, total, parts));
    }

    private void plant(String path, String manifest) {
        for (SimBucket bucket : List.of(one, two)) {
            bucket.plant(
                    "old_manifests/" + path.substring(1).replace('/', '_') + ".manifest.json",
                    manifest.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String manifest(String path, double created, String remote, String object, int size) {
        return manifest(path, created, size, List.of(part(0, remote, object, size, 0)));
    }

    private static String part(int index, String remote, String object, int size, long offset) {
        return "{\"index\":%d,\"remote\":\"%s\",\"path\":\"%s\",\"size\":%d,\"offset\":%d}"
                .formatted(index, remote, object, size, offset);
    }

    private static String manifest(String path, double created, long size, List<String> parts) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return "{\"version\":1,\"file_name\":\"%s\",\"file_path\":\"%s\",\"file_size\":%d,\"chunk_size\":100,"
                        .formatted(name, path, size)
                + "\"chunk_count\":%d,\"created_at\":%s,\"checksum\":\"%s\",\"chunks\":[%s]}"
                        .formatted(parts.size(), created, checksum(name, size, parts.size()), String.join(",", parts));
    }

    private static String checksum(String name, long size, int count) {
        try {
            byte[] text = (name + ":" + size + ":" + count).getBytes(StandardCharsets.UTF_8);
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text);
            return HexFormat.of().formatHex(hash).substring(0, 16);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static String why(RclonepoolImport.Result result, String path) {
        return result.leftOut().stream()
                .filter(left -> left.path().equals(path))
                .map(RclonepoolImport.LeftOut::why)
                .collect(Collectors.joining());
    }

    private static Op.Place at(String name) throws PoolException {
        return new Op.Place(Inode.ROOT, FileName.of(name));
    }

    private Inode inode(String... names) throws PoolException {
        return metadata.read(reader -> {
            long inode = Inode.ROOT;
            for (String name : names) {
                inode = reader.entry(inode, FileName.of(name)).inode();
            }
            return reader.requireInode(inode);
        });
    }

    private List<String> names() throws PoolException {
        List<String> names = new ArrayList<>();
        metadata.look(reader ->
                reader.entries(Inode.ROOT, null, entry -> names.add(entry.name().toString())));
        return names;
    }

    private void run(Action action) throws PoolException {
        scheduler.run("test", action);
    }

    private final class OldRemote implements Remote {
        private final RemoteId id;
        private final SimRemote sim;

        OldRemote(int number, SimBucket bucket) {
            this.id = new RemoteId(0, number);
            this.sim = new SimRemote(bucket, new SimFiles(scheduler), scheduler, Duration.ofSeconds(30));
        }

        @Override
        public String name() {
            return sim.name();
        }

        @Override
        public RemoteId id() {
            return id;
        }

        @Override
        public RemoteStore store() {
            return sim;
        }

        @Override
        public RemoteStatus status() {
            throw new UnsupportedOperationException("not asked for here");
        }
    }
}
