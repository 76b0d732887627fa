package io.poolfs.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs programs to their end. A program that does not end in time is killed and fails the test. */
public final class Shell {
    private static final long LIMIT_SECONDS = 240;

    private Shell() {}

    /** What a program left: exit code, standard output and standard error. */
    public record Result(List<String> command, int exit, String out, String err) {
        public boolean succeeded() {
            return exit == 0;
        }

        /** This result, or an AssertionError that shows what the program said. */
        public Result orFail() {
            if (!succeeded()) {
                throw new AssertionError(this);
            }
            return this;
        }

        @Override
        public String toString() {
            return String.join(" ", command) + "\nexit " + exit + "\n--- out\n" + out + "\n--- err\n" + err;
        }
    }

    public static Result run(Map<String, String> environment, Path directory, List<String> command) {
        try {
            Path out = Files.createTempFile("poolfs-it", ".out");
            Path err = Files.createTempFile("poolfs-it", ".err");
            try {
                ProcessBuilder builder = new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectInput(ProcessBuilder.Redirect.from(
                                Path.of("/dev/null").toFile()))
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
                builder.environment().putAll(environment);
                Process process = builder.start();
                if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError("did not end within " + LIMIT_SECONDS + " s: " + String.join(" ", command)
                            + "\n" + read(out) + read(err));
                }
                return new Result(command, process.exitValue(), read(out), read(err));
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new AssertionError("cannot run " + String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Runs a script with {@code set -euo pipefail} in the directory; fails the test when it fails. */
    public static String bash(Path directory, String script) {
        return run(Map.of(), directory, List.of("bash", "-euo", "pipefail", "-c", script))
                .orFail()
                .out();
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
