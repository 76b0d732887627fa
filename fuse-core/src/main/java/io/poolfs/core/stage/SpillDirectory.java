package io.poolfs.core.stage;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of {@code spill_dir}: {@code <inode>.<number>.data}, {@code <inode>.<number>.record}, and while a record is
 * being laid into its image {@code <inode>.laying}. Usable from any thread, for one inode by one at a time.
 */
final class SpillDirectory {
    static final int BUFFER_BYTES = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(SpillDirectory.class);
    private static final int MAX_RECORD_BYTES = 64 << 20;
    private static final String DATA = ".data";
    private static final String RECORD = ".record";
    private static final String LAYING = ".laying";

    /** What {@link LocalFiles#writeAtomically} leaves when it is cut off. */
    private static final String TEMPORARY = ".tmp";

    private final LocalFiles files;
    private final Path directory;
    private final AtomicLong lastNumber = new AtomicLong();

    SpillDirectory(LocalFiles files, Path directory) {
        this.files = files;
        this.directory = directory;
    }

    /** Deletes data without a record and half-written records: what a crash cut off. */
    void open() throws PoolException {
        files.createPrivateDirectory(directory);
        List<String> names = files.list(directory);
        for (String name : names) {
            String[] parts = name.split("\\.", -1);
            if (parts.length == 3) {
                lastNumber.accumulateAndGet(parseNumber(parts[1]), Math::max);
            }
            boolean lonely =
                    name.endsWith(DATA) && !names.contains(name.substring(0, name.length() - DATA.length()) + RECORD);
            if (lonely || name.endsWith(TEMPORARY)) {
                files.delete(directory.resolve(name));
            }
        }
    }

    long nextNumber() {
        return lastNumber.incrementAndGet();
    }

    LocalFile createData(long inode, long number) throws PoolException {
        return files.open(data(inode, number), LocalFiles.Mode.CREATE_NEW);
    }

    LocalFile openData(SpillRecord spilled) throws PoolException {
        return files.open(data(spilled.inode(), spilled.number()), LocalFiles.Mode.READ);
    }

    void deleteData(long inode, long number) throws PoolException {
        files.delete(data(inode, number));
    }

    /** From here on the data counts, also after a power loss; older records of the inode do not. */
    void publish(SpillRecord spilled) throws PoolException {
        files.writeAtomically(record(spilled.inode(), spilled.number()), SpillJson.write(spilled));
    }

    /** The records that count, by inode; damaged ones are logged and left alone. */
    List<SpillRecord> records() throws PoolException {
        List<SpillRecord> found = new ArrayList<>();
        for (String name : files.list(directory)) {
            if (name.endsWith(RECORD)) {
                try {
                    found.add(SpillJson.read(name, files.readAll(directory.resolve(name), MAX_RECORD_BYTES)));
                } catch (PoolException e) {
                    if (e.reason() != Reason.CORRUPT) {
                        throw e;
                    }
                    LOG.error("spill: {} is damaged and is left alone: {}", directory.resolve(name), e.getMessage());
                }
            }
        }
        found.sort(Comparator.comparingLong(SpillRecord::inode)
                .thenComparing(Comparator.comparingLong(SpillRecord::number).reversed()));
        List<SpillRecord> newest = new ArrayList<>();
        for (SpillRecord spilled : found) {
            if (newest.isEmpty() || newest.get(newest.size() - 1).inode() != spilled.inode()) {
                newest.add(spilled);
            }
        }
        return newest;
    }

    /** Deletes the record and those before it. */
    void deleteUpTo(long inode, long number) throws PoolException {
        for (String name : files.list(directory)) {
            String[] parts = name.split("\\.", -1);
            if (name.endsWith(RECORD) && parts[0].equals(Long.toString(inode)) && parseNumber(parts[1]) <= number) {
                files.delete(directory.resolve(name));
                files.delete(data(inode, parseNumber(parts[1])));
            }
        }
    }

    void markLaying(long inode) throws PoolException {
        files.writeAtomically(directory.resolve(inode + LAYING), new byte[0]);
    }

    /** The inodes whose record was being laid when a process ended. */
    List<Long> laying() throws PoolException {
        List<Long> inodes = new ArrayList<>();
        for (String name : files.list(directory)) {
            if (name.endsWith(LAYING)) {
                inodes.add(parseNumber(name.substring(0, name.length() - LAYING.length())));
            }
        }
        return inodes;
    }

    void unmarkLaying(long inode) throws PoolException {
        files.delete(directory.resolve(inode + LAYING));
    }

    static ByteBuffer newBuffer() {
        return ByteBuffer.allocateDirect(BUFFER_BYTES);
    }

    private Path data(long inode, long number) {
        return directory.resolve(inode + "." + number + DATA);
    }

    private Path record(long inode, long number) {
        return directory.resolve(inode + "." + number + RECORD);
    }

    private static long parseNumber(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
