package io.poolfs.mount.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Files mapped into memory, by a process of its own: the one that serves the mount must not map its files. */
interface MountedMappings extends MountedDirectory {
    @Test
    default void map_writtenAndForced_isInTheFile() throws Exception {
        byte[] expected = new byte[100_000];
        expected[5] = 'a';
        expected[99_999] = 'b';
        Files.write(in("file"), new byte[100_000]);

        map("write", in("file").toString(), "5=a", "99999=b");

        assertThat(in("file")).hasBinaryContent(expected);
    }

    @Test
    default void map_ofAFileThatIsWritten_seesTheWrites() throws Exception {
        Files.write(in("file"), new byte[50_000]);

        map("watch", in("file").toString());
    }

    @Test
    default void map_ofAFileThatIsAppendedTo_writesBackToItsPlace() throws Exception {
        byte[] expected = new byte[20_004];
        Arrays.fill(expected, 10_000, 20_000, (byte) 'x');
        System.arraycopy("tail".getBytes(StandardCharsets.US_ASCII), 0, expected, 20_000, 4);
        expected[3] = 'm';
        expected[9_000] = 'n';

        map("append", in("file").toString());

        assertThat(in("file")).hasBinaryContent(expected);
    }

    private static void map(String... arguments) throws Exception {
        String java = ProcessHandle.current().info().command().orElse("java");
        StringBuilder script = new StringBuilder("exec \"$1\" -XX:TieredStopAtLevel=1 -Xmx64m -cp \"$2\" \"$3\"");
        for (int i = 0; i < arguments.length; i++) {
            script.append(" \"${").append(i + 4).append("}\"");
        }
        Object[] all = new Object[arguments.length + 3];
        all[0] = java;
        all[1] = Path.of(MapProgram.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        all[2] = MapProgram.class.getName();
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        Command.here().ok(Path.of("/"), script.toString(), all);
    }
}
