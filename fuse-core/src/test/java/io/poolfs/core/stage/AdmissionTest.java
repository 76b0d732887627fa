package io.poolfs.core.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.RemoteStatus;
import io.poolfs.core.remote.RemoteStatus.Health;
import io.poolfs.core.time.RealScheduler;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private final RealScheduler scheduler = RealScheduler.create();

    @AfterEach
    void close() {
        scheduler.close();
    }

    @Test
    void admit_moreThanTheRemotesHaveRoomFor_isNoSpace() throws PoolException {
        AtomicLong staged = new AtomicLong(50);
        Admission admission = new Admission(
                scheduler.clock(),
                () -> List.of(status("a", Health.HEALTHY, false, 100), status("b", Health.DOWN, false, 100)),
                staged::get,
                () -> false);
        admission.admit(150);
        assertThatThrownBy(() -> admission.admit(151))
                .isInstanceOfSatisfying(
                        PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NO_SPACE));
        staged.set(0);
        admission.admit(200);
    }

    @Test
    void admit_deletedDataMakesRoom_goesOn() throws PoolException {
        AtomicLong free = new AtomicLong(100);
        Admission admission = new Admission(
                scheduler.clock(), () -> List.of(status("a", Health.HEALTHY, false, free.get())), () -> 0, () -> {
                    free.set(1000);
                    return true;
                });
        admission.admit(500);
        assertThat(free).hasValue(1000);
    }

    @Test
    void freeBytes_oneDeviceTwice_countsOnce() {
        assertThat(Admission.freeBytes(
                        List.of(status("a", Health.HEALTHY, false, 100), status("a", Health.HEALTHY, false, 90))))
                .isEqualTo(100);
    }

    @Test
    void freeBytes_capacitiesOnOneDevice_addUpToWhatTheDeviceHas() {
        assertThat(Admission.freeBytes(List.of(limited("a", 40, 100), limited("a", 30, 95))))
                .isEqualTo(70);
        assertThat(Admission.freeBytes(List.of(limited("a", 40, 50), limited("a", 30, 50))))
                .isEqualTo(50);
    }

    @Test
    void freeBytes_fullOrMissing_doNotCount() {
        assertThat(Admission.freeBytes(List.of(
                        status("a", Health.HEALTHY, true, 100),
                        status("b", Health.MISSING, false, 100),
                        status("c", Health.SUSPECT, false, 7))))
                .isEqualTo(7);
    }

    @Test
    void freeBytes_oneDoesNotTell_isWithoutLimit() {
        assertThat(Admission.freeBytes(
                        List.of(status("a", Health.HEALTHY, false, 100), status("b", Health.HEALTHY, false, -1))))
                .isEqualTo(Long.MAX_VALUE);
        assertThat(Admission.freeBytes(List.of())).isEqualTo(Long.MAX_VALUE);
    }

    private static RemoteStatus status(String store, Health health, boolean full, long free) {
        OptionalLong bytes = free < 0 ? OptionalLong.empty() : OptionalLong.of(free);
        return new RemoteStatus(
                store, new RemoteId(0, 1), health, true, full, 0, bytes, bytes, 0, store, 1, 0, 0, 0, 0, null);
    }

    private static RemoteStatus limited(String store, long free, long storeFree) {
        return new RemoteStatus(
                store,
                new RemoteId(0, 1),
                Health.HEALTHY,
                true,
                false,
                0,
                OptionalLong.of(1_000),
                OptionalLong.of(free),
                OptionalLong.of(storeFree),
                0,
                store,
                1,
                0,
                0,
                0,
                0,
                null);
    }
}
