package io.poolfs.core.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TrackTest {
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Track track = new Track(0, 0);
    private long now;
    private long at;

    /** A read after so long a time that the reader spent by himself. */
    private void read(int length, long ownNanos, long waitedNanos) {
        now += ownNanos;
        at += length;
        track.asked(at, now);
        if (waitedNanos > 0) {
            track.waits(512L * MIB);
        }
        now += waitedNanos;
        track.answered(now, waitedNanos);
        if (track.isShort()) {
            track.planned(track.planTo());
        }
    }

    private void readFast(long bytes) {
        for (long end = at + bytes; at < end; ) {
            read(MIB, SECOND / 1000, SECOND / 20);
        }
    }

    @Test
    void window_firstRead_isClosed() {
        read(64 * KIB, 0, 1);
        assertThat(track.window()).isZero();
        assertThat(track.demandBytes()).isEqualTo(64 * KIB);
    }

    @Test
    void window_readerThatWaits_doublesUpToTheLimit() {
        long last = 0;
        for (int i = 0; i < 24; i++) {
            read(128 * KIB, 1, 1000);
            assertThat(track.window()).isBetween(last, 2 * at);
            last = track.window();
        }
        assertThat(last).isGreaterThanOrEqualTo(4L * MIB);
        readFast(60L * MIB);
        assertThat(track.window()).isEqualTo(512L * MIB);
        assertThat(track.unitBytes()).isEqualTo(Track.UNIT_BYTES);
    }

    /** What a probe of a film's head causes stays in proportion. */
    @Test
    void window_readerOfALittle_isNotMoreThanTwiceThat() {
        while (at < 3L * MIB) {
            read(64 * KIB, 1, 1000);
        }
        assertThat(track.planTo()).isLessThanOrEqualTo(3 * at);
    }

    @Test
    void window_readerWhoNeverWaits_staysAsItIs() {
        read(128 * KIB, 0, 1);
        read(128 * KIB, 1, 1);
        long opened = track.window();
        for (int i = 2; i < 100; i++) {
            read(128 * KIB, SECOND / 1000, 0);
        }
        assertThat(track.window()).isEqualTo(opened);
    }

    @Test
    void window_readerWhoSlowsDown_closesToSomeSecondsOfHis() {
        readFast(64L * MIB);
        assertThat(track.window()).isGreaterThan(256L * MIB);
        for (int i = 0; i < 10; i++) {
            read(MIB, SECOND, 0);
        }
        assertThat(track.window()).isLessThanOrEqualTo(10L * MIB);
        assertThat(track.reach() - track.position()).isEqualTo(track.window());
        assertThat(track.planFrom()).isLessThanOrEqualTo(track.reach());
    }

    @Test
    void window_fastReaderOfSlowRemotes_staysWide() {
        readFast(64L * MIB);
        for (int i = 0; i < 10; i++) {
            read(MIB, SECOND / 1000, SECOND);
        }
        assertThat(track.window()).isGreaterThan(256L * MIB);
    }

    @Test
    void left_wideRun_hasToWaitForItsWindowAgain() {
        readFast(64L * MIB);
        track.left();
        assertThat(track.window()).isLessThanOrEqualTo(2L * MIB);
        assertThat(track.planFrom()).isEqualTo(at);
    }

    @Test
    void planning_goesOnWhereItEnded_whenHalfOfTheWindowIsLeft() {
        readFast(10L * MIB);
        long planned = track.planFrom();
        assertThat(track.isShort()).isFalse();
        track.asked(planned - MIB, now);
        assertThat(track.isShort()).isTrue();
        assertThat(track.planFrom()).isEqualTo(planned);
        track.lost(planned - 2L * MIB);
        assertThat(track.planFrom()).isEqualTo(planned - MIB);
    }
}
