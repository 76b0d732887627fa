package io.poolfs.core.stage;

import static io.poolfs.core.stage.Stages.extent;
import static io.poolfs.core.stage.Stages.hole;
import static io.poolfs.core.stage.Stages.pending;
import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.meta.PendingExtent;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Extent;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentMapTest {
    private static final int SIZE = 64;

    @Test
    void lay_insideAnother_keepsBothEnds() {
        ContentMap map = new ContentMap();
        map.lay(extent(1, 0, 0, 30));
        map.lay(hole(10, 5));
        assertThat(map.extents(SIZE))
                .containsExactly(
                        extent(1, 0, 0, 30).narrow(0, 10), extent(1, 0, 0, 30).narrow(15, 30));
        assertThat(map.holes(SIZE)).containsExactly(new ByteRange(10, 5));
    }

    @Test
    void extents_beyondTheSize_areNarrowed() {
        ContentMap map = new ContentMap();
        map.lay(extent(1, 0, 0, 30));
        map.lay(hole(30, 10));
        assertThat(map.extents(20)).containsExactly(extent(1, 0, 0, 30).narrow(0, 20));
        assertThat(map.holes(20)).isEmpty();
    }

    /** Against an array that says for each byte which byte of which chunk it is. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void lay_anyOrder_equalsTheModel(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            ContentMap map = new ContentMap();
            long[] model = new long[SIZE];
            for (int i = 0; i < 12; i++) {
                PendingExtent run = randomRun(random);
                map.lay(run);
                draw(model, run);
            }
            long[] drawn = new long[SIZE];
            int size = random.nextInt(SIZE + 1);
            map.extents(size).forEach(e -> draw(drawn, pending(e)));
            map.holes(size).forEach(r -> draw(drawn, new PendingExtent(r, null)));
            for (int at = 0; at < SIZE; at++) {
                assertThat(drawn[at])
                        .as("byte %d, seed %d, round %d", at, seed, round)
                        .isEqualTo(at < size ? model[at] : 0);
            }
            PendingExtent other = randomRun(random);
            long[] said = new long[SIZE];
            draw(said, other);
            long[] common = new long[SIZE];
            map.common(other).forEach(r -> draw(common, new PendingExtent(r, null)));
            for (int at = 0; at < SIZE; at++) {
                assertThat(common[at] != 0)
                        .as("byte %d in common, seed %d, round %d", at, seed, round)
                        .isEqualTo(said[at] != 0 && said[at] == model[at]);
            }
        }
    }

    private static PendingExtent randomRun(Random random) {
        int offset = random.nextInt(SIZE);
        int length = 1 + random.nextInt(SIZE - offset);
        if (random.nextInt(3) == 0) {
            return hole(offset, length);
        }
        Extent whole = extent(1 + random.nextInt(2), random.nextInt(2) * 8L, offset, length);
        return pending(whole.narrow(offset + random.nextInt(length), offset + length));
    }

    private static void draw(long[] bytes, PendingExtent run) {
        for (long at = run.fileRange().offset(); at < run.fileRange().end(); at++) {
            Extent extent = run.extent();
            bytes[(int) at] = extent == null
                    ? -1
                    : extent.piece().chunk().low() * 1000 + extent.chunkOffset() + at - extent.fileOffset();
        }
    }
}
