package io.poolfs.core.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReadersTest {
    private final Readers readers = new Readers(600);

    @Test
    void share_ofSeveral_isTheSameForEach() {
        Track one = new Track(0, 0);
        Track other = new Track(0, 0);
        assertThat(readers.share(one, 0)).isEqualTo(600);
        assertThat(readers.share(other, 0)).isEqualTo(300);
        assertThat(readers.share(one, 0)).isEqualTo(300);
        readers.remove(other);
        assertThat(readers.share(one, 0)).isEqualTo(600);
    }

    @Test
    void share_besideOneWhoStoppedReading_isTheWhole() {
        Track idle = new Track(0, 0);
        readers.share(idle, 0);
        long later = Duration.ofMinutes(1).toNanos();
        Track busy = new Track(0, later);
        assertThat(readers.share(busy, later)).isEqualTo(600);
    }
}
