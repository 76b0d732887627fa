package io.poolfs.core.meta;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.ObjectPath;
import io.poolfs.core.model.Piece;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.model.Sha256;
import java.util.ArrayList;
import java.util.List;

/** Reads ops from JSON objects that are not trusted. */
final class OpReader {
    private static final int MODE_BITS = 0xffff;
    private static final int PERMISSIONS = 07777;

    private static final int[] NO_CHECKSUMS = {};

    private OpReader() {}

    /** CORRUPT for nonsense, NEWER_FORMAT for an op or a field that format 1 does not have. */
    static Op read(JsonFields in) throws PoolException {
        String word = in.text("op");
        Op op = read(word, in);
        in.end();
        return op;
    }

    private static Op read(String word, JsonFields in) throws PoolException {
        return switch (word) {
            case "create" ->
                new Op.Create(
                        place(in),
                        in.inode("ino"),
                        (int) in.number("mode", 0, MODE_BITS),
                        in.account("uid"),
                        in.account("gid"),
                        in.has("rdev") ? in.number("rdev") : 0,
                        in.optionalBytes("target_b64"),
                        in.number("t"),
                        in.optionalInode("displaces"));
            case "link" -> new Op.Link(in.inode("ino"), place(in), in.number("t"), in.optionalInode("displaces"));
            case "unlink" -> new Op.Unlink(place(in), in.number("t"));
            case "rmdir" -> new Op.RemoveDirectory(place(in), in.number("t"));
            case "rename" ->
                new Op.Rename(
                        place(in),
                        new Op.Place(in.inode("to_parent"), in.fileName("to_name")),
                        in.number("t"),
                        in.flag("exchange"),
                        in.optionalInode("displaces"));
            case "attr" ->
                new Op.SetAttributes(
                        in.inode("ino"),
                        in.has("mode") ? (Integer) (int) in.number("mode", 0, PERMISSIONS) : null,
                        in.optionalAccount("uid"),
                        in.optionalAccount("gid"),
                        in.optionalNumber("atime"),
                        in.optionalNumber("mtime"),
                        in.number("t"));
            case "xattr" ->
                new Op.SetXattr(in.inode("ino"), in.bytes("name_b64"), in.bytesOrNull("value_b64"), in.number("t"));
            case "chunk" -> new Op.AddChunk(chunk(in));
            case "content" -> content(in);
            case "reap" -> new Op.Reap(List.copyOf(in.inodes("inos")));
            case "forget_chunk" -> new Op.ForgetChunk(in.chunk("id"));
            case "repoint" -> new Op.Repoint(in.inode("ino"), in.chunk("from"), extents(in));
            case "members" -> members(in);
            case "restore" -> new Op.Restore(place(in), in.inode("displacer"), in.inode("ino"), in.number("t"));
            default ->
                throw new PoolException(
                        Reason.NEWER_FORMAT, "unknown op \"" + shortened(word) + "\": written by a newer poolfs?");
        };
    }

    private static Op.CommitContent content(JsonFields in) throws PoolException {
        long base = in.number("base", 0, Long.MAX_VALUE - 1);
        if (in.number("version") != base + 1) {
            throw in.corrupt("version", "does not follow base " + base);
        }
        return new Op.CommitContent(
                in.inode("ino"),
                base,
                in.size("size"),
                in.number("mtime"),
                in.number("ctime"),
                in.optionalNumber("atime"),
                in.has("drop") ? ranges(in) : List.of(),
                in.has("put") ? extents(in) : List.of());
    }

    private static List<ByteRange> ranges(JsonFields in) throws PoolException {
        List<ByteRange> ranges = new ArrayList<>();
        for (Object item : in.list("drop")) {
            if (!(item instanceof List<?> pair)
                    || pair.size() != 2
                    || !(pair.get(0) instanceof Long offset)
                    || !(pair.get(1) instanceof Long length)
                    || offset < 0
                    || length < 0
                    || length > Long.MAX_VALUE - offset) {
                throw in.corrupt("drop", "is no list of [offset, length]");
            }
            ranges.add(new ByteRange(offset, length));
        }
        return List.copyOf(ranges);
    }

    private static List<Extent> extents(JsonFields in) throws PoolException {
        List<Extent> extents = new ArrayList<>();
        for (JsonFields item : in.objects("put")) {
            extents.add(extent(item));
            item.end();
        }
        return List.copyOf(extents);
    }

    // What checkpoint lines have in common with ops.

    static Op.Place place(JsonFields in) throws PoolException {
        return new Op.Place(in.inode("parent"), in.fileName("name"));
    }

    static Extent extent(JsonFields in) throws PoolException {
        long offset = in.size("o");
        long length = in.number("l", 1, Long.MAX_VALUE - offset);
        ChunkId chunk = in.chunk("c");
        long chunkOffset = in.size("co");
        Sha256 hash = in.has("h") ? Sha256.parse(in.text("h")) : null;
        long skip = in.has("ho") ? in.number("ho", 0, chunkOffset) : 0;
        long pieceLength = in.has("hl") ? in.number("hl", 1, ContentOps.MAX_CHUNK_BYTES) : length;
        if (length > pieceLength - skip) {
            throw in.corrupt("l", "is " + length + ", more than the piece has");
        }
        return new Extent(offset, length, new Piece(chunk, chunkOffset - skip, pieceLength, hash), skip);
    }

    static Chunk chunk(JsonFields in) throws PoolException {
        ChunkId id = in.chunk("id");
        RemoteId remote = in.remote("remote");
        long size = in.number("size", 1, ContentOps.MAX_CHUNK_BYTES);
        long epoch = in.size("epoch");
        String path = in.has("path") ? path(in) : null;
        if (path != null && !in.has("crc32c")) {
            return new Chunk(id, remote, size, epoch, NO_CHECKSUMS, path);
        }
        String hex = in.text("crc32c");
        if (hex.length() != 8L * Chunk.blocks(size)) {
            throw in.corrupt("crc32c", "has " + hex.length() + " digits for " + size + " bytes");
        }
        int[] crcs = new int[hex.length() / 8];
        for (int i = 0; i < crcs.length; i++) {
            crcs[i] = crc(in, hex, 8 * i);
        }
        return new Chunk(id, remote, size, epoch, crcs, path);
    }

    private static String path(JsonFields in) throws PoolException {
        String path = in.text("path");
        if (!ObjectPath.isValid(path)) {
            throw in.corrupt("path", "cannot name an object of others");
        }
        return path;
    }

    static Op.SetMembers members(JsonFields in) throws PoolException {
        int quorum = (int) in.number("quorum", 1, Applier.MAX_MEMBERS);
        List<Op.Member> members = new ArrayList<>();
        for (JsonFields item : in.objects("members")) {
            String name = item.text("name");
            item.utf8("name", name);
            members.add(new Op.Member(item.remote("remote"), name, item.flag("data")));
            item.end();
        }
        return new Op.SetMembers(List.copyOf(members), quorum);
    }

    private static int crc(JsonFields in, String hex, int at) throws PoolException {
        int crc = 0;
        for (int i = at; i < at + 8; i++) {
            char c = hex.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                throw in.corrupt("crc32c", "is not lower-case hex");
            }
            crc = crc << 4 | Character.digit(c, 16);
        }
        return crc;
    }

    private static String shortened(String word) {
        return word.length() <= 40 ? word : word.substring(0, 40) + "…";
    }
}
