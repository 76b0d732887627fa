package io.poolfs.core.journal;

import io.poolfs.core.local.SimFiles;
import io.poolfs.core.meta.KeyValueMetadata;
import io.poolfs.core.meta.KeyValueStore;
import io.poolfs.core.meta.MemoryStore;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.meta.MetadataReader;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.Remote;
import io.poolfs.core.remote.RemoteStatus;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.remote.SimBucket;
import io.poolfs.core.remote.SimRemote;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.SimScheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A simulated world with one pool: buckets that outlive everything, and machines whose processes open the pool's journal
 * and die. Everything that waits must happen inside {@link SimScheduler#run}.
 */
public final class PoolWorld {
    public static final PoolId POOL = new PoolId(0x1234, 0x5678);
    public static final Layout LAYOUT = new Layout("poolfs_manifests");
    static final Duration SETTLE = Duration.ofSeconds(3);
    static final Duration INTERVAL = Duration.ofSeconds(5);

    final SimScheduler sim;
    final SimFiles files;
    final List<SimBucket> buckets = new ArrayList<>();

    private PoolWorld(SimScheduler sim) {
        this.sim = sim;
        this.files = new SimFiles(sim);
    }

    /** Without faults, until they are set. */
    public static PoolWorld ofSeed(long seed, int members) {
        PoolWorld world = new PoolWorld(SimScheduler.ofSeed(seed));
        for (int i = 0; i < members; i++) {
            world.buckets.add(new SimBucket("remote" + i));
        }
        return world;
    }

    static RemoteId id(int member) {
        return new RemoteId(0xabc, member + 1);
    }

    /** All buckets as members. */
    MetadataReader.Members members(int writeQuorum) {
        return members(buckets.size(), writeQuorum);
    }

    MetadataReader.Members members(int count, int writeQuorum) {
        List<Op.Member> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            members.add(new Op.Member(id(i), "remote" + i, true));
        }
        return new MetadataReader.Members(members, writeQuorum);
    }

    Machine machine(String name) {
        return new Machine(name);
    }

    long deadline(Duration time) {
        return sim.deadlineAfter(time);
    }

    void sleep(Duration time) throws PoolException {
        Monitor monitor = sim.newMonitor("sleep");
        try (Monitor.Hold hold = monitor.enter()) {
            boolean unused = monitor.await(() -> false, deadline(time));
        }
    }

    /** A computer with a state directory. */
    final class Machine {
        final String name;
        final List<SimRemote> connections = new ArrayList<>();
        KeyValueStore store;
        boolean acceptLoss;
        Predicate<HostIdentity> isDead = host -> false;
        private Path directory;
        private int boots = 1;
        private int processes;

        Machine(String name) {
            this.name = name;
            this.directory = Path.of("/state").resolve(name);
            for (SimBucket bucket : buckets) {
                connections.add(new SimRemote(bucket, files, sim, Duration.ofSeconds(30)));
            }
        }

        Path directory() {
            return directory;
        }

        /** The same computer with another state directory. */
        Machine withState(String path) {
            Machine other = new Machine(name);
            other.directory = Path.of(path);
            return other;
        }

        HostIdentity host() {
            return new HostIdentity(name, "machine-" + name, "boot-" + boots, ++processes);
        }

        /** The process dies, nothing written is lost. All tasks of the world have been killed. */
        void killed() {
            files.crash();
        }

        /** The power goes: the store in memory too. */
        void lostPower() {
            files.losePower(sim.random());
            boots++;
            store = null;
        }

        void lostState() throws PoolException {
            files.deleteTree(directory());
            store = null;
        }

        List<Remote> remotes() {
            List<Remote> remotes = new ArrayList<>();
            for (int i = 0; i < connections.size(); i++) {
                remotes.add(new Member(id(i), connections.get(i)));
            }
            return remotes;
        }

        /** Makes the pool, with all buckets as members, and ships its first transaction. */
        Mount format(int writeQuorum) throws PoolException {
            return format(members(writeQuorum));
        }

        Mount format(MetadataReader.Members members) throws PoolException {
            LocalState state = LocalState.open(sim, files, directory(), POOL, host());
            Metadata metadata = openMetadata(state);
            PoolFormat.firstTransaction(metadata, members, 1000, 1000, 0755);
            return mount(state, metadata, false, false);
        }

        /** Opens what is there, or fetches it from the remotes. */
        Mount open() throws PoolException {
            return open(false);
        }

        Mount open(boolean takeOver) throws PoolException {
            LocalState state = LocalState.open(sim, files, directory(), POOL, host());
            Recovery.Fetched fetched = null;
            if (state.found() == LocalState.Found.FRESH) {
                fetched = Recovery.fetch(state, LAYOUT, this::remotes, deadline(Duration.ofHours(1)));
            }
            Metadata metadata = openMetadata(state);
            Mount mount = mount(state, metadata, takeOver, fetched != null);
            mount.fetched = fetched;
            return mount;
        }

        private Metadata openMetadata(LocalState state) throws PoolException {
            if (state.found() == LocalState.Found.FRESH || state.found() == LocalState.Found.POWER_LOSS) {
                store = null;
            }
            state.prepareStore();
            if (store == null) {
                store = new MemoryStore(sim);
            }
            state.load(store);
            Metadata metadata = KeyValueMetadata.open(store, state.journal(), sim.clock());
            state.replay(metadata);
            return metadata;
        }

        private Mount mount(LocalState state, Metadata metadata, boolean takeOver, boolean recovered)
                throws PoolException {
            PoolJournal journal = PoolJournal.open(
                    new PoolJournal.Settings(LAYOUT, INTERVAL, SETTLE, takeOver, recovered, acceptLoss, isDead),
                    state,
                    metadata,
                    this::remotes);
            return new Mount(this, state, metadata, journal);
        }
    }

    /** An opened pool: metadata and journal. */
    final class Mount {
        final Machine machine;
        final LocalState state;
        final Metadata metadata;
        final PoolJournal journal;
        Recovery.Fetched fetched;

        Mount(Machine machine, LocalState state, Metadata metadata, PoolJournal journal) {
            this.machine = machine;
            this.state = state;
            this.metadata = metadata;
            this.journal = journal;
        }

        Mount start() throws PoolException {
            journal.start();
            return this;
        }

        /** Starts and waits until the epoch is ours; throws why it is not. */
        Mount claimed() throws PoolException {
            start();
            if (!journal.awaitClaimed(deadline(Duration.ofMinutes(10)))) {
                PoolException fenced = journal.fenced();
                throw fenced != null ? fenced : journal.claimError();
            }
            return this;
        }

        long create(String name) throws PoolException {
            return metadata.change(writer -> {
                long inode = writer.nextInode();
                writer.apply(new Op.Create(
                        new Op.Place(Inode.ROOT, FileName.of(name)),
                        inode,
                        FileType.DIRECTORY.modeBits() | 0755,
                        0,
                        0,
                        0,
                        null,
                        writer.nanos(),
                        0));
                return inode;
            });
        }

        /** Makes an empty file with committed content; returns its inode. */
        long write(String name) throws PoolException {
            return metadata.change(writer -> {
                long inode = writer.nextInode();
                long now = writer.nanos();
                writer.apply(new Op.Create(
                        new Op.Place(Inode.ROOT, FileName.of(name)),
                        inode,
                        FileType.REGULAR.modeBits() | 0644,
                        0,
                        0,
                        0,
                        null,
                        now,
                        0));
                writer.apply(new Op.CommitContent(inode, 0, 0, now, now, null, List.of(), List.of()));
                return inode;
            });
        }

        /** Creates and ships; returns the transaction. */
        long ship(String name) throws PoolException {
            create(name);
            long transaction = metadata.lastTransaction();
            journal.awaitShipped(transaction, deadline(Duration.ofMinutes(2)));
            return transaction;
        }

        List<String> names() throws PoolException {
            List<String> names = new ArrayList<>();
            metadata.look(reader -> reader.entries(
                    Inode.ROOT, null, entry -> names.add(entry.name().toString())));
            return names;
        }

        void close() throws PoolException {
            journal.close(deadline(Duration.ofMinutes(2)));
            journal.markClean();
            state.close();
        }
    }

    private record Member(RemoteId id, SimRemote connection) implements Remote {
        @Override
        public String name() {
            return connection.name();
        }

        @Override
        public RemoteStore store() {
            return connection;
        }

        @Override
        public RemoteStatus status() {
            throw new UnsupportedOperationException("not asked for here");
        }
    }
}
