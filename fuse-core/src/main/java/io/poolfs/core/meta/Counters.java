package io.poolfs.core.meta;

import io.poolfs.core.model.PoolException;
import org.jspecify.annotations.Nullable;

/** The pool's counters: the next inode number, the last transaction, how many inodes exist. */
record Counters(long nextInode, long lastTransaction, long inodes) {
    private static final int VERSION = 1;

    /** Null when the store has never been written to. */
    static @Nullable Counters load(KeyValueStore.Reader reader) throws PoolException {
        byte[] value = reader.get(Keys.COUNTERS);
        if (value == null) {
            return null;
        }
        RecordReader in = new RecordReader("counters", value, VERSION);
        Counters counters = new Counters(in.size(), in.size(), in.size());
        in.end();
        return counters;
    }

    byte[] encode() {
        return new RecordWriter(VERSION, 24)
                .number(nextInode)
                .number(lastTransaction)
                .number(inodes)
                .toBytes();
    }

    Counters withNextInode(long next) {
        return new Counters(next, lastTransaction, inodes);
    }

    Counters withLastTransaction(long last) {
        return new Counters(nextInode, last, inodes);
    }

    Counters withInodes(long count) {
        return new Counters(nextInode, lastTransaction, count);
    }
}
