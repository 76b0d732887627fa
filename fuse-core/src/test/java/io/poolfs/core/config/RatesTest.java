package io.poolfs.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Timetable;
import java.nio.file.Path;
import java.time.LocalTime;
import org.junit.jupiter.api.Test;

class RatesTest {
    @Test
    void parse_limits_areReadAndWrittenBack() {
        for (String text : new String[] {"off", "2M", "64K", "08:00,2M 23:00,off", "00:00,1M 07:30,512K 19:15,off"}) {
            assertThat(Rates.text(Rates.parse(text).orElseThrow())).isEqualTo(text);
        }
        assertThat(Rates.parse("0")).hasValue(Timetable.NO_LIMIT);
        assertThat(Rates.parse("3M/s")).hasValue(Timetable.constant(3 << 20));
        assertThat(Rates.parse(" 23:00,off   8:00,2M ")).isEqualTo(Rates.parse("08:00,2M 23:00,off"));
    }

    @Test
    void parse_whatIsNoLimit_isRefused() {
        for (String text : new String[] {
            "",
            "fast",
            "1K",
            "-5M",
            "8:00",
            "8:00,",
            "25:00,1M",
            "8:61,1M",
            "8:00,1M 8:00,2M",
            "8:00,1M,2M",
            "8:00,x",
            "1M 2M",
            "8:00,1M off"
        }) {
            assertThat(Rates.parse(text)).as(text).isEmpty();
        }
    }

    @Test
    void at_timesOfDay_holdsUntilTheNextAndOverMidnight() {
        Timetable table = Rates.parse("08:00,2M 23:00,off").orElseThrow();
        assertThat(table.at(LocalTime.of(7, 59)).bytesPerSecond()).isZero();
        assertThat(table.at(LocalTime.of(8, 0)).bytesPerSecond()).isEqualTo(2 << 20);
        assertThat(table.at(LocalTime.of(22, 59, 59)).bytesPerSecond()).isEqualTo(2 << 20);
        assertThat(table.at(LocalTime.of(23, 0)).bytesPerSecond()).isZero();
        assertThat(table.at(LocalTime.MIDNIGHT).bytesPerSecond()).isZero();
        assertThat(table.after(LocalTime.of(12, 0)).from()).isEqualTo(LocalTime.of(23, 0));
        assertThat(table.after(LocalTime.of(23, 30)).from()).isEqualTo(LocalTime.of(8, 0));
    }

    @Test
    void read_wrongLimit_isToldWithKeyValueAndLine() {
        ConfigReader reader = new ConfigReader(FakeSurroundings.user());
        assertThatThrownBy(() -> reader.parse(
                        "media", Path.of("/x/media.yaml"), "remotes:\n  - {name: \"a:\"}\nbandwidth: 8:00,quick\n"))
                .isInstanceOf(PoolException.class)
                .hasMessageContaining("bandwidth")
                .hasMessageContaining("8:00,quick")
                .hasMessageContaining("media.yaml:3")
                .hasMessageContaining("08:00,2M 23:00,off");
        assertThatThrownBy(() -> reader.parse(
                        "media", Path.of("/x/media.yaml"), "remotes:\n  - {name: \"a:\", bandwidth: 1K}\n"))
                .hasMessageContaining("1K")
                .hasMessageContaining("64K at least");
    }
}
