package io.poolfs.core.cache;

import static io.poolfs.core.cache.StoreFixture.pattern;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.local.RealFiles;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Task;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageStoreTest {
    private static final int MIB = 1 << 20;
    private static final long LIMIT = 16L * MIB;

    @TempDir
    Path dir;

    private final LocalFiles files = RealFiles.create();
    private final FullableFiles full = new FullableFiles();
    private StoreFixture pool;

    @BeforeEach
    void open() throws PoolException {
        pool = new StoreFixture(files, images(), LIMIT);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private Path images() {
        return dir.resolve("images");
    }

    private long fileCount() throws IOException {
        try (Stream<Path> all = Files.walk(images())) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("changes."))
                    .count();
        }
    }

    private Image open(long inode, long version, long size) throws PoolException {
        return pool.store.acquire(pool.define(inode, version, size));
    }

    private static byte[] read(Image image, long offset, int length) throws PoolException {
        ByteBuffer dst = ByteBuffer.allocate(length);
        int count = image.read(offset, dst);
        return Arrays.copyOf(dst.array(), count);
    }

    @Test
    void acquire_emptyFile_makesNoFiles() throws PoolException, IOException {
        Image image = open(1, 0, 0);
        assertThat(image.content().modified()).isFalse();
        pool.store.release(image);
        assertThat(fileCount()).isZero();
        assertThat(pool.usedBytes()).isZero();
        assertThat(pool.store.peek(1)).isNull();
    }

    @Test
    void write_closed_survivesAReopen() throws PoolException {
        Image image = open(1, 0, 0);
        pool.write(image, 0, 5000);
        pool.store.release(image);
        assertThat(pool.store.peek(1)).isNotNull();
        pool.reopen();
        assertThat(pool.store.modified()).hasSize(1);
        assertThat(read(pool.store.modified().get(0), 0, 9000)).isEqualTo(pattern(1, 0, 5000));
        assertThat(pool.budget.usedBytes(Budget.Use.STAGED)).isEqualTo(2 * 4096 + ImageBlocks.FILES_BYTES);
    }

    @Test
    void mayHoldUncommitted_afterTheEnd_knowsWhetherAnythingIsLeft() throws PoolException {
        Image image = open(1, 0, 0);
        pool.write(image, 0, 5000);
        pool.store.release(image);
        assertThat(mayHoldUncommitted()).isTrue();
        pool.reopen();
        assertThat(mayHoldUncommitted()).isTrue();

        Image again = pool.store.modified().get(0);
        pool.commit(again);
        pool.store.listWhatIsLeft();
        pool.store.close();
        assertThat(mayHoldUncommitted()).isFalse();
        assertThat(ImageStore.mayHoldUncommitted(pool.scheduler, files, dir.resolve("none")))
                .isFalse();
    }

    private boolean mayHoldUncommitted() throws PoolException {
        return ImageStore.mayHoldUncommitted(pool.scheduler, files, images());
    }

    @Test
    void evict_smallCleanFile_deletesItsFiles() throws PoolException, IOException {
        Image image = open(1, 0, 0);
        pool.write(image, 0, 5000);
        pool.commit(image);
        pool.store.release(image);
        assertThat(pool.budget.usedBytes(Budget.Use.STAGED)).isZero();
        assertThat(pool.store.makeRoom(1)).isTrue();
        assertThat(fileCount()).isZero();
        assertThat(pool.usedBytes()).isZero();
        assertThat(pool.store.makeRoom(1)).isFalse();
    }

    @Test
    void evict_openSealedOrDirty_leavesWhatIsNotClean() throws PoolException {
        Image image = open(1, 1, 3 * 4096);
        pool.install(image, 0, 3 * 4096);
        pool.write(image, 4096, 4096);
        pool.store.makeRoom(LIMIT);
        assertThat(image.residentBytes()).isEqualTo(4096);
        image.seal();
        pool.store.makeRoom(LIMIT);
        assertThat(read(image, 4096, 4096)).isEqualTo(pattern(1, 4096, 4096));
    }

    @Test
    void install_intoModifiedImage_paysTheMarksAsTheContentIs() throws PoolException {
        long behindTheFirstPage = 80L * MIB; // its marks need a page of the sidecar of their own
        Image image = open(1, 1, behindTheFirstPage + 4096);
        pool.write(image, 0, 4096);
        long stagedBefore = pool.budget.usedBytes(Budget.Use.STAGED);

        pool.install(image, behindTheFirstPage, 4096);

        assertThat(pool.budget.usedBytes(Budget.Use.CLEAN)).isEqualTo(4096);
        assertThat(pool.budget.usedBytes(Budget.Use.STAGED)).isEqualTo(stagedBefore + 4096);
        pool.commit(image);
        assertThat(pool.budget.usedBytes(Budget.Use.STAGED)).isZero();
    }

    @Test
    void write_toCleanImage_paysTheMarksOnce() throws PoolException {
        long behindTheFirstPage = 80L * MIB;
        Image image = open(1, 1, behindTheFirstPage + 4096);
        pool.install(image, 0, 4096);

        pool.write(image, behindTheFirstPage, 4096);
        pool.commit(image);

        assertThat(pool.budget.usedBytes(Budget.Use.STAGED)).isZero();
        assertThat(pool.usedBytes()).isEqualTo(3 * 4096 + ImageBlocks.FILES_BYTES);
    }

    @Test
    void evict_pinned_leavesItUntilItIsUnpinned() throws PoolException {
        Image image = open(1, 1, 8192);
        pool.store.setPinned(List.of(1L), true);
        pool.install(image, 0, 8192);
        pool.store.release(image);
        assertThat(pool.store.makeRoom(1)).isFalse();
        pool.store.setPinned(List.of(1L), false);
        assertThat(pool.store.makeRoom(1)).isTrue();
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void open_pinsOfAnEarlierProcess_areNotEvicted() throws Exception {
        Image image = open(1, 1, 8192);
        pool.install(image, 0, 8192);
        pool.store.setPinned(List.of(1L), true);
        pool.store.release(image);
        PinList pins = pool.store.pins();
        pool.store.close();
        try (ImageStore again =
                ImageStore.open(pool.scheduler, files, images(), new ByteBudget(pool.scheduler, LIMIT), pool, pins)) {
            assertThat(again.awaitMet(pool.scheduler.deadlineAfter(Duration.ofSeconds(30))))
                    .isTrue();
            assertThat(again.isPinned(1)).isTrue();
            assertThat(again.makeRoom(1)).isFalse();
            assertThat(again.evict(1, 8192)).isZero();
            again.setPinned(List.of(1L), false);
            assertThat(again.evict(1, 8192)).isPositive();
            assertThat(again.budget().usedBytes(Budget.Use.CLEAN)).isZero();
        }
    }

    @Test
    void write_budgetFullOfCleanBytes_evictsThem() throws PoolException {
        for (int i = 1; i <= 3; i++) {
            Image clean = open(i, 1, 5 * MIB);
            for (int at = 0; at < 5 * MIB; at += MIB) {
                pool.install(clean, at, MIB);
            }
            pool.store.release(clean);
        }
        Image image = open(9, 0, 0);
        pool.write(image, 0, 8 * MIB);
        assertThat(read(image, 7 * MIB, MIB)).isEqualTo(pattern(9, 7 * MIB, MIB));
        assertThat(pool.usedBytes()).isLessThanOrEqualTo(LIMIT);
    }

    @Test
    void write_stagedShareFull_isNoSpaceAndLeavesWhatWasThere() throws PoolException {
        Image image = open(1, 0, 0);
        pool.write(image, 0, 11 * MIB);
        long before = pool.usedBytes();
        ByteBuffer more = ByteBuffer.wrap(pattern(1, 11 * MIB, MIB));
        assertThatThrownBy(() -> image.write(11 * MIB, more, 1, 0))
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NO_SPACE));
        assertThat(pool.usedBytes()).isEqualTo(before);
        assertThat(image.content().sizeBytes()).isEqualTo(11 * MIB);
    }

    @Test
    void write_fileSystemFull_evictsAndGoesOn() throws PoolException {
        pool.close();
        pool = new StoreFixture(full.over(files), images(), LIMIT);
        Image clean = open(1, 1, 2 * MIB);
        pool.install(clean, 0, MIB);
        pool.install(clean, MIB, MIB);
        full.limitBytes.set(2 * MIB + 64 * 1024);
        Image image = open(2, 0, 0);
        pool.write(image, 0, MIB);
        assertThat(read(image, 0, MIB)).isEqualTo(pattern(2, 0, MIB));
        assertThat(clean.residentBytes()).isZero();
    }

    @Test
    void write_fileSystemFullForGood_isNoSpaceAndCostsNothing() throws PoolException {
        pool.close();
        pool = new StoreFixture(full.over(files), images(), LIMIT);
        Image image = open(2, 0, 0);
        pool.write(image, 0, 4096);
        long before = pool.usedBytes();
        full.limitBytes.set(0);
        assertThatThrownBy(() -> pool.write(image, 8192, 8192))
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NO_SPACE));
        full.limitBytes.set(Long.MAX_VALUE);
        assertThat(pool.usedBytes()).isEqualTo(before);
        assertThat(image.content().sizeBytes()).isEqualTo(4096);
        ImageChecks.check(image);
    }

    /** The files that the failed write made are those of a clean image. */
    @Test
    void evict_afterAWriteThatFoundNoRoom_givesBackWhatWasPaid() throws PoolException {
        pool.close();
        pool = new StoreFixture(full.over(files), images(), LIMIT);
        Image image = open(1, 1, 8192);
        // The files find room, the bytes do not.
        full.limitBytes.set(10_000);
        assertThatThrownBy(() -> pool.write(image, 0, 16384)).isInstanceOf(PoolException.class);
        full.limitBytes.set(Long.MAX_VALUE);
        assertThat(pool.budget.usedBytes(Budget.Use.STAGED)).isZero();
        pool.install(image, 0, 8192);
        ImageChecks.check(image);
        pool.store.release(image);
        assertThat(pool.store.makeRoom(MIB)).isTrue();
        assertThat(pool.usedBytes()).isZero();
    }

    /** What is pending of an image that no list names is dropped at the next start. */
    @Test
    void write_whileAnEmptyFileIsCommitted_isNamedInTheListOfChanges() throws PoolException {
        Image image = open(1, 0, 0);
        Image.Seal seal = image.seal();
        pool.write(image, 0, 4096);
        pool.define(1, 1, 0);
        seal.committed(1);
        assertThat(image.content().modified()).isTrue();
        pool.store.close();
        assertThat(ImageStore.mayHoldUncommitted(pool.scheduler, files, images()))
                .isTrue();
    }

    @Test
    void install_fileSystemFull_leavesBlocksAbsentAndCostsNothing() throws PoolException {
        pool.close();
        pool = new StoreFixture(full.over(files), images(), LIMIT);
        Image image = open(1, 1, 8192);
        full.limitBytes.set(0);
        assertThatThrownBy(() -> pool.install(image, 0, 8192)).isInstanceOf(PoolException.class);
        full.limitBytes.set(Long.MAX_VALUE);
        assertThat(image.absent(0, 8192)).hasSize(1);
        pool.install(image, 0, 8192);
        ImageChecks.Cost cost = ImageChecks.check(image);
        assertThat(pool.budget.usedBytes(Budget.Use.CLEAN)).isEqualTo(cost.clean());
    }

    @Test
    void acquire_cleanImageOfAnotherVersion_beginsAnew() throws PoolException {
        Image image = open(1, 1, 8192);
        pool.install(image, 0, 8192);
        pool.store.release(image);
        Image newer = open(1, 2, 4096);
        assertThat(newer.residentBytes()).isZero();
        assertThat(newer.content().sizeBytes()).isEqualTo(4096);
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void acquire_withAnInodeFromBeforeTheLastCommit_standsOnTheNewest() throws PoolException {
        Image image = open(1, 0, 0);
        pool.write(image, 0, 5000);
        var old = pool.inodes.get(1L);
        pool.commit(image);
        pool.store.release(image);
        Image again = pool.store.acquire(old);
        assertThat(again.content().baseVersion()).isEqualTo(1);
        assertThat(read(again, 0, 5000)).isEqualTo(pattern(1, 0, 5000));
    }

    @Test
    void acquire_modifiedOnAForeignVersion_isSetAsideAndReported() throws PoolException, IOException {
        Image image = open(1, 1, 0);
        pool.write(image, 0, 5000);
        pool.store.release(image);
        pool.define(1, 7, 100);
        pool.reopen();
        Image again = pool.store.acquire(pool.inodes.get(1L));
        assertThat(again.content().sizeBytes()).isEqualTo(100);
        assertThat(again.content().modified()).isFalse();
        assertThat(pool.store.modified()).isEmpty();
        assertThat(pool.store.setAside()).hasSize(1).first().asString().contains("1.orphan");
        assertThat(fileCount()).isEqualTo(2);
        assertThat(pool.usedBytes()).isZero();
        byte[] kept = Files.readAllBytes(images().resolve("01").resolve("1.orphan"));
        assertThat(kept).isEqualTo(pattern(1, 0, 5000));
        pool.reopen();
        assertThat(fileCount()).isEqualTo(2);
    }

    @Test
    void acquire_afterACommitThatWasCutOff_standsOnTheCommittedVersion() throws PoolException {
        Image image = open(1, 0, 0);
        pool.write(image, 0, 5000);
        Image.Seal seal = image.seal();
        seal.copied(seal.ranges().get(0));
        image.truncate(3000, 8, false);
        pool.define(1, 1, 5000);
        pool.reopen();
        Image again = pool.store.acquire(pool.inodes.get(1L));
        assertThat(again.content().baseVersion()).isEqualTo(1);
        assertThat(again.content().baseLimit()).isEqualTo(3000);
        assertThat(again.content().sizeBytes()).isEqualTo(3000);
        assertThat(again.content().modified()).isTrue();
        assertThat(read(again, 0, 5000)).isEqualTo(pattern(1, 0, 3000));
    }

    @Test
    void baseLimit_betweenCommitAndItsNote_isThatOfTheSeal() throws PoolException {
        Image image = open(1, 3, 10_000);
        image.truncate(0, 5, false);
        pool.write(image, 0, 9000);
        assertThat(image.baseLimit(3)).hasValue(0);
        assertThat(image.baseLimit(4)).isEmpty();
        Image.Seal seal = image.seal();
        assertThat(image.baseLimit(3)).hasValue(0);
        assertThat(image.baseLimit(4)).hasValue(9000);
        image.truncate(500, 6, false);
        assertThat(image.baseLimit(4)).hasValue(500);
        seal.committed(4);
        assertThat(image.baseLimit(4)).hasValue(500);
        assertThat(image.baseLimit(3)).isEmpty();
    }

    @Test
    void forget_open_keepsItUntilTheLastRelease() throws PoolException, IOException {
        Image image = open(1, 0, 0);
        pool.write(image, 0, 5000);
        pool.store.forget(1);
        assertThat(read(image, 0, 5000)).isEqualTo(pattern(1, 0, 5000));
        pool.store.release(image);
        assertThat(fileCount()).isZero();
        assertThat(pool.usedBytes()).isZero();
        assertThat(pool.store.modified()).isEmpty();
    }

    @Test
    void forget_closed_deletesCleanAndModifiedOnes() throws PoolException, IOException {
        Image clean = open(1, 1, 8192);
        pool.install(clean, 0, 8192);
        pool.store.release(clean);
        Image dirty = open(2, 0, 0);
        pool.write(dirty, 0, 10);
        pool.store.release(dirty);
        pool.store.forget(1);
        pool.store.forget(2);
        pool.store.forget(3);
        assertThat(fileCount()).isZero();
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void seal_ofAForgottenImage_endsQuietly() throws PoolException {
        Image image = open(1, 0, 0);
        pool.write(image, 0, 10);
        Image.Seal seal = image.seal();
        pool.store.forget(1);
        pool.store.release(image);
        seal.copied(seal.ranges().get(0));
        seal.committed(1);
        seal.failed();
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void manyFiles_moreThanDescriptors_allStayReadable() throws PoolException {
        List<Image> all = new ArrayList<>();
        for (int i = 1; i <= 1100; i++) {
            Image image = open(i, 0, 0);
            pool.write(image, 0, 100);
            all.add(image);
            if (all.size() > 100) {
                Image done = all.remove(0);
                pool.commit(done);
                pool.store.release(done);
            }
        }
        for (Image image : all) {
            assertThat(read(image, 0, 100)).isEqualTo(pattern(image.inode(), 0, 100));
        }
        Image early = pool.store.acquire(pool.inodes.get(1000L));
        assertThat(read(early, 0, 100)).isEqualTo(pattern(1000, 0, 100));
    }

    @Test
    void open_damagedSidecar_isSetAside() throws PoolException, IOException {
        Image image = open(1, 0, 0);
        pool.write(image, 0, 5000);
        Path map = images().resolve("01").resolve("1.map");
        byte[] bytes = Files.readAllBytes(map);
        bytes[40]++;
        Files.write(map, bytes);
        pool.reopen();
        assertThat(pool.store.modified()).isEmpty();
        assertThat(pool.store.setAside()).hasSize(1);
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void open_halfMadeFiles_areDeleted() throws PoolException, IOException {
        Files.createDirectories(images().resolve("05"));
        Files.write(images().resolve("05").resolve("5"), new byte[100]);
        Files.write(images().resolve("05").resolve("105"), new byte[100]);
        Files.write(images().resolve("05").resolve("105.map"), new byte[0]);
        pool.reopen();
        assertThat(fileCount()).isZero();
        assertThat(pool.store.setAside()).isEmpty();
    }

    @Test
    void open_changedImages_areKnownBeforeTheOthersAreMet() throws PoolException {
        for (int inode = 1; inode <= 40; inode++) {
            Image image = open(inode, 1, MIB);
            pool.install(image, 0, MIB);
            if (inode % 10 == 0) {
                image.write(
                        0,
                        ByteBuffer.wrap(pattern(inode, 0, 100)),
                        1,
                        pool.scheduler.deadlineAfter(Duration.ofSeconds(5)));
            }
            pool.store.release(image);
        }
        long clean = pool.budget.usedBytes(Budget.Use.CLEAN);
        long staged = pool.budget.usedBytes(Budget.Use.STAGED);
        pool.reopenAtOnce();
        assertThat(pool.store.modified()).extracting(Image::inode).containsExactly(10L, 20L, 30L, 40L);
        assertThat(pool.budget.usedBytes(Budget.Use.STAGED)).isEqualTo(staged);
        for (int inode = 1; inode <= 40; inode += 3) {
            pool.store.release(pool.store.acquire(pool.inodes.get((long) inode)));
        }
        pool.awaitMet();
        assertThat(pool.budget.usedBytes(Budget.Use.CLEAN)).isEqualTo(clean);
        assertThat(pool.budget.usedBytes(Budget.Use.STAGED)).isEqualTo(staged);
    }

    @Test
    void open_changedImageWasUnreadable_isKnownWhenItCanBeReadAgain() throws PoolException, IOException {
        Image image = open(7, 1, MIB);
        image.write(0, ByteBuffer.wrap(pattern(7, 0, MIB)), 1, pool.scheduler.deadlineAfter(Duration.ofSeconds(5)));
        pool.store.release(image);
        pool.store.close();
        Path map = images().resolve("07").resolve("7.map");
        Path away = dir.resolve("away");
        Files.move(map, away);
        Files.createDirectory(map);
        pool.reopenAtOnce();
        assertThat(pool.store.modified()).isEmpty();
        assertThatThrownBy(() -> pool.store.acquire(pool.inodes.get(7L))).isInstanceOf(PoolException.class);
        for (int changes = 0; changes <= ChangeList.SHORT; changes++) {
            pool.store.noteChanging(8);
        }
        pool.store.close();
        // The scan of the others would find it too, but nobody would commit it.
        assertThat(new ChangeList(pool.scheduler, files, images(), Set::of).found())
                .contains(7L);
        Files.delete(map);
        Files.move(away, map);
        pool.reopenAtOnce();
        assertThat(pool.store.modified()).extracting(Image::inode).containsExactly(7L);
    }

    @Test
    void open_listOfChangesIsGone_readsEverythingFirst() throws PoolException, IOException {
        Image image = open(7, 1, MIB);
        image.write(0, ByteBuffer.wrap(pattern(7, 0, MIB)), 1, pool.scheduler.deadlineAfter(Duration.ofSeconds(5)));
        pool.store.release(image);
        try (Stream<Path> all = Files.list(images())) {
            for (Path list : all.filter(Files::isRegularFile).toList()) {
                Files.delete(list);
            }
        }
        pool.reopenAtOnce();
        assertThat(pool.store.modified()).extracting(Image::inode).containsExactly(7L);
    }

    @Test
    void open_lowerLimit_evictsDownToIt() throws PoolException {
        Image image = open(1, 1, 8 * MIB);
        for (int at = 0; at < 8 * MIB; at += MIB) {
            pool.install(image, at, MIB);
        }
        pool.store.release(image);
        pool.store.close();
        ByteBudget small = new ByteBudget(pool.scheduler, 5L * MIB);
        try (ImageStore opened = ImageStore.open(pool.scheduler, files, images(), small, pool)) {
            assertThat(opened.awaitMet(pool.scheduler.deadlineAfter(Duration.ofSeconds(30))))
                    .isTrue();
            await().untilAsserted(
                            () -> assertThat(small.usedBytes(Budget.Use.CLEAN)).isLessThanOrEqualTo(5L * MIB));
        }
    }

    @Test
    void sparseFile_farBlocks_costTheirPagesOnly() throws PoolException {
        Image image = open(1, 0, 0);
        pool.write(image, 1L << 40, 10);
        pool.write(image, 5L << 36, 10);
        ImageChecks.Cost cost = ImageChecks.check(image);
        assertThat(cost.staged()).isEqualTo(2 * 4096 + ImageBlocks.FILES_BYTES + 2 * 4096);
        assertThat(pool.usedBytes()).isEqualTo(cost.staged());
        image.truncate(1L << 30, 3, false);
        assertThat(pool.usedBytes()).isEqualTo(ImageBlocks.FILES_BYTES);
        ImageChecks.check(image);
    }

    @Test
    void sparseFile_huge_isHandledByWhatItHolds() throws PoolException {
        long size = 1L << 43;
        Image image = open(1, 0, 0);
        image.truncate(size, 1, false);
        pool.write(image, size - 10, 10);
        pool.write(image, 100, 10);
        Image.Seal seal = image.seal();
        image.punch(4096, size, 2);
        pool.write(image, size - 4096, 4096);
        assertThat(seal.unchanged(new ByteRange(0, size))).containsExactly(new ByteRange(0, 4096));
        seal.failed();
        pool.reopen();
        Image again = pool.store.modified().get(0);
        assertThat(again.content().sizeBytes()).isEqualTo(size);
        assertThat(again.unsavedRanges()).containsExactly(new ByteRange(0, 4096), new ByteRange(size - 4096, 4096));
        assertThat(again.absent(0, size)).hasSize(1);
        again.truncate(50, 3, false);
        assertThat(again.unsavedRanges()).containsExactly(new ByteRange(0, 50));
    }

    @Test
    void write_toASealedBlock_waitsUntilItIsCopied() throws PoolException {
        Image image = open(1, 0, 0);
        pool.write(image, 0, 8192);
        Image.Seal seal = image.seal();
        Task writer = pool.scheduler.start(
                "writer",
                () -> image.write(
                        0, ByteBuffer.wrap(new byte[10]), 2, pool.scheduler.deadlineAfter(Duration.ofSeconds(20))));
        ByteBuffer bytes = ByteBuffer.allocate(8192);
        seal.read(0, bytes);
        assertThat(bytes.array()).isEqualTo(pattern(1, 0, 8192));
        seal.copied(seal.ranges().get(0));
        writer.join(pool.scheduler.deadlineAfter(Duration.ofSeconds(20)));
        assertThat(seal.unchanged(seal.ranges().get(0))).containsExactly(new ByteRange(4096, 4096));
        seal.committed(1);
        assertThat(image.content().modified()).isTrue();
        assertThat(image.dirtyBytes()).isEqualTo(4096);
    }

    @Test
    void seal_secondOfAVersion_isBusy() throws PoolException {
        Image image = open(1, 0, 0);
        pool.write(image, 0, 10);
        image.seal();
        assertThatThrownBy(image::seal)
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BUSY));
    }

    @Test
    void truncate_beforeTheCopy_breaksTheSeal() throws PoolException {
        Image image = open(1, 0, 0);
        pool.write(image, 0, 8192);
        Image.Seal seal = image.seal();
        image.truncate(100, 4, true);
        assertThatThrownBy(() -> seal.read(0, ByteBuffer.allocate(10)))
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STALE));
        seal.failed();
        assertThat(image.content().truncatedWhileOpen()).isTrue();
        image.truncatorClosed();
        assertThat(image.content().truncatedWhileOpen()).isFalse();
        assertThat(image.dirtyBytes()).isEqualTo(4096);
    }

    @Test
    void setTimes_whileModified_surviveAReopen() throws PoolException {
        Image image = open(1, 0, 0);
        pool.write(image, 0, 10);
        image.setTimes(50L, 60L, 70);
        pool.reopen();
        Image.Content content = pool.store.modified().get(0).content();
        assertThat(content.accessNanos()).isEqualTo(50);
        assertThat(content.modifyNanos()).isEqualTo(60);
        assertThat(content.changeNanos()).isEqualTo(70);
    }

    @Test
    void reads_whileBlocksLeaveAndReturn_seeOnlyTheContent() throws PoolException {
        int size = 64 * 4096;
        Image image = open(1, 1, size);
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong bytesRead = new AtomicLong();
        List<Task> readers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            long seed = i;
            readers.add(pool.scheduler.start("reader", () -> {
                Random random = new Random(seed);
                while (!done.get()) {
                    int at = random.nextInt(size);
                    byte[] bytes = read(image, at, 1 + random.nextInt(20_000));
                    assertThat(Arrays.mismatch(bytes, pattern(1, at, bytes.length)))
                            .isEqualTo(-1);
                    bytesRead.addAndGet(bytes.length);
                }
            }));
        }
        for (int round = 0; round < 300 || bytesRead.get() < size; round++) {
            pool.install(image, 0, size);
            pool.store.makeRoom(LIMIT);
        }
        done.set(true);
        for (Task reader : readers) {
            reader.join(pool.scheduler.deadlineAfter(Duration.ofSeconds(20)));
        }
    }
}
