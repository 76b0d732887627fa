package io.poolfs.cli.command;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Options that every command takes. */
final class Globals {
    @Option(
            names = "--pool",
            paramLabel = "NAME",
            scope = ScopeType.INHERIT,
            description = "The pool, or the path of its configuration file. Else POOLFS_POOL, else the only one.")
    @Nullable
    String pool;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Say more in the log; twice: everything.")
    boolean[] verbose = {};

    @Option(names = "--log-file", paramLabel = "FILE", scope = ScopeType.INHERIT, description = "Write the log there.")
    @Nullable
    Path logFile;

    int verbosity() {
        return verbose.length;
    }
}
