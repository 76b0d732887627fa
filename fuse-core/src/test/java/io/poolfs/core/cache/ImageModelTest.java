package io.poolfs.core.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.local.RealFiles;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.time.RealScheduler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random operations on an image against a byte array; the seed is the parameter. Invariants hold after every step. */
class ImageModelTest {
    private static final int STEPS = 400;
    private static final int SHOWN_STEPS = 40;

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
    @ValueSource(longs = {1, 2, 3, 4})
    void operations_random_followTheModel(long seed) throws PoolException {
        try (ImageModel model = new ImageModel(scheduler, files, dir.resolve("images"), new Random(seed))) {
            List<String> steps = new ArrayList<>();
            for (int step = 0; step < STEPS; step++) {
                steps.add(model.step());
                try {
                    model.check();
                } catch (AssertionError e) {
                    int from = Math.max(0, steps.size() - SHOWN_STEPS);
                    throw new AssertionError(
                            "seed " + seed + ", step " + step + ", after " + steps.subList(from, steps.size()), e);
                }
            }
            model.reopen();
            model.check();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void contentAtCommit_everything_isTheContentWhenSealed(long seed) throws PoolException {
        try (ImageModel model = new ImageModel(scheduler, files, dir.resolve("images"), new Random(seed))) {
            for (int step = 0; step < STEPS; step++) {
                model.step();
            }
            model.finishSeals();
            model.commitAll();
            assertThat(model.image().content().modified()).isFalse();
            assertThat(model.records().hasPending()).isFalse();
            byte[] committed = model.records().resolve(0, model.size(), Long.MAX_VALUE);
            assertThat(Arrays.mismatch(committed, model.content())).isEqualTo(-1);
            assertThat(model.image().unsavedRanges()).isEmpty();
            assertThat(model.image().dirtyRanges(Long.MAX_VALUE)).isEqualTo(List.<ByteRange>of());
        }
    }
}
