package io.poolfs.core.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The surroundings as the JDK and {@code /etc} tell them. */
final class ThisProcess implements Surroundings {
    /** logind leaves the files of system users alone. */
    private static final int FIRST_ORDINARY_UID = 1000;

    @Override
    public int uid() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot tell the user of this process", e);
        }
    }

    @Override
    public @Nullable Path home() {
        String home = System.getenv("HOME");
        if (home == null || !home.startsWith("/")) {
            home = System.getProperty("user.home");
        }
        return home == null || !home.startsWith("/") ? null : Path.of(home);
    }

    @Override
    public @Nullable String environment(String name) {
        return System.getenv(name);
    }

    @Override
    public Volume volume(Path path) {
        Path existing = path.toAbsolutePath();
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        try {
            FileStore store = Files.getFileStore(existing);
            String type = store.type();
            return new Volume(store.getTotalSpace(), type.equals("tmpfs") || type.equals("ramfs"));
        } catch (IOException e) {
            return new Volume(0, false);
        }
    }

    @Override
    public boolean memoryFilesSurviveLogout() {
        return uid() < FIRST_ORDINARY_UID
                || !Files.isDirectory(Path.of("/run/systemd/system"))
                || Files.exists(Path.of("/var/lib/systemd/linger", System.getProperty("user.name", "")))
                || !removesIpc();
    }

    /** What the last {@code RemoveIPC=} of logind's configuration says; yes without one. */
    private static boolean removesIpc() {
        boolean removes = true;
        List<Path> files = new ArrayList<>(List.of(Path.of("/etc/systemd/logind.conf")));
        files.addAll(configurationIn(Path.of("/usr/lib/systemd/logind.conf.d")));
        files.addAll(configurationIn(Path.of("/etc/systemd/logind.conf.d")));
        for (Path file : files) {
            try {
                for (String line : Files.readAllLines(file)) {
                    String setting = line.replace(" ", "");
                    if (setting.startsWith("RemoveIPC=")) {
                        removes = !setting.matches("RemoveIPC=(no|false|off|0)");
                    }
                }
            } catch (IOException e) {
                // Not there: nothing said.
            }
        }
        return removes;
    }

    private static List<Path> configurationIn(Path directory) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.conf")) {
            files.forEach(found::add);
        } catch (IOException e) {
            return List.of();
        }
        Collections.sort(found);
        return found;
    }
}
