package io.poolfs.core.adopt;

import io.poolfs.core.adopt.RclonepoolImport.LeftOut;
import io.poolfs.core.adopt.RclonepoolImport.Listener;
import io.poolfs.core.adopt.RclonepoolImport.Order;
import io.poolfs.core.meta.Dentry;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.meta.MetadataWriter;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.Piece;
import io.poolfs.core.model.PoolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts files into the namespace, each whole: its name, its chunks and its content are one transaction. One thread. */
final class Intake {
    private static final int DIRECTORY_MODE = FileType.DIRECTORY.modeBits() | 0755;
    private static final int FILE_MODE = FileType.REGULAR.modeBits() | 0644;

    /** Bounds a transaction. */
    private static final int MOST_CHUNKS = 2_000;

    private static final int MOST_FILES = 200;

    private final Metadata metadata;
    private final Order order;
    private long imported;
    private long importedBytes;
    private long already;

    /** What a file is to this pool. */
    private sealed interface Verdict {
        /** {@code directory}: the deepest one that is there; {@code missing}: how many of its names are not. */
        record New(long directory, List<FileName> names, int missing) implements Verdict {}

        record Already() implements Verdict {}

        record Refused(String why) implements Verdict {}
    }

    Intake(Metadata metadata, Order order) {
        this.metadata = metadata;
        this.order = order;
    }

    long imported() {
        return imported;
    }

    long importedBytes() {
        return importedBytes;
    }

    long already() {
        return already;
    }

    void take(List<Candidate> files, List<LeftOut> leftOut, Listener listener) throws PoolException {
        int from = 0;
        while (from < files.size()) {
            int to = from;
            int chunks = 0;
            while (to < files.size() && to - from < MOST_FILES && chunks < MOST_CHUNKS) {
                chunks += files.get(to++).chunks.size();
            }
            List<Candidate> some = files.subList(from, to);
            // Counted outside: a transaction may be run again.
            count(some, order.dryRun() ? look(some) : metadata.change(writer -> take(writer, some)), leftOut);
            from = to;
            listener.at("taking files over", from, files.size(), "files");
        }
    }

    private void count(List<Candidate> files, List<Verdict> verdicts, List<LeftOut> leftOut) {
        for (int i = 0; i < files.size(); i++) {
            Candidate file = files.get(i);
            Verdict verdict = verdicts.get(i);
            if (verdict instanceof Verdict.Refused refused) {
                leftOut.add(new LeftOut(file.path(), refused.why()));
            } else if (verdict instanceof Verdict.Already) {
                already++;
            } else {
                imported++;
                importedBytes += file.manifest.sizeBytes();
            }
        }
    }

    private List<Verdict> look(List<Candidate> files) throws PoolException {
        return metadata.read(reader -> {
            List<Verdict> verdicts = new ArrayList<>();
            for (Candidate file : files) {
                verdicts.add(judge(reader, file));
            }
            return verdicts;
        });
    }

    private List<Verdict> take(MetadataWriter writer, List<Candidate> files) throws PoolException {
        List<Verdict> verdicts = new ArrayList<>();
        for (Candidate file : files) {
            Verdict verdict = judge(writer, file);
            if (verdict instanceof Verdict.New place) {
                put(writer, file, place);
            }
            verdicts.add(verdict);
        }
        return verdicts;
    }

    private static Verdict judge(MetadataReader reader, Candidate file) throws PoolException {
        Verdict ofChunks = known(reader, file);
        if (ofChunks != null) {
            return ofChunks;
        }
        List<FileName> names = new ArrayList<>();
        for (String name : file.path().substring(1).split("/")) {
            if (name.getBytes(StandardCharsets.UTF_8).length > FileName.MAX_BYTES) {
                return new Verdict.Refused("a name in its path is longer than " + FileName.MAX_BYTES + " bytes");
            }
            names.add(FileName.of(name));
        }
        long directory = Inode.ROOT;
        for (int i = 0; i < names.size(); i++) {
            Dentry there = reader.entry(directory, names.get(i));
            if (there == null) {
                return new Verdict.New(directory, names, names.size() - i);
            }
            boolean last = i == names.size() - 1;
            boolean isDirectory = there.typeBits() == FileType.DIRECTORY.modeBits();
            if (last) {
                return isSame(reader, there.inode(), file)
                        ? new Verdict.Already()
                        : new Verdict.Refused("something else of this name is there: move it away first");
            }
            if (!isDirectory) {
                return new Verdict.Refused(names.get(i) + " in its path is no directory");
            }
            directory = there.inode();
        }
        return new Verdict.Refused("has no name");
    }

    /** Null when none of its chunks is known. */
    private static @Nullable Verdict known(MetadataReader reader, Candidate file) throws PoolException {
        boolean known = false;
        for (Chunk chunk : file.chunks) {
            if (reader.chunk(chunk.id()) != null) {
                known = true;
                boolean[] used = new boolean[1];
                reader.references(chunk.id(), reference -> {
                    used[0] = true;
                    return false;
                });
                if (used[0]) {
                    return new Verdict.Already(); // maybe under another name by now
                }
            }
        }
        // gc may be deleting them in this moment.
        return known ? new Verdict.Refused("was taken over and deleted before: its chunks are being collected") : null;
    }

    /** A file without content has no chunks to know it by. */
    private static boolean isSame(MetadataReader reader, long inode, Candidate file) throws PoolException {
        Inode there = reader.requireInode(inode);
        return file.chunks.isEmpty() && there.isRegular() && there.sizeBytes() == 0;
    }

    private void put(MetadataWriter writer, Candidate file, Verdict.New place) throws PoolException {
        long nanos = writer.nanos();
        long parent = place.directory();
        List<FileName> names = place.names();
        for (int i = names.size() - place.missing(); i < names.size() - 1; i++) {
            parent = create(writer, parent, names.get(i), DIRECTORY_MODE);
        }
        long inode = create(writer, parent, names.get(names.size() - 1), FILE_MODE);
        List<Extent> content = new ArrayList<>();
        for (int i = 0; i < file.chunks.size(); i++) {
            Chunk chunk = file.chunks.get(i);
            OldManifest.Part part = file.manifest.parts().get(i);
            writer.apply(new Op.AddChunk(chunk));
            content.add(
                    new Extent(part.offset(), part.sizeBytes(), new Piece(chunk.id(), 0, chunk.sizeBytes(), null), 0));
        }
        long modified = file.manifest.createdNanos() == 0 ? nanos : file.manifest.createdNanos();
        writer.apply(
                new Op.CommitContent(inode, 0, file.manifest.sizeBytes(), modified, nanos, null, List.of(), content));
    }

    private long create(MetadataWriter writer, long parent, FileName name, int mode) throws PoolException {
        long inode = writer.nextInode();
        writer.apply(new Op.Create(
                new Op.Place(parent, name), inode, mode, order.owner(), order.group(), 0, null, writer.nanos(), 0));
        return inode;
    }
}
