package io.poolfs.core.journal;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The segments in {@code state_dir/segments}: an unbroken run of the pool's history up to what was cut last, each synced
 * before anyone hears of it. Usable from any thread.
 */
final class Chain {
    private final LocalFiles files;
    private final Path directory;
    private final SegmentCodec codec;
    private final Monitor monitor;

    /** By last transaction. */
    @GuardedByMonitor("monitor")
    private final TreeMap<Long, ChainEntry> entries = new TreeMap<>();

    /** The last transaction that each epoch gave to history, as far as this process has seen it. */
    @GuardedByMonitor("monitor")
    private final Map<NumberedName, Long> ends = new HashMap<>();

    @GuardedByMonitor("monitor")
    private ChainPosition head;

    private Chain(Scheduler scheduler, LocalFiles files, Path directory, SegmentCodec codec, ChainPosition base) {
        this.files = files;
        this.directory = directory;
        this.codec = codec;
        this.monitor = scheduler.newMonitor("chain");
        this.head = base;
    }

    /**
     * Opens the directory.
     *
     * @param base where history stands when there is no segment: at the newest local checkpoint
     * @throws PoolException CORRUPT when a segment is damaged or the run has a gap
     */
    static Chain open(Scheduler scheduler, LocalFiles files, Path directory, SegmentCodec codec, ChainPosition base)
            throws PoolException {
        files.createPrivateDirectory(directory);
        Chain chain = new Chain(scheduler, files, directory, codec, base);
        List<ChainEntry> found = chain.readAll();
        found.sort(Comparator.comparingLong(entry -> entry.end().first()));
        int start = found.size() - 1;
        while (start > 0
                && found.get(start).previous().equals(found.get(start - 1).end())) {
            start--;
        }
        for (ChainEntry entry : found.subList(Math.max(0, start), found.size())) {
            chain.add(entry);
        }
        chain.check(base);
        for (ChainEntry stale : found.subList(0, Math.max(0, start))) {
            // Pruned before, and back after a power loss.
            files.delete(stale.path());
        }
        return chain;
    }

    private void check(ChainPosition base) throws PoolException {
        if (entries.isEmpty()) {
            return;
        }
        ChainPosition first = entries.firstEntry().getValue().previous();
        if (first.last() > base.last() || head.last() < base.last()) {
            throw new PoolException(
                    Reason.CORRUPT,
                    directory + " has the transactions " + (first.last() + 1) + " to " + head.last()
                            + ", which do not join the checkpoint at " + base.last());
        }
    }

    private void add(ChainEntry entry) {
        entries.put(entry.end().last(), entry);
        ends.merge(entry.end().folder(), entry.end().last(), Math::max);
        head = entry.end();
    }

    private List<ChainEntry> readAll() throws PoolException {
        List<ChainEntry> found = new ArrayList<>();
        files.syncDirectory(directory);
        for (String folder : files.list(directory)) {
            NumberedName name = NumberedName.parse(folder);
            if (name == null) {
                continue;
            }
            // Names that a killed process made are not yet on the disk, but what follows builds on them.
            files.syncDirectory(directory.resolve(folder));
            for (String file : files.list(directory.resolve(folder))) {
                long first = NumberedName.number(file);
                if (first > 0) {
                    found.add(read(name, first));
                }
            }
        }
        return found;
    }

    private ChainEntry read(NumberedName folder, long first) throws PoolException {
        Path path = path(folder, first);
        byte[] object = files.readAll(path, SegmentCodec.MAX_OBJECT_BYTES);
        SegmentHeader header = codec.decodeHeader(object, folder, first, path.toString());
        return new ChainEntry(header.end(Hashes.sha256(object)), header.previous(), object.length, path);
    }

    private Path path(NumberedName folder, long first) {
        return directory.resolve(folder.toString()).resolve(Long.toString(first));
    }

    /** Where the next segment goes on. */
    ChainPosition head() {
        try (Monitor.Hold hold = monitor.enter()) {
            return head;
        }
    }

    /** The last transaction in a segment. */
    long last() {
        return head().last();
    }

    /** The segments with transactions behind this one, in order. */
    List<ChainEntry> after(long transaction) {
        try (Monitor.Hold hold = monitor.enter()) {
            return List.copyOf(entries.tailMap(transaction, false).values());
        }
    }

    /** The segment with the transaction behind this one; null at the head. */
    @Nullable
    ChainEntry next(long transaction) {
        try (Monitor.Hold hold = monitor.enter()) {
            Map.Entry<Long, ChainEntry> next = entries.higherEntry(transaction);
            return next == null ? null : next.getValue();
        }
    }

    /** The point that has exactly the transactions up to this one before it; null when no segment ends there. */
    @Nullable
    ChainPosition endAt(long transaction) {
        try (Monitor.Hold hold = monitor.enter()) {
            ChainEntry entry = entries.get(transaction);
            if (entry != null) {
                return entry.end();
            }
            return head.last() == transaction ? head : null;
        }
    }

    /** The transaction before the first segment that is here. */
    long start() {
        try (Monitor.Hold hold = monitor.enter()) {
            return entries.isEmpty()
                    ? head.last()
                    : entries.firstEntry().getValue().previous().last();
        }
    }

    Map<NumberedName, Long> ends() {
        try (Monitor.Hold hold = monitor.enter()) {
            return new TreeMap<>(ends);
        }
    }

    List<ChainEntry> all() {
        return after(0);
    }

    /** Forgets and deletes all segments and goes on elsewhere: at a checkpoint that was just fetched. */
    void startAt(ChainPosition position) throws PoolException {
        pruneThrough(Long.MAX_VALUE);
        try (Monitor.Hold hold = monitor.enter()) {
            ends.clear();
            head = position;
        }
    }

    /** Writes the segment that goes on from the head; it is durable, and only then part of the chain. */
    ChainEntry append(byte[] object, SegmentHeader header) throws PoolException {
        NumberedName folder = new NumberedName(header.epoch(), header.owner());
        Path path = path(folder, header.first());
        Path parent = directory.resolve(folder.toString());
        if (!files.exists(parent)) {
            files.createPrivateDirectory(parent);
            files.syncDirectory(directory);
        }
        files.writeAtomically(path, object);
        ChainEntry entry = new ChainEntry(header.end(Hashes.sha256(object)), header.previous(), object.length, path);
        try (Monitor.Hold hold = monitor.enter()) {
            if (!header.previous().equals(head)) {
                throw new PoolException(
                        Reason.INTERNAL, entry.end() + " follows " + header.previous() + ", but the head is " + head);
            }
            add(entry);
        }
        return entry;
    }

    /** The checked content of a segment. */
    Segment read(ChainEntry entry) throws PoolException {
        byte[] object = files.readAll(entry.path(), SegmentCodec.MAX_OBJECT_BYTES);
        Segment segment = codec.decode(
                object, entry.end().folder(), entry.end().first(), entry.path().toString());
        if (!segment.sha256().equals(entry.end().sha256())) {
            throw new PoolException(Reason.CORRUPT, entry.path() + " has changed since it was opened");
        }
        return segment;
    }

    /** Deletes the segments that end at or before the transaction. */
    void pruneThrough(long transaction) throws PoolException {
        List<ChainEntry> gone;
        try (Monitor.Hold hold = monitor.enter()) {
            gone = List.copyOf(entries.headMap(transaction, true).values());
            gone.forEach(entry -> entries.remove(entry.end().last()));
        }
        Path last = directory;
        for (ChainEntry entry : gone) {
            Path folder = directory.resolve(entry.end().folder().toString());
            if (!folder.equals(last)) {
                // A power loss must not bring a segment back before one that stays away.
                syncIfThere(last);
                last = folder;
            }
            files.delete(entry.path());
            if (files.list(folder).isEmpty()) {
                files.delete(folder);
                files.syncDirectory(directory);
            }
        }
    }

    private void syncIfThere(Path folder) throws PoolException {
        if (files.exists(folder)) {
            files.syncDirectory(folder);
        }
    }
}
