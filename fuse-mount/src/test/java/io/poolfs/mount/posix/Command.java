package io.poolfs.mount.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs, as this user or as another. Output is taken as ISO-8859-1, so that every byte is one character. */
public final class Command {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** @param output standard output and standard error as they came */
    public record Result(int status, String output) {}

    private final List<String> prefix;

    private Command(List<String> prefix) {
        this.prefix = prefix;
    }

    /** As the user who runs the tests. */
    public static Command here() {
        return new Command(List.of());
    }

    /** As the given user, without further groups. Needs root. */
    public static Command as(int user) {
        return new Command(
                List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups", "--inh-caps=-all"));
    }

    /** Runs a script by bash in the directory, with {@code $1…} as arguments. */
    public Result run(Path directory, String script, Object... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of("bash", "-c", "set -euo pipefail\n" + script, "test"));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Path output = Files.createTempFile("command", ".out");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().put("LC_ALL", "C");
            builder.environment().put("HOME", "/nonexistent");
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("no end after " + PATIENCE + ": " + script);
            }
            return new Result(process.exitValue(), Files.readString(output, StandardCharsets.ISO_8859_1));
        } finally {
            Files.delete(output);
        }
    }

    /** Runs and requires success; returns the output without the last line break. */
    public String ok(Path directory, String script, Object... arguments) throws IOException, InterruptedException {
        Result result = run(directory, script, arguments);
        assertThat(result.status()).as("%s%n%s", script, result.output()).isZero();
        return result.output().stripTrailing();
    }

    /** Runs and requires a failure that says the given words. */
    public void fails(Path directory, String words, String script, Object... arguments)
            throws IOException, InterruptedException {
        Result result = run(directory, script, arguments);
        assertThat(result.status()).as("%s%n%s", script, result.output()).isNotZero();
        assertThat(result.output()).contains(words);
    }

    /** Whether a program is installed. */
    public static boolean exists(String program) throws IOException, InterruptedException {
        return here().run(Path.of("/"), "command -v \"$1\"", program).status() == 0;
    }
}
