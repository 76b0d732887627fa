package io.poolfs.core.meta;

import io.poolfs.core.model.PoolException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.Env;
import org.lmdbjava.GetOp;
import org.lmdbjava.LmdbException;
import org.lmdbjava.Txn;

/** Read transactions that are reset and renewed instead of begun anew. Usable from any thread. */
final class LmdbReaders {
    private final Path directory;
    private final Env<ByteBuffer> env;
    private final Dbi<ByteBuffer> table;
    private final ConcurrentLinkedQueue<Slot> idle = new ConcurrentLinkedQueue<>();

    LmdbReaders(Path directory, Env<ByteBuffer> env, Dbi<ByteBuffer> table) {
        this.directory = directory;
        this.env = env;
        this.table = table;
    }

    Slot take() throws PoolException {
        Slot slot = idle.poll();
        try {
            if (slot == null) {
                return new Slot(env.txnRead());
            }
            slot.transaction.renew();
            return slot;
        } catch (LmdbException e) {
            throw LmdbErrors.translate(directory, "read", e);
        }
    }

    void giveBack(Slot slot) {
        slot.transaction.reset();
        idle.add(slot);
    }

    /** Nobody reads any more. */
    void close() {
        for (Slot slot = idle.poll(); slot != null; slot = idle.poll()) {
            slot.close();
        }
    }

    /** One read transaction with its key buffer; used by one thread at a time. */
    final class Slot implements KeyValueStore.Reader {
        private final Txn<ByteBuffer> transaction;
        private final LmdbKey key = new LmdbKey();
        private @Nullable Cursor<ByteBuffer> idleCursor;

        Slot(Txn<ByteBuffer> transaction) {
            this.transaction = transaction;
        }

        @Override
        public byte @Nullable [] get(byte[] wanted) throws PoolException {
            try {
                ByteBuffer value = table.get(transaction, key.of(wanted));
                return value == null ? null : LmdbKey.copy(value);
            } catch (LmdbException e) {
                throw LmdbErrors.translate(directory, "read", e);
            }
        }

        @Override
        public void scan(byte[] from, byte @Nullable [] to, KeyValueStore.Visitor visitor) throws PoolException {
            try {
                Cursor<ByteBuffer> cursor = cursor();
                try {
                    boolean there = cursor.get(key.of(from), GetOp.MDB_SET_RANGE);
                    while (there) {
                        byte[] found = LmdbKey.copy(cursor.key());
                        if ((to != null && Arrays.compareUnsigned(found, to) >= 0)
                                || !visitor.visit(found, LmdbKey.copy(cursor.val()))) {
                            break;
                        }
                        there = cursor.next();
                    }
                } finally {
                    giveBack(cursor);
                }
            } catch (LmdbException e) {
                throw LmdbErrors.translate(directory, "read", e);
            }
        }

        /** A scan inside a scan needs a cursor of its own; one is kept for the next scan. */
        private Cursor<ByteBuffer> cursor() {
            Cursor<ByteBuffer> cursor = idleCursor;
            if (cursor == null) {
                return table.openCursor(transaction);
            }
            idleCursor = null;
            cursor.renew(transaction);
            return cursor;
        }

        private void giveBack(Cursor<ByteBuffer> cursor) {
            if (idleCursor == null) {
                idleCursor = cursor;
            } else {
                cursor.close();
            }
        }

        private void close() {
            if (idleCursor != null) {
                idleCursor.close();
            }
            transaction.close();
        }
    }
}
