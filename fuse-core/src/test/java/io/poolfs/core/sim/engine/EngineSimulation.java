package io.poolfs.core.sim.engine;

import io.poolfs.core.cache.Budget;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.journal.RecoveryProgress;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.meta.MetadataCheck;
import io.poolfs.core.meta.StateStore;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.pool.OpenOrder;
import io.poolfs.core.pool.Pool;
import io.poolfs.core.pool.PoolCreation;
import io.poolfs.core.remote.SimBucket;
import io.poolfs.core.remote.SimRemote;
import io.poolfs.core.sim.engine.Story.Settings;
import io.poolfs.core.time.Action;
import io.poolfs.core.time.SimScheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells one story: a pool's processes, one after the other, and the clients that work on them. */
final class EngineSimulation implements Setting {
    private static final long STEP_LIMIT = 20_000_000;
    private static final Duration DRAIN = Duration.ofSeconds(60);

    private final Story story;
    private final Settings settings;
    private final Bug bug;
    private final SimScheduler scheduler;
    private final List<SimBucket> buckets;
    private final Weather weather;
    private final PoolConfig config;
    private Chronicle chronicle = new Chronicle();
    private final Map<Long, Versions> versions = new HashMap<>();
    private final Set<String> promised = new HashSet<>();
    private final List<Client> clients = new ArrayList<>();
    private final Consumer<String> log;
    private Machine machine;
    private int machines;
    private int at;
    private int lives;
    private Death death = Death.BIRTH;

    /** As the clients see it: another machine may have taken over what their own had. */
    private Death seen = Death.BIRTH;

    private @Nullable Rival rival;
    private boolean localTrouble;
    private boolean rivalled;

    /** This mount has taken over what another one wrote meanwhile: what its clients know of is not what is there. */
    private boolean overtaken;

    private Death planned = Death.KILLED;
    private boolean opened;
    private boolean stopped;
    private int attempts;

    /** Two histories, each of which somebody had: a person has to decide, and the story ends. */
    private boolean parted;

    private @Nullable Pool pool;

    private EngineSimulation(Story story, Bug bug, Consumer<String> log) {
        this.story = story;
        this.log = log;
        this.bug = bug;
        this.settings = Settings.of(story.seed());
        this.scheduler = SimScheduler.ofSeed(story.seed());
        scheduler.switchProbability(settings.switchProbability());
        this.buckets = Pools.buckets(settings);
        this.weather = new Weather(scheduler, buckets);
        this.config = Pools.config(settings, buckets);
        this.machine = newMachine();
    }

    /** What a story came to. */
    record Report(long seed, int acts, int lives, long transactions, long steps, long hash) {}

    /** @throws StoryFailure when the pool broke a promise */
    static Report tell(Story story, Bug bug) {
        return tell(story, bug, line -> {}, 0);
    }

    /**
     * @param log is told what happens
     * @param steps so many of the last steps are told with a failure
     */
    static Report tell(Story story, Bug bug, Consumer<String> log, int steps) {
        EngineSimulation simulation = new EngineSimulation(story, bug, log);
        simulation.scheduler.keepTrace(steps);
        try {
            Report report = simulation.tell();
            log.accept(simulation.scheduler.trace());
            return report;
        } catch (PoolException | RuntimeException | AssertionError e) {
            throw new StoryFailure(
                    story,
                    "act " + simulation.at + ", life " + simulation.lives + " after " + simulation.death,
                    simulation.scheduler.trace(),
                    e);
        } finally {
            simulation.scheduler.close();
        }
    }

    private Report tell() throws PoolException {
        weather.calm();
        scheduler.run(
                "create",
                () -> PoolCreation.create(
                        ground(machine, new Watch(chronicle, Death.BIRTH)), config, 1000, 1000, null));
        scheduler.crash();
        death = Death.STOPPED;
        while (at < story.acts().size() && !parted) {
            live();
        }
        if (!parted) {
            end();
        }
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
        Rival taker = rival;
        if (taker != null && taker.hasTaken(pool)) {
            taker.requireNothingPromisedBeyond(chronicle);
            machine.crash();
            machine = taker.machine();
            chronicle = taker.chronicle();
            how = how == Death.MACHINE_LOST ? how : Death.KILLED;
            seen = Death.MACHINE_LOST;
        } else if (rivalled) {
            // Whoever was fenced has no more to say.
            how = Death.MACHINE_LOST;
            if (taker != null) {
                chronicle.mayHaveGoneOnAs(taker.chronicle());
            }
        }
        rival = null;
        rivalled = false;
        overtaken = false;
        Death before = death;
        death = how;
        seen = worse(seen, how);
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
        weather.forgetFlips();
    }

    private static Death worse(Death one, Death other) {
        if (one == Death.MACHINE_LOST || other == Death.MACHINE_LOST) {
            return Death.MACHINE_LOST;
        }
        if (one.isLossy() || other == Death.POWER_LOSS) {
            return one.isLossy() ? one : other;
        }
        return one.compareTo(other) > 0 ? one : other;
    }

    Machine newMachine() {
        return new Machine("machine" + ++machines, scheduler);
    }

    MachineGround ground(Machine on, StateStore.Watcher watcher) {
        return new MachineGround(
                on,
                scheduler,
                watcher,
                (files, remote, timeout) -> {
                    SimBucket bucket = bucket(remote);
                    return bug.remote(new SimRemote(bucket, files, scheduler, timeout), bucket, files, scheduler);
                },
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
        seen = Death.BIRTH;
        attempts = 0;
        List<Worker> workers = new ArrayList<>();
        for (Client client : clients) {
            Worker worker = new Worker(scheduler, client, (act, what) -> note("   " + act + " " + what));
            worker.start();
            workers.add(worker);
        }
        try {
            act(workers);
        } catch (AssertionError e) {
            if (!overtaken && !(rivalled && requirePool().metadata().lastTransaction() > chronicle.last())) {
                throw e;
            }
            note("   over what another mount wrote: " + e.getMessage());
        }
    }

    private void act(List<Worker> workers) throws PoolException {
        while (at < story.acts().size() && !stopped && !overtaken) {
            Act act = story.acts().get(at);
            note(at + ": " + act);
            at++;
            if (act.verb().isWorld()) {
                happen(act, workers);
            } else {
                workers.get(act.client() % workers.size()).hand(act);
            }
        }
        if (!stopped && !overtaken) {
            for (Worker worker : workers) {
                worker.end();
            }
        }
    }

    private boolean open() throws PoolException {
        restoreRoom();
        if (weather.damaged() >= 0 && death == Death.MACHINE_LOST) {
            weather.calm();
        }
        Watch watch = new Watch(chronicle, death);
        OpenOrder order = new OpenOrder(true, machines > 1 || attempts > 1, false, false);
        Pool opening;
        try {
            opening = Pool.open(ground(machine, watch), config, order, null, RecoveryProgress.NONE);
        } catch (PoolException e) {
            note("open failed: " + e);
            requireLaterOpening(e);
            return false;
        }
        pool = opening;
        note("opened at transaction " + opening.metadata().lastTransaction() + ", uncommitted: "
                + opening.images().modified().stream()
                        .map(image -> image.inode() + " " + image.content())
                        .toList() + " " + opening.notes());
        if (!opening.isWritable()) {
            PoolException why = new PoolException(Reason.READ_ONLY, String.valueOf(opening.readOnlyReason()));
            opening.close();
            requireLaterOpening(why);
            return false;
        }
        watch.settle(opening, machine);
        boolean storm = weather.isStorm();
        if (storm) {
            weather.calm();
        }
        new Aftermath(this, seen).look();
        for (int i = 0; i < 10 && isOverTheBudget(); i++) {
            // What an earlier process left is met, and evicted as far as it is too much, in the background.
            sleep(Duration.ofSeconds(1));
        }
        checkState();
        return true;
    }

    /** Bad weather may keep a pool from being opened, and even make a person say that it is to be taken over. */
    private void requireLaterOpening(PoolException e) {
        if (++attempts >= 2) {
            weather.calm();
        }
        if (attempts > 5
                && weather.hadLateEffects()
                && machines > 1
                && e.getMessage().contains("have parted")) {
            // What a lost machine had put came to be there only after another one had recovered without it.
            parted = true;
            return;
        }
        if (!weather.wasStormy() || attempts > 5) {
            throw new AssertionError("the pool cannot be opened: " + e.reason() + ": " + e.getMessage(), e);
        }
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
                boolean room = !localTrouble;
                for (Worker worker : workers) {
                    worker.await();
                }
                try {
                    note("   " + requirePool().close(DRAIN));
                    // Where nothing can be written, nothing can be kept.
                    planned = act.a() % 2 == 0 ? Death.STOPPED : room ? Death.REBOOTED : Death.POWER_LOSS;
                } catch (PoolException e) {
                    // Half a stop is a death.
                    requireTrouble(e, "a stop", 0);
                    planned = Death.KILLED;
                }
                stopped = true;
            }
            case CHECK -> checkState();
            case GONE -> weather.gone(act.a());
            case OLD_STATE -> weather.oldState(act.a());
            case FLIP -> weather.flip(act.a(), act.b());
            case FULL -> weather.full(act.a(), act.b());
            case TMPFS_FULL -> fill(Machine.MEMORY, Machine.MEMORY_BYTES, act);
            case DISK_FULL -> fill(Machine.DISK, Machine.DISK_BYTES, act);
            case CLOCK_JUMP -> scheduler.setWallClock(Duration.ofMinutes(act.a() % 3000 - 1000));
            case COLLECT ->
                attempt("gc", () -> {
                    if (act.a() % 3 == 0) {
                        requirePool().upkeep().collectNow();
                    } else {
                        requirePool().upkeep().collect();
                    }
                });
            case CHECKPOINT ->
                attempt(
                        "checkpoint",
                        () -> requirePool().journal().checkpoint(scheduler.deadlineAfter(Duration.ofMinutes(2))));
            case OBSERVE -> {
                try {
                    new Observer(this, chronicle, !rivalled).look();
                } catch (PoolException e) {
                    if (!weather.isStorm()) {
                        requireTrouble(e, "reading on another machine", 0);
                    }
                }
            }
            case TAKE_OVER -> {
                if (rival == null) {
                    rivalled = true;
                    weather.touch();
                    Rival taking = new Rival(this, chronicle);
                    rival = taking;
                    attempt("taking over", taking::takeOver);
                    sleep(Duration.ofMillis(act.b() % 20_000));
                    scheduler.stopAfter(1 + act.c() % 5000);
                    planned = Death.KILLED;
                }
            }
            default -> throw new IllegalArgumentException(act.toString());
        }
    }

    /** What the weather may keep from happening. */
    private void attempt(String what, Action action) throws PoolException {
        try {
            action.run();
        } catch (PoolException e) {
            if (rivalled) {
                note("   " + what + " while another takes over: " + e);
                return;
            }
            requireTrouble(e, what, 0);
        }
    }

    /** The file system there has little room left, or as much as ever again. */
    private void fill(Path where, long fullBytes, Act act) throws PoolException {
        LocalFiles.Space space = machine.files().space(where);
        long used = space.totalBytes() - space.availableBytes();
        long room = act.b() % (act.c() % 400_000 + 1);
        machine.files().resize(where, act.a() % 3 == 0 ? fullBytes : used + room);
        localTrouble = true;
    }

    private void restoreRoom() {
        machine.files().resize(Machine.MEMORY, Machine.MEMORY_BYTES);
        machine.files().resize(Machine.DISK, Machine.DISK_BYTES);
        localTrouble = false;
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

    void sleep(Duration time) throws PoolException {
        scheduler.startLater(time, "pause", () -> {}).join(Long.MAX_VALUE);
    }

    private void checkState() throws PoolException {
        Pool now = requirePool();
        List<String> broken = MetadataCheck.run(now.metadata());
        if (!broken.isEmpty()) {
            throw new AssertionError("metadata: " + broken);
        }
        now.metadata().look(reader -> RemoteContent.check(reader, buckets, weather.damaged()));
        if (isOverTheBudget()) {
            throw new AssertionError("over the budget: " + now.images().budget());
        }
    }

    private boolean isOverTheBudget() {
        Budget budget = requirePool().images().budget();
        return budget.usedBytes(Budget.Use.STAGED) + budget.usedBytes(Budget.Use.CLEAN) > budget.limitBytes();
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
        boolean local = localTrouble && (e.reason() == Reason.NO_SPACE || e.reason() == Reason.LOCAL_IO);
        if (local) {
            note("   " + what + ": " + e);
        } else {
            requireTroubleOfRemotes(e, what, inode);
        }
    }

    @Override
    public void requireTroubleOfRemotes(PoolException e, String what, long inode) throws PoolException {
        note("   " + what + ": " + e);
        // What flips on every remote on its way makes a mount believe that nothing there is whole.
        boolean flipped = weather.hasFlipped() && (e.reason() == Reason.READ_ONLY || e.reason() == Reason.CORRUPT);
        boolean fenced = rivalled && (e.reason() == Reason.READ_ONLY || e.reason() == Reason.FENCED);
        if (!flipped && !fenced && !weather.excuses(e)) {
            throw new PoolException(e.reason(), what + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void pause() throws PoolException {
        sleep(Duration.ofSeconds(30));
    }

    /** How long a file that cannot be read is tried in calm weather, until it must be readable. */
    Comparison.Patience patience() {
        int[] tries = {0};
        return (inode, e) -> {
            int damaged = weather.damaged();
            if (damaged >= 0
                    && requirePool().metadata().read(reader -> RemoteContent.touches(reader, inode, damaged))) {
                return false;
            }
            if (++tries[0] > 60) {
                throw new AssertionError(
                        "inode " + inode + " cannot be read in calm weather: " + e + "; remotes: "
                                + requirePool().remoteStatuses(),
                        e);
            }
            pause();
            return true;
        };
    }

    long nextInode() throws PoolException {
        return requirePool().metadata().read(reader -> reader.nextInode());
    }

    PoolConfig config() {
        return config;
    }

    StateStore.Snapshot state(Machine on) throws PoolException {
        return on.store(config.stateDir().resolve("meta")).snapshot();
    }

    @Override
    public void sync(long handle) throws PoolException {
        bug.sync(fs(), handle);
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
        log.accept(scheduler.clock().monotonicNanos() / 1_000_000 + "ms " + line);
    }

    Watch watch(Chronicle following, Death after) {
        return new Watch(following, after);
    }

    /** Follows the transactions of one process. */
    final class Watch implements StateStore.Watcher {
        private final Chronicle following;
        private final Death after;
        private boolean settled;
        private long settledAt;

        private Watch(Chronicle following, Death after) {
            this.following = following;
            this.after = after;
            this.settled = after == Death.BIRTH;
        }

        @Override
        public void prepared(long transaction, StateStore.Snapshot before, StateStore.Snapshot after)
                throws PoolException {
            if (!settled) {
                settled = true;
                settledAt = transaction - 1;
                following.settle(settledAt, before, this.after);
            }
            Rival other = rival;
            if (other != null && following == chronicle) {
                // Who claimed last goes on from what the other shipped before.
                overtaken |= transaction - 1 > chronicle.last();
                chronicle.adopt(other.chronicle(), transaction - 1);
            }
            following.append(transaction, before, after);
        }

        @Override
        public void committed(long transaction) {
            following.committed(transaction);
        }

        @Override
        public boolean drops(byte[] key, boolean deletion) {
            return bug.drops(key, deletion, buckets);
        }

        /** At the latest when the pool is open. */
        void settle(Pool open, Machine on) throws PoolException {
            if (!settled) {
                settled = true;
                settledAt = open.metadata().lastTransaction();
                following.settle(settledAt, state(on), after);
            }
        }

        /** The last transaction that was found. */
        long settledAt() {
            return settledAt;
        }
    }
}
