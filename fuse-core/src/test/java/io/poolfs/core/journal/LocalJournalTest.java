package io.poolfs.core.journal;

import static io.poolfs.core.journal.Assert.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.local.SimFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.SimScheduler;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalJournalTest {
    private static final Path DIRECTORY = Path.of("/state/journal");

    private final SimScheduler sim = SimScheduler.ofSeed(1);
    private final SimFiles files = new SimFiles(sim);

    @Test
    void lines_afterAppends_areWhatWasAppended() throws Exception {
        LocalJournal journal = open(false);
        append(journal, 1, 5);

        assertThat(lines(journal, 1, 5)).containsExactly("tx 1", "tx 2", "tx 3", "tx 4", "tx 5");
        assertThat(lines(journal, 3, 4)).containsExactly("tx 3", "tx 4");
        assertThat(journal.lastTransaction()).isEqualTo(5);
    }

    @Test
    void open_afterClose_goesOnWhereItWas() throws Exception {
        LocalJournal journal = open(false);
        append(journal, 1, 3);
        journal.close();

        LocalJournal again = open(true);
        assertThat(again.lastTransaction()).isEqualTo(3);
        append(again, 4, 6);
        assertThat(lines(again, 1, 6)).hasSize(6);
    }

    @Test
    void append_notTheNextNumber_isRefused() throws Exception {
        LocalJournal journal = open(false);
        append(journal, 1, 3);

        assertFails(() -> journal.appendLine(5, bytes("x")), Reason.INTERNAL);
        assertFails(() -> journal.appendLine(3, bytes("x")), Reason.INTERNAL);
    }

    @Test
    void append_afterRefuse_throwsItsReason() throws Exception {
        LocalJournal journal = open(false);
        append(journal, 1, 1);
        journal.refuse(new PoolException(Reason.FENCED, "another mount"));

        assertFails(() -> journal.appendLine(2, bytes("x")), Reason.FENCED);
        assertThat(lines(journal, 1, 1)).containsExactly("tx 1");
    }

    @Test
    void abort_lastTransaction_neverHappened() throws Exception {
        LocalJournal journal = open(false);
        append(journal, 1, 3);
        journal.abort(3);
        assertThat(journal.lastTransaction()).isEqualTo(2);
        journal.appendLine(3, bytes("other 3"));
        append(journal, 4, 4);

        assertThat(lines(journal, 1, 4)).containsExactly("tx 1", "tx 2", "other 3", "tx 4");
        assertThat(lines(open(false), 1, 4)).containsExactly("tx 1", "tx 2", "other 3", "tx 4");
    }

    @Test
    void abort_thenReopen_isRemembered() throws Exception {
        LocalJournal journal = open(false);
        append(journal, 1, 3);
        journal.abort(3);

        assertThat(open(false).lastTransaction()).isEqualTo(2);
    }

    @Test
    void append_diskFull_failsAndLeavesNothing() throws Exception {
        files.mount(Path.of("/small"), 64 << 10, false);
        LocalJournal journal = LocalJournal.open(
                sim, files, Path.of("/small/journal"), transaction -> new byte[0], false, LocalJournal.ROLL_BYTES);
        journal.appendLine(1, bytes("first"));
        assertFails(() -> journal.appendLine(2, new byte[256 << 10]), Reason.NO_SPACE);
        journal.appendLine(2, bytes("second"));

        assertThat(lines(journal, 1, 2)).containsExactly("first", "second");
        LocalJournal again = LocalJournal.open(
                sim, files, Path.of("/small/journal"), transaction -> new byte[0], false, LocalJournal.ROLL_BYTES);
        assertThat(lines(again, 1, 2)).containsExactly("first", "second");
    }

    @Test
    void open_lastRecordTornAtEveryByte_losesOnlyThatRecord() throws Exception {
        LocalJournal journal = open(false);
        append(journal, 1, 4);
        byte[] whole = files.readAll(file(1), 1 << 20);
        int record = JournalRecord.HEADER_BYTES + "tx 4".length();
        for (int size = whole.length - record + 1; size < whole.length; size++) {
            write(whole, size);
            LocalJournal torn = open(false);
            assertThat(torn.lastTransaction()).as("cut to %d bytes", size).isEqualTo(3);
            append(torn, 4, 5);
            assertThat(lines(torn, 1, 5)).containsExactly("tx 1", "tx 2", "tx 3", "tx 4", "tx 5");
        }
    }

    @Test
    void open_lastRecordDamagedAtEveryByte_losesOnlyThatRecord() throws Exception {
        LocalJournal journal = open(false);
        append(journal, 1, 4);
        byte[] whole = files.readAll(file(1), 1 << 20);
        int record = JournalRecord.HEADER_BYTES + "tx 4".length();
        for (int at = whole.length - record; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x40;
            write(damaged, damaged.length);
            assertThat(open(false).lastTransaction()).as("byte %d", at).isEqualTo(3);
        }
    }

    @Test
    void open_damageInTheMiddle_isCorruptAndNamed() throws Exception {
        LocalJournal journal = open(false);
        append(journal, 1, 4);
        byte[] whole = files.readAll(file(1), 1 << 20);
        for (int at = 0; at < whole.length - JournalRecord.HEADER_BYTES - 4; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x40;
            write(damaged, damaged.length);
            assertFails(() -> open(false), Reason.CORRUPT, ".log is damaged at byte");
        }
    }

    @Test
    void open_powerLossDamagedBehindTheSync_isCut() throws Exception {
        LocalJournal journal = open(false);
        append(journal, 1, 2);
        journal.sync();
        append(journal, 3, 6);
        byte[] damaged = files.readAll(file(1), 1 << 20);
        int synced = 2 * (JournalRecord.HEADER_BYTES + 4) + JournalRecord.HEADER_BYTES;
        damaged[synced + JournalRecord.HEADER_BYTES + 6 + 12] ^= 1;
        write(damaged, damaged.length);

        LocalJournal again = open(true);
        assertThat(again.lastTransaction()).isEqualTo(3);
        append(again, 4, 5);
        assertThat(lines(open(true), 1, 5)).containsExactly("tx 1", "tx 2", "tx 3", "tx 4", "tx 5");
    }

    @Test
    void open_powerLossDamagedBeforeTheSync_isCorrupt() throws Exception {
        LocalJournal journal = open(false);
        append(journal, 1, 3);
        journal.sync();
        byte[] damaged = files.readAll(file(1), 1 << 20);
        damaged[JournalRecord.HEADER_BYTES + 4 + 9] ^= 1;
        write(damaged, damaged.length);

        assertFails(() -> open(true), Reason.CORRUPT);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void open_afterPowerLoss_hasAtLeastWhatWasSynced(long seed) throws Exception {
        SimScheduler world = SimScheduler.ofSeed(seed);
        SimFiles disk = new SimFiles(world);
        LocalJournal journal = LocalJournal.open(world, disk, DIRECTORY, transaction -> new byte[0], false, 200);
        long synced = 0;
        for (long id = 1; id <= 60; id++) {
            journal.appendLine(id, bytes("tx " + id));
            if (world.random().nextInt(10) == 0) {
                journal.sync();
                synced = id;
            }
        }
        disk.losePower(world.random());

        LocalJournal again = LocalJournal.open(world, disk, DIRECTORY, transaction -> new byte[0], true, 200);
        assertThat(again.lastTransaction()).isBetween(synced, 60L);
        List<String> expected = new ArrayList<>();
        for (long id = 1; id <= again.lastTransaction(); id++) {
            expected.add("tx " + id);
        }
        if (again.lastTransaction() > 0) {
            assertThat(lines(again, 1, again.lastTransaction())).isEqualTo(expected);
        }
    }

    @Test
    void roll_manyFiles_readAcrossThemAndPrune() throws Exception {
        LocalJournal journal = LocalJournal.open(sim, files, DIRECTORY, transaction -> new byte[0], false, 100);
        append(journal, 1, 40);
        assertThat(files.list(DIRECTORY)).hasSizeGreaterThan(5);
        assertThat(lines(journal, 7, 33)).hasSize(27).startsWith("tx 7").endsWith("tx 33");

        journal.pruneBelow(20);
        assertThat(lines(journal, 20, 40)).hasSize(21).startsWith("tx 20");
        assertThat(lines(open(false), 20, 40)).hasSize(21);
    }

    @Test
    void lines_biggerThanTheTarget_comeInParts() throws Exception {
        LocalJournal journal = open(false);
        append(journal, 1, 10);

        LocalJournal.Lines first = journal.lines(1, 10, 18);
        assertThat(first.last()).isEqualTo(3);
        LocalJournal.Lines second = journal.lines(4, 10, 3);
        assertThat(second.last()).isEqualTo(4);
        assertThat(lines(journal, 5, 10)).startsWith("tx 5").endsWith("tx 10");
    }

    @Test
    void lines_oneLargerThanTheReadStep_isRead() throws Exception {
        LocalJournal journal = open(false);
        append(journal, 1, 1);
        journal.appendLine(2, new byte[3 << 20]);
        append(journal, 3, 3);

        assertThat(journal.lines(1, 3, 8 << 20).bytes()).hasSize((3 << 20) + 11);
        assertThat(open(false).lastTransaction()).isEqualTo(3);
    }

    @Test
    void notes_areKeptThroughRollPruneAndReopen() throws Exception {
        LocalJournal journal = LocalJournal.open(sim, files, DIRECTORY, transaction -> new byte[0], false, 100);
        journal.note(7, bytes("seven"));
        journal.note(8, bytes("eight"));
        append(journal, 1, 40);
        journal.dropNote(8);
        append(journal, 41, 60);
        journal.pruneBelow(60);

        assertThat(open(false).notes()).containsOnlyKeys(7L).containsEntry(7L, bytes("seven"));
    }

    @Test
    void restartAt_laterTransaction_forgetsWhatWasThere() throws Exception {
        LocalJournal journal = open(false);
        append(journal, 1, 4);
        assertThat(journal.beginAdoption(3)).isFalse();
        assertThat(journal.beginAdoption(4)).isTrue();
        assertFails(() -> journal.appendLine(5, bytes("x")), Reason.BUSY);
        journal.restartAt(9);
        append(journal, 10, 11);

        assertThat(lines(journal, 10, 11)).containsExactly("tx 10", "tx 11");
        assertThat(open(false).lastTransaction()).isEqualTo(11);
    }

    private LocalJournal open(boolean powerLoss) throws PoolException {
        return LocalJournal.open(sim, files, DIRECTORY, transaction -> new byte[0], powerLoss, LocalJournal.ROLL_BYTES);
    }

    private static void append(LocalJournal journal, long first, long last) throws PoolException {
        for (long id = first; id <= last; id++) {
            journal.appendLine(id, bytes("tx " + id));
        }
    }

    private static List<String> lines(LocalJournal journal, long first, long last) throws PoolException {
        LocalJournal.Lines lines = journal.lines(first, last, 1 << 20);
        assertThat(lines.first()).isEqualTo(first);
        assertThat(lines.last()).isEqualTo(last);
        return new String(lines.bytes(), StandardCharsets.UTF_8).lines().toList();
    }

    private static Path file(long first) {
        return JournalFile.path(DIRECTORY, first);
    }

    private void write(byte[] content, int size) throws PoolException {
        try (LocalFile file = files.open(file(1), LocalFiles.Mode.READ_WRITE)) {
            file.truncate(0);
            file.write(0, ByteBuffer.wrap(content, 0, size));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
