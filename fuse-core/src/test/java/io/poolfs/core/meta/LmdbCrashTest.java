package io.poolfs.core.meta;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.model.FileName;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.RealScheduler;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed while it writes leaves the store whole, with every commit that it had reported. */
class LmdbCrashTest {
    private static final int REPORTED = 4000;

    @TempDir
    Path directory;

    @Test
    void kill_whileWriting_losesNothingThatWasCommitted() throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (argument.startsWith("--add-opens") || argument.startsWith("--enable-native-access")) {
                command.add(argument);
            }
        }
        command.addAll(List.of(
                "-cp", System.getProperty("java.class.path"), WritingProcess.class.getName(), directory.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long reported = 0;
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                reported = Long.parseLong(line);
                if (reported >= REPORTED) {
                    process.toHandle().destroyForcibly();
                }
            }
        }
        process.waitFor();

        assertThat(reported).isGreaterThanOrEqualTo(REPORTED);
        try (RealScheduler scheduler = RealScheduler.create();
                Metadata metadata = KeyValueMetadata.open(
                        LmdbStore.open(directory, scheduler), new RecordingLog(), scheduler.clock())) {
            assertThat(metadata.lastTransaction()).isGreaterThanOrEqualTo(reported);
            assertThat(MetadataCheck.run(metadata)).isEmpty();
            WritingProcess.write(metadata, metadata.lastTransaction());
        }
    }

    /** Creates, renames and unlinks until it is killed; says after each hundredth transaction that it is committed. */
    static final class WritingProcess {
        private WritingProcess() {}

        public static void main(String[] args) throws PoolException {
            RealScheduler scheduler = RealScheduler.create();
            Metadata metadata = KeyValueMetadata.open(
                    LmdbStore.open(Path.of(args[0]), scheduler, 1 << 20), new RecordingLog(), scheduler.clock());
            for (long i = 0; ; i++) {
                write(metadata, i);
                if (i % 100 == 0) {
                    System.out.println(metadata.lastTransaction());
                }
            }
        }

        static void write(Metadata metadata, long i) throws PoolException {
            metadata.alter(writer -> {
                Op.Place at = new Op.Place(Inode.ROOT, FileName.of("name-" + i % 3000));
                if (writer.entry(at.parent(), at.name()) != null) {
                    writer.apply(new Op.Unlink(at, writer.nanos()));
                } else {
                    writer.apply(new Op.Create(
                            at,
                            writer.nextInode(),
                            FileType.REGULAR.modeBits() | 0644,
                            0,
                            0,
                            0,
                            null,
                            writer.nanos(),
                            0));
                }
            });
        }
    }
}
