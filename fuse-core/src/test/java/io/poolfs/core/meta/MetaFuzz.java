package io.poolfs.core.meta;

import io.poolfs.core.fuzz.FuzzTarget;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.ObjectPath;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What the metadata reads, as targets: lines of the journal and of checkpoints, and the values of its store. */
public final class MetaFuzz {
    private MetaFuzz() {}

    public static List<FuzzTarget> targets() throws PoolException {
        List<byte[]> lines = new ArrayList<>();
        for (Transaction transaction : TransactionCodecTest.examples()) {
            lines.add(TransactionCodec.encode(transaction));
        }
        List<FuzzTarget> targets = new ArrayList<>();
        targets.add(FuzzTarget.ofDamage("transactions", lines, MetaFuzz::transaction)
                .with(16 * FuzzTarget.MIB, 100));
        targets.add(FuzzTarget.ofDamage("transactions, replayed", replayable(), MetaFuzz::replay)
                .with(32 * FuzzTarget.MIB, 30));
        values(targets);
        targets.add(store());
        names(targets);
        return targets;
    }

    private static void transaction(byte[] input) throws PoolException {
        Transaction decoded = TransactionCodec.decode(input);
        for (Op op : decoded.ops()) {
            if (op instanceof Op.AddChunk added) {
                String path = added.chunk().path();
                if (path != null && !ObjectPath.isValid(path)) {
                    throw new AssertionError("a chunk at " + path);
                }
            }
        }
        if (TransactionCodec.encode(decoded).length == 0) {
            throw new AssertionError("nothing is left of it");
        }
    }

    /** Changes of the pool that {@link #pool} makes. */
    private static List<byte[]> replayable() throws PoolException {
        try (MetadataFixture pool = pool()) {
            long next = pool.metadata.lastTransaction() + 1;
            List<byte[]> lines = new ArrayList<>();
            for (List<Op> ops : List.<List<Op>>of(
                    List.of(new Op.Unlink(MetadataFixture.at(Inode.ROOT, "a"), 5)),
                    List.of(new Op.Rename(
                            MetadataFixture.at(Inode.ROOT, "a"), MetadataFixture.at(Inode.ROOT, "b"), 5, false, 0)),
                    List.of(new Op.Link(3, MetadataFixture.at(2, "more"), 5, 0)),
                    List.of(new Op.RemoveDirectory(MetadataFixture.at(Inode.ROOT, "empty"), 5)),
                    List.of(new Op.SetXattr(3, "user.a".getBytes(StandardCharsets.UTF_8), new byte[] {1}, 5)),
                    List.of(new Op.CommitContent(3, 1, 50, 5, 5, null, List.of(), List.of())))) {
                lines.add(TransactionCodec.encode(new Transaction(next, 5, ops)));
            }
            return lines;
        }
    }

    /** A directory 2, a file "a" 3, a file "b" 4, an empty directory 5. */
    private static MetadataFixture pool() throws PoolException {
        MetadataFixture pool = new MetadataFixture();
        pool.directory(Inode.ROOT, "dir");
        pool.committed(Inode.ROOT, "a", 100);
        pool.committed(Inode.ROOT, "b", 3 * MetadataFixture.MIB);
        pool.directory(Inode.ROOT, "empty");
        return pool;
    }

    private static void replay(byte[] input) throws PoolException {
        Transaction decoded = TransactionCodec.decode(input);
        try (MetadataFixture pool = pool()) {
            try {
                pool.metadata.replay(decoded);
            } catch (PoolException e) {
                // A number that does not follow is a mistake of whoever replays, and is said as such.
                if (decoded.id() == pool.metadata.lastTransaction() + 1 || e.reason() != Reason.INVALID) {
                    throw e;
                }
                return;
            }
            List<String> wrong = MetadataCheck.run(pool.metadata);
            if (!wrong.isEmpty()) {
                throw new AssertionError(wrong);
            }
        }
    }

    /** Each form of value by itself. */
    private static void values(List<FuzzTarget> targets) throws PoolException {
        try (MetadataFixture pool = pool()) {
            List<byte[]> examples = new ArrayList<>();
            pool.store.read(reader -> {
                reader.scan(new byte[] {0}, null, (key, value) -> {
                    byte[] both = new byte[1 + value.length];
                    both[0] = key[0];
                    System.arraycopy(value, 0, both, 1, value.length);
                    examples.add(both);
                    return true;
                });
                return true;
            });
            examples.removeIf(example -> !isForm((char) example[0]));
            targets.add(FuzzTarget.ofDamage("values of the store", examples, MetaFuzz::value)
                    .with(16 * FuzzTarget.MIB, 100));
        }
    }

    private static boolean isForm(char kind) {
        return switch (kind) {
            case Keys.INODE, Keys.CHUNK, Keys.DENTRY, Keys.EXTENT, Keys.USAGE -> true;
            default -> false;
        };
    }

    private static void value(byte[] input) throws PoolException {
        if (input.length == 0) {
            return;
        }
        byte[] value = java.util.Arrays.copyOfRange(input, 1, input.length);
        switch ((char) input[0]) {
            case Keys.INODE -> InodeRecord.decode(7, value).inode();
            case Keys.CHUNK -> {
                Chunk chunk = ChunkRecord.decode(new ChunkId(1, 2), value).chunk;
                boolean unused = chunk.isChecksumCountRight();
            }
            case Keys.DENTRY -> Records.dentry(FileName.of("x"), value);
            case Keys.EXTENT -> Records.extent(1 << 30, value);
            case Keys.USAGE -> Records.usage(value);
            case Keys.ORPHAN -> Records.orphan(7, value);
            case Keys.PENDING_EXTENT -> Records.pending(1 << 30, value);
            default -> {
                Records.members(value);
                Records.number("it", value);
            }
        }
    }

    /** A store with one wrong value, and everything that is done with it. */
    private static FuzzTarget store() throws PoolException {
        List<byte[]> examples = List.of(
                new byte[] {0, 0}, new byte[] {0, 0, 0}, new byte[] {9, 3, 1, 5}, new byte[] {17, 1, 127, 8, 0});
        // Which value, where in it, and what stands there then.
        return new FuzzTarget(
                "store with a wrong value",
                examples,
                Set.of(
                        Reason.CORRUPT,
                        Reason.NEWER_FORMAT,
                        Reason.NOT_FOUND,
                        Reason.EXISTS,
                        Reason.NOT_DIRECTORY,
                        Reason.IS_DIRECTORY,
                        Reason.NOT_EMPTY,
                        Reason.INVALID,
                        Reason.TOO_MANY_LINKS,
                        Reason.TOO_LARGE),
                64 * FuzzTarget.MIB,
                10,
                MetaFuzz::useStore);
    }

    private static void useStore(byte[] input) throws PoolException {
        if (input.length < 3) {
            return;
        }
        try (MetadataFixture pool = pool()) {
            List<byte[]> keys = new ArrayList<>();
            List<byte[]> values = new ArrayList<>();
            pool.store.read(reader -> {
                reader.scan(new byte[] {0}, null, (key, value) -> {
                    keys.add(key.clone());
                    values.add(value.clone());
                    return true;
                });
                return true;
            });
            int which = (input[0] & 0xff) % keys.size();
            byte[] value = values.get(which);
            int at = value.length == 0 ? 0 : (input[1] & 0xff) % value.length;
            byte[] changed = new byte[Math.min(value.length, at) + input.length - 2];
            System.arraycopy(value, 0, changed, 0, at);
            System.arraycopy(input, 2, changed, at, input.length - 2);
            pool.store.write(
                    writer -> {
                        writer.put(keys.get(which), changed);
                        return "";
                    },
                    KeyValueStore.CommitHook.NONE);
            try (Metadata opened = KeyValueMetadata.open(pool.store, pool.log, pool.clock())) {
                each(() -> MetadataCheck.run(opened));
                each(() -> CheckpointCodecTest.write(opened));
                each(() -> opened.read(MetadataReader::usage));
                each(() -> {
                    pool.unlink(Inode.ROOT, "a");
                    return "";
                });
                each(() -> pool.committed(2, "new", 50));
                each(() -> {
                    pool.rename(Inode.ROOT, "b", 2, "b");
                    return "";
                });
            }
        }
    }

    private interface Use {
        Object go() throws PoolException;
    }

    /** One use may be refused; the next is tried all the same. */
    private static void each(Use use) throws PoolException {
        try {
            Object unused = use.go();
        } catch (PoolException e) {
            if (e.reason() == Reason.INTERNAL) {
                throw e;
            }
        }
    }

    private static void names(List<FuzzTarget> targets) {
        targets.add(new FuzzTarget(
                "names",
                List.of("a name".getBytes(StandardCharsets.UTF_8), new byte[] {(byte) 0xff, '.'}),
                Set.of(Reason.INVALID, Reason.NAME_TOO_LONG),
                16 * FuzzTarget.MIB,
                30,
                input -> {
                    FileName name = FileName.of(input);
                    String text = new String(name.bytes(), StandardCharsets.ISO_8859_1);
                    if (text.isEmpty()
                            || text.equals(".")
                            || text.equals("..")
                            || text.contains("/")
                            || text.contains("\0")) {
                        throw new AssertionError("a name: " + text);
                    }
                }));
        targets.add(FuzzTarget.ofDamage(
                "paths of objects", List.of("films/a b.part0".getBytes(StandardCharsets.UTF_8)), input -> {
                    String text = new String(input, StandardCharsets.UTF_8);
                    java.nio.file.Path folder = java.nio.file.Path.of("/data");
                    if (ObjectPath.isValid(text)
                            && !folder.resolve(text).normalize().startsWith(folder)) {
                        throw new AssertionError("leads out: " + text);
                    }
                }));
    }
}
