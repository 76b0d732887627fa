package io.poolfs.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.poolfs.cli.fake.FakeMounter;
import io.poolfs.cli.fake.FakePool;
import io.poolfs.cli.service.Access;
import io.poolfs.cli.service.Answers;
import io.poolfs.cli.service.PoolService;
import io.poolfs.cli.service.Progress;
import io.poolfs.core.config.ConfigReader;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.Surroundings;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonTest {
    private static final Path HERE = Path.of("/mnt/here");

    @TempDir
    Path directory;

    private final FakeMounter mounter = new FakeMounter();
    private final ByteArrayOutputStream announced = new ByteArrayOutputStream();
    private final List<FakePool> pools = new CopyOnWriteArrayList<>();
    private PoolConfig config;
    private Daemon daemon;

    @BeforeEach
    void setUp() throws Exception {
        Path file = directory.resolve("media.yaml");
        Files.writeString(
                file,
                "remotes: [\"/a\", \"/b\"]\nstate_dir: " + directory + "/s\ncache_dir: " + directory
                        + "/c\nstop_drain_timeout: 30s\n");
        config = new ConfigReader(Surroundings.ofThisProcess()).read(file);
    }

    @AfterEach
    void tearDown() {
        pools.forEach(FakePool::letUploadsEnd);
        mounter.mounts.forEach(FakeMounter.FakeMount::unmount);
    }

    @Test
    void run_unmountedFromOutside_drainsAndCloses() throws Exception {
        FutureTask<Void> running = start(true);
        awaitMounts(1);

        mounter.mounts.get(0).unmount();
        running.get(20, TimeUnit.SECONDS);

        assertThat(pools.get(0).closes).hasValue(1);
        assertThat(announced.toString(StandardCharsets.UTF_8)).contains("ready media is mounted at /mnt/here");
        assertThat(Access.daemon(config)).isNull();
    }

    @Test
    void run_readOnlyPoolUnmounted_waitsForNoUpload() throws Exception {
        FutureTask<Void> running = start(false);
        awaitMounts(1);
        pools.get(0).readOnlyReason = "only 1 of 3 members could be read";

        mounter.mounts.get(0).unmount();

        running.get(20, TimeUnit.SECONDS);
    }

    @Test
    void stop_overTheSocket_tellsWhatIsLeft() throws Exception {
        FutureTask<Void> running = start(false);
        awaitMounts(1);
        List<Progress> seen = new CopyOnWriteArrayList<>();

        try (PoolService client = Access.daemon(config)) {
            Answers.Stopped left = client.stop(0, seen::add);

            assertThat(left)
                    .isEqualTo(new Answers.Stopped(1, 100, config.spillDir().toString()));
        }
        running.get(20, TimeUnit.SECONDS);
    }

    @Test
    void stopForSignal_whileMounted_unmountsAndWaits() throws Exception {
        FutureTask<Void> running = start(true);
        awaitMounts(1);

        daemon.stopForSignal();

        assertThat(pools.get(0).closes).hasValue(1);
        running.get(20, TimeUnit.SECONDS);
    }

    @Test
    void mountAgain_whileDraining_joins() throws Exception {
        FutureTask<Void> running = start(false);
        awaitMounts(1);
        mounter.mounts.get(0).unmount();
        try (PoolService client = Access.daemon(config)) {
            await().until(() -> client.status().state().equals("draining"));

            client.mountAgain("/mnt/there", List.of("ro"), "media");

            assertThat(client.status().state()).isEqualTo("mounted");
            assertThat(client.status().mountpoint()).isEqualTo("/mnt/there");
        }
        assertThat(mounter.mounts.get(1).options()).isEqualTo("ro");
        assertThat(pools).hasSize(1);
        assertThat(pools.get(0).closes).hasValue(0);
        pools.get(0).letUploadsEnd();
        mounter.mounts.get(1).unmount();
        running.get(20, TimeUnit.SECONDS);
    }

    @Test
    void mountAgain_whileMounted_isRefused() throws Exception {
        FutureTask<Void> running = start(true);
        awaitMounts(1);
        try (PoolService client = Access.daemon(config)) {
            assertThatThrownBy(() -> client.mountAgain("/mnt/there", List.of(), "media"))
                    .isInstanceOfSatisfying(
                            PoolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BUSY))
                    .hasMessageContaining("/mnt/here");
        }
        mounter.mounts.get(0).unmount();
        running.get(20, TimeUnit.SECONDS);
    }

    @Test
    void run_mountFails_closesThePoolAndThrows() throws Exception {
        daemon = new Daemon(
                config,
                (poolConfig, request, listener) -> pool(poolConfig, true),
                (fs, mountpoint, source, options) -> {
                    throw new PoolException(Reason.NOT_EMPTY, "not empty");
                },
                new Announcer(false, System.out));
        FutureTask<Void> running = run();

        assertThatThrownBy(() -> running.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("not empty");
        assertThat(pools.get(0).closes.get()).isPositive();
    }

    private FutureTask<Void> start(boolean uploadsEnd) {
        daemon = new Daemon(
                config,
                (poolConfig, request, listener) -> pool(poolConfig, uploadsEnd),
                mounter,
                new Announcer(true, new PrintStream(announced, true, StandardCharsets.UTF_8)));
        return run();
    }

    private FakePool pool(PoolConfig poolConfig, boolean uploadsEnd) throws PoolException {
        FakePool pool = new FakePool(poolConfig, uploadsEnd);
        pools.add(pool);
        return pool;
    }

    private FutureTask<Void> run() {
        FutureTask<Void> task = new FutureTask<>(() -> {
            daemon.run(new MountOrder(HERE, "media", "", false, false));
            return null;
        });
        new Thread(task, "daemon").start();
        return task;
    }

    private void awaitMounts(int count) {
        await().until(() -> mounter.mounts.size() == count
                && announced.toString(StandardCharsets.UTF_8).contains("ready"));
    }
}
