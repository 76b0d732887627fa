package io.poolfs.core.sim;

import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataCheck;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.remote.SimBucket;
import io.poolfs.core.remote.SimFault;
import io.poolfs.core.remote.SimFaults;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.time.SimScheduler;
import io.poolfs.core.time.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One seeded life story of a pool: processes that change it at random over faulty remotes, and die at random steps in
 * random ways. After each death the next process must find a state that the history allows.
 */
final class Simulation {
    private static final int KEPT_TRACE = 300;
    private static final int MAX_LIVES = 6;
    private static final long STEP_LIMIT = 3_000_000;
    private static final int WORKERS = 3;
    private static final Duration SYNC_PATIENCE = Duration.ofMinutes(5);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(2);

    /** What bad weather on the remotes may do to who waits for them. */
    private static final Set<Reason> WEATHER = Set.of(
            Reason.NO_QUORUM, Reason.TIMEOUT, Reason.REMOTE_UNAVAILABLE, Reason.REMOTE_THROTTLED, Reason.REMOTE_FULL);

    private final long seed;
    private final int maxSteps;
    private final PoolProcess.Opener opener;
    private final SplittableRandom dice;
    private final SimWorld world;
    private final History history = new History();
    private final Map<RemoteId, SimBucket> buckets;
    private Death death = Death.BIRTH;
    private int life;
    private boolean calm;

    /** The present machine has not yet agreed with the remotes on what history is. */
    private boolean recovering;

    /** The disk has lost what was not synced, and no process has settled since what history is. */
    private boolean powerLost;

    private boolean stopped;

    private Simulation(long seed, int maxSteps, PoolProcess.Opener opener) {
        this.seed = seed;
        this.maxSteps = maxSteps;
        this.opener = opener;
        this.dice = new SplittableRandom(~seed);
        this.world = SimWorld.ofSeed(seed);
        this.buckets = buckets(world);
    }

    /**
     * Tells the story of a seed.
     *
     * @param maxSteps how many steps a process lives at most before it is ended, in whatever way
     * @throws SimulationFailure when the pool broke a promise
     */
    static Report run(long seed, int maxSteps, PoolProcess.Opener opener) {
        Simulation simulation = new Simulation(seed, maxSteps, opener);
        simulation.world.scheduler().keepTrace(KEPT_TRACE);
        try {
            return simulation.tell();
        } catch (PoolException | RuntimeException | AssertionError e) {
            throw new SimulationFailure(
                    seed,
                    "life " + simulation.life + " after " + simulation.death,
                    simulation.world.scheduler().trace(),
                    e);
        } finally {
            simulation.world.close();
        }
    }

    /** The buckets of a simulated pool, by the ids of their remotes. */
    static Map<RemoteId, SimBucket> buckets(SimWorld world) {
        Map<RemoteId, SimBucket> buckets = new LinkedHashMap<>();
        for (int i = 1; i <= 3; i++) {
            buckets.put(new RemoteId(0, i), world.bucket("remote" + i));
        }
        return buckets;
    }

    private Report tell() throws PoolException {
        int lives = 1 + dice.nextInt(MAX_LIVES);
        for (life = 1; life <= lives; life++) {
            weather();
            live(dice.nextInt(10) < 8 ? 1 + dice.nextInt(maxSteps) : Long.MAX_VALUE, dice.nextInt(60));
        }
        calm();
        live(Long.MAX_VALUE, 3);
        for (SimBucket bucket : buckets.values()) {
            if (!bucket.overwritten().isEmpty()) {
                throw new AssertionError("overwritten on " + bucket.name() + ": " + bucket.overwritten());
            }
        }
        SimScheduler scheduler = world.scheduler();
        return new Report(seed, scheduler.steps(), lives, history.appended(), history.shipped(), scheduler.traceHash());
    }

    private void live(long steps, int changesPerWorker) throws PoolException {
        SimScheduler scheduler = world.scheduler();
        scheduler.stopAfter(steps);
        scheduler.limitSteps(STEP_LIMIT);
        stopped = false;
        SimScheduler.Outcome outcome = world.run("life " + life, () -> live(changesPerWorker));
        scheduler.stopAfter(Long.MAX_VALUE);
        if (outcome == SimScheduler.Outcome.ENDED && stopped && dice.nextInt(2) == 0) {
            // What the stop left running has no claim to a further step.
            world.crash();
            death = Death.STOPPED;
        } else {
            die();
        }
        scheduler.advance(Duration.ofSeconds(dice.nextInt(1000)));
    }

    private void die() {
        switch (dice.nextInt(4)) {
            case 0, 1 -> {
                world.crash();
                death = Death.KILLED;
            }
            case 2 -> {
                world.losePower();
                death = Death.POWER_LOSS;
            }
            default -> {
                world.newMachine();
                death = Death.MACHINE_LOST;
            }
        }
    }

    private void live(int changesPerWorker) throws PoolException {
        recovering |= death == Death.MACHINE_LOST;
        powerLost |= death == Death.POWER_LOSS;
        try {
            PoolProcess process = opener.open(world, history, death);
            check(process.metadata());
            if (!recovering) {
                settle(process.metadata());
            }
            boolean wait = recovering || dice.nextInt(2) == 0;
            process.start(wait);
            if (recovering) {
                check(process.metadata());
                settle(process.metadata());
                recovering = false;
            }
            process.repair();
            work(process, changesPerWorker);
            process.stop();
            stopped = true;
        } catch (PoolException e) {
            requireWeather(e);
        }
    }

    /** The state must be one that was, with all its contents. */
    private void check(Metadata metadata) throws PoolException {
        long found = metadata.lastTransaction();
        if (found > history.appended()) {
            throw new AssertionError(
                    "transaction " + found + " was found, but " + history.appended() + " was the last ever written");
        }
        String expected = history.stateAt(found);
        String actual = metadata.read(StateText::of);
        if (!actual.equals(expected)) {
            throw new AssertionError("state at transaction " + found + ": " + StateText.difference(expected, actual));
        }
        List<String> broken = MetadataCheck.run(metadata);
        if (!broken.isEmpty()) {
            throw new AssertionError("metadata at transaction " + found + ": " + broken);
        }
        metadata.look(reader -> ContentCheck.run(reader, buckets));
    }

    /** The state must not be older than what was promised for this kind of death. What is behind it never happened. */
    private void settle(Metadata metadata) {
        long found = metadata.lastTransaction();
        boolean machineWentOn = !recovering && !powerLost;
        long promised = machineWentOn ? history.committed() : history.shipped();
        if (found < promised) {
            throw new AssertionError("transaction " + found + " is the last, but " + promised + " was promised");
        }
        history.cutTo(found);
        // From here on a death finds at least this.
        history.committed(found);
        powerLost = false;
    }

    private void work(PoolProcess process, int changes) throws PoolException {
        Scheduler scheduler = world.scheduler();
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            Workload workload = new Workload(
                    scheduler,
                    world.files(),
                    SimWorld.MEMORY,
                    process.metadata(),
                    stores(),
                    process::shippedTransaction,
                    history);
            tasks.add(scheduler.start("worker" + i, () -> {
                for (int n = 0; n < changes; n++) {
                    workload.step();
                    pause();
                }
            }));
        }
        tasks.add(scheduler.start("fsync", () -> sync(process, changes / 4)));
        if (dice.nextInt(3) == 0) {
            tasks.add(scheduler.start("maintain", () -> maintain(process)));
        }
        for (Task task : tasks) {
            task.join(Long.MAX_VALUE);
        }
    }

    private void sync(PoolProcess process, int times) throws PoolException {
        for (int n = 0; n <= times; n++) {
            long transaction = process.metadata().lastTransaction();
            try {
                process.awaitShipped(transaction, world.scheduler().deadlineAfter(SYNC_PATIENCE));
                history.shipped(transaction);
            } catch (PoolException e) {
                requireWeather(e);
            }
            pause();
        }
    }

    private void maintain(PoolProcess process) throws PoolException {
        for (int n = 0; n < 2; n++) {
            pause();
            try {
                process.maintain();
            } catch (PoolException e) {
                requireWeather(e);
            }
        }
    }

    private void pause() throws PoolException {
        Scheduler scheduler = world.scheduler();
        if (scheduler.random().nextInt(4) == 0) {
            long nanos = scheduler.random().nextInt((int) PAUSE_MAX.toNanos());
            scheduler.startLater(Duration.ofNanos(nanos), "pause", () -> {}).join(Long.MAX_VALUE);
        }
    }

    private Map<RemoteId, RemoteStore> stores() {
        Map<RemoteId, RemoteStore> stores = new LinkedHashMap<>();
        buckets.forEach((id, bucket) -> stores.put(id, world.remote(bucket.name())));
        return stores;
    }

    private void weather() {
        calm();
        calm = dice.nextInt(4) == 0;
        for (SimBucket bucket : buckets.values()) {
            SimFaults faults = bucket.faults();
            faults.latency(Duration.ZERO, Duration.ofMillis(dice.nextInt(500)));
            if (!calm) {
                faults.set(SimFault.ERROR_BEFORE, dice.nextDouble() * 0.3)
                        .set(SimFault.ERROR_AFTER, dice.nextDouble() * 0.2)
                        .set(SimFault.HANG, dice.nextDouble() * 0.05)
                        .set(SimFault.TORN_UPLOAD, dice.nextDouble() * 0.1)
                        .set(SimFault.LATE_EFFECT, dice.nextInt(3) == 0 ? dice.nextDouble() * 0.05 : 0)
                        .set(SimFault.DUPLICATE, dice.nextInt(3) == 0 ? 0.2 : 0)
                        .set(SimFault.SLOW, dice.nextDouble() * 0.02)
                        .slowLatency(Duration.ofMinutes(2));
                bucket.setDown(dice.nextInt(8) == 0);
            }
        }
        world.scheduler().stallProbability(!calm && dice.nextInt(3) == 0 ? 0.01 : 0);
    }

    private void calm() {
        calm = true;
        for (SimBucket bucket : buckets.values()) {
            bucket.faults().calm();
            bucket.setDown(false);
        }
        world.scheduler().stallProbability(0);
    }

    private void requireWeather(PoolException e) throws PoolException {
        if (calm || !WEATHER.contains(e.reason())) {
            throw e;
        }
    }

    /** What a run did. */
    record Report(long seed, long steps, int lives, long transactions, long shipped, long traceHash) {}
}
