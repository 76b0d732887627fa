package io.poolfs.core.sim.engine;

import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.journal.RecoveryProgress;
import io.poolfs.core.meta.MetadataCheck;
import io.poolfs.core.meta.StateStore;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.pool.OpenOrder;
import io.poolfs.core.pool.Pool;
import io.poolfs.core.pool.PoolCreation;
import io.poolfs.core.remote.SimBucket;
import io.poolfs.core.remote.SimRemote;
import io.poolfs.core.sim.engine.Story.Settings;
import io.poolfs.core.time.SimScheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells one story: a pool's processes, one after the other, and the clients that work on them. */
final class EngineSimulation implements Setting {
    private static final long STEP_LIMIT = 20_000_000;
    private static final int LOG_LINES = 400;
    private static final Duration DRAIN = Duration.ofSeconds(60);

    private final Story story;
    private final Settings settings;
    private final Bug bug;
    private final SimScheduler scheduler;
    private final List<SimBucket> buckets;
    private final Weather weather;
    private final PoolConfig config;
    private final Chronicle chronicle = new Chronicle();
    private final Map<Long, Versions> versions = new HashMap<>();
    private final Set<String> promised = new HashSet<>();
    private final List<Client> clients = new ArrayList<>();
    private final Deque<String> log = new ArrayDeque<>();
    private Machine machine;
    private int machines;
    private int at;
    private int lives;
    private Death death = Death.BIRTH;
    private Death planned = Death.KILLED;
    private boolean opened;
    private boolean stopped;
    private int attempts;
    private @Nullable Pool pool;

    private EngineSimulation(Story story, Bug bug) {
        this.story = story;
        this.bug = bug;
        this.settings = Settings.of(story.seed());
        this.scheduler = SimScheduler.ofSeed(story.seed());
        this.buckets = Pools.buckets(settings);
        this.weather = new Weather(scheduler, buckets);
        this.config = Pools.config(settings, buckets);
        this.machine = newMachine();
    }

    /** What a story came to. */
    record Report(long seed, int acts, int lives, long transactions, long steps, long hash) {}

    /** @throws StoryFailure when the pool broke a promise */
    static Report tell(Story story, Bug bug) {
        return tell(story, bug, 0);
    }

    /** @param steps so many of the last steps are told with a failure */
    static Report tell(Story story, Bug bug, int steps) {
        EngineSimulation simulation = new EngineSimulation(story, bug);
        simulation.scheduler.keepTrace(steps);
        try {
            return simulation.tell();
        } catch (PoolException | RuntimeException | AssertionError e) {
            throw new StoryFailure(
                    story,
                    "act " + simulation.at + ", life " + simulation.lives + " after " + simulation.death,
                    String.join("\n", simulation.log) + "\nlast steps:\n" + simulation.scheduler.trace(),
                    e);
        } finally {
            simulation.scheduler.close();
        }
    }

    private Report tell() throws PoolException {
        weather.calm();
        scheduler.run("create", () -> PoolCreation.create(ground(new Watch()), config, 1000, 1000, null));
        scheduler.crash();
        death = Death.STOPPED;
        while (at < story.acts().size()) {
            live();
        }
        end();
        return new Report(
                story.seed(), story.acts().size(), lives, chronicle.last(), scheduler.steps(), scheduler.traceHash());
    }

    // ---- lives

    private void live() throws PoolException {
        lives++;
        opened = false;
        stopped = false;
        planned = Death.KILLED;
        scheduler.limitSteps(STEP_LIMIT);
        SimScheduler.Outcome outcome;
        outcome = scheduler.run("life " + lives, this::life);
        scheduler.stopAfter(Long.MAX_VALUE);
        scheduler.crash();
        if (outcome == SimScheduler.Outcome.ENDED && !stopped) {
            planned = Death.KILLED;
        }
        die(planned);
    }

    private void die(Death how) {
        note("-- " + how);
        Death before = death;
        death = how;
        switch (how) {
            case POWER_LOSS, REBOOTED -> machine.losePower(scheduler.random());
            case MACHINE_LOST -> machine = newMachine();
            default -> machine.crash();
        }
        if (!opened) {
            // What the one before left has not been looked at yet.
            death = worse(before, how);
        }
        pool = null;
        weather.touch();
    }

    private static Death worse(Death one, Death other) {
        if (one == Death.MACHINE_LOST || other == Death.MACHINE_LOST) {
            return Death.MACHINE_LOST;
        }
        return one.isLossy() ? one : other == Death.POWER_LOSS ? other : one.ordinal() > other.ordinal() ? one : other;
    }

    private Machine newMachine() {
        return new Machine("machine" + ++machines, scheduler);
    }

    private MachineGround ground(StateStore.Watcher watcher) {
        return new MachineGround(
                machine,
                scheduler,
                watcher,
                (files, remote, timeout) -> new SimRemote(bucket(remote), files, scheduler, timeout),
                bug);
    }

    private SimBucket bucket(String name) {
        return buckets.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void life() throws PoolException {
        if (!open()) {
            return;
        }
        opened = true;
        attempts = 0;
        List<Worker> workers = new ArrayList<>();
        for (Client client : clients) {
            Worker worker = new Worker(scheduler, client, (act, what) -> note("   " + act + " " + what));
            worker.start();
            workers.add(worker);
        }
        while (at < story.acts().size() && !stopped) {
            Act act = story.acts().get(at);
            note(at + ": " + act);
            at++;
            if (act.verb().isWorld()) {
                happen(act, workers);
            } else {
                workers.get(act.client() % workers.size()).hand(act);
            }
        }
        if (!stopped) {
            for (Worker worker : workers) {
                worker.end();
            }
        }
    }

    private boolean open() throws PoolException {
        Watch watch = new Watch();
        OpenOrder order = new OpenOrder(true, death == Death.MACHINE_LOST, false, false);
        Pool opening;
        try {
            opening = Pool.open(ground(watch), config, order, null, RecoveryProgress.NONE);
        } catch (PoolException e) {
            note("open failed: " + e);
            requireTrouble(e, "opening the pool", 0);
            if (++attempts >= 2) {
                weather.calm();
            }
            if (attempts > 4) {
                throw new AssertionError("the pool cannot be opened in calm weather: " + e.reason(), e);
            }
            return false;
        }
        pool = opening;
        note("opened: " + opening.notes());
        watch.settle(opening);
        boolean storm = weather.isStorm();
        if (storm) {
            weather.calm();
        }
        if (!opening.isWritable()) {
            throw new AssertionError("the pool is read-only: " + opening.readOnlyReason());
        }
        new Aftermath(this, chronicle, death).look();
        checkState();
        return true;
    }

    // ---- what happens

    private void happen(Act act, List<Worker> workers) throws PoolException {
        switch (act.verb()) {
            case PAUSE -> sleep(Duration.ofMillis(act.a() % 4 == 0 ? act.b() % 60_000 : act.b() % 2_000));
            case CALM -> weather.calm();
            case WEATHER -> weather.set(act.a(), act.b());
            case DOWN -> weather.down(act.a(), true);
            case UP -> weather.down(act.a(), false);
            case KILL, POWER_LOSS, MACHINE_LOST -> {
                planned = act.verb() == Act.Verb.KILL
                        ? Death.KILLED
                        : act.verb() == Act.Verb.POWER_LOSS ? Death.POWER_LOSS : Death.MACHINE_LOST;
                scheduler.stopAfter(1 + act.b() % (act.a() % 2 == 0 ? 200 : 3000));
            }
            case STOP -> {
                for (Worker worker : workers) {
                    worker.await();
                }
                requirePool().close(DRAIN);
                stopped = true;
                planned = act.a() % 2 == 0 ? Death.STOPPED : Death.REBOOTED;
            }
            case CHECK -> checkState();
            default -> {}
        }
    }

    private void end() throws PoolException {
        weather.calm();
        scheduler.limitSteps(STEP_LIMIT);
        for (int i = 0; i < 5 && !stopped; i++) {
            lives++;
            scheduler.run("end", this::lastLife);
        }
        scheduler.crash();
        for (SimBucket bucket : buckets) {
            if (!bucket.overwritten().isEmpty()) {
                throw new AssertionError("overwritten on " + bucket.name() + ": " + bucket.overwritten());
            }
        }
    }

    private void lastLife() throws PoolException {
        stopped = false;
        if (!open()) {
            return;
        }
        note("the end");
        Pool last = requirePool();
        Pool.Ended ended = last.close(Duration.ofMinutes(30));
        stopped = true;
        if (!ended.drained()) {
            throw new AssertionError("not drained in half an hour of calm: " + ended);
        }
    }

    private void sleep(Duration time) throws PoolException {
        scheduler.startLater(time, "pause", () -> {}).join(Long.MAX_VALUE);
    }

    private void checkState() throws PoolException {
        Pool now = requirePool();
        List<String> broken = MetadataCheck.run(now.metadata());
        if (!broken.isEmpty()) {
            throw new AssertionError("metadata: " + broken);
        }
        now.metadata().look(reader -> RemoteContent.check(reader, buckets));
        var budget = now.images().budget();
        long used = budget.usedBytes(io.poolfs.core.cache.Budget.Use.STAGED)
                + budget.usedBytes(io.poolfs.core.cache.Budget.Use.CLEAN);
        if (used > budget.limitBytes()) {
            throw new AssertionError("over the budget: " + budget);
        }
    }

    // ---- what clients ask

    private Pool requirePool() {
        Pool now = pool;
        if (now == null) {
            throw new IllegalStateException("no pool is open");
        }
        return now;
    }

    List<Client> clients() {
        return clients;
    }

    int clientCount() {
        return settings.clients();
    }

    Set<String> promisedNames() {
        return promised;
    }

    Map<Long, Versions> allVersions() {
        return versions;
    }

    @Override
    public PoolFileSystem fs() {
        return requirePool().fileSystem();
    }

    @Override
    public Versions versions(long inode, boolean made) {
        if (made) {
            versions.put(inode, new Versions());
        }
        return versions.computeIfAbsent(inode, number -> new Versions());
    }

    @Override
    public void requireTrouble(PoolException e, String what, long inode) throws PoolException {
        note("   " + what + ": " + e);
        if (!weather.excuses(e)) {
            throw new PoolException(e.reason(), what + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Promise promiseNow() {
        return new Promise(requirePool().metadata().lastTransaction());
    }

    @Override
    public void kept(Promise promise, Tree tree, List<Tree.Place> names) {
        chronicle.promise(promise.transaction(), settings.fsyncLocal());
        if (!settings.fsyncLocal()) {
            for (Tree.Place name : names) {
                promised.add(tree.root() + "/" + tree.path(name));
            }
        }
    }

    @Override
    public void mayVanish(Tree tree, Tree.Place place) {
        String path = tree.root() + "/" + tree.path(place);
        promised.removeIf(name -> name.equals(path) || name.startsWith(path + "/"));
    }

    @Override
    public boolean isFsyncLocal() {
        return settings.fsyncLocal();
    }

    @Override
    public int maxFileBytes() {
        return settings.cacheBytes() / 2;
    }

    void note(String line) {
        if (log.size() >= LOG_LINES) {
            log.removeFirst();
        }
        log.addLast(scheduler.clock().monotonicNanos() / 1_000_000 + "ms " + line);
    }

    /** Follows the transactions of one process. */
    private final class Watch implements StateStore.Watcher {
        private boolean settled = lives == 0;

        @Override
        public void prepared(long transaction, StateStore.Snapshot before, StateStore.Snapshot after)
                throws PoolException {
            if (!settled) {
                settled = true;
                chronicle.settle(transaction - 1, before, death);
            }
            chronicle.append(transaction, before, after);
        }

        @Override
        public void committed(long transaction) {
            chronicle.committed(transaction);
        }

        @Override
        public boolean drops(byte[] key, boolean deletion) {
            return bug.drops(key, deletion);
        }

        /** At the latest when the pool is open. */
        void settle(Pool open) throws PoolException {
            if (!settled) {
                settled = true;
                chronicle.settle(open.metadata().lastTransaction(), requireState(), death);
            }
        }

        private StateStore.Snapshot requireState() throws PoolException {
            return machine.store(config.stateDir().resolve("meta")).snapshot();
        }
    }
}
