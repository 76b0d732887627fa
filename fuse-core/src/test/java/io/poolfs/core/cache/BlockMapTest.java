package io.poolfs.core.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.model.ByteRange;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockMapTest {
    private static final int BLOCKS = 3 * BlockMap.SLAB_BLOCKS;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void changes_random_areThoseOfABitSet(long seed) {
        Random random = new Random(seed);
        BlockMap map = new BlockMap();
        BitSet model = new BitSet();
        for (int step = 0; step < 500; step++) {
            int from = random.nextInt(BLOCKS);
            int to = Math.min(BLOCKS, from + random.nextInt(random.nextBoolean() ? 70 : 2000));
            int before = model.get(from, to).cardinality();
            assertThat(map.count(from, to)).isEqualTo(before);
            if (random.nextInt(3) == 0) {
                model.clear(from, to);
                assertThat(map.clear(from, to)).isEqualTo(before);
            } else {
                model.set(from, to);
                assertThat(map.set(from, to)).isEqualTo(to - from - before);
            }
            assertThat(map.count()).isEqualTo(model.cardinality());
            int at = random.nextInt(BLOCKS);
            int next = model.nextSetBit(at);
            assertThat(map.get(at)).isEqualTo(model.get(at));
            assertThat(map.nextSet(at, BLOCKS)).isEqualTo(next < 0 ? BLOCKS : next);
            assertThat(map.nextClear(at, BLOCKS)).isEqualTo(Math.min(BLOCKS, model.nextClearBit(at)));
        }
    }

    @Test
    void sets_addedAndRemoved_areUnionAndDifference() {
        BlockMap a = new BlockMap();
        a.set(10, 3000);
        BlockMap b = new BlockMap();
        b.set(2000, 5000);
        a.addAll(b);
        assertThat(a.count()).isEqualTo(4990);
        a.removeAll(b);
        assertThat(a.count()).isEqualTo(1990);
        assertThat(a.nextSet(2000, 10_000)).isEqualTo(10_000);
    }

    @Test
    void slab_writtenAndRead_isTheSame() {
        BlockMap map = new BlockMap();
        map.set(5, 6);
        map.set(1024 + 63, 1024 + 65);
        ByteBuffer bytes = ByteBuffer.allocate(2 * BlockMap.SLAB_WORDS * Long.BYTES);
        map.write(0, bytes);
        map.write(1, bytes);
        BlockMap read = new BlockMap();
        bytes.flip();
        read.read(0, bytes);
        read.read(1, bytes);
        assertThat(read.count()).isEqualTo(3);
        assertThat(read.get(5)).isTrue();
        assertThat(read.get(1024 + 64)).isTrue();
    }

    @Test
    void ranges_andGaps_endAtTheSize() {
        BlockMap map = new BlockMap();
        map.set(1, 3);
        assertThat(map.ranges(0, 10, 10_000)).containsExactly(new ByteRange(4096, 10_000 - 4096));
        assertThat(map.gaps(0, 10, 20_000)).containsExactly(new ByteRange(0, 4096), new ByteRange(12_288, 7712));
        assertThat(map.gaps(1, 3, Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void farBlocks_areFoundAcrossTheGap() {
        BlockMap map = new BlockMap();
        long far = 1L << 34;
        map.set(far + 5, far + 7);
        map.set(3, 4);
        map.set(far / 2, far / 2 + 1);
        assertThat(map.count()).isEqualTo(4);
        assertThat(map.nextSet(0, Long.MAX_VALUE / 4096)).isEqualTo(3);
        assertThat(map.nextSet(4, Long.MAX_VALUE / 4096)).isEqualTo(far / 2);
        assertThat(map.nextSet(far / 2 + 1, Long.MAX_VALUE / 4096)).isEqualTo(far + 5);
        assertThat(map.nextSet(far / 2 + 1, far + 5)).isEqualTo(far + 5);
        assertThat(map.nextSet(far + 7, Long.MAX_VALUE / 4096)).isEqualTo(Long.MAX_VALUE / 4096);
        assertThat(map.nextSlab(1, Long.MAX_VALUE)).isEqualTo(far / 2 / BlockMap.SLAB_BLOCKS);
        assertThat(map.clear(4, Long.MAX_VALUE / 4096)).isEqualTo(3);
        assertThat(map.count(0, Long.MAX_VALUE / 4096)).isEqualTo(1);
        assertThat(map.end()).isGreaterThan(far);
    }

    @Test
    void smallFile_takesFewWords() {
        BlockMap map = new BlockMap();
        map.set(0, 1);
        assertThat(map.end()).isEqualTo(BlockMap.SLAB_BLOCKS);
        assertThat(map.nextClear(0, 100)).isEqualTo(1);
    }
}
