package io.poolfs.cli.command;

import io.poolfs.cli.daemon.LogPlan;
import io.poolfs.cli.daemon.Logs;
import io.poolfs.cli.output.Output;
import io.poolfs.cli.output.ProgressView;
import io.poolfs.cli.service.Access;
import io.poolfs.cli.service.PoolOpener;
import io.poolfs.cli.service.PoolService;
import io.poolfs.core.config.ConfigFiles;
import io.poolfs.core.config.ConfigReader;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.model.PoolException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What commands have in common: the pool that is meant, its service, and where to print. */
abstract class PoolCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    /** Does the work; returns one of {@link ExitCodes}. */
    abstract int run() throws PoolException;

    @Override
    public final Integer call() throws PoolException {
        setUpLog();
        return run();
    }

    /** A command writes its log to standard error; the daemon does otherwise. */
    void setUpLog() throws PoolException {
        Logs.apply(LogPlan.command(globals().verbosity(), globals().logFile));
    }

    final PoolfsCommand root() {
        return (PoolfsCommand) spec.root().userObject();
    }

    final Globals globals() {
        return root().globals;
    }

    final Wiring wiring() {
        return root().wiring;
    }

    final Output output() {
        return wiring().output();
    }

    final PoolConfig config() throws PoolException {
        return config(globals().pool);
    }

    final PoolConfig config(@Nullable String asked) throws PoolException {
        ConfigFiles files = new ConfigFiles(wiring().surroundings());
        return new ConfigReader(wiring().surroundings()).read(files.find(asked));
    }

    /** The daemon's service, else one over the pool opened here without claiming anything. */
    final PoolService reader() throws PoolException {
        return connect(PoolOpener.Request.READ);
    }

    /** The daemon's service, else one over the pool opened here to write. */
    final PoolService writer() throws PoolException {
        return connect(PoolOpener.Request.WRITE);
    }

    final PoolService connect(PoolOpener.Request request) throws PoolException {
        try (ProgressView view = output().progress()) {
            return new Access(wiring().opener()).connect(config(), request, view);
        }
    }
}
