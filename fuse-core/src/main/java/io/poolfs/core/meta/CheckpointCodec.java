package io.poolfs.core.meta;

import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/**
 * The journaled state as lines of JSON and back (docs/FORMAT.md, "Checkpoint lines"). The same state always gives the
 * same lines: sections in a fixed order, lines in the order of their keys. Local state is not in it.
 */
public final class CheckpointCodec {
    private CheckpointCodec() {}

    /** Takes the lines, without line feeds. The array is the sink's own. */
    @FunctionalInterface
    public interface LineSink {
        void line(byte[] line) throws PoolException;
    }

    /** Gives the lines one after the other, without line feeds; null at the end. */
    @FunctionalInterface
    public interface LineSource {
        byte @Nullable [] next() throws PoolException;
    }

    /** Writes what the snapshot holds. */
    public static void write(MetadataReader reader, LineSink sink) throws PoolException {
        new Writer(reader, sink).write();
    }

    /**
     * Loads lines into an empty store, and checks that what was loaded fits together.
     *
     * @return the last transaction that the checkpoint holds
     * @throws PoolException CORRUPT or NEWER_FORMAT; the store is then useless and to be deleted
     */
    public static long load(LineSource lines, KeyValueStore store) throws PoolException {
        return new CheckpointLoader(store).load(lines);
    }

    private static final class Writer {
        private final MetadataReader reader;
        private final LineSink sink;
        private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(512);
        private final Map<ChunkId, MetadataReader.GarbageChunk> garbage = new HashMap<>();

        Writer(MetadataReader reader, LineSink sink) {
            this.reader = reader;
            this.sink = sink;
        }

        void write() throws PoolException {
            line("counters", json -> {
                json.writeNumberProperty("tx", reader.lastTransaction());
                json.writeNumberProperty("next_ino", reader.nextInode());
                json.writeNumberProperty("inodes", reader.inodeCount());
            });
            MetadataReader.Members members = reader.members();
            if (!members.members().isEmpty()) {
                line("members", json -> OpWriter.members(json, members.members(), members.writeQuorum()));
            }
            reader.garbage(item -> {
                garbage.put(item.chunk().id(), item);
                return true;
            });
            reader.chunks(use -> line("chunk", json -> chunk(json, use.chunk())));
            reader.inodes(inode -> line("inode", json -> inode(json, inode)));
            reader.allEntries(entry -> line("entry", json -> {
                place(json, new Op.Place(entry.parent(), entry.dentry().name()));
                json.writeNumberProperty("ino", entry.dentry().inode());
            }));
            reader.allExtents(reference -> line("extent", json -> {
                json.writeNumberProperty("ino", reference.inode());
                OpWriter.extent(json, reference.extent());
            }));
            reader.xattrs(xattr -> line("xattr", json -> {
                json.writeNumberProperty("ino", xattr.inode());
                OpWriter.base64(json, "name_b64", xattr.name());
                OpWriter.base64(json, "value_b64", xattr.value());
            }));
            reader.orphans(orphan -> line("orphan", json -> {
                json.writeNumberProperty("ino", orphan.inode());
                place(json, orphan.lastPlace());
                json.writeNumberProperty("tx", orphan.transaction());
            }));
            reader.displaced(displaced -> line("displaced", json -> {
                json.writeNumberProperty("displacer", displaced.displacer());
                place(json, displaced.at());
                json.writeNumberProperty("ino", displaced.inode());
            }));
        }

        private void chunk(JsonGenerator json, Chunk chunk) {
            OpWriter.chunk(json, chunk);
            MetadataReader.GarbageChunk unused = garbage.get(chunk.id());
            if (unused != null) {
                json.writeNumberProperty("garbage_tx", unused.transaction());
                json.writeNumberProperty("garbage_t", unused.droppedNanos());
            }
        }

        private static void inode(JsonGenerator json, Inode inode) {
            json.writeNumberProperty("ino", inode.number());
            json.writeNumberProperty("mode", inode.mode());
            json.writeNumberProperty("uid", Integer.toUnsignedLong(inode.owner()));
            json.writeNumberProperty("gid", Integer.toUnsignedLong(inode.group()));
            json.writeNumberProperty("links", inode.links());
            if (inode.isRegular()) {
                json.writeNumberProperty("size", inode.sizeBytes());
                json.writeNumberProperty("version", inode.version());
            }
            if (inode.device() != 0) {
                json.writeNumberProperty("rdev", inode.device());
            }
            byte[] target = inode.target();
            if (target != null) {
                OpWriter.base64(json, "target_b64", target);
            }
            json.writeNumberProperty("atime", inode.accessNanos());
            json.writeNumberProperty("mtime", inode.modifyNanos());
            json.writeNumberProperty("ctime", inode.changeNanos());
            json.writeNumberProperty("btime", inode.birthNanos());
        }

        private static void place(JsonGenerator json, Op.Place at) {
            json.writeNumberProperty("parent", at.parent());
            OpWriter.name(json, "name", at.name());
        }

        private interface Fields {
            void write(JsonGenerator json) throws PoolException;
        }

        private boolean line(String type, Fields fields) throws PoolException {
            buffer.reset();
            try (JsonGenerator json = JsonLine.FACTORY.createGenerator(ObjectWriteContext.empty(), buffer)) {
                json.writeStartObject();
                json.writeStringProperty("type", type);
                fields.write(json);
                json.writeEndObject();
            }
            sink.line(buffer.toByteArray());
            return true;
        }
    }
}
