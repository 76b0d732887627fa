package io.poolfs.mount.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** {@code fallocate(2)}. */
interface MountedAllocation extends MountedDirectory {
    @Test
    default void fallocate_punch_leavesZerosAndTheSize() throws Exception {
        byte[] expected = ones(100_000);
        Arrays.fill(expected, 5_000, 45_000, (byte) 0);
        Files.write(in("file"), ones(100_000));

        sh("fallocate -p -o 5000 -l 40000 file");

        assertThat(in("file")).hasBinaryContent(expected);
    }

    @Test
    default void fallocate_punchBehindTheEnd_leavesTheSize() throws Exception {
        Files.write(in("file"), ones(10));

        sh("fallocate -p -o 4 -l 100000 file");

        assertThat(in("file")).hasBinaryContent(new byte[] {1, 1, 1, 1, 0, 0, 0, 0, 0, 0});
    }

    @Test
    default void fallocate_zeroRange_growsTheFileWhenItReachesFurther() throws Exception {
        byte[] expected = Arrays.copyOf(ones(6), 20);
        Files.write(in("file"), ones(10));

        sh("fallocate -z -o 6 -l 14 file");

        assertThat(in("file")).hasBinaryContent(expected);
    }

    @Test
    default void fallocate_zeroRangeKeepingTheSize_growsNothing() throws Exception {
        Files.write(in("file"), ones(10));

        sh("fallocate -z -n -o 6 -l 14 file");

        assertThat(in("file")).hasBinaryContent(Arrays.copyOf(ones(6), 10));
    }

    @Test
    default void fallocate_plain_growsTheFile() throws Exception {
        Files.write(in("file"), ones(10));

        sh("fallocate -l 1000 file");

        assertThat(in("file")).hasBinaryContent(Arrays.copyOf(ones(10), 1_000));
    }

    @Test
    default void fallocate_keepingTheSize_growsNothing() throws Exception {
        Files.write(in("file"), ones(10));

        sh("fallocate -n -l 1000 file");

        assertThat(in("file")).hasBinaryContent(ones(10));
    }

    @Test
    default void fallocate_collapse_isNotSupported() throws Exception {
        Files.write(in("file"), ones(10_000));

        shFails("not supported", "fallocate -c -o 0 -l 4096 file");

        assertThat(in("file")).hasBinaryContent(ones(10_000));
    }

    private static byte[] ones(int count) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) 1);
        return bytes;
    }
}
