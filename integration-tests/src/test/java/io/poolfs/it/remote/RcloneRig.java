package io.poolfs.it.remote;

import io.poolfs.core.remote.rclone.RcloneDaemon;
import io.poolfs.core.remote.rclone.RcloneLaunch;
import io.poolfs.core.remote.rclone.RcloneStore;
import io.poolfs.core.time.RealScheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A directory with an rclone configuration, local folders as remotes, and a running daemon. */
final class RcloneRig implements AutoCloseable {
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    final Path directory;
    final Path config;
    final RealScheduler scheduler = RealScheduler.create();
    final RcloneDaemon daemon;

    private RcloneRig(Path directory, RcloneLaunch launch) throws Exception {
        this.directory = directory;
        this.config = directory.resolve("rclone.conf");
        this.daemon = RcloneDaemon.start(scheduler, launch.withConfig(config));
    }

    /** @param sections of rclone.conf; {@code @DIR@} stands for the directory */
    static RcloneRig start(Path directory, String sections) throws Exception {
        return start(directory, sections, RcloneLaunch.defaults().withTimeout(TIMEOUT));
    }

    static RcloneRig start(Path directory, String sections, RcloneLaunch launch) throws Exception {
        Files.writeString(directory.resolve("rclone.conf"), sections.replace("@DIR@", directory.toString()));
        return new RcloneRig(directory, launch);
    }

    RcloneStore store(String name) throws Exception {
        return RcloneStore.open(daemon, name, TIMEOUT);
    }

    Path makeFolder(String name) throws IOException {
        return Files.createDirectories(directory.resolve(name));
    }

    /** What rclone wants to see as a password in its file. */
    static String obscured(String password) throws Exception {
        Process rclone = new ProcessBuilder("rclone", "obscure", "-").start();
        try (var in = rclone.getOutputStream()) {
            in.write(password.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        return new String(rclone.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).strip();
    }

    @Override
    public void close() {
        daemon.close();
        scheduler.close();
    }
}
