package io.poolfs.core.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.local.RealFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.RealScheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageScanTest {
    @TempDir
    private Path dir;

    private final RealScheduler scheduler = RealScheduler.create();
    private ImageScan scan;

    @BeforeEach
    void leaveThreeImages() throws IOException {
        for (String image : List.of("01/1", "01/101", "ff/ff")) {
            Files.createDirectories(dir.resolve(image).getParent());
            Files.write(dir.resolve(image), new byte[1]);
            Files.write(dir.resolve(image + ".map"), new byte[1]);
        }
        scan = new ImageScan(scheduler, new ImageFiles(RealFiles.create(), dir, 8));
    }

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void claim_beforeItBegins_nothingIsOfAnEarlierProcess() {
        assertThat(scan.claim(1)).isFalse();
    }

    @Test
    void run_claimedByAnother_isLeftOut() throws PoolException {
        scan.begin();
        assertThat(scan.claim(0x101)).isTrue();
        List<Long> met = new ArrayList<>();
        scan.run(
                inode -> {
                    met.add(inode);
                    assertThat(scan.claim(inode)).isTrue();
                    assertThat(scan.claim(0x101)).isFalse();
                },
                () -> met.add(-1L));
        assertThat(met).containsExactly(1L, 0xffL, -1L);
        assertThat(scan.await(0)).isTrue();
        assertThat(scan.claim(0x101)).isFalse();
        assertThat(scan.claim(2)).isFalse();
    }

    @Test
    void stop_inTheMiddle_readsNoMore() throws PoolException {
        scan.begin();
        List<Long> met = new ArrayList<>();
        scan.run(
                inode -> {
                    met.add(inode);
                    scan.stopSoon();
                },
                () -> met.add(-1L));
        assertThat(met).containsExactly(1L);
        assertThat(scan.await(0)).isFalse();
        // Still as it was left: nobody has looked at it.
        assertThat(scan.claim(0xff)).isTrue();
    }
}
