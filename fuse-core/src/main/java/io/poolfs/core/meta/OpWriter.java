package io.poolfs.core.meta;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.Sha256;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** Writes ops as JSON objects. The words are in docs/FORMAT.md; {@link OpReader} is the way back. */
final class OpWriter {
    private final JsonGenerator json;

    OpWriter(JsonGenerator json) {
        this.json = json;
    }

    void write(Op op) throws PoolException {
        json.writeStartObject();
        if (op instanceof Op.Create create) {
            create(create);
        } else if (op instanceof Op.Link link) {
            begin("link");
            json.writeNumberProperty("ino", link.inode());
            place(link.at());
            json.writeNumberProperty("t", link.nanos());
            displaces(link.displaces());
        } else if (op instanceof Op.Unlink unlink) {
            begin("unlink");
            place(unlink.at());
            json.writeNumberProperty("t", unlink.nanos());
        } else if (op instanceof Op.RemoveDirectory remove) {
            begin("rmdir");
            place(remove.at());
            json.writeNumberProperty("t", remove.nanos());
        } else if (op instanceof Op.Rename rename) {
            rename(rename);
        } else if (op instanceof Op.SetAttributes attributes) {
            attributes(attributes);
        } else if (op instanceof Op.SetXattr xattr) {
            xattr(xattr);
        } else if (op instanceof Op.AddChunk add) {
            begin("chunk");
            chunk(json, add.chunk());
        } else if (op instanceof Op.CommitContent content) {
            content(content);
        } else if (op instanceof Op.Reap reap) {
            begin("reap");
            json.writeArrayPropertyStart("inos");
            for (long inode : reap.inodes()) {
                json.writeNumber(inode);
            }
            json.writeEndArray();
        } else if (op instanceof Op.ForgetChunk forget) {
            begin("forget_chunk");
            json.writeStringProperty("id", forget.chunk().hex());
        } else if (op instanceof Op.Repoint repoint) {
            begin("repoint");
            json.writeNumberProperty("ino", repoint.inode());
            json.writeStringProperty("from", repoint.from().hex());
            extents(repoint.put());
        } else if (op instanceof Op.SetMembers members) {
            begin("members");
            members(json, members.members(), members.writeQuorum());
        } else if (op instanceof Op.Restore restore) {
            begin("restore");
            place(restore.at());
            json.writeNumberProperty("displacer", restore.displacer());
            json.writeNumberProperty("ino", restore.inode());
            json.writeNumberProperty("t", restore.nanos());
        } else {
            throw new PoolException(Reason.INTERNAL, "nothing writes " + op);
        }
        json.writeEndObject();
    }

    private void create(Op.Create op) {
        begin("create");
        place(op.at());
        json.writeNumberProperty("ino", op.inode());
        json.writeNumberProperty("mode", op.mode());
        json.writeNumberProperty("uid", Integer.toUnsignedLong(op.owner()));
        json.writeNumberProperty("gid", Integer.toUnsignedLong(op.group()));
        if (op.device() != 0) {
            json.writeNumberProperty("rdev", op.device());
        }
        byte[] target = op.target();
        if (target != null) {
            base64(json, "target_b64", target);
        }
        json.writeNumberProperty("t", op.nanos());
        displaces(op.displaces());
    }

    private void rename(Op.Rename op) {
        begin("rename");
        place(op.from());
        json.writeNumberProperty("to_parent", op.to().parent());
        name(json, "to_name", op.to().name());
        json.writeNumberProperty("t", op.nanos());
        if (op.exchange()) {
            json.writeBooleanProperty("exchange", true);
        }
        displaces(op.displaces());
    }

    private void attributes(Op.SetAttributes op) {
        begin("attr");
        json.writeNumberProperty("ino", op.inode());
        Integer permissions = op.permissions();
        if (permissions != null) {
            json.writeNumberProperty("mode", permissions);
        }
        Integer owner = op.owner();
        if (owner != null) {
            json.writeNumberProperty("uid", Integer.toUnsignedLong(owner));
        }
        Integer group = op.group();
        if (group != null) {
            json.writeNumberProperty("gid", Integer.toUnsignedLong(group));
        }
        Long accessNanos = op.accessNanos();
        if (accessNanos != null) {
            json.writeNumberProperty("atime", accessNanos);
        }
        Long modifyNanos = op.modifyNanos();
        if (modifyNanos != null) {
            json.writeNumberProperty("mtime", modifyNanos);
        }
        json.writeNumberProperty("t", op.nanos());
    }

    private void xattr(Op.SetXattr op) {
        begin("xattr");
        json.writeNumberProperty("ino", op.inode());
        base64(json, "name_b64", op.name());
        byte[] value = op.value();
        if (value == null) {
            json.writeNullProperty("value_b64");
        } else {
            base64(json, "value_b64", value);
        }
        json.writeNumberProperty("t", op.nanos());
    }

    private void content(Op.CommitContent op) {
        begin("content");
        json.writeNumberProperty("ino", op.inode());
        json.writeNumberProperty("base", op.baseVersion());
        json.writeNumberProperty("version", op.baseVersion() + 1);
        json.writeNumberProperty("size", op.sizeBytes());
        json.writeNumberProperty("mtime", op.modifyNanos());
        json.writeNumberProperty("ctime", op.changeNanos());
        Long accessNanos = op.accessNanos();
        if (accessNanos != null) {
            json.writeNumberProperty("atime", accessNanos);
        }
        if (!op.drop().isEmpty()) {
            json.writeArrayPropertyStart("drop");
            for (ByteRange range : op.drop()) {
                json.writeStartArray();
                json.writeNumber(range.offset());
                json.writeNumber(range.lengthBytes());
                json.writeEndArray();
            }
            json.writeEndArray();
        }
        if (!op.put().isEmpty()) {
            extents(op.put());
        }
    }

    private void extents(List<Extent> extents) {
        json.writeArrayPropertyStart("put");
        for (Extent extent : extents) {
            json.writeStartObject();
            extent(json, extent);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void begin(String op) {
        json.writeStringProperty("op", op);
    }

    private void place(Op.Place at) {
        json.writeNumberProperty("parent", at.parent());
        name(json, "name", at.name());
    }

    private void displaces(long inode) {
        if (inode != 0) {
            json.writeNumberProperty("displaces", inode);
        }
    }

    // What checkpoint lines have in common with ops.

    static void name(JsonGenerator json, String field, FileName name) {
        String text = name.utf8();
        if (text != null) {
            json.writeStringProperty(field, text);
        } else {
            base64(json, field + "_b64", name.bytes());
        }
    }

    static void base64(JsonGenerator json, String field, byte[] bytes) {
        json.writeStringProperty(field, Base64.getEncoder().encodeToString(bytes));
    }

    static void chunk(JsonGenerator json, Chunk chunk) {
        json.writeStringProperty("id", chunk.id().hex());
        json.writeStringProperty("remote", chunk.remote().hex());
        json.writeNumberProperty("size", chunk.sizeBytes());
        json.writeNumberProperty("epoch", chunk.epoch());
        String path = chunk.path();
        if (path != null) {
            json.writeStringProperty("path", path);
        }
        if (!chunk.hasChecksums()) {
            return;
        }
        StringBuilder crcs = new StringBuilder(8 * chunk.crc32c().length);
        for (int crc : chunk.crc32c()) {
            crcs.append(HexFormat.of().toHexDigits(crc));
        }
        json.writeStringProperty("crc32c", crcs.toString());
    }

    /** The hashed piece begins {@code ho} bytes before the extent and is {@code hl} long; left out where it is the same. */
    static void extent(JsonGenerator json, Extent extent) {
        json.writeNumberProperty("o", extent.fileOffset());
        json.writeNumberProperty("l", extent.lengthBytes());
        json.writeStringProperty("c", extent.piece().chunk().hex());
        json.writeNumberProperty("co", extent.chunkOffset());
        Sha256 hash = extent.piece().hash();
        if (hash != null) {
            json.writeStringProperty("h", hash.hex());
        }
        if (extent.skipBytes() != 0) {
            json.writeNumberProperty("ho", extent.skipBytes());
        }
        if (extent.piece().lengthBytes() != extent.lengthBytes()) {
            json.writeNumberProperty("hl", extent.piece().lengthBytes());
        }
    }

    static void members(JsonGenerator json, List<Op.Member> members, int writeQuorum) {
        json.writeNumberProperty("quorum", writeQuorum);
        json.writeArrayPropertyStart("members");
        for (Op.Member member : members) {
            json.writeStartObject();
            json.writeStringProperty("remote", member.remote().hex());
            json.writeStringProperty("name", member.name());
            json.writeBooleanProperty("data", member.dataToo());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
