package io.poolfs.core.pool;

import io.poolfs.core.cache.ByteBudget;
import io.poolfs.core.cache.Image;
import io.poolfs.core.cache.ImageStore;
import io.poolfs.core.cache.PinList;
import io.poolfs.core.config.CacheRoom;
import io.poolfs.core.config.FsyncMode;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.Spread;
import io.poolfs.core.fetch.FetchSettings;
import io.poolfs.core.fetch.RangeFetcher;
import io.poolfs.core.fs.Durability;
import io.poolfs.core.fs.Engine;
import io.poolfs.core.fs.PooledFileSystem;
import io.poolfs.core.journal.Layout;
import io.poolfs.core.journal.PoolJournal;
import io.poolfs.core.journal.RecoveryProgress;
import io.poolfs.core.journal.ResolveUncommitted;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.meta.EntryPath;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import io.poolfs.core.placement.Balance;
import io.poolfs.core.placement.PlacementRule;
import io.poolfs.core.remote.ChunkObjects;
import io.poolfs.core.stage.Admission;
import io.poolfs.core.stage.Spill;
import io.poolfs.core.stage.SpilledStage;
import io.poolfs.core.stage.StageSettings;
import io.poolfs.core.stage.WriteBackStager;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.upkeep.ChunkAudit;
import io.poolfs.core.upkeep.Compactor;
import io.poolfs.core.upkeep.GarbageCollector;
import io.poolfs.core.upkeep.Reaper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a pool together, step by step; what was opened is closed again when a later step fails. */
final class PoolOpening {
    private static final Logger LOG = LoggerFactory.getLogger(PoolOpening.class);

    /** How long a mount waits for the right to write where it should have it before anything else. */
    private static final Duration CLAIM_WITHIN = Duration.ofSeconds(30);

    /** How long a mount waits for remotes to say what a person must mend; those that are away are not waited for. */
    private static final Duration FIRST_WORD = Duration.ofSeconds(2);

    /** How long a write waits for room in the budget. */
    private static final Duration WRITE_TIMEOUT = Duration.ofMinutes(2);

    private final PoolConfig config;
    private final OpenOrder order;
    private final RecoveryProgress progress;
    private final Ground ground;
    private final Scheduler scheduler;
    private final LocalFiles files;
    private final Closing closing = new Closing();
    private final List<String> notes = new ArrayList<>();

    private PoolOpening(Ground ground, PoolConfig config, OpenOrder order, RecoveryProgress progress) {
        this.ground = ground;
        this.scheduler = ground.scheduler();
        this.files = ground.files();
        this.config = config;
        this.order = order;
        this.progress = progress;
    }

    /** Takes the ground over. */
    static Pool open(
            Ground ground,
            PoolConfig config,
            OpenOrder order,
            @Nullable String configPassword,
            RecoveryProgress progress)
            throws PoolException {
        PoolOpening opening = new PoolOpening(ground, config, order, progress);
        boolean done = false;
        try {
            Pool pool = opening.open(configPassword);
            done = true;
            return pool;
        } finally {
            if (!done) {
                opening.closing.close();
                ground.close();
            }
        }
    }

    private Pool open(@Nullable String configPassword) throws PoolException {
        PoolId id = config.poolId();
        if (id == null) {
            throw new PoolException(
                    Reason.CONFIG,
                    config.file() + " has no pool_id: make a pool with `poolfs init` or join one with `poolfs attach`");
        }
        prepareCache();
        Connections connections = closing.add(ground.connect(config, configPassword));
        RemoteSet remotes = closing.add(new RemoteSet(scheduler, connections, config, id));
        OpenedState state = OpenedState.open(ground, config, id, remotes, order, progress, closing);
        notes.addAll(state.notes());
        remotes.count(state.metadata());
        boolean writable = order.write() && state.complete();
        if (writable) {
            remotes.awaitFirstWord(FIRST_WORD);
        }
        StageMark mark = new StageMark(files, scheduler, config.cacheDir(), state.local());
        boolean stageIsHere = mark.matches();
        Path imageDirectory = config.cacheDir().resolve("images");
        PoolJournal journal = closing.add(openJournal(state, remotes));
        if (writable) {
            // Before anything here is moved or made: it may be another's.
            journal.start();
            awaitRight(journal, state, mark);
        }
        if (!stageIsHere && writable) {
            notes.addAll(mark.clear());
        } else if (!stageIsHere) {
            imageDirectory = config.cacheDir().resolve("reading");
            files.deleteTree(imageDirectory);
        }
        ImageStore images = closing.add(ImageStore.open(
                scheduler,
                files,
                imageDirectory,
                new ByteBudget(scheduler, config.cacheSizeBytes()),
                new PendingContent(state.metadata()),
                PinList.open(scheduler, files, config.stateDir().resolve("pins"))));
        Pool.Parts parts = wire(state, remotes, journal, images, writable);
        if (writable) {
            start(parts, stageIsHere);
            if (!stageIsHere) {
                mark.renew();
            }
            parts.stager().start();
            parts.upkeep().start();
            parts.kept().start();
        }
        parts.fileSystem().start();
        return new Pool(ground, config, id, writable, parts, notes, closing);
    }

    private void prepareCache() throws PoolException {
        CacheRoom.require(config, ground.volume(config.cacheDir()));
        try {
            files.createPrivateDirectory(config.cacheDir());
        } catch (PoolException e) {
            throw new PoolException(e.reason(), config.file() + ": cache_dir cannot be used: " + e.getMessage(), e);
        }
    }

    private PoolJournal openJournal(OpenedState state, RemoteSet remotes) throws PoolException {
        PoolJournal.Settings settings = new PoolJournal.Settings(
                new Layout(config.manifestPrefix()),
                config.shipInterval(),
                config.claimSettle(),
                order.takeOver(),
                state.recovered(),
                order.acceptLoss(),
                ground::isDead);
        return PoolJournal.open(settings, state.local(), state.metadata(), remotes::all);
    }

    private Pool.Parts wire(
            OpenedState state, RemoteSet remotes, PoolJournal journal, ImageStore images, boolean writable)
            throws PoolException {
        Metadata metadata = state.metadata();
        PlacementRule rule = new PlacementRule(
                Balance.valueOf(config.balance().name()), config.balanceSlackBytes(), config.spread() == Spread.FILE);
        StageSettings settings = StageSettings.of(
                config.cacheDir().resolve("chunks"),
                config.dataPrefix(),
                config.chunkSizeBytes(),
                images.budget().stagedLimitBytes(),
                config.stageAge(),
                config.packWindow(),
                rule);
        WriteBackStager stager =
                closing.add(new WriteBackStager(scheduler, metadata, images, journal, files, remotes::all, settings));
        NotingStager noting =
                new NotingStager(stager, images, metadata, state.local().journal(), stager::isSealed);
        Spill spill = new Spill(scheduler, files, config.spillDir(), metadata, journal, stager::isSealed);
        stager.beforeSeal(spill::sealing);
        RangeFetcher fetcher = closing.add(new RangeFetcher(
                scheduler,
                metadata,
                images,
                id -> remotes.remotes().byId(id).orElse(null),
                new ChunkObjects(config.dataPrefix())::nameOf,
                FetchSettings.of(config.readAheadMaxBytes())));
        AtomicReference<Upkeep> reclaiming = new AtomicReference<>();
        Admission admission =
                new Admission(scheduler.clock(), () -> remotes.remotes().statuses(), stager::stagedBytes, () -> {
                    Upkeep upkeep = reclaiming.get();
                    return upkeep != null && upkeep.makeRoom();
                });
        Durability durability = config.fsync() == FsyncMode.LOCAL
                ? new SyncToDisk(new SpilledStage(images, spill, journal, stager), journal)
                : new SyncToRemotes(scheduler, metadata, stager, journal, config.fsyncTimeout());
        Engine engine = new Engine(
                metadata,
                images,
                fetcher,
                noting,
                admission,
                durability,
                scheduler,
                WRITE_TIMEOUT,
                () -> remotes.remotes().statuses(),
                remotes::nameOf,
                () -> requireWritable(writable, journal));
        PooledFileSystem fileSystem = new PooledFileSystem(engine);
        Reaper reaper = new Reaper(metadata, journal, fileSystem::isOpen, fileSystem::reaped);
        Upkeep upkeep = new Upkeep(
                scheduler,
                metadata,
                journal,
                reaper,
                grace -> new GarbageCollector(
                        scheduler,
                        metadata,
                        journal,
                        remotes::all,
                        stager.placed(),
                        new ChunkObjects(config.dataPrefix()),
                        grace,
                        journal::checkpointedTransaction,
                        chunk -> fetcher.isReading(chunk) || spill.needs(chunk)),
                config.gcGrace(),
                spill,
                images,
                new Compactor(
                        metadata,
                        remotes::all,
                        stager.placed(),
                        stager.rewriter(),
                        new ChunkObjects(config.dataPrefix()),
                        settings.packBytes()),
                noting,
                () -> stager.status().uploadsInProgress() > 0);
        reclaiming.set(upkeep);
        KeptContent kept = closing.add(new KeptContent(scheduler, metadata, images, fetcher));
        long writingSinceNanos = scheduler.clock().wallNanos();
        ChunkAudit chunks = new ChunkAudit(
                scheduler,
                metadata,
                journal,
                stager.placed(),
                new ChunkObjects(config.dataPrefix()),
                config.gcGrace(),
                () -> writingSinceNanos,
                spill::needs);
        ChunkObjects objects = new ChunkObjects(config.dataPrefix());
        ChunkRescue rescue = new ChunkRescue(
                metadata, new RescueSources(metadata, images, remotes::all, objects), stager.rewriter());
        PoolAudit audit =
                new PoolAudit(scheduler, state.metadata(), remotes.remotes(), chunks, journal, objects, rescue);
        return new Pool.Parts(
                remotes, state, journal, images, fetcher, stager, noting, spill, fileSystem, upkeep, audit, kept);
    }

    private void requireWritable(boolean writable, PoolJournal journal) throws PoolException {
        if (!writable) {
            throw new PoolException(
                    Reason.READ_ONLY, "pool " + config.name() + " is open read-only: " + String.join("; ", notes));
        }
        PoolException fenced = journal.fenced();
        if (fenced != null) {
            throw new PoolException(Reason.READ_ONLY, "the mount became read-only: " + fenced.getMessage(), fenced);
        }
    }

    private void start(Pool.Parts parts, boolean stageIsHere) throws PoolException {
        parts.spill().open();
        takeUpSpilled(parts);
        if (!stageIsHere) {
            resolve(parts);
        }
    }

    private void awaitRight(PoolJournal journal, OpenedState state, StageMark mark) throws PoolException {
        if (mark.isForeign()) {
            awaitClaimed(journal);
            requireClaimed(journal);
        } else if (state.recovered()) {
            // It has talked to the remotes already.
            awaitClaimed(journal);
        } else {
            refuseIfHeld(journal);
        }
    }

    /** Only who has the right to write may move another's stage aside. */
    private void requireClaimed(PoolJournal journal) throws PoolException {
        if (journal.epoch() == 0) {
            PoolException why = journal.claimError();
            throw new PoolException(
                    Reason.NO_QUORUM,
                    "cache_dir " + config.cacheDir()
                            + " holds the stage of another state directory, and the remotes cannot"
                            + " be asked whose it is: mount again when they answer, or set another cache_dir"
                            + (why == null ? "" : "; " + why.getMessage()),
                    why);
        }
    }

    /** Waits for the right to write as long as that makes sense; FENCED when another mount has it. */
    private void awaitClaimed(PoolJournal journal) throws PoolException {
        progress.at("claiming the right to write", 0, -1, "");
        if (journal.awaitClaimed(scheduler.deadlineAfter(CLAIM_WITHIN))) {
            return;
        }
        PoolException fenced = journal.fenced();
        if (fenced != null) {
            throw fenced;
        }
        LOG.warn("going on before the right to write was given");
    }

    /** FENCED naming the holder when another mount is known to have the right to write. */
    private void refuseIfHeld(PoolJournal journal) throws PoolException {
        journal.awaitFirstWord(scheduler.deadlineAfter(FIRST_WORD));
        PoolException fenced = journal.fenced();
        if (fenced != null && (fenced.reason() == Reason.FENCED || fenced.reason() == Reason.NEWER_FORMAT)) {
            throw fenced;
        }
    }

    private void takeUpSpilled(Pool.Parts parts) throws PoolException {
        parts.spill()
                .takeUp(parts.images(), scheduler.deadlineAfter(WRITE_TIMEOUT))
                .forEach((inode, fate) -> {
                    LOG.info("spilled content of inode {}: {}", inode, fate);
                    if (fate == Spill.Fate.FOREIGN || fate == Spill.Fate.UNUSABLE) {
                        notes.add("spilled content of inode " + inode + " in " + config.spillDir() + " was left alone: "
                                + fate);
                    }
                });
    }

    /** Content that was staged is gone: names fall back to what they had before, and a person is told which. */
    private void resolve(Pool.Parts parts) throws PoolException {
        Metadata metadata = parts.state().metadata();
        Set<Long> staged = new HashSet<>();
        for (Image image : parts.images().modified()) {
            staged.add(image.inode());
        }
        for (long inode : parts.noting().lost(staged)) {
            String path = metadata.read(reader -> EntryPath.text(reader, inode));
            notes.add("lost: " + path + " lost its newest content; the one before is back");
            LOG.warn("{} lost its newest content; the one before is back", path);
        }
        if (ResolveUncommitted.preview(metadata, staged::contains).isEmpty()) {
            return;
        }
        awaitClaimed(parts.journal());
        for (ResolveUncommitted.Outcome outcome : ResolveUncommitted.run(metadata, staged::contains)) {
            String what = outcome.what() == ResolveUncommitted.What.RESTORED
                    ? "lost its newest content; the one before is back"
                    : "had never reached a remote and is gone";
            notes.add("lost: " + outcome.path() + " " + what);
            LOG.warn("{} {}", outcome.path(), what);
        }
    }
}
