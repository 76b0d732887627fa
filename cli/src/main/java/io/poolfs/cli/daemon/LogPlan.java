package io.poolfs.cli.daemon;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the log goes.
 *
 * @param verbosity 0 warnings, 1 information, 2 debug
 * @param file null: standard error
 * @param errors a second file for errors alone, or null
 * @param journald standard error is read by systemd's journal: lines start with its priority, without a time
 */
public record LogPlan(
        int verbosity, @Nullable Path file, @Nullable Path errors, boolean journald) {
    /** A command: what matters, on standard error. */
    public static LogPlan command(int verbosity, @Nullable Path file) {
        return new LogPlan(verbosity, file, null, false);
    }

    /** A daemon: systemd's journal when that reads our standard error, else files in the state directory. */
    public static LogPlan daemon(int verbosity, @Nullable Path file, Path stateDir) {
        boolean journald = System.getenv("JOURNAL_STREAM") != null;
        if (file != null || journald) {
            return new LogPlan(verbosity + 1, file, null, journald && file == null);
        }
        Path folder = stateDir.resolve("log");
        return new LogPlan(verbosity + 1, folder.resolve("poolfs.log"), folder.resolve("errors.log"), false);
    }
}
