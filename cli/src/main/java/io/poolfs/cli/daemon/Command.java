package io.poolfs.cli.daemon;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Runs a program to its end. */
public final class Command {
    /** {@code output}: of both its streams. */
    public record Result(int exitCode, String output) {}

    private Command() {}

    /** NOT_FOUND when there is no such program. */
    public static Result run(String... words) throws PoolException {
        try {
            Process process = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (IOException e) {
            throw new PoolException(Reason.NOT_FOUND, "cannot run " + words[0] + ": is it installed, and in PATH?", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PoolException(Reason.INTERRUPTED, "interrupted while " + words[0] + " runs", e);
        }
    }
}
