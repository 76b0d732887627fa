package io.poolfs.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantitiesTest {
    @ParameterizedTest
    @CsvSource({"0,0", "17,17", "1K,1024", "1.5k,1536", "100M,104857600", "4 GiB,4294967296", "2TB,2199023255552"})
    void size_ofText_isInBytes(String text, long bytes) {
        assertThat(Quantities.size(text)).hasValue(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "M", "-1", "1X", "1e3", "99999999P", "1 0"})
    void size_ofNoSize_isEmpty(String text) {
        assertThat(Quantities.size(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0,0", "500ms,500", "30s,30000", "1.5h,5400000", "2d,172800000", "5min,300000", "5m,300000"})
    void time_ofText_isADuration(String text, long millis) {
        assertThat(Quantities.time(text)).contains(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "30", "s", "-1s", "1y"})
    void time_ofNoTime_isEmpty(String text) {
        assertThat(Quantities.time(text)).isEmpty();
    }

    @Test
    void exactSize_anything_readsBack() {
        for (long bytes : new long[] {0, 1, 1024, 1536, 100 << 20, 5L << 40, Long.MAX_VALUE}) {
            assertThat(Quantities.size(Quantities.exactSize(bytes))).hasValue(bytes);
        }
    }

    @Test
    void readable_sizesAndTimes_areShort() {
        assertThat(Quantities.readableSize(1023)).isEqualTo("1023 B");
        assertThat(Quantities.readableSize(1536)).isEqualTo("1.5 KiB");
        assertThat(Quantities.readableSize(104857600)).isEqualTo("100 MiB");
        assertThat(Quantities.readableTime(Duration.ofMillis(20))).isEqualTo("20 ms");
        assertThat(Quantities.readableTime(Duration.ofSeconds(125))).isEqualTo("2 min 5 s");
        assertThat(Quantities.readableTime(Duration.ofHours(25))).isEqualTo("1 d 1 h");
    }
}
