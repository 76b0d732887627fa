package io.poolfs.core.journal;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** One file of the local journal. Guarded by the monitor of its {@link LocalJournal}, except {@link #file}. */
final class JournalFile {
    private static final String SUFFIX = ".log";

    /** The first transaction that it may hold; its name. */
    final long first;

    final LocalFile file;

    /** Behind the last whole record: the place of the next. */
    long endBytes;

    /** True when something was written since the last sync. */
    boolean dirty;

    JournalFile(long first, LocalFile file) {
        this.first = first;
        this.file = file;
    }

    static Path path(Path directory, long first) {
        return directory.resolve(String.format("%020d", first) + SUFFIX);
    }

    /** The first transaction in the name, or -1 for another file's name. */
    static long firstOf(String name) {
        if (!name.endsWith(SUFFIX) || name.length() != 20 + SUFFIX.length()) {
            return -1;
        }
        try {
            return Long.parseLong(name, 0, 20, 10);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    static JournalFile create(LocalFiles files, Path directory, long first) throws PoolException {
        JournalFile made = new JournalFile(first, files.open(path(directory, first), LocalFiles.Mode.CREATE));
        // A name that was left over from before a restart of the journal at an earlier point holds nothing of use.
        made.file.truncate(0);
        made.dirty = true;
        return made;
    }

    /** The whole file, for scanning. */
    ByteBuffer content() throws PoolException {
        long size = file.sizeBytes();
        if (size > Integer.MAX_VALUE - 8) {
            throw new PoolException(Reason.CORRUPT, file.path() + " has " + size + " bytes; no journal file has");
        }
        ByteBuffer content = ByteBuffer.allocate((int) size);
        int read = file.read(0, content);
        return content.flip().limit(read);
    }
}
