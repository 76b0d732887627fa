package io.poolfs.core.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class MeterTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Offset<Long> ROUNDING = within(200L);

    private final Meter meter = new Meter();

    @Test
    void bytesPerSecond_steadyTransfers_isTheirRate() {
        for (long second = 100; second < 120; second++) {
            meter.add(second * SECOND, (second + 1) * SECOND, 1_000_000);
        }
        assertThat(meter.bytesPerSecond(120 * SECOND)).isCloseTo(1_000_000L, within(150_000L));
    }

    @Test
    void add_longTransfer_countsOnlyWhatFallsIntoTheLastSeconds() {
        meter.add(0, 1000 * SECOND, 1_000_000_000);
        assertThat(meter.bytesPerSecond(1000 * SECOND)).isCloseTo(1_000_000L, within(150_000L));
    }

    @Test
    void bytesPerSecond_afterAWhile_isNothing() {
        meter.add(10 * SECOND, 11 * SECOND, 4_000_000);
        assertThat(meter.bytesPerSecond(11 * SECOND)).isCloseTo(1_000_000L, ROUNDING);
        assertThat(meter.bytesPerSecond(16 * SECOND)).isZero();
        meter.add(20 * SECOND, 20 * SECOND, 400);
        assertThat(meter.bytesPerSecond(20 * SECOND)).isCloseTo(100L, ROUNDING);
    }
}
