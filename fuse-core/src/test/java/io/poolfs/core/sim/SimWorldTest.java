package io.poolfs.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.remote.SimFault;
import io.poolfs.core.remote.SimRemote;
import io.poolfs.core.time.SimScheduler.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimWorldTest {
    @Test
    void run_remoteWithLatency_passesSimulatedTime() throws Exception {
        try (SimWorld world = SimWorld.ofSeed(1)) {
            world.bucket("a").faults().latency(Duration.ofSeconds(1), Duration.ofSeconds(2));
            world.run("main", () -> {
                world.remote("a").list("");
                assertThat(world.scheduler().clock().monotonicNanos())
                        .isGreaterThanOrEqualTo(Duration.ofSeconds(1).toNanos());
            });
        }
    }

    @Test
    void run_sameSeed_makesTheSameWorld() throws Exception {
        List<Long> hashes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            try (SimWorld world = SimWorld.ofSeed(5)) {
                world.bucket("a").faults().set(SimFault.ERROR_AFTER, 0.3).set(SimFault.HANG, 0.3);
                world.run("main", () -> {
                    SimRemote remote = world.remote("a");
                    world.files().writeAtomically(SimWorld.DISK.resolve("f"), new byte[100]);
                    for (int n = 0; n < 20; n++) {
                        String object = "o" + n;
                        world.scheduler().start("put", () -> remote.put(object, SimWorld.DISK.resolve("f"), 100));
                    }
                    world.scheduler()
                            .startLater(Duration.ofHours(1), "end", () -> {})
                            .join(Long.MAX_VALUE);
                });
                hashes.add(world.scheduler().traceHash());
                assertThat(world.bucket("a").names()).hasSizeBetween(1, 20);
            }
        }
        assertThat(hashes.get(0)).isEqualTo(hashes.get(1));
    }

    @Test
    void crashes_ofEachKind_leaveWhatTheyShould() throws Exception {
        try (SimWorld world = SimWorld.ofSeed(1)) {
            world.scheduler().stopAfter(40);
            assertThat(world.run("main", () -> {
                        world.files().writeAtomically(SimWorld.DISK.resolve("f"), new byte[1]);
                        world.files().writeAtomically(SimWorld.MEMORY.resolve("f"), new byte[1]);
                        world.remote("a").put("o", SimWorld.DISK.resolve("f"), 1);
                        while (true) {
                            world.scheduler().yieldPoint("on");
                        }
                    }))
                    .isEqualTo(Outcome.CRASHED);
            assertThat(world.files().exists(SimWorld.MEMORY.resolve("f"))).isTrue();
            world.losePower();
            assertThat(world.files().exists(SimWorld.MEMORY.resolve("f"))).isFalse();
            assertThat(world.files().exists(SimWorld.DISK.resolve("f"))).isTrue();
            world.newMachine();
            assertThat(world.files().exists(SimWorld.DISK.resolve("f"))).isFalse();
            assertThat(world.bucket("a").names()).containsExactly("o");
        }
    }

    @Test
    void realWorld_remote_storesFiles(@TempDir Path directory) throws Exception {
        try (RealWorld world = RealWorld.in(directory)) {
            Path source = world.directory("stage").resolve("f");
            world.files().writeAtomically(source, new byte[] {7});
            SimRemote remote = world.remote("a");
            remote.put("o", source, 1);
            assertThat(remote.bucket().bytes("o")).containsExactly(7);
        }
    }
}
