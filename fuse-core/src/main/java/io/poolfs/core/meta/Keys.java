package io.poolfs.core.meta;

import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.model.RequestId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The keys of the metadata in the key-value store. A key is one letter and fields; numbers are eight bytes big-endian, so
 * that a scan runs in their order. Values are described with their records.
 *
 * <pre>
 * journaled state
 *   a                                     counters: next inode, last transaction, inodes
 *   c chunk                               chunk: where it lies, checksums, uses
 *   d parent name                         directory entry
 *   e inode end                           extent of committed content, by the offset behind its last byte
 *   f chunk inode end                     an extent that points into the chunk (no value)
 *   g transaction chunk                   a chunk without references since that transaction
 *   h displaced displacer parent name     who holds a displaced inode (no value)
 *   i inode                               attributes, and the place of its first name
 *   l inode parent name                   a further name of an inode (no value)
 *   m                                     members
 *   o inode                               orphan: its last place, and the transaction that took it
 *   p parent name                         the newest orphan of the place that had committed content
 *   r displacer parent name               what was displaced there
 *   s remote                              usage counters
 *   u inode                               regular file that never had committed content (no value)
 *   x inode name                          extended attribute
 * local state, never journaled
 *   K chunk                               uploaded chunk that no committed content uses yet
 *   P inode end                           pending extent, by the offset behind its last byte
 *   Q session unique                      outcome of a request
 * </pre>
 *
 * Extents are kept by their end: the first one that reaches into a range is then found by one step forward.
 */
final class Keys {
    static final byte[] COUNTERS = {'a'};
    static final byte[] MEMBERS = {'m'};
    static final byte[] NOTHING = {};

    static final char CHUNK = 'c';
    static final char DENTRY = 'd';
    static final char EXTENT = 'e';
    static final char REFERENCE = 'f';
    static final char GARBAGE = 'g';
    static final char HELD = 'h';
    static final char INODE = 'i';
    static final char LINK = 'l';
    static final char ORPHAN = 'o';
    static final char ORPHAN_AT = 'p';
    static final char DISPLACED = 'r';
    static final char USAGE = 's';
    static final char UNCOMMITTED = 'u';
    static final char XATTR = 'x';
    static final char PENDING_CHUNK = 'K';
    static final char PENDING_EXTENT = 'P';
    static final char OUTCOME = 'Q';

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Keys() {}

    /** The first key of a kind. */
    static byte[] first(char kind) {
        return new byte[] {(byte) kind};
    }

    /** The first key behind a kind. */
    static byte[] behind(char kind) {
        return new byte[] {(byte) (kind + 1)};
    }

    static byte[] of(char kind, long number) {
        byte[] key = new byte[9];
        key[0] = (byte) kind;
        LONGS.set(key, 1, number);
        return key;
    }

    static byte[] of(char kind, long number, long second) {
        byte[] key = new byte[17];
        key[0] = (byte) kind;
        LONGS.set(key, 1, number);
        LONGS.set(key, 9, second);
        return key;
    }

    static byte[] of(char kind, long number, byte[] name) {
        byte[] key = new byte[9 + name.length];
        key[0] = (byte) kind;
        LONGS.set(key, 1, number);
        System.arraycopy(name, 0, key, 9, name.length);
        return key;
    }

    static byte[] dentry(Op.Place at) {
        return of(DENTRY, at.parent(), at.name().bytes());
    }

    /** The first key that can follow the entry: no name has a NUL. */
    static byte[] behindDentry(long parent, FileName name) {
        byte[] bytes = name.bytes();
        byte[] key = new byte[10 + bytes.length];
        key[0] = (byte) DENTRY;
        LONGS.set(key, 1, parent);
        System.arraycopy(bytes, 0, key, 9, bytes.length);
        return key;
    }

    static byte[] orphanAt(Op.Place at) {
        return of(ORPHAN_AT, at.parent(), at.name().bytes());
    }

    static byte[] link(long inode, Op.Place at) {
        return numberAndPlace(LINK, inode, at);
    }

    static byte[] displaced(long displacer, Op.Place at) {
        return numberAndPlace(DISPLACED, displacer, at);
    }

    static byte[] held(long displaced, long displacer, Op.Place at) {
        byte[] name = at.name().bytes();
        byte[] key = new byte[25 + name.length];
        key[0] = (byte) HELD;
        LONGS.set(key, 1, displaced);
        LONGS.set(key, 9, displacer);
        LONGS.set(key, 17, at.parent());
        System.arraycopy(name, 0, key, 25, name.length);
        return key;
    }

    static byte[] chunk(char kind, ChunkId id) {
        return of(kind, id.high(), id.low());
    }

    static byte[] usage(RemoteId remote) {
        return of(USAGE, remote.high(), remote.low());
    }

    static byte[] outcome(RequestId request) {
        return of(OUTCOME, request.session(), request.unique());
    }

    static byte[] garbage(long transaction, ChunkId id) {
        byte[] key = new byte[25];
        key[0] = (byte) GARBAGE;
        LONGS.set(key, 1, transaction);
        LONGS.set(key, 9, id.high());
        LONGS.set(key, 17, id.low());
        return key;
    }

    static byte[] reference(ChunkId id, long inode, long fileEnd) {
        byte[] key = new byte[33];
        key[0] = (byte) REFERENCE;
        LONGS.set(key, 1, id.high());
        LONGS.set(key, 9, id.low());
        LONGS.set(key, 17, inode);
        LONGS.set(key, 25, fileEnd);
        return key;
    }

    /** The number at a place in a key. */
    static long numberAt(byte[] key, int offset) {
        return (long) LONGS.get(key, offset);
    }

    /** The first key behind all keys that begin with this one. */
    static byte[] behindPrefix(byte[] prefix) {
        byte[] key = prefix.clone();
        for (int i = key.length - 1; i >= 0; i--) {
            if (++key[i] != 0) {
                return key;
            }
        }
        throw new IllegalArgumentException("no key is behind this prefix");
    }

    private static byte[] numberAndPlace(char kind, long number, Op.Place at) {
        byte[] name = at.name().bytes();
        byte[] key = new byte[17 + name.length];
        key[0] = (byte) kind;
        LONGS.set(key, 1, number);
        LONGS.set(key, 9, at.parent());
        System.arraycopy(name, 0, key, 17, name.length);
        return key;
    }
}
