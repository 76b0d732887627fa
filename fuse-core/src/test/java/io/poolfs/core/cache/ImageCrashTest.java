package io.poolfs.core.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.local.RealFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.RealScheduler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kills the process between any two changes of its files, opens the images again, and goes on. */
class ImageCrashTest {
    private static final int KILLS = 150;
    private static final int MAX_CHANGES = 30;

    @TempDir
    Path dir;

    private RealScheduler scheduler;
    private final LocalFiles files = RealFiles.create();

    @BeforeEach
    void start() {
        scheduler = RealScheduler.create();
    }

    @AfterEach
    void stop() {
        scheduler.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {13, 15, 21, 26})
    void kill_betweenAnyTwoChanges_keepsWhatWasAcknowledged(long seed) throws PoolException {
        Random random = new Random(seed);
        List<String> steps = new ArrayList<>();
        try (ImageModel model = new ImageModel(scheduler, files, dir.resolve("images"), random)) {
            for (int kill = 0; kill < KILLS; kill++) {
                try {
                    model.reopenAfterKill(new KillableFiles(files, 20 + random.nextInt(MAX_CHANGES)));
                    while (steps.size() < 1000 * KILLS) {
                        steps.add(model.step());
                    }
                } catch (KillableFiles.Killed e) {
                    steps.add("killed");
                }
                try {
                    model.reopenAfterKill(files);
                    model.check();
                } catch (AssertionError e) {
                    throw new AssertionError("seed " + seed + ", kill " + kill + ", after " + last(steps), e);
                }
            }
        }
        assertThat(steps).filteredOn("killed"::equals).hasSizeGreaterThan(KILLS / 2);
    }

    private static List<String> last(List<String> steps) {
        return steps.subList(Math.max(0, steps.size() - 30), steps.size());
    }
}
