package io.poolfs.cli;

import io.poolfs.cli.command.PoolfsCommand;
import io.poolfs.cli.command.Wiring;
import io.poolfs.cli.daemon.FuseMounter;
import io.poolfs.cli.output.Output;
import io.poolfs.cli.service.PoolService;
import io.poolfs.cli.service.PoolStatus;
import io.poolfs.cli.socket.ServiceServer;
import io.poolfs.cli.socket.SocketPlace;
import io.poolfs.core.config.ConfigReader;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.Surroundings;
import io.poolfs.core.model.PoolException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * Does once what commands do, against a daemon that is not one, and loads the daemon's own classes, so that the build
 * can archive what both would otherwise load and verify at every start.
 */
final class Rehearsal {
    static final String WORD = "rehearse";

    private Rehearsal() {}

    static void run(Path scratch) throws PoolException, IOException {
        DaemonClasses.load();
        Path file = scratch.resolve("rehearsal.yaml");
        Files.writeString(
                file,
                "remotes: [{name: \"/nowhere\", capacity: 1G}]\nstate_dir: " + scratch + "/state\ncache_dir: " + scratch
                        + "/cache\n");
        PoolConfig config = new ConfigReader(Surroundings.ofThisProcess()).read(file);
        PrintWriter nowhere = new PrintWriter(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        Wiring wiring = new Wiring(
                new EngineOpener(), new FuseMounter(), Surroundings.ofThisProcess(), new Output(nowhere, nowhere));
        try (ServiceServer server = ServiceServer.start(SocketPlace.of(config), Rehearsal::service)) {
            for (List<String> words : List.of(
                    List.of("--help"),
                    List.of("mount", "--help"),
                    List.of("--pool", file.toString(), "status"),
                    List.of("--pool", file.toString(), "status", "--json"))) {
                PoolfsCommand.commandLine(wiring)
                        .setOut(nowhere)
                        .setErr(nowhere)
                        .execute(words.toArray(new String[0]));
            }
        }
    }

    private static PoolService service() {
        return (PoolService) Proxy.newProxyInstance(
                PoolService.class.getClassLoader(),
                new Class<?>[] {PoolService.class},
                (proxy, method, arguments) -> method.getName().equals("status") ? status() : null);
    }

    private static PoolStatus status() {
        return new PoolStatus(
                "rehearsal",
                "0",
                "0",
                "mounted",
                "/nowhere",
                "kernel",
                null,
                1,
                Instant.now(),
                new PoolStatus.Stage(1, 1, 1, 1, 1, 1L),
                new PoolStatus.Log(2, 1, 1),
                new PoolStatus.Cache("/nowhere", "remote", 1, 1, 1, 1, 1, 1, 1),
                new PoolStatus.Reading(1, 1, 1),
                0,
                new PoolStatus.Space(1, 1, true, 1),
                List.of(new PoolStatus.RemoteInfo(
                        "/nowhere",
                        "direct",
                        "0",
                        "healthy",
                        true,
                        false,
                        0,
                        1L,
                        1L,
                        1,
                        1,
                        1,
                        "x",
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        null)),
                List.of());
    }
}
