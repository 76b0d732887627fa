package io.poolfs.mount.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** {@code copy_file_range(2)}, and {@code lseek(2)} for data and holes. */
interface MountedCopies extends MountedDirectory {
    @Test
    default void copyFileRange_ofAWholeFile_copiesIt() throws Exception {
        byte[] content = random(1_300_000);
        Files.write(in("from"), content);

        copyRange("from", 0, "to", 0, 2_000_000);

        assertThat(in("to")).hasBinaryContent(content);
    }

    @Test
    default void copyFileRange_intoTheMidstOfAFile_leavesTheRest() throws Exception {
        byte[] from = random(100_000);
        byte[] to = random(90_000);
        Files.write(in("from"), from);
        Files.write(in("to"), to);
        byte[] expected = to.clone();
        System.arraycopy(from, 777, expected, 8_192, 30_000);

        copyRange("from", 777, "to", 8_192, 30_000);

        assertThat(in("to")).hasBinaryContent(expected);
        assertThat(in("from")).hasBinaryContent(from);
    }

    @Test
    default void copyFileRange_toAnyOffset_growsTheFile() throws Exception {
        byte[] from = random(50_000);
        Files.write(in("from"), from);
        Files.write(in("to"), new byte[10]);
        byte[] expected = new byte[5_001 + 49_900];
        System.arraycopy(from, 100, expected, 5_001, 49_900);

        copyRange("from", 100, "to", 5_001, 1 << 20);

        assertThat(in("to")).hasBinaryContent(expected);
    }

    @Test
    default void copyFileRange_ofWhatIsWrittenAfterwards_keepsWhatItCopied() throws Exception {
        byte[] content = random(40_960);
        Files.write(in("from"), content);
        copyRange("from", 0, "to", 0, 40_960);

        sh("printf changed | dd of=from conv=notrunc bs=1 seek=5000 status=none; rm from");

        assertThat(in("to")).hasBinaryContent(content);
    }

    @Test
    default void seek_forDataAndHoles_findsAllData() throws Exception {
        byte[] expected = new byte[3_000_000];
        byte[] data = random(5_000);
        System.arraycopy(data, 0, expected, 1_000_000, data.length);
        System.arraycopy(data, 0, expected, 2_500_000, data.length);
        sh("truncate -s 3000000 file");
        Files.write(in("data"), data);
        sh(
                "for at in 1000000 2500000; do dd if=data of=file bs=5000 oflag=seek_bytes seek=$at conv=notrunc status=none; done");

        sh("python3 -c '" + """
                import os
                f = os.open("file", os.O_RDONLY)
                at, found = 0, bytearray(os.fstat(f).st_size)
                while True:
                    try:
                        data = os.lseek(f, at, os.SEEK_DATA)
                    except OSError as e:
                        assert e.errno == 6, e
                        break
                    at = os.lseek(f, data, os.SEEK_HOLE)
                    assert at > data
                    found[data:at] = os.pread(f, at - data, data)
                open("found", "wb").write(found)
                try:
                    os.lseek(f, len(found), os.SEEK_HOLE)
                    assert False
                except OSError as e:
                    assert e.errno == 6, e
                """ + "'");

        assertThat(in("found")).hasBinaryContent(expected);
    }

    private void copyRange(String from, long offset, String to, long toOffset, long length) throws Exception {
        sh("python3 -c '" + """
                import os, sys
                a = os.open(sys.argv[1], os.O_RDONLY)
                b = os.open(sys.argv[3], os.O_WRONLY | os.O_CREAT, 0o644)
                at, to, left = int(sys.argv[2]), int(sys.argv[4]), int(sys.argv[5])
                while left > 0:
                    done = os.copy_file_range(a, b, left, at, to)
                    if done == 0:
                        break
                    at, to, left = at + done, to + done, left - done
                """ + "' \"$@\"", from, offset, to, toOffset, length);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
