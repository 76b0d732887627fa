package io.poolfs.core.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReadAheadTest {
    private static final int MIB = 1 << 20;

    private final ReadAhead ahead = new ReadAhead();
    private long now;

    private Track read(long offset, long length) {
        return ahead.asked(offset, length, now++);
    }

    @Test
    void asked_sequentialReads_areOneRun() {
        Track track = read(0, MIB);
        for (int i = 1; i < 20; i++) {
            assertThat(read((long) i * MIB, MIB)).isSameAs(track);
        }
        assertThat(track.position()).isEqualTo(20L * MIB);
        assertThat(ahead.takeObsolete()).isEmpty();
    }

    @Test
    void asked_neighboursSwapped_areOneRun() {
        Track track = read(0, MIB);
        for (int at : new int[] {2, 1, 4, 3, 6, 5}) {
            assertThat(read((long) at * MIB, MIB)).isSameAs(track);
        }
        assertThat(track.position()).isEqualTo(7L * MIB);
    }

    @Test
    void asked_elsewhere_leavesWhatWasPlanned() {
        Track first = read(0, MIB);
        read(MIB, MIB);
        first.waits(64L * MIB);
        first.planned(first.planTo());
        Track second = read(500L * MIB, MIB);
        assertThat(second).isNotSameAs(first);
        assertThat(ahead.takeObsolete()).containsExactly(first);
        assertThat(ahead.takeObsolete()).isEmpty();
        assertThat(first.planFrom()).isEqualTo(2L * MIB);
    }

    @Test
    void asked_severalRunsInTurn_eachGoesOn() {
        List<Track> tracks = List.of(read(0, MIB), read(100L * MIB, MIB), read(200L * MIB, MIB), read(300L * MIB, MIB));
        ahead.takeObsolete();
        for (int i = 1; i < 10; i++) {
            for (int run = 0; run < tracks.size(); run++) {
                assertThat(read((run * 100L + i) * MIB, MIB)).isSameAs(tracks.get(run));
            }
        }
        assertThat(ahead.takeObsolete()).isEmpty();
        tracks.forEach(track -> track.waits(64L * MIB));
        assertThat(tracks).allSatisfy(track -> assertThat(track.window()).isPositive());
    }

    @Test
    void asked_manyPlaces_keepsABoundedNumberOfRuns() {
        for (int i = 0; i < 1000; i++) {
            read(i * 50L * MIB, MIB);
        }
        assertThat(ahead.tracks()).hasSize(8);
        assertThat(ahead.tracks().get(7).position()).isEqualTo(999 * 50L * MIB + MIB);
    }
}
