package io.poolfs.core.cache;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images of one {@code cache_dir}. Keeps in memory those that are open, modified or sealed; of the others only what
 * can be evicted. One at a time may use a directory; who opens it makes sure of that.
 */
public final class ImageStore implements Images {
    private static final Logger LOG = LoggerFactory.getLogger(ImageStore.class);
    private static final int MAX_OPEN_PAIRS = 512;

    /** Slabs that are looked at together when room is needed. */
    private static final int EVICTION_BATCH = 32;

    /** Evicting a little more than asked for spares the next ones the search. */
    private static final long EVICTION_BYTES = 256 << 10;

    /** How long a truncate or a change of times waits for the room that its sidecar needs. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Scheduler scheduler;
    private final ImageFiles files;
    private final ByteBudget budget;
    private final Residency residency;
    private final ContentRecords records;
    private final Monitor evicting;

    private final Map<Long, SparseImage> images = new ConcurrentHashMap<>();
    private final Map<Long, SparseImage> modified = new ConcurrentHashMap<>();
    private final PinList pins;
    /** Left by an earlier process and not to be read: what they hold is not known. */
    private final Set<Long> unreadable = ConcurrentHashMap.newKeySet();

    private final List<String> aside = new CopyOnWriteArrayList<>();
    private final ChangeList changes;
    private final ImageScan scan;

    private ImageStore(
            Scheduler scheduler,
            LocalFiles files,
            Path directory,
            ByteBudget budget,
            ContentRecords records,
            PinList pins) {
        this.scheduler = scheduler;
        this.pins = pins;
        this.files = new ImageFiles(files, directory, MAX_OPEN_PAIRS);
        this.budget = budget;
        this.residency = new Residency(scheduler.clock(), budget.limitBytes());
        this.records = records;
        this.evicting = scheduler.newMonitor("evict");
        this.changes = new ChangeList(scheduler, files, directory, this::mayHoldUncommitted);
        this.scan = new ImageScan(scheduler, this.files);
        budget.setEvictor(this::evict);
    }

    /**
     * Opens what is in the directory, made when absent: images with uncommitted content are known from here on. The
     * others, which may be a million, are met in the background and can be used at once.
     *
     * @param directory {@code cache_dir/images}
     * @param budget used by this store alone for eviction
     * @param pins used by this store alone
     */
    public static ImageStore open(
            Scheduler scheduler,
            LocalFiles files,
            Path directory,
            ByteBudget budget,
            ContentRecords records,
            PinList pins)
            throws PoolException {
        files.createPrivateDirectory(directory);
        ImageStore store = new ImageStore(scheduler, files, directory, budget, records, pins);
        store.meetEarlierImages();
        return store;
    }

    /** As {@link #open(Scheduler, LocalFiles, Path, ByteBudget, ContentRecords, PinList)}, with pins that end with it. */
    public static ImageStore open(
            Scheduler scheduler, LocalFiles files, Path directory, ByteBudget budget, ContentRecords records)
            throws PoolException {
        return open(scheduler, files, directory, budget, records, PinList.forgetful(scheduler));
    }

    /** Whether images in the directory, which no store has open, may hold content that is nowhere else. */
    public static boolean mayHoldUncommitted(Scheduler scheduler, LocalFiles files, Path directory)
            throws PoolException {
        if (!files.exists(directory)) {
            return false;
        }
        Set<Long> changed = new ChangeList(scheduler, files, directory, Set::of).found();
        return changed == null ? !files.list(directory).isEmpty() : !changed.isEmpty();
    }

    private void meetEarlierImages() throws PoolException {
        scan.begin();
        Set<Long> changed = changes.found();
        if (changed == null) {
            // Nothing says which of them hold uncommitted content.
            scan.run(this::loadAtStart, this::evictSurplus);
            changes.renew(mayHoldUncommitted());
            return;
        }
        changed.forEach(this::loadAtStart);
        changes.renew(mayHoldUncommitted());
        scheduler.start("meet images", () -> {
            try {
                scan.run(this::loadAtStart, this::evictSurplus);
            } catch (PoolException e) {
                noteFailure("images of an earlier process take room that is not counted", e);
            }
        });
    }

    /** What is not in memory is clean, unless nobody could read it. */
    private Set<Long> mayHoldUncommitted() {
        Set<Long> inodes = new HashSet<>(unreadable);
        inodes.addAll(images.keySet());
        return inodes;
    }

    /** Waits until every image of an earlier process is met; false at the deadline. */
    boolean awaitMet(long deadlineNanos) throws PoolException {
        return scan.await(deadlineNanos);
    }

    private void evictSurplus() throws PoolException {
        long over = budget.usedBytes(Budget.Use.CLEAN) + budget.usedBytes(Budget.Use.STAGED) - budget.limitBytes();
        if (over > 0) {
            evict(over, true);
        }
    }

    /** An image that cannot be read now is none of the start's concern: who needs it is told. */
    private void loadAtStart(long inode) {
        try {
            image(inode).loadAtStart();
        } catch (PoolException e) {
            unreadable.add(inode);
            noteFailure("the image of inode " + inode + " could not be read", e);
        }
    }

    // ---- Images

    @Override
    public Image acquire(Inode committed) throws PoolException {
        while (true) {
            SparseImage image = image(committed.number());
            if (image.open(committed)) {
                return image;
            }
        }
    }

    @Override
    public void release(Image image) {
        ((SparseImage) image).release();
    }

    @Override
    public @Nullable Image peek(long inode) {
        SparseImage image = images.get(inode);
        return image != null && image.isOpenOrModified() ? image : null;
    }

    @Override
    public List<Image> modified() {
        List<Image> found = new ArrayList<>(modified.values());
        found.sort(Comparator.comparingLong(Image::inode));
        return found;
    }

    @Override
    public void forget(long inode) {
        try {
            boolean done = false;
            while (!done) {
                done = image(inode).forget();
            }
        } catch (PoolException e) {
            noteFailure("the image of inode " + inode + " could not be deleted", e);
        }
        pins.forget(inode);
    }

    @Override
    public void setPinned(Collection<Long> inodes, boolean pin) throws PoolException {
        if (pin) {
            pins.add(inodes);
        } else {
            pins.remove(inodes);
        }
        for (long inode : inodes) {
            image(inode).setPinned(pin);
        }
    }

    @Override
    public boolean isPinned(long inode) {
        return pins.contains(inode);
    }

    @Override
    public PinList pins() {
        return pins;
    }

    @Override
    public long evict(long inode, long sizeBytes) throws PoolException {
        long freed = 0;
        for (long slab = 0; slab * BlockMap.SLAB_BLOCKS * Image.BLOCK_BYTES < sizeBytes; slab++) {
            freed += image(inode).evict(new Residency.Slab(inode, slab));
        }
        return freed;
    }

    @Override
    public Budget budget() {
        return budget;
    }

    /** Messages about images that were set aside because they fit no inode: one line each. */
    public List<String> setAside() {
        return List.copyOf(aside);
    }

    /** Once nothing changes any more, and before the end: lets others tell that nothing here is uncommitted. */
    public void listWhatIsLeft() {
        try {
            Set<Long> left = new HashSet<>(unreadable);
            left.addAll(modified.keySet());
            changes.renew(left);
        } catch (PoolException e) {
            LOG.warn("the list of changed images stays longer than it need be: {}", e.getMessage());
        }
    }

    /** Everything was written through: only descriptors are closed. Images must not be used any more. */
    @Override
    public void close() {
        try {
            scan.stop(deadline());
        } catch (PoolException e) {
            LOG.warn("closing without the end of the image scan: {}", e.getMessage());
        }
        changes.close();
        files.retireAll();
    }

    // ---- for the images

    private SparseImage image(long inode) {
        return images.computeIfAbsent(
                inode,
                number -> new SparseImage(
                        this,
                        number,
                        scheduler.newMonitor("image " + number),
                        new ImageBlocks(number, files, budget, residency),
                        records));
    }

    void remove(SparseImage image) {
        images.remove(image.inode(), image);
        modified.remove(image.inode(), image);
    }

    void noteModified(SparseImage image, boolean isModified) {
        if (isModified) {
            modified.put(image.inode(), image);
        } else {
            modified.remove(image.inode(), image);
        }
    }

    void noteChanging(long inode) throws PoolException {
        changes.note(inode);
    }

    /** Whether this is the first look at what an earlier process left of the image. */
    boolean claimFirstLook(long inode) {
        return scan.claim(inode);
    }

    boolean lend(long bytes) {
        return budget.lend(bytes);
    }

    void returned(long bytes) {
        budget.returned(bytes);
    }

    ContentRecords records() {
        return records;
    }

    Residency residency() {
        return residency;
    }

    ImageFiles files() {
        return files;
    }

    Grant grant(Budget.Use use) {
        return new Grant(budget, use);
    }

    long deadline() {
        return scheduler.deadlineAfter(PATIENCE);
    }

    void syncFolder(long inode) throws PoolException {
        files.syncFolder(inode);
    }

    void setAside(long inode, String why) throws PoolException {
        Path kept = files.setAside(inode);
        String message = "image of inode " + inode + " set aside as " + kept + ": " + why;
        LOG.warn("{}", message);
        aside.add(message);
    }

    void noteFailure(String what, PoolException e) {
        LOG.warn("{}: {}: {}", what, e.reason(), e.getMessage());
    }

    /** The file system is full although the budget is not: makes room on it. False when nothing can leave. */
    boolean makeRoom(long bytes) throws PoolException {
        return evict(bytes, true) > 0;
    }

    /** Gives up clean slabs, coldest first, until so much came free or none is left. No image's lock is held. */
    private long evict(long bytes, boolean aheadToo) throws PoolException {
        long wanted = Math.max(bytes, Math.min(EVICTION_BYTES, budget.limitBytes() / 64));
        long freed = 0;
        try (Monitor.Hold hold = evicting.enter()) {
            while (freed < wanted) {
                List<Residency.Slab> slabs = residency.coldest(EVICTION_BATCH);
                if (slabs.isEmpty() && aheadToo) {
                    slabs = residency.farthestAhead(1);
                }
                if (slabs.isEmpty()) {
                    break;
                }
                for (Residency.Slab slab : slabs) {
                    if (freed >= wanted) {
                        break;
                    }
                    freed += evict(slab);
                }
            }
        }
        return freed;
    }

    /** One image that cannot be evicted must not keep the others from it: it is asked again later. */
    private long evict(Residency.Slab slab) {
        try {
            return image(slab.inode()).evict(slab);
        } catch (PoolException e) {
            noteFailure("slab " + slab.number() + " of inode " + slab.inode() + " could not be evicted", e);
            residency.refused(slab);
            return 0;
        }
    }
}
