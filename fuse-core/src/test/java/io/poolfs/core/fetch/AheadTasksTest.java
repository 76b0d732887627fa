package io.poolfs.core.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.cache.Image;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.time.SimScheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AheadTasksTest {
    private static final RemoteId ONE = new RemoteId(5, 1);
    private static final RemoteId OTHER = new RemoteId(5, 2);
    private static final int UNIT = 4096;

    @TempDir
    Path dir;

    private FetchFixture pool;
    private Image image;

    @BeforeEach
    void open() throws PoolException {
        pool = new FetchFixture(dir, 1 << 20, 1 << 20);
        image = pool.acquire(pool.file("f", pool.randomBytes(1 << 20), 1 << 20));
    }

    @AfterEach
    void close() throws PoolException {
        pool.close();
    }

    private List<FetchUnit> units(ImageFetches fetches, Track track, RemoteId from, int first, int count) {
        List<FetchUnit> units = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            units.addAll(fetches.add((long) i * UNIT, (long) (i + 1) * UNIT, from, track));
        }
        return units;
    }

    /** A track that may be read ahead of by so many units, its reader being at the offset. */
    private static Track track(long offset, int units) {
        Track track = new Track(offset, 0);
        track.asked(offset, 0);
        track.asked(offset + (1 << 20), 0);
        track.waits(1 << 20);
        assertThat(track.reach()).isGreaterThan(offset + (long) units * UNIT);
        return track;
    }

    @Test
    void submit_unitsOfSeveralReaders_takesTheNearestToItsReader() throws Exception {
        List<FetchUnit> order = new ArrayList<>();
        try (SimScheduler sim = SimScheduler.ofSeed(1)) {
            sim.run("readers", () -> {
                ImageFetches fetches = new ImageFetches(image, sim.newMonitor("fetches"), new Buffers());
                AheadTasks tasks = new AheadTasks(sim, new FetchSettings(1 << 20, 1, 1, Duration.ZERO), order::add);
                Track bulk = track(0, 100);
                Track film = track(100L * UNIT, 100);
                List<FetchUnit> far = units(fetches, bulk, ONE, 50, 3);
                List<FetchUnit> near = units(fetches, film, ONE, 101, 2);
                List<FetchUnit> all = new ArrayList<>(far);
                all.addAll(near);
                tasks.submit(all);
                hang(sim.newMonitor("end"), sim);
            });
        }
        assertThat(order).extracting(unit -> unit.start / UNIT).containsExactly(101L, 102L, 50L, 51L, 52L);
    }

    @Test
    void submit_allTasksHang_anotherRemoteIsServed() throws Exception {
        List<RemoteId> ended = new ArrayList<>();
        try (SimScheduler sim = SimScheduler.ofSeed(1)) {
            sim.run("readers", () -> {
                ImageFetches fetches = new ImageFetches(image, sim.newMonitor("fetches"), new Buffers());
                Monitor hanging = sim.newMonitor("hanging");
                AheadTasks tasks = new AheadTasks(sim, new FetchSettings(1 << 20, 4, 2, Duration.ZERO), unit -> {
                    if (ONE.equals(unit.from)) {
                        hang(hanging, sim);
                    }
                    ended.add(unit.from);
                });
                Track track = track(0, 100);
                tasks.submit(units(fetches, track, ONE, 0, 10));
                tasks.submit(units(fetches, track, OTHER, 10, 3));
                for (int i = 0; i < 10; i++) {
                    hang(hanging, sim);
                }
            });
        }
        assertThat(ended.subList(0, 3)).containsExactly(OTHER, OTHER, OTHER);
        assertThat(ended).hasSize(13);
    }

    private static void hang(Monitor monitor, Scheduler scheduler) {
        try (Monitor.Hold hold = monitor.enter()) {
            monitor.await(() -> false, scheduler.deadlineAfter(Duration.ofSeconds(30)));
        } catch (PoolException e) {
            throw new AssertionError(e);
        }
    }
}
