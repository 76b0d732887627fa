package io.poolfs.core.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.model.ByteRange;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockRangesTest {
    private static final int BLOCK = Image.BLOCK_BYTES;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void gaps_random_areThoseOfABitSet(long seed) {
        Random random = new Random(seed);
        BlockRanges ranges = new BlockRanges();
        BitSet model = new BitSet();
        for (int step = 0; step < 60; step++) {
            int from = random.nextInt(300);
            int to = from + random.nextInt(6);
            ranges.add(from, to);
            model.set(from, to);
            long start = random.nextInt(310 * BLOCK);
            ByteRange range = new ByteRange(start, random.nextInt(40 * BLOCK));
            BitSet inGaps = new BitSet();
            long last = -1;
            for (ByteRange gap : ranges.gaps(range)) {
                assertThat(gap.isEmpty()).isFalse();
                assertThat(gap.offset()).isGreaterThan(last).isGreaterThanOrEqualTo(range.offset());
                assertThat(gap.end()).isLessThanOrEqualTo(range.end());
                last = gap.end();
                inGaps.set((int) (gap.offset() / BLOCK), (int) ((gap.end() - 1) / BLOCK) + 1);
            }
            for (long at = range.offset(); at < range.end(); at += 512) {
                int block = (int) (at / BLOCK);
                assertThat(inGaps.get(block)).as("block " + block).isEqualTo(!model.get(block));
            }
        }
    }
}
