package io.poolfs.core.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReadAheadTest {
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;
    private static final int READ = 128 * KIB;

    private final ReadAhead ahead = new ReadAhead(64 * MIB);

    private void read(long offset, boolean waited) {
        ahead.seeks(offset);
        ahead.advance(offset + READ, waited);
        if (ahead.isShort()) {
            ahead.planned(ahead.planTo());
        }
    }

    @Test
    void window_firstRead_isClosed() {
        read(0, true);
        assertThat(ahead.window()).isZero();
        assertThat(ahead.demandBytes()).isEqualTo(64 * KIB);
    }

    @Test
    void window_sequentialReaderThatWaits_doublesUpToTheLimit() {
        long last = 0;
        for (int i = 0; i < 16; i++) {
            read((long) i * READ, true);
            assertThat(ahead.window()).isLessThanOrEqualTo(2L * (i + 1) * READ);
            assertThat(ahead.window()).isGreaterThanOrEqualTo(last);
            last = ahead.window();
        }
        assertThat(last).isGreaterThanOrEqualTo(2 * MIB);
        for (int i = 16; i < 1000; i++) {
            read((long) i * READ, true);
        }
        assertThat(ahead.window()).isEqualTo(64 * MIB);
        assertThat(ahead.unitBytes()).isEqualTo(ReadAhead.UNIT_BYTES);
    }

    @Test
    void window_readerWhoNeverWaits_staysAsItIs() {
        read(0, true);
        read(READ, true);
        long opened = ahead.window();
        for (int i = 2; i < 100; i++) {
            read((long) i * READ, false);
        }
        assertThat(ahead.window()).isEqualTo(opened);
    }

    @Test
    void window_afterASeek_isClosedAgain() {
        for (int i = 0; i < 50; i++) {
            read((long) i * READ, true);
        }
        assertThat(ahead.seeks(500L * MIB)).isTrue();
        assertThat(ahead.window()).isZero();
        assertThat(ahead.seeks(500L * MIB)).isFalse();
    }

    @Test
    void seeks_neighbouringReadsSwapped_isNoSeek() {
        read(0, true);
        read(READ, true);
        assertThat(ahead.seeks(3 * READ / 2)).isFalse();
        ahead.advance(3 * READ, true);
        assertThat(ahead.seeks(READ)).isFalse();
    }

    @Test
    void planning_goesOnWhereItEnded_whenHalfOfTheWindowIsLeft() {
        for (int i = 0; i < 20; i++) {
            read((long) i * READ, true);
        }
        long planned = ahead.planFrom();
        assertThat(ahead.isShort()).isFalse();
        ahead.advance(planned - READ, false);
        assertThat(ahead.isShort()).isTrue();
        assertThat(ahead.planFrom()).isEqualTo(planned);
        ahead.lost(planned - MIB);
        assertThat(ahead.planFrom()).isEqualTo(planned - READ);
    }
}
