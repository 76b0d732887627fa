package io.poolfs.core.meta;

import io.poolfs.core.model.FileName;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.RealScheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The speed of the metadata, one thread: {@code java -cp … io.poolfs.core.meta.MetadataBenchmark [files] [directory]}.
 * Each figure is taken several times; the first rounds warm up.
 */
final class MetadataBenchmark {
    private static final TransactionLog NO_LOG = new TransactionLog() {
        @Override
        public void append(Transaction transaction) {}

        @Override
        public void abort(long transactionId) {}
    };

    private static final int ROUNDS = 4;

    private final int files;
    private final Path directory;
    private final RealScheduler scheduler = RealScheduler.create();

    private MetadataBenchmark(int files, Path directory) {
        this.files = files;
        this.directory = directory;
    }

    public static void main(String[] args) throws Exception {
        int files = args.length > 0 ? Integer.parseInt(args[0]) : 200_000;
        Path directory = args.length > 1 ? Path.of(args[1]) : Files.createTempDirectory("poolfs-meta-bench");
        MetadataBenchmark benchmark = new MetadataBenchmark(files, directory);
        for (int round = 0; round < ROUNDS; round++) {
            System.out.printf("round %d%n", round + 1);
            benchmark.engine();
            benchmark.metadata();
        }
        benchmark.scheduler.close();
        remove(directory);
    }

    private void engine() throws PoolException, IOException {
        remove(directory.resolve("raw"));
        try (KeyValueStore store = LmdbStore.open(directory.resolve("raw"), scheduler)) {
            byte[] value = new byte[60];
            time(
                    "engine: transactions of three puts",
                    files,
                    i -> store.write(
                            writer -> {
                                writer.put(Keys.of('i', i), value);
                                writer.put(Keys.of('d', i % 1000, i), value);
                                writer.put(Keys.COUNTERS, value);
                                return "";
                            },
                            KeyValueStore.CommitHook.NONE));
            Random random = new Random(1);
            time("engine: random reads, one per snapshot", files, i -> {
                byte[] key = Keys.of('i', random.nextInt(files));
                store.<byte[]>read(reader -> reader.get(key));
            });
        }
    }

    private void metadata() throws PoolException, IOException {
        remove(directory.resolve("meta"));
        KeyValueStore store = LmdbStore.open(directory.resolve("meta"), scheduler);
        try (Metadata metadata = KeyValueMetadata.open(store, NO_LOG, scheduler.clock())) {
            int directories = Math.max(1, files / 1000);
            for (int d = 0; d < directories; d++) {
                create(metadata, Inode.ROOT, name(d), FileType.DIRECTORY.modeBits() | 0755);
            }
            time(
                    "metadata: look up and create",
                    files,
                    i -> create(metadata, 2 + i / 1000, name(i), FileType.REGULAR.modeBits() | 0644));
            Random random = new Random(1);
            time("metadata: entry and inode", files, i -> {
                int file = random.nextInt(files);
                FileName name = name(file);
                metadata.<Inode>read(reader -> {
                    Dentry dentry = reader.entry(2 + file / 1000, name);
                    return reader.requireInode(dentry.inode());
                });
            });
            time(
                    "metadata: unlink",
                    files,
                    i -> metadata.change(writer -> {
                        writer.apply(new Op.Unlink(new Op.Place(2 + i / 1000, name(i)), writer.nanos()));
                        return "";
                    }));
        }
    }

    private static void create(Metadata metadata, long parent, FileName name, int mode) throws PoolException {
        metadata.<Long>change(writer -> {
            if (writer.entry(parent, name) != null) {
                throw new IllegalStateException("exists");
            }
            Op.Place at = new Op.Place(parent, name);
            writer.committedOrphanOf(at);
            long inode = writer.nextInode();
            writer.apply(new Op.Create(at, inode, mode, 1000, 1000, 0, null, writer.nanos(), 0));
            return inode;
        });
    }

    private static FileName name(int i) throws PoolException {
        return FileName.of("file-number-" + i);
    }

    interface Step {
        void run(int i) throws PoolException;
    }

    private static void time(String what, int count, Step step) throws PoolException {
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            step.run(i);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("%-45s %,12.0f/s%n", what, count / seconds);
    }

    static void remove(Path tree) throws IOException {
        if (Files.exists(tree)) {
            try (Stream<Path> paths = Files.walk(tree)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
