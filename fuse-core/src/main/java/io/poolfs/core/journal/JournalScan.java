package io.poolfs.core.journal;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads the local journal at opening: finds its end, cuts a torn tail, and tells it from damage.
 *
 * <p>The log ends before its first damaged record. That is a torn tail when nothing whole follows, or when the machine
 * stopped and nothing says that more had been synced; otherwise it is CORRUPT, and the message names file and byte.
 */
final class JournalScan {
    /** How many bytes of candidates behind a damaged record are checksummed before giving up on a verdict. */
    private static final long SEARCH_BUDGET_BYTES = 256L << 20;

    private final LocalFiles files;
    private final Path directory;
    private final boolean powerLoss;
    private final TreeMap<Long, JournalFile> log = new TreeMap<>();
    private final TreeMap<Long, byte[]> notes = new TreeMap<>();
    private long last;
    private boolean started;
    private long cutBytes;

    private JournalScan(LocalFiles files, Path directory, boolean powerLoss) {
        this.files = files;
        this.directory = directory;
        this.powerLoss = powerLoss;
    }

    static JournalScan run(LocalFiles files, Path directory, boolean powerLoss) throws PoolException {
        JournalScan scan = new JournalScan(files, directory, powerLoss);
        scan.readAll();
        return scan;
    }

    Map<Long, JournalFile> files() {
        return log;
    }

    Map<Long, byte[]> notes() {
        return notes;
    }

    long last() {
        return last;
    }

    long cutBytes() {
        return cutBytes;
    }

    private void readAll() throws PoolException {
        List<Long> firsts = new ArrayList<>();
        for (String name : files.list(directory)) {
            if (JournalFile.firstOf(name) > 0) {
                firsts.add(JournalFile.firstOf(name));
            }
        }
        for (int i = 0; i < firsts.size(); i++) {
            if (!read(firsts.get(i), firsts.subList(i + 1, firsts.size()))) {
                return;
            }
        }
    }

    /** False when the log ends in this file. */
    private boolean read(long first, List<Long> later) throws PoolException {
        LocalFile opened = files.open(JournalFile.path(directory, first), LocalFiles.Mode.READ_WRITE);
        JournalFile file = new JournalFile(first, opened);
        if (!started) {
            last = first - 1;
            started = true;
        }
        log.put(first, file);
        ByteBuffer content = file.content();
        int position = 0;
        boolean gap = first > last + 1;
        while (!gap) {
            JournalRecord record = JournalRecord.read(content, position);
            if (record == null) {
                break;
            }
            gap = record.kind() == JournalRecord.Kind.TRANSACTION && record.number() > last + 1;
            if (!gap) {
                take(record);
                position += (int) record.frameBytes();
            }
        }
        file.endBytes = position;
        // What a process wrote just before it was killed is not synced by anyone else.
        file.dirty = position > 0;
        if (position == content.limit()) {
            return true;
        }
        judge(file, content, position, later);
        cut(file, content.limit() - position, later);
        return false;
    }

    private void take(JournalRecord record) {
        switch (record.kind()) {
            case TRANSACTION -> last = record.number();
            case ABORT -> last = Math.min(last, record.number() - 1);
            case NOTE -> {
                if (record.payload().length == 0) {
                    notes.remove(record.number());
                } else {
                    notes.put(record.number(), record.payload());
                }
            }
            case SYNCED -> {}
        }
    }

    private void judge(JournalFile file, ByteBuffer content, int position, List<Long> later) throws PoolException {
        Follower follower = new Follower();
        follower.search(content, position + 1);
        for (long first : later) {
            try (LocalFile next = files.open(JournalFile.path(directory, first), LocalFiles.Mode.READ)) {
                follower.search(new JournalFile(first, next).content(), 0);
            }
        }
        if (powerLoss ? follower.synced > last : follower.found) {
            throw new PoolException(
                    Reason.CORRUPT,
                    file.file.path() + " is damaged at byte " + position + ", behind transaction " + last
                            + ", and goes on after it");
        }
    }

    private void cut(JournalFile file, long tornBytes, List<Long> later) throws PoolException {
        cutBytes = tornBytes;
        file.file.truncate(file.endBytes);
        for (long first : later) {
            Path path = JournalFile.path(directory, first);
            cutBytes += files.sizeBytes(path);
            files.delete(path);
        }
        file.file.sync();
        files.syncDirectory(directory);
    }

    /** What stands behind a damaged record. */
    private static final class Follower {
        boolean found;
        long synced;
        private long budgetBytes = SEARCH_BUDGET_BYTES;

        void search(ByteBuffer content, int from) {
            int position = from;
            while (position < content.limit() && budgetBytes > 0) {
                JournalRecord record = JournalRecord.read(content, position);
                if (record == null) {
                    budgetBytes -= checksummed(content, position);
                    position++;
                    continue;
                }
                found = true;
                if (record.kind() == JournalRecord.Kind.SYNCED) {
                    synced = Math.max(synced, record.number());
                }
                position += (int) record.frameBytes();
            }
            found |= budgetBytes <= 0;
        }

        private static long checksummed(ByteBuffer content, int position) {
            int left = content.limit() - position - JournalRecord.HEADER_BYTES;
            if (left < 0) {
                return 1;
            }
            int length = content.getInt(position);
            return length < 0 || length > left || JournalRecord.Kind.of(content.get(position + 8)) == null ? 0 : length;
        }
    }
}
