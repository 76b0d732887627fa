package io.poolfs.cli.daemon;

import io.poolfs.cli.output.Json;
import io.poolfs.cli.service.Progress;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Starts the daemon in a session of its own, and listens until it is ready or has failed. */
public final class Launch {
    /** How the start ended: {@code exitCode} 0 when it is mounted. */
    public record Outcome(int exitCode, String message) {}

    private Launch() {}

    /**
     * @param words the command line of the daemon, without the program
     * @param startLog takes what the process says before its log is set up, and the JVM's own words
     */
    public static Outcome start(List<String> words, Path startLog, Progress.Listener progress, Consumer<String> say)
            throws PoolException {
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(program());
        command.addAll(words);
        try {
            Files.createDirectories(
                    startLog.toAbsolutePath().getParent(),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Process process = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectError(ProcessBuilder.Redirect.appendTo(startLog.toFile()))
                    .directory(new File("/"))
                    .start();
            return listen(process, startLog, progress, say);
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, "cannot start the daemon: " + e.getMessage(), e);
        }
    }

    private static Outcome listen(Process process, Path startLog, Progress.Listener progress, Consumer<String> say)
            throws IOException, PoolException {
        @Nullable Outcome outcome = null;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null && outcome == null; line = lines.readLine()) {
                String[] parts = line.split(" ", 2);
                String text = parts.length > 1 ? parts[1] : "";
                switch (parts[0]) {
                    case Announcer.READY -> outcome = new Outcome(0, text);
                    case Announcer.PROGRESS -> progress.update(Json.mapper().readValue(text, Progress.class));
                    case Announcer.ERROR -> outcome = error(text);
                    default -> say.accept(text);
                }
                if (outcome != null) {
                    return outcome;
                }
            }
        }
        try {
            int code = process.waitFor();
            return new Outcome(
                    code == 0 ? 1 : code,
                    "the daemon ended before it was mounted (status " + code + "); see " + startLog);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PoolException(Reason.INTERRUPTED, "interrupted while the daemon starts", e);
        }
    }

    private static Outcome error(String text) {
        String[] parts = text.split(" ", 2);
        return new Outcome(Integer.parseInt(parts[0]), parts.length > 1 ? parts[1] : "");
    }

    /** The launcher that started us, else this JVM again. */
    static List<String> program() {
        String launcher = System.getenv("POOLFS_LAUNCHER");
        if (launcher != null && Files.isExecutable(Path.of(launcher))) {
            return List.of(launcher);
        }
        return List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx512m",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.poolfs.cli.Main");
    }
}
