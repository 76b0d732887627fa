package io.poolfs.core.meta;

import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.RealScheduler;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * How long a checkpoint of many small files takes: {@code java -cp … io.poolfs.core.meta.CheckpointBenchmark [files]
 * [directory]}. Three lines per file (inode, entry, extent), a thousand files per directory and per chunk.
 */
final class CheckpointBenchmark {
    private static final int PER_GROUP = 1000;
    private static final int FILE_BYTES = 1000;

    private static long cpuBefore;

    private CheckpointBenchmark() {}

    public static void main(String[] args) throws Exception {
        int files = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
        Path directory = args.length > 1 ? Path.of(args[1]) : Files.createTempDirectory("poolfs-checkpoint-bench");
        try (RealScheduler scheduler = RealScheduler.create()) {
            List<byte[]> lines = new ArrayList<>();
            try (Metadata metadata = KeyValueMetadata.open(
                    LmdbStore.open(directory.resolve("from"), scheduler), new RecordingLog(), scheduler.clock())) {
                long start = System.nanoTime();
                for (int group = 0; group < files / PER_GROUP; group++) {
                    makeGroup(metadata, group);
                }
                report("make", files, start);
                start = System.nanoTime();
                metadata.look(reader -> CheckpointCodec.write(reader, lines::add));
                report("write the checkpoint", files, start);
            }
            KeyValueStore store = LmdbStore.open(directory.resolve("to"), scheduler);
            long start = System.nanoTime();
            Iterator<byte[]> iterator = lines.iterator();
            CheckpointCodec.load(() -> iterator.hasNext() ? iterator.next() : null, store);
            report("load the checkpoint, with its check", files, start);
            long size = lines.stream().mapToLong(line -> line.length + 1).sum();
            System.out.printf(
                    "%d lines, %d MB; store %d MB%n",
                    lines.size(), size >> 20, Files.size(directory.resolve("to/data.mdb")) >> 20);
            start = System.nanoTime();
            try (Metadata metadata = KeyValueMetadata.open(store, new RecordingLog(), scheduler.clock())) {
                System.out.println(MetadataCheck.run(metadata));
                report("check", files, start);
            }
        }
        MetadataBenchmark.remove(directory);
    }

    private static void makeGroup(Metadata metadata, int group) throws PoolException {
        metadata.alter(writer -> {
            long nanos = writer.nanos();
            ChunkId chunk = new ChunkId(0x9e3779b97f4a7c15L * group, group);
            long parent = writer.nextInode();
            writer.apply(new Op.Create(
                    new Op.Place(Inode.ROOT, FileName.of("directory-" + group)),
                    parent,
                    FileType.DIRECTORY.modeBits() | 0755,
                    1000,
                    1000,
                    0,
                    null,
                    nanos,
                    0));
            writer.apply(new Op.AddChunk(MetadataFixture.chunk(chunk, PER_GROUP * FILE_BYTES)));
            for (int i = 0; i < PER_GROUP; i++) {
                long inode = writer.nextInode();
                int mode = FileType.REGULAR.modeBits() | 0644;
                Op.Place at = new Op.Place(parent, FileName.of("some-file-name-" + i + ".dat"));
                writer.apply(new Op.Create(at, inode, mode, 1000, 1000, 0, null, nanos, 0));
                Extent extent = MetadataFixture.extent(chunk, (long) i * FILE_BYTES, FILE_BYTES, 0);
                writer.apply(
                        new Op.CommitContent(inode, 0, FILE_BYTES, nanos, nanos, null, List.of(), List.of(extent)));
            }
        });
    }

    /** Beside the time, this thread's share of a processor in it: how far the machine was ours. */
    private static void report(String what, int files, long start) {
        double seconds = (System.nanoTime() - start) / 1e9;
        long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        double busy = (cpu - cpuBefore) / 1e9;
        System.out.printf("%-40s %6.1f s (processor %.1f s) %,10.0f files/s%n", what, seconds, busy, files / seconds);
        cpuBefore = cpu;
    }
}
