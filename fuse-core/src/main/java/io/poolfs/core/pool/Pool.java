package io.poolfs.core.pool;

import io.poolfs.core.adopt.RclonepoolImport;
import io.poolfs.core.cache.Image;
import io.poolfs.core.cache.ImageStore;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.RemoteConfig;
import io.poolfs.core.fetch.RangeFetcher;
import io.poolfs.core.fs.PooledFileSystem;
import io.poolfs.core.journal.PoolJournal;
import io.poolfs.core.journal.RecoveryProgress;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.RemoteLabel;
import io.poolfs.core.remote.RemoteStatus;
import io.poolfs.core.remote.Remotes;
import io.poolfs.core.stage.Spill;
import io.poolfs.core.stage.WriteBackStager;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.time.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An opened pool: the file system and the parts behind it, from opening to the end.
 *
 * <pre>
 * open ──▶ claiming, shipping, staging ──drain──▶ drained ──close──▶ closed
 *                                          └─ deadline: what is left is spilled to disk
 * </pre>
 *
 * <p>Usable from any thread; closed once, by whoever opened it.
 */
public final class Pool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pool.class);
    private static final Duration CHECKPOINT_WITHIN = Duration.ofMinutes(2);
    private static final Duration END_WITHIN = Duration.ofSeconds(20);

    private final PoolConfig config;
    private final PoolId id;
    private final boolean writable;
    private final Ground ground;
    private final Scheduler scheduler;
    private final LocalFiles files;
    private final Parts parts;
    private final List<String> notes;
    private final Closing closing;
    private volatile PoolConfig applied;
    private volatile boolean readsPrepared;
    private volatile boolean closed;

    /** What {@link PoolOpening} put together. */
    record Parts(
            RemoteSet remotes,
            OpenedState state,
            PoolJournal journal,
            ImageStore images,
            RangeFetcher fetcher,
            WriteBackStager stager,
            NotingStager noting,
            Spill spill,
            PooledFileSystem fileSystem,
            Upkeep upkeep,
            PoolAudit audit,
            KeptContent kept) {}

    Pool(
            Ground ground,
            PoolConfig config,
            PoolId id,
            boolean writable,
            Parts parts,
            List<String> notes,
            Closing closing) {
        this.ground = ground;
        this.scheduler = ground.scheduler();
        this.files = ground.files();
        this.config = config;
        this.applied = config;
        this.id = id;
        this.writable = writable;
        this.parts = parts;
        this.notes = List.copyOf(notes);
        this.closing = closing;
    }

    /**
     * Opens the pool. Waits for remotes only when there is no local state.
     *
     * @param configPassword of an encrypted rclone configuration, or null
     * @throws PoolException BUSY when another process has it open; CONFIG for what a person must mend; FENCED naming the
     *     holder when another machine may write and {@code takeOver} was not given
     */
    public static Pool open(PoolConfig config, OpenOrder order, @Nullable String configPassword) throws PoolException {
        return open(config, order, configPassword, RecoveryProgress.NONE);
    }

    /** As {@link #open(PoolConfig, OpenOrder, String)}, telling how far a recovery is. */
    public static Pool open(
            PoolConfig config, OpenOrder order, @Nullable String configPassword, RecoveryProgress progress)
            throws PoolException {
        return open(new RealGround(), config, order, configPassword, progress);
    }

    /** As {@link #open(PoolConfig, OpenOrder, String)}, on this ground, which it takes over. */
    public static Pool open(
            Ground ground,
            PoolConfig config,
            OpenOrder order,
            @Nullable String configPassword,
            RecoveryProgress progress)
            throws PoolException {
        return PoolOpening.open(ground, config, order, configPassword, progress);
    }

    public PoolConfig config() {
        return applied;
    }

    public PoolId id() {
        return id;
    }

    /** False: every change is refused. */
    public boolean isWritable() {
        return writable && parts.journal().fenced() == null;
    }

    /** Why every change is refused; null when changes are possible, or were not asked for. */
    public @Nullable String readOnlyReason() {
        PoolException fenced = parts.journal().fenced();
        if (fenced != null) {
            return fenced.getMessage();
        }
        String incomplete = parts.state().incomplete();
        return incomplete.isEmpty() ? null : incomplete;
    }

    public Scheduler scheduler() {
        return scheduler;
    }

    public PooledFileSystem fileSystem() {
        return parts.fileSystem();
    }

    public Metadata metadata() {
        return parts.state().metadata();
    }

    public WriteBackStager stager() {
        return parts.stager();
    }

    public PoolJournal journal() {
        return parts.journal();
    }

    public ImageStore images() {
        return parts.images();
    }

    /** Gets ready in the background what makes first bytes quick. For who goes on reading, as a mount does. */
    public void prepareReads() {
        readsPrepared = true;
        remotes().all().forEach(remote -> remote.store().prepareReads());
    }

    public Remotes remotes() {
        return parts.remotes().remotes();
    }

    public Upkeep upkeep() {
        return parts.upkeep();
    }

    /** What all remotes together may take each way at this time of day; 0: no limit. */
    public long limitBytesPerSecond() {
        return parts.remotes().bandwidth().bytesPerSecond();
    }

    /** Bytes that readers had fetched from remotes, what was fetched ahead of them included. */
    public long fetchedBytes() {
        return Math.max(
                0, parts.fetcher().counters().fetchedBytes() - parts.kept().fetchedBytes());
    }

    /** What is to be in the cache, whatever is read. */
    public KeptContent kept() {
        return parts.kept();
    }

    /**
     * Looks whether the pool is whole, and repairs what it can when asked to.
     *
     * @param data also reads all chunks
     * @param progress is told of chunks read
     * @throws PoolException READ_ONLY for a repair when nothing can be changed
     */
    public PoolAudit.Report check(boolean data, boolean repair, LongConsumer progress) throws PoolException {
        if (repair) {
            requireWritable("it can be repaired");
        }
        parts.remotes().recogniseAll();
        PoolAudit.Report report = parts.audit().run(data, repair, progress);
        if (!report.repaired().isEmpty()) {
            // What was contradicted before is not what a recovery begins with.
            checkpoint();
        }
        return report;
    }

    /** Of the configured remotes, and of those of the pool that the configuration does not have. */
    public List<RemoteStatus> remoteStatuses() {
        List<RemoteStatus> all = new ArrayList<>(remotes().statuses());
        try {
            all.addAll(metadata().read(reader -> AbsentRemotes.of(reader, all)));
        } catch (PoolException e) {
            LOG.warn("cannot tell which remotes are absent: {}", e.getMessage());
        }
        return all;
    }

    /** What a person should know about how it was opened and how it stands; empty when all is well. */
    public List<String> notes() {
        List<String> all = new ArrayList<>(notes);
        PoolException fenced = parts.journal().fenced();
        if (fenced != null) {
            all.add("read-only: " + fenced.getMessage());
        }
        PoolException claim = parts.journal().claimError();
        if (claim != null && fenced == null && writable) {
            all.add("nothing ships yet: " + claim.getMessage());
        }
        all.addAll(parts.images().setAside());
        all.addAll(parts.kept().notes());
        return all;
    }

    /** Applies what of the configuration can change while it is open. */
    public void reload(PoolConfig changed) throws PoolException {
        parts.remotes().reload(changed);
        if (readsPrepared) {
            prepareReads();
        }
        applied = changed;
    }

    /**
     * Lets a configured remote that carries the pool's marker keep the metadata as well. Whether it did not yet.
     *
     * @throws PoolException READ_ONLY when nothing can be changed; what is wrong with the remote when it is not
     *     recognised; NO_QUORUM when too few of the others answer: to be repeated then
     */
    public boolean join(String remote) throws PoolException {
        requireWritable(remote + " can be added");
        return new Joining(scheduler, metadata(), parts.journal(), parts.remotes()).join(remote);
    }

    /**
     * Takes the files of a pool made by rclonepool into this one where they lie.
     *
     * @throws PoolException READ_ONLY when nothing can be changed and it is no dry run; what keeps manifests from being
     *     read: nothing was changed then
     */
    public RclonepoolImport.Result importRclonepool(RclonepoolImport.Order order, RclonepoolImport.Listener listener)
            throws PoolException {
        if (!order.dryRun()) {
            requireWritable("files can be taken over");
        }
        parts.remotes().recogniseAll();
        RclonepoolImport.Prefixes ours = new RclonepoolImport.Prefixes(config.dataPrefix(), config.manifestPrefix());
        return new RclonepoolImport(scheduler, metadata(), remotes().all(), ours).run(order, listener);
    }

    private void checkpoint() {
        try {
            parts.journal().checkpoint(scheduler.deadlineAfter(CHECKPOINT_WITHIN));
        } catch (PoolException e) {
            LOG.warn("no checkpoint was written behind the repair: {}", e.getMessage());
        }
    }

    private void requireWritable(String what) throws PoolException {
        if (!isWritable()) {
            String why = readOnlyReason();
            throw new PoolException(
                    Reason.READ_ONLY,
                    "the pool is read-only" + (why == null ? "" : ": " + why) + "; " + what
                            + " when it can be written");
        }
    }

    /** Writes, reads and deletes an object on the remote; returns what is known of it then. */
    public RemoteStatus test(String name) throws PoolException {
        Remote remote = remotes()
                .byName(name)
                .orElseThrow(() -> new PoolException(Reason.NOT_FOUND, "no remote " + name + " in this pool"));
        new RemoteTest(files, config).run(remote.store());
        return remote.status();
    }

    /**
     * Measures what these remotes can do, with objects of its own.
     *
     * @param names empty: all that are configured
     * @param phaseAtMost how long each step may take; a transfer that has begun is ended
     * @param phase is told what is being done, of which remote
     */
    public List<RemoteFigures> bench(List<String> names, boolean oneByOne, Duration phaseAtMost, Consumer<String> phase)
            throws PoolException {
        List<Remote> chosen = new ArrayList<>();
        for (String name : names) {
            chosen.add(remotes()
                    .byName(name)
                    .orElseThrow(() -> new PoolException(Reason.NOT_FOUND, "no remote " + name + " in this pool")));
        }
        RemoteBench bench = new RemoteBench(
                scheduler, files, config.stateDir().resolve("bench"), config.manifestPrefix(), phaseAtMost);
        List<Task> tasks = new ArrayList<>();
        List<RemoteFigures> figures = Collections.synchronizedList(new ArrayList<>());
        for (Remote remote : names.isEmpty() ? remotes().all() : chosen) {
            RemoteConfig settings = applied.remote(remote.name());
            Task task = scheduler.start(
                    "bench " + remote.name(),
                    () -> figures.add(bench.run(
                            remote,
                            settings == null ? RemoteConfig.DEFAULT_UPLOADS : settings.uploads(),
                            settings == null ? RemoteConfig.DEFAULT_DOWNLOADS : settings.downloads(),
                            limitOf(remote),
                            what -> phase.accept(RemoteLabel.of(remote.name()) + " " + what))));
            tasks.add(task);
            if (oneByOne) {
                task.join(Long.MAX_VALUE);
            }
        }
        for (Task task : tasks) {
            task.join(Long.MAX_VALUE);
        }
        figures.sort(Comparator.comparing(RemoteFigures::name));
        return List.copyOf(figures);
    }

    /** The smaller of its own limit and that of all; 0: none. */
    private long limitOf(Remote remote) {
        long own = remote.activity().limitBytesPerSecond();
        long all = limitBytesPerSecond();
        return own == 0 || all == 0 ? own + all : Math.min(own, all);
    }

    /** What is left when a pool ends. */
    public record Ended(boolean drained, long stagedBytes, List<String> spilled) {}

    /**
     * Commits and ships what is there, for as long as that takes at most; spills the rest to {@code spill_dir}; gives
     * the right to write back; closes. Closing twice is harmless.
     */
    public Ended close(Duration drainAtMost) throws PoolException {
        if (closed) {
            return new Ended(true, 0, List.of());
        }
        closed = true;
        try {
            return writable ? drainAndEnd(drainAtMost) : new Ended(true, 0, List.of());
        } finally {
            closing.close();
            ground.close();
        }
    }

    private Ended drainAndEnd(Duration drainAtMost) throws PoolException {
        parts.upkeep().close();
        parts.kept().close();
        boolean drained = drain(drainAtMost);
        parts.stager().close();
        List<String> spilled = drained ? List.of() : spill();
        long stagedBytes = parts.stager().status().stagedBytes();
        long patience = Math.min(
                END_WITHIN.toNanos(),
                Math.max(drainAtMost.toNanos(), Duration.ofSeconds(2).toNanos()));
        parts.journal().close(scheduler.deadlineAfter(Duration.ofNanos(patience)), !drained);
        parts.fetcher().close();
        parts.images().listWhatIsLeft();
        parts.images().close();
        parts.state().metadata().sync();
        parts.state().metadata().close();
        parts.journal().markClean();
        return new Ended(drained, stagedBytes, spilled);
    }

    private boolean drain(Duration atMost) {
        long deadlineNanos = scheduler.deadlineAfter(atMost);
        try {
            parts.stager().closeNeverWritten();
            parts.stager().commitAll(deadlineNanos);
            if (parts.journal().fenced() == null) {
                parts.journal().awaitShipped(metadata().lastTransaction(), deadlineNanos);
            }
        } catch (PoolException e) {
            LOG.warn("not drained: {}", e.getMessage());
        }
        return parts.images().modified().isEmpty() && neverWritten().isEmpty();
    }

    /** Files that have a name and no content, neither committed nor staged: they are empty as soon as that is said. */
    private List<Inode> neverWritten() {
        List<Inode> found = new ArrayList<>();
        try {
            metadata()
                    .look(reader -> reader.uncommitted(inode -> {
                        Image image = inode.links() > 0 ? parts.images().peek(inode.number()) : null;
                        if (inode.links() > 0
                                && (image == null || !image.content().modified())) {
                            found.add(inode);
                        }
                        return true;
                    }));
        } catch (PoolException e) {
            LOG.warn("cannot tell which files were never written: {}", e.getMessage());
        }
        return found;
    }

    /** Makes an empty content of nothing, so that it can be spilled. */
    private void write(Inode inode) {
        try {
            Image image = parts.images().acquire(inode);
            try {
                image.setTimes(null, inode.modifyNanos(), inode.changeNanos());
            } finally {
                parts.images().release(image);
            }
        } catch (PoolException e) {
            LOG.error("inode {} could not be spilled: {}", inode.number(), e.getMessage());
        }
    }

    private List<String> spill() throws PoolException {
        List<String> saved = new ArrayList<>();
        neverWritten().forEach(this::write);
        for (Image image : parts.images().modified()) {
            try {
                parts.spill().save(image);
                saved.add("inode " + image.inode());
            } catch (PoolException e) {
                LOG.error("inode {} could not be spilled: {}", image.inode(), e.getMessage());
            }
        }
        LOG.warn("{} files with uncommitted content were copied to {}", saved.size(), config.spillDir());
        return saved;
    }

    /** As {@link #close(Duration)} without draining. */
    @Override
    public void close() throws PoolException {
        close(Duration.ZERO);
    }
}
