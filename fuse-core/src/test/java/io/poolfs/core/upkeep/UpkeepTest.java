package io.poolfs.core.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.local.SimFiles;
import io.poolfs.core.meta.KeyValueMetadata;
import io.poolfs.core.meta.MemoryStore;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataFixture;
import io.poolfs.core.meta.Op;
import io.poolfs.core.meta.PendingExtent;
import io.poolfs.core.meta.RecordingLog;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.placement.Balance;
import io.poolfs.core.placement.Placement;
import io.poolfs.core.placement.PlacementRule;
import io.poolfs.core.remote.ChunkObjects;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.RemoteStatus;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.remote.SimBucket;
import io.poolfs.core.remote.SimRemote;
import io.poolfs.core.stage.FakeShippedLog;
import io.poolfs.core.stage.PlacedChunks;
import io.poolfs.core.time.Action;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.SimScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reaper, collector and audit over real metadata and a simulated remote. */
class UpkeepTest {
    private static final Duration GRACE = Duration.ofHours(24);
    private static final RemoteId REMOTE = new RemoteId(0, 1);

    private final SimScheduler scheduler = SimScheduler.ofSeed(1);
    private final SimBucket bucket = new SimBucket("r");
    private final ChunkObjects objects = new ChunkObjects("data");
    private final Set<Long> open = new HashSet<>();
    private final Set<ChunkId> read = new HashSet<>();
    private final List<Long> reaped = new ArrayList<>();
    private RemoteStatus.Health health = RemoteStatus.Health.HEALTHY;
    private long safeTransaction = Long.MAX_VALUE;
    private Metadata metadata;
    private FakeShippedLog log;
    private PlacedChunks placed;
    private GarbageCollector collector;
    private Reaper reaper;
    private ChunkAudit audit;
    private long nextChunk = 1;

    @BeforeEach
    void open() throws PoolException {
        run(() -> {
            metadata = KeyValueMetadata.open(new MemoryStore(scheduler), new RecordingLog(), scheduler.clock());
            log = new FakeShippedLog(metadata::lastTransaction);
            Remote remote = remote();
            placed = new PlacedChunks(
                    new Placement(new PlacementRule(Balance.LEAST_USED, 0, false)),
                    metadata,
                    () -> List.of(remote),
                    scheduler);
            collector = new GarbageCollector(
                    scheduler,
                    metadata,
                    log,
                    () -> List.of(remote),
                    placed,
                    objects,
                    GRACE,
                    () -> safeTransaction,
                    read::contains);
            reaper = new Reaper(metadata, log, open::contains, inode -> reaped.add(inode.number()));
            audit = new ChunkAudit(scheduler, metadata, log, placed, objects, GRACE, () -> 0, chunk -> false);
        });
    }

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void reap_namelessAndShipped_isGone() throws PoolException {
        run(() -> {
            long inode = create("a", 0);
            unlink("a");
            assertThat(reaper.reap()).isEqualTo(1);
            assertThat(reaped).containsExactly(inode);
            assertThat(exists(inode)).isFalse();
        });
    }

    @Test
    void reap_openOrNotShippedOrDisplaced_waits() throws PoolException {
        run(() -> {
            long stillOpen = create("open", 0);
            unlink("open");
            open.add(stillOpen);
            long displaced = create("name", 0);
            commit(displaced, chunk());
            unlink("name");
            create("name", displaced);
            assertThat(reaper.reap()).isZero();

            open.clear();
            log.heldBack = 0;
            assertThat(reaper.reap()).isZero();

            log.heldBack = Long.MAX_VALUE;
            assertThat(reaper.reap()).isEqualTo(1);
            assertThat(exists(displaced)).isTrue();
        });
    }

    @Test
    void collect_garbage_goesAfterGraceAndCheckpoint() throws PoolException {
        run(() -> {
            Chunk chunk = garbage();
            long dropped = metadata.lastTransaction();
            assertThat(collector.collect().deletedChunks()).isZero();

            sleep(GRACE.plusMinutes(1));
            safeTransaction = dropped - 1;
            assertThat(collector.collect().deletedChunks()).isZero();

            safeTransaction = dropped;
            read.add(chunk.id());
            assertThat(collector.collect().deletedChunks()).isZero();

            read.clear();
            assertThat(collector.collect()).isEqualTo(new GarbageCollector.Round(1, chunk.sizeBytes(), 0, 0));
            assertThat(bucket.names()).isEmpty();
            metadata.look(reader -> assertThat(reader.chunk(chunk.id())).isNull());
        });
    }

    @Test
    void collect_garbageThatPendingContentUses_stays() throws PoolException {
        run(() -> {
            Chunk chunk = garbage();
            long other = create("other", 0);
            Extent extent = MetadataFixture.extent(chunk.id(), 0, chunk.sizeBytes(), 0);
            metadata.alter(writer -> writer.putPending(other, new PendingExtent(extent.fileRange(), extent)));
            sleep(GRACE.plusMinutes(1));
            assertThat(collector.collect().deletedChunks()).isZero();
        });
    }

    @Test
    void collect_headNotConfirmed_deletesNothing() throws PoolException {
        run(() -> {
            garbage();
            sleep(GRACE.plusMinutes(1));
            log.fenced = new PoolException(Reason.FENCED, "another mount");
            assertThatThrownBy(collector::collect).hasMessage("another mount");
            assertThat(bucket.names()).hasSize(1);
        });
    }

    @Test
    void collect_remoteAwayOrFailing_waitsForTheNextRound() throws PoolException {
        run(() -> {
            garbage();
            sleep(GRACE.plusMinutes(1));
            health = RemoteStatus.Health.DOWN;
            assertThat(collector.collect()).isEqualTo(new GarbageCollector.Round(0, 0, 0, 1));
            health = RemoteStatus.Health.SUSPECT;
            bucket.setDown(true);
            assertThat(collector.collect()).isEqualTo(new GarbageCollector.Round(0, 0, 1, 0));
            bucket.setDown(false);
            assertThat(collector.collect().deletedChunks()).isEqualTo(1);
        });
    }

    @Test
    void collect_uploadsWithoutUse_goInTheSecondRound() throws PoolException {
        run(() -> {
            Chunk unused = chunk();
            Chunk used = chunk();
            long inode = create("a", 0);
            Extent extent = MetadataFixture.extent(used.id(), 0, used.sizeBytes(), 0);
            metadata.alter(writer -> {
                writer.putPendingChunk(unused);
                writer.putPendingChunk(used);
                writer.putPending(inode, new PendingExtent(extent.fileRange(), extent));
            });
            assertThat(collector.collect().deletedChunks()).isZero();
            assertThat(collector.collect().deletedChunks()).isEqualTo(1);
            assertThat(bucket.names()).containsExactly(objects.nameOf(used.id()));
            metadata.look(reader -> {
                assertThat(reader.pendingChunk(unused.id())).isNull();
                assertThat(reader.pendingChunk(used.id())).isNotNull();
            });
        });
    }

    @Test
    void audit_everyKindOfObject_isToldApart() throws PoolException {
        run(() -> {
            Chunk good = chunk();
            Chunk missing = chunk();
            Chunk torn = chunk();
            Chunk unknown = chunk();
            commit(create("a", 0), good, missing, torn);
            bucket.remove(objects.nameOf(missing.id()));
            bucket.remove(objects.nameOf(torn.id()));
            bucket.plant(objects.nameOf(torn.id()), new byte[3]);
            bucket.plant("data/zz/photo.jpg", new byte[3]);

            ChunkAudit.Findings findings = audit.audit(remote());
            assertThat(findings.known()).isEqualTo(1);
            assertThat(findings.missing()).containsExactly(missing.id());
            assertThat(findings.wrongSize()).containsExactly(torn.id());
            assertThat(findings.unknown()).containsExactly(unknown.id());
            assertThat(findings.foreign()).containsExactly("data/zz/photo.jpg");

            assertThat(audit.deleteUnknown(remote(), findings.unknown())).isEmpty();
            sleep(GRACE.plusMinutes(1));
            assertThat(audit.deleteUnknown(remote(), findings.unknown())).containsExactly(unknown.id());
            assertThat(bucket.names())
                    .containsExactlyInAnyOrder(
                            objects.nameOf(good.id()), objects.nameOf(torn.id()), "data/zz/photo.jpg");
        });
    }

    @Test
    void imported_auditedAndCollected_whereItLies() throws PoolException {
        run(() -> {
            Chunk whole = imported("data/film.chunk.000");
            Chunk gone = imported("old/film.chunk.001");
            Chunk replaced = imported("old/film.chunk.002");
            long inode = create("film", 0);
            commit(inode, whole, gone, replaced);
            bucket.remove("old/film.chunk.001");
            bucket.plant("old/film.chunk.002", new byte[5]);
            bucket.plant("old/film.manifest.json", new byte[5]);

            ChunkAudit.Findings findings = audit.audit(remote());
            assertThat(findings.known()).isEqualTo(1);
            assertThat(findings.missing()).containsExactly(gone.id());
            assertThat(findings.wrongSize()).containsExactly(replaced.id());
            assertThat(findings.foreign()).isEmpty();

            metadata.alter(writer -> writer.apply(
                    new Op.CommitContent(inode, 1, 0, writer.nanos(), writer.nanos(), null, List.of(), List.of())));
            sleep(GRACE.plusMinutes(1));
            assertThat(collector.collect().failed()).isZero();
            // What somebody has written over it is not ours to delete.
            assertThat(bucket.names()).containsExactly("old/film.chunk.002", "old/film.manifest.json");
            boolean known = metadata.read(reader -> reader.chunk(replaced.id()) != null);
            assertThat(known).isFalse();
        });
    }

    private Chunk imported(String path) {
        bucket.plant(path, new byte[100]);
        return new Chunk(new ChunkId(8, nextChunk++), REMOTE, 100, 0, new int[0], path);
    }

    private Remote remote() {
        SimRemote sim = new SimRemote(bucket, new SimFiles(scheduler), scheduler, Duration.ofSeconds(30));
        return new Remote() {
            @Override
            public String name() {
                return "r";
            }

            @Override
            public RemoteId id() {
                return REMOTE;
            }

            @Override
            public RemoteStore store() {
                return sim;
            }

            @Override
            public RemoteStatus status() {
                OptionalLong unknown = OptionalLong.empty();
                return new RemoteStatus(
                        "r", REMOTE, health, true, false, 0, unknown, unknown, 0, "r", 2, 0, 0, 0, 0, null);
            }
        };
    }

    /** A chunk whose object is on the remote. */
    private Chunk chunk() {
        ChunkId id = new ChunkId(9, nextChunk++);
        Chunk chunk = new Chunk(id, REMOTE, 100, 1, new int[] {1});
        bucket.plant(objects.nameOf(id), new byte[100]);
        return chunk;
    }

    /** A chunk that was used and is not any more. */
    private Chunk garbage() throws PoolException {
        Chunk chunk = chunk();
        long inode = create("used", 0);
        commit(inode, chunk);
        metadata.alter(writer -> writer.apply(
                new Op.CommitContent(inode, 1, 0, writer.nanos(), writer.nanos(), null, List.of(), List.of())));
        return chunk;
    }

    private void commit(long inode, Chunk... chunks) throws PoolException {
        metadata.alter(writer -> {
            List<Extent> put = new ArrayList<>();
            long at = 0;
            for (Chunk chunk : chunks) {
                writer.apply(new Op.AddChunk(chunk));
                put.add(MetadataFixture.extent(chunk.id(), 0, chunk.sizeBytes(), at));
                at += chunk.sizeBytes();
            }
            writer.apply(new Op.CommitContent(inode, 0, at, writer.nanos(), writer.nanos(), null, List.of(), put));
        });
    }

    private long create(String name, long displaces) throws PoolException {
        return metadata.change(writer -> {
            long inode = writer.nextInode();
            writer.apply(new Op.Create(
                    new Op.Place(Inode.ROOT, FileName.of(name)),
                    inode,
                    FileType.REGULAR.modeBits() | 0644,
                    1,
                    1,
                    0,
                    null,
                    writer.nanos(),
                    displaces));
            return inode;
        });
    }

    private void unlink(String name) throws PoolException {
        metadata.alter(
                writer -> writer.apply(new Op.Unlink(new Op.Place(Inode.ROOT, FileName.of(name)), writer.nanos())));
    }

    private boolean exists(long inode) throws PoolException {
        return metadata.read(reader -> reader.inode(inode) != null);
    }

    private void sleep(Duration duration) throws PoolException {
        Monitor monitor = scheduler.newMonitor("sleep");
        try (Monitor.Hold hold = monitor.enter()) {
            monitor.await(() -> false, scheduler.deadlineAfter(duration));
        }
    }

    private void run(Action action) throws PoolException {
        scheduler.run("test", action);
    }
}
