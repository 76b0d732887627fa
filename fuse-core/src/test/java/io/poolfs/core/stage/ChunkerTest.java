package io.poolfs.core.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.cache.Image;
import io.poolfs.core.model.ByteRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkerTest {
    private static final long MIB = 1L << 20;
    private final Chunker chunker = new Chunker(100 * MIB);

    @Test
    void sizeBytes_firstChunks_growOncePerRemote() {
        List<Long> sizes = new ArrayList<>();
        for (int cut = 0; cut < 10; cut++) {
            sizes.add(chunker.sizeBytes(cut, 2, Long.MAX_VALUE, Long.MAX_VALUE));
        }
        long eighth = 100 * MIB / 8;
        assertThat(sizes)
                .containsExactly(
                        eighth,
                        eighth,
                        2 * eighth,
                        2 * eighth,
                        4 * eighth,
                        4 * eighth,
                        100 * MIB,
                        100 * MIB,
                        100 * MIB,
                        100 * MIB);
    }

    @Test
    void sizeBytes_endInSight_becomesSmallerSoThatAllRemotesEndTogether() {
        long left = 800 * MIB;
        List<Long> sizes = new ArrayList<>();
        for (int cut = 20; left > 0; cut++) {
            sizes.add(Math.min(left, chunker.sizeBytes(cut, 5, left, Long.MAX_VALUE)));
            left -= sizes.get(sizes.size() - 1);
        }
        assertThat(sizes).isSortedAccordingTo((a, b) -> Long.compare(b, a));
        assertThat(sizes.get(0)).isEqualTo(100 * MIB);
        assertThat(sizes.get(sizes.size() - 5)).isLessThanOrEqualTo(100 * MIB / 4);
    }

    @Test
    void sizeBytes_smallChunksOrLittleRoom_staysWithinBoth() {
        assertThat(new Chunker(2 * MIB).sizeBytes(0, 3, Long.MAX_VALUE, Long.MAX_VALUE))
                .isEqualTo(2 * MIB);
        assertThat(chunker.sizeBytes(50, 3, Long.MAX_VALUE, 10 * MIB + 77)).isEqualTo(10 * MIB);
        assertThat(chunker.sizeBytes(50, 3, Long.MAX_VALUE, 10)).isEqualTo(Image.BLOCK_BYTES);
    }

    /** Nothing is lost, doubled or reordered; limits hold; files are divided at blocks only. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void cut_anySlices_dealsOutAllOfThemInOrder(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            List<Slice> slices = new ArrayList<>();
            int sources = 1 + random.nextInt(4);
            for (int s = 0; s < sources; s++) {
                PieceSource source = new Stages.Bytes(new byte[0]);
                long at = 0;
                for (int r = random.nextInt(5); r > 0; r--) {
                    at += (long) random.nextInt(5) * Image.BLOCK_BYTES;
                    long length = (long) (1 + random.nextInt(20)) * Image.BLOCK_BYTES;
                    // Only the end of a file is no whole block.
                    length -= r == 1 ? random.nextInt(Image.BLOCK_BYTES) : 0;
                    slices.add(new Slice(source, new ByteRange(at, length)));
                    at += length + Image.BLOCK_BYTES;
                }
            }
            long first = 1L + random.nextInt(10 * Image.BLOCK_BYTES);
            long rest = (long) (1 + random.nextInt(30)) * Image.BLOCK_BYTES;
            List<List<Slice>> chunks = Chunker.cut(slices, first, rest);

            for (int i = 0; i < chunks.size(); i++) {
                long bytes = chunks.get(i).stream()
                        .mapToLong(slice -> slice.fileRange().lengthBytes())
                        .sum();
                assertThat(bytes).isPositive().isLessThanOrEqualTo(Math.max(Image.BLOCK_BYTES, i == 0 ? first : rest));
            }
            assertThat(joined(chunks.stream().flatMap(List::stream).toList())).isEqualTo(joined(slices));
            assertThat(chunks.stream().flatMap(List::stream))
                    .allMatch(slice -> slice.fileRange().offset() % Image.BLOCK_BYTES == 0);
        }
    }

    /** Neighbours of one source as one slice. */
    private static List<Slice> joined(List<Slice> slices) {
        List<Slice> joined = new ArrayList<>();
        for (Slice slice : slices) {
            Slice last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (last != null
                    && last.source() == slice.source()
                    && last.fileRange().end() == slice.fileRange().offset()) {
                joined.set(
                        joined.size() - 1,
                        new Slice(
                                last.source(),
                                ByteRange.between(
                                        last.fileRange().offset(),
                                        slice.fileRange().end())));
            } else {
                joined.add(slice);
            }
        }
        return joined;
    }
}
