package io.poolfs.core.journal;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.meta.Transaction;
import io.poolfs.core.meta.TransactionLog;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.GuardedByMonitor;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local log of committed transactions: append-only files of checksummed records, named by their first transaction.
 * It holds what is not yet in a segment, and local notes that never ship.
 *
 * <p>One thread at a time appends (the store's writer); everything else may be called from any thread. The monitor is
 * the innermost lock of the engine and is held for one write(2) at most; syncs run outside it.
 */
public final class LocalJournal implements TransactionLog, AutoCloseable {
    /** A file that has reached this is followed by a new one. */
    public static final long ROLL_BYTES = 64L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(LocalJournal.class);
    private static final int KEPT_BUFFER_BYTES = 1 << 20;

    private final LocalFiles files;
    private final Path directory;
    private final Encoder encode;
    private final long rollBytes;
    private final Monitor monitor;
    private final Monitor syncing;

    @GuardedByMonitor("monitor")
    private final TreeMap<Long, JournalFile> log = new TreeMap<>();

    @GuardedByMonitor("monitor")
    private final TreeMap<Long, byte[]> notes = new TreeMap<>();

    @GuardedByMonitor("monitor")
    private ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);

    @GuardedByMonitor("monitor")
    private long last;

    @GuardedByMonitor("monitor")
    private boolean directoryDirty;

    @GuardedByMonitor("monitor")
    private boolean adopting;

    @GuardedByMonitor("monitor")
    private LineReader.Mark mark = LineReader.Mark.NONE;

    @GuardedByMonitor("monitor")
    private @Nullable PoolException refusal;

    private LocalJournal(Scheduler scheduler, LocalFiles files, Path directory, Encoder encode, long rollBytes) {
        this.files = files;
        this.directory = directory;
        this.encode = encode;
        this.rollBytes = rollBytes;
        this.monitor = scheduler.newMonitor("journal");
        this.syncing = scheduler.newMonitor("journal sync");
    }

    /**
     * Opens the log and cuts what the end of the last process tore.
     *
     * @param encode a transaction as one JSON line
     * @param powerLoss false: the machine has not stopped since the log was written, so only a record that was being
     *     written can be torn, and anything behind a damaged record makes it CORRUPT. True: whatever was not synced may
     *     be damaged, and the log ends before the first damage, unless that had been synced.
     */
    public static LocalJournal open(
            Scheduler scheduler, LocalFiles files, Path directory, Encoder encode, boolean powerLoss, long rollBytes)
            throws PoolException {
        LocalJournal journal = new LocalJournal(scheduler, files, directory, encode, rollBytes);
        files.createPrivateDirectory(directory);
        JournalScan scan = JournalScan.run(files, directory, powerLoss);
        journal.log.putAll(scan.files());
        journal.notes.putAll(scan.notes());
        journal.last = scan.last();
        // Whoever made these files may have died before their names were on the disk.
        journal.directoryDirty = !scan.files().isEmpty();
        if (scan.cutBytes() > 0) {
            LOG.info("{}: {} bytes behind transaction {} were torn and cut", directory, scan.cutBytes(), scan.last());
        }
        return journal;
    }

    /** The last transaction in the log that was not aborted, or where {@link #restartAt} set it; 0 when empty. */
    public long lastTransaction() {
        try (Monitor.Hold hold = monitor.enter()) {
            return last;
        }
    }

    @Override
    public void append(Transaction transaction) throws PoolException {
        appendLine(transaction.id(), encode.encode(transaction));
    }

    void appendLine(long id, byte[] payload) throws PoolException {
        if (payload.length >= SegmentCodec.MAX_LINE_BYTES) {
            throw new PoolException(
                    Reason.TOO_LARGE, "transaction " + id + " has " + payload.length + " bytes in the journal");
        }
        try (Monitor.Hold hold = monitor.enter()) {
            refuse();
            if (id != last + 1) {
                throw new PoolException(Reason.INTERNAL, "transaction " + id + " after " + last + " in the journal");
            }
            write(new JournalRecord(JournalRecord.Kind.TRANSACTION, id, payload));
            last = id;
        }
    }

    @Override
    public void abort(long transactionId) {
        try (Monitor.Hold hold = monitor.enter()) {
            if (transactionId != last) {
                return;
            }
            last--;
            try {
                write(new JournalRecord(JournalRecord.Kind.ABORT, transactionId, new byte[0]));
            } catch (PoolException e) {
                // The next transaction has the same number and replaces this one; until then nothing may be written.
                PoolException broken = new PoolException(
                        Reason.LOCAL_IO, "the journal cannot take back transaction " + transactionId, e);
                LOG.error("{}", broken.getMessage(), e);
                refusal = broken;
            }
        }
    }

    /** Every append fails with this from now on: the mount may no longer write. The first one stays. */
    void refuse(PoolException why) {
        try (Monitor.Hold hold = monitor.enter()) {
            if (refusal == null) {
                refusal = why;
            }
        }
    }

    /** Remembers something local under a key, in place of what was there. Durable like a transaction. */
    public void note(long key, byte[] note) throws PoolException {
        if (note.length == 0) {
            throw new IllegalArgumentException("an empty note is none");
        }
        try (Monitor.Hold hold = monitor.enter()) {
            write(new JournalRecord(JournalRecord.Kind.NOTE, key, note));
            notes.put(key, note.clone());
        }
    }

    /** Forgets a note; nothing happens when there is none. */
    public void dropNote(long key) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            if (notes.containsKey(key)) {
                write(new JournalRecord(JournalRecord.Kind.NOTE, key, new byte[0]));
                notes.remove(key);
            }
        }
    }

    public Map<Long, byte[]> notes() {
        try (Monitor.Hold hold = monitor.enter()) {
            return new TreeMap<>(notes);
        }
    }

    /** Everything appended so far survives a power loss when this returns. */
    public void sync() throws PoolException {
        try (Monitor.Hold one = syncing.enter()) {
            List<JournalFile> dirty = new ArrayList<>();
            boolean syncDirectory;
            long synced;
            try (Monitor.Hold hold = monitor.enter()) {
                for (JournalFile file : log.values()) {
                    if (file.dirty) {
                        dirty.add(file);
                        file.dirty = false;
                    }
                }
                syncDirectory = directoryDirty;
                directoryDirty = false;
                synced = last;
            }
            if (dirty.isEmpty() && !syncDirectory) {
                return;
            }
            boolean done = false;
            try {
                for (JournalFile file : dirty) {
                    file.file.sync();
                }
                if (syncDirectory) {
                    files.syncDirectory(directory);
                }
                done = true;
            } finally {
                try (Monitor.Hold hold = monitor.enter()) {
                    if (done) {
                        noteSynced(synced);
                    } else {
                        dirty.forEach(file -> file.dirty = true);
                        directoryDirty |= syncDirectory;
                    }
                }
            }
        }
    }

    /**
     * The lines of transactions [from, …], at most to {@code to}, stopping before they exceed {@code targetBytes} (but
     * always at least one).
     */
    Lines lines(long from, long to, int targetBytes) throws PoolException {
        LineReader reader = new LineReader(from, to, targetBytes);
        List<JournalFile> held = new ArrayList<>();
        List<Long> ends = new ArrayList<>();
        LineReader.Mark start;
        try (Monitor.Hold hold = monitor.enter()) {
            start = mark.next() == from && log.containsKey(mark.file()) ? mark : markBefore(from);
            for (JournalFile file : log.tailMap(start.file()).values()) {
                held.add(file);
                ends.add(file.endBytes);
            }
        }
        for (int i = 0; i < held.size() && !reader.isFull(); i++) {
            reader.read(held.get(i), i == 0 ? start.offset() : 0, ends.get(i));
        }
        Lines lines = reader.finish();
        try (Monitor.Hold hold = monitor.enter()) {
            mark = reader.mark();
        }
        return lines;
    }

    private LineReader.Mark markBefore(long from) {
        Long file = log.floorKey(from);
        return new LineReader.Mark(from, file == null ? 0 : file, 0);
    }

    /** Deletes the files whose transactions are all below this one. Notes that live in them move to the newest. */
    void pruneBelow(long transaction) throws PoolException {
        List<JournalFile> gone = new ArrayList<>();
        try (Monitor.Hold one = syncing.enter()) {
            try (Monitor.Hold hold = monitor.enter()) {
                while (log.size() > 1 && nextFirst() <= transaction) {
                    gone.add(log.pollFirstEntry().getValue());
                }
            }
            for (JournalFile file : gone) {
                Path path = file.file.path();
                file.file.close();
                files.delete(path);
            }
        }
    }

    /** Starts a new file behind the current one when all of that has been cut into segments. */
    void rollIfCut(long cut, long atLeastBytes) throws PoolException {
        try (Monitor.Hold hold = monitor.enter()) {
            if (!log.isEmpty() && last <= cut && log.lastEntry().getValue().endBytes >= atLeastBytes) {
                roll();
            }
        }
    }

    /**
     * Stops appends (they fail with BUSY) so that transactions from elsewhere can be applied behind {@code expectedLast}.
     * False, and nothing stopped, when the log has gone on.
     */
    boolean beginAdoption(long expectedLast) {
        try (Monitor.Hold hold = monitor.enter()) {
            if (last != expectedLast) {
                return false;
            }
            adopting = true;
            return true;
        }
    }

    /** Forgets all of the log and goes on behind this transaction; what it held is in segments or set aside. */
    void restartAt(long newLast) throws PoolException {
        try (Monitor.Hold one = syncing.enter();
                Monitor.Hold hold = monitor.enter()) {
            for (JournalFile file : log.values()) {
                file.file.close();
                files.delete(file.file.path());
            }
            log.clear();
            last = newLast;
            roll();
            adopting = false;
        }
    }

    void endAdoption() {
        try (Monitor.Hold hold = monitor.enter()) {
            adopting = false;
        }
    }

    @Override
    public void close() throws PoolException {
        sync();
        try (Monitor.Hold hold = monitor.enter()) {
            if (refusal == null) {
                refusal = new PoolException(Reason.CLOSED, "the journal is closed");
            }
            for (JournalFile file : log.values()) {
                file.file.close();
            }
            log.clear();
        }
    }

    private void refuse() throws PoolException {
        if (refusal != null) {
            throw new PoolException(refusal.reason(), String.valueOf(refusal.getMessage()), refusal);
        }
        if (adopting) {
            throw new PoolException(Reason.BUSY, "the journal is taking over what another mount wrote");
        }
    }

    private long nextFirst() {
        return log.higherKey(log.firstKey());
    }

    private void write(JournalRecord record) throws PoolException {
        if (log.isEmpty() || log.lastEntry().getValue().endBytes >= rollBytes) {
            roll();
        }
        writeTo(log.lastEntry().getValue(), record);
    }

    private void roll() throws PoolException {
        if (log.containsKey(last + 1)) {
            // It has notes and aborted transactions only; what comes next has the same name.
            return;
        }
        JournalFile made = JournalFile.create(files, directory, last + 1);
        log.put(made.first, made);
        directoryDirty = true;
        for (Map.Entry<Long, byte[]> note : notes.entrySet()) {
            writeTo(made, new JournalRecord(JournalRecord.Kind.NOTE, note.getKey(), note.getValue()));
        }
    }

    private void writeTo(JournalFile file, JournalRecord record) throws PoolException {
        ByteBuffer frame = buffer(record.frameBytes());
        frame.clear();
        record.write(frame);
        frame.flip();
        try {
            file.file.write(file.endBytes, frame);
        } catch (PoolException e) {
            dropTorn(file, e);
            throw e;
        }
        file.endBytes += record.frameBytes();
        file.dirty = true;
    }

    private static void dropTorn(JournalFile file, PoolException cause) {
        try {
            file.file.truncate(file.endBytes);
        } catch (PoolException e) {
            // The next record is written over what remains of this one, and opening cuts such a tail.
            cause.addSuppressed(e);
        }
    }

    private ByteBuffer buffer(long bytes) {
        if (bytes <= buffer.capacity()) {
            return buffer;
        }
        int size = Math.toIntExact(bytes);
        if (size > KEPT_BUFFER_BYTES) {
            return ByteBuffer.allocate(size);
        }
        buffer = ByteBuffer.allocateDirect(Integer.highestOneBit(size - 1) << 1);
        return buffer;
    }

    private void noteSynced(long transaction) {
        if (log.isEmpty()) {
            return;
        }
        JournalFile file = log.lastEntry().getValue();
        boolean wasDirty = file.dirty;
        try {
            writeTo(file, new JournalRecord(JournalRecord.Kind.SYNCED, transaction, new byte[0]));
        } catch (PoolException e) {
            // Only evidence for telling damage from a torn tail; without it the tail is treated as torn.
            LOG.debug("no room for a sync mark in {}", directory, e);
        }
        file.dirty = wasDirty;
    }

    /** A transaction as one JSON line without newline. */
    @FunctionalInterface
    public interface Encoder {
        byte[] encode(Transaction transaction) throws PoolException;
    }

    /** Transactions as JSON lines, each with its newline; empty when {@code last} is below {@code first}. */
    record Lines(long first, long last, byte[] bytes) {
        boolean isEmpty() {
            return last < first;
        }

        void forEachLine(Segment.LineVisitor visitor) throws PoolException {
            Segment.forEachLine(first, bytes, visitor);
        }
    }
}
