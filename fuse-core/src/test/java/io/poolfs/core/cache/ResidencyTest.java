package io.poolfs.core.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.time.SimScheduler;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ResidencyTest {
    private final SimScheduler scheduler = SimScheduler.ofSeed(1);
    private final Residency residency = new Residency(scheduler.clock(), 1 << 20);

    @Test
    void coldest_ofWhatCouldNotBeEvicted_hasItAgainAfterAWhile() {
        residency.update(7, 0, 4096, false);
        residency.update(8, 0, 4096, false);
        Residency.Slab slab = new Residency.Slab(7, 0);

        residency.refused(slab);

        assertThat(residency.coldest(9)).containsExactly(new Residency.Slab(8, 0));
        scheduler.advance(Duration.ofSeconds(2));
        assertThat(residency.coldest(9)).containsExactly(slab);
    }
}
