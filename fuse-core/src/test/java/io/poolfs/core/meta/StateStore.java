package io.poolfs.core.meta;

import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The key-value engine of a simulated machine. What was committed survives the death of a process; the state at each
 * transaction can be kept and compared with another.
 */
public final class StateStore implements KeyValueStore {
    private final Scheduler scheduler;
    private final Monitor writing;
    private final Content content;
    private final Watcher watcher;
    private volatile boolean closed;

    /** What outlives the processes that open it. */
    public static final class Content {
        private volatile PersistentMap map = PersistentMap.EMPTY;
        private volatile PersistentMap synced = PersistentMap.EMPTY;

        /** Whether a power loss leaves it as it is; what was written without a sync may be anything afterwards. */
        public boolean isSynced() {
            return map == synced;
        }

        /** The records as they are now. */
        public Snapshot snapshot() {
            return new Snapshot(map);
        }
    }

    /** Sees each live transaction; may throw. */
    public interface Watcher {
        /** Before it is appended to the journal: what was, and what it makes of it. */
        void prepared(long transaction, Snapshot before, Snapshot after) throws PoolException;

        /** When it is committed. */
        void committed(long transaction);

        /** Before the engine itself commits whatever it is: NO_SPACE and the like can be thrown. */
        default void beforeCommit() throws PoolException {}

        /** What a draft becomes; for stores that do not do what they should. */
        default boolean drops(byte[] key, boolean deletion) {
            return false;
        }
    }

    /** @param watcher of the process that opens it */
    public StateStore(Scheduler scheduler, Content content, Watcher watcher) {
        this.scheduler = scheduler;
        this.writing = scheduler.newMonitor("state store writer");
        this.content = content;
        this.watcher = watcher;
    }

    @Override
    public <T> T read(ReadWork<T> work) throws PoolException {
        checkOpen();
        return work.run(new Draft(content.map));
    }

    @Override
    public <T> T write(WriteWork<T> work, CommitHook beforeCommit) throws PoolException {
        try (Monitor.Hold hold = writing.enter()) {
            checkOpen();
            long before = lastTransaction(content.map);
            Draft draft = new Draft(content.map);
            T result = work.run(draft);
            long after = lastTransaction(draft.map);
            boolean live = after != before && beforeCommit != CommitHook.NONE;
            if (live) {
                watcher.prepared(after, new Snapshot(content.map), new Snapshot(draft.map));
            }
            beforeCommit.prepare();
            try {
                scheduler.yieldPoint("commit of the store");
                watcher.beforeCommit();
            } catch (PoolException e) {
                beforeCommit.failed();
                throw e;
            }
            content.map = draft.map;
            if (live) {
                watcher.committed(after);
            }
            return result;
        }
    }

    @Override
    public void sync() {
        content.synced = content.map;
    }

    @Override
    public void close() {
        closed = true;
    }

    private void checkOpen() throws PoolException {
        if (closed) {
            throw new PoolException(Reason.CLOSED, "the metadata store is closed");
        }
    }

    private static long lastTransaction(PersistentMap map) throws PoolException {
        Counters counters = Counters.load(new Lookup(map));
        return counters == null ? 0 : counters.lastTransaction();
    }

    /** All records at one moment. */
    public static final class Snapshot {
        private final PersistentMap map;

        private Snapshot(PersistentMap map) {
            this.map = map;
        }

        /** Reads it as metadata. */
        public <T> T read(Metadata.Work<MetadataReader, T> work) throws PoolException {
            return work.run(new SnapshotReader(new Lookup(map)));
        }

        /**
         * In which journaled records the other differs; empty when in none. Which of an inode's names comes first is
         * no difference, nor which orphan of a place is the newest once the newest is reaped.
         */
        public List<String> differences(Snapshot other) throws PoolException {
            if (map == other.map) {
                return List.of();
            }
            Map<String, String> mine = journaled();
            Map<String, String> theirs = other.journaled();
            List<String> found = new ArrayList<>();
            mine.forEach((key, value) -> {
                String there = theirs.remove(key);
                if (!value.equals(there)) {
                    found.add(key + ": " + value + " / " + there);
                }
            });
            theirs.forEach((key, value) -> found.add(key + ": absent / " + value));
            return found;
        }

        private Map<String, String> journaled() throws PoolException {
            Map<String, String> records = new TreeMap<>();
            map.scan(Keys.first('a'), null, (key, value) -> {
                if (key[0] != Keys.INODE && key[0] != Keys.LINK && key[0] != Keys.ORPHAN_AT) {
                    records.put(text(key), HexFormat.of().formatHex(value));
                }
                return true;
            });
            SnapshotReader reader = new SnapshotReader(new Lookup(map));
            reader.inodes(inode -> {
                List<String> names = new ArrayList<>();
                for (Op.Place place : reader.places(inode.number())) {
                    names.add(place.parent() + "/" + place.name());
                }
                Collections.sort(names);
                byte[] target = inode.target();
                records.put(
                        "inode " + inode.number(),
                        new Inode(
                                        inode.number(),
                                        inode.mode(),
                                        inode.owner(),
                                        inode.group(),
                                        inode.links(),
                                        inode.sizeBytes(),
                                        inode.device(),
                                        inode.version(),
                                        inode.accessNanos(),
                                        inode.modifyNanos(),
                                        inode.changeNanos(),
                                        inode.birthNanos(),
                                        null)
                                + " " + Arrays.toString(target) + " " + names);
                return true;
            });
            return records;
        }

        private static String text(byte[] key) {
            return (char) key[0]
                    + " "
                    + HexFormat.of().formatHex(key, 1, key.length)
                    + " "
                    + new String(Arrays.copyOfRange(key, 1, key.length), StandardCharsets.US_ASCII)
                            .replaceAll("[^ -~]", ".");
        }
    }

    private static class Lookup implements Reader {
        PersistentMap map;

        Lookup(PersistentMap map) {
            this.map = map;
        }

        @Override
        public byte @Nullable [] get(byte[] key) {
            byte[] value = map.get(key);
            return value == null ? null : value.clone();
        }

        @Override
        public void scan(byte[] from, byte @Nullable [] to, Visitor visitor) throws PoolException {
            map.scan(from, to, visitor);
        }
    }

    private final class Draft extends Lookup implements Writer {
        Draft(PersistentMap map) {
            super(map);
        }

        @Override
        public void put(byte[] key, byte[] value) {
            if (!watcher.drops(key, false)) {
                map = map.with(key.clone(), value.clone());
            }
        }

        @Override
        public void delete(byte[] key) {
            if (!watcher.drops(key, true)) {
                map = map.without(key);
            }
        }
    }
}
