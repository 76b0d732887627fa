package io.poolfs.core.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.local.SimFiles;
import io.poolfs.core.time.SimScheduler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PinListTest {
    private static final Path FILE = Path.of("/state/pins");

    private final SimScheduler scheduler = SimScheduler.ofSeed(1);
    private final SimFiles files = new SimFiles(scheduler);

    PinListTest() throws Exception {
        files.createPrivateDirectory(Path.of("/state"));
    }

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void open_afterAPowerLoss_hasWhatWasPinned() throws Exception {
        PinList pins = PinList.open(scheduler, files, FILE);
        assertThat(pins.isEmpty()).isTrue();
        pins.add(List.of(3L, 1L << 40, 17L));
        pins.remove(List.of(17L, 18L));
        files.losePower(scheduler.random());
        assertThat(PinList.open(scheduler, files, FILE).inodes()).containsExactly(3L, 1L << 40);
    }

    @Test
    void forget_isWrittenWithTheNextChange() throws Exception {
        PinList pins = PinList.open(scheduler, files, FILE);
        pins.add(List.of(1L, 2L));
        pins.forget(1);
        assertThat(pins.contains(1)).isFalse();
        pins.add(List.of(3L));
        assertThat(PinList.open(scheduler, files, FILE).inodes()).containsExactly(2L, 3L);
    }

    @Test
    void open_damagedLines_keepsTheOthers() throws Exception {
        files.writeAtomically(FILE, "5\n\nnothing\n-\n7".getBytes(StandardCharsets.US_ASCII));
        assertThat(PinList.open(scheduler, files, FILE).inodes()).containsExactly(5L, 7L);
    }
}
