package io.poolfs.cli.command;

import io.poolfs.cli.daemon.Announcer;
import io.poolfs.cli.daemon.Daemon;
import io.poolfs.cli.daemon.Launch;
import io.poolfs.cli.daemon.LogPlan;
import io.poolfs.cli.daemon.Logs;
import io.poolfs.cli.daemon.MountOrder;
import io.poolfs.cli.daemon.ProgramFiles;
import io.poolfs.cli.output.Output;
import io.poolfs.cli.output.ProgressView;
import io.poolfs.cli.service.Access;
import io.poolfs.cli.service.PoolService;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "mount",
        header = "Mount the pool on a directory, and return once it answers.",
        description = {
            "",
            "The mount is kept by a process in the background; `poolfs umount` ends it properly. When the local state is "
                    + "missing it is rebuilt from the remotes first. What an earlier run could not upload is taken up.",
            "",
            "Options behind -o, separated by commas:",
            "  ro               nothing can be written, nothing is claimed",
            "  allow_other      other users may enter; needs root, or user_allow_other in",
            "                   /etc/fuse.conf",
            "  uid=N, gid=N     owner that is shown for every file; stored owners stay",
            "  umask=NNN        permissions that are shown as missing",
            "  config=PATH      the pool's configuration file",
            "  passthrough=off  the kernel does not read cached files by itself",
            "nodev, nosuid, noexec, noatime and their opposites go to the kernel; x-*, _netdev, nofail, noauto and the like "
                    + "are for mount(8) and systemd. An unknown option is refused by name.",
        })
final class MountCommand extends PoolCommand {
    @Parameters(paramLabel = "MOUNTPOINT", description = "An empty directory.")
    Path mountpoint = Path.of(".");

    @Option(names = "-o", paramLabel = "OPTIONS", description = "Mount options, see above.")
    List<String> options = new ArrayList<>();

    @Option(names = "--foreground", description = "Stay in the foreground; Ctrl-C unmounts.")
    boolean foreground;

    @Option(names = "--take-over", description = "Take the right to write from another mount that holds it.")
    boolean takeOver;

    @Option(
            names = "--accept-loss",
            description = "With too few remotes to be sure of the newest state: take what there is as everything.")
    boolean acceptLoss;

    @Option(names = "--source", hidden = true, description = "What /proc/mounts shows.")
    @Nullable
    String source;

    @Option(names = "--via", hidden = true, description = "Mount there; who calls binds it to MOUNTPOINT.")
    @Nullable
    Path via;

    @Option(names = "--announce", hidden = true, description = "Tell the starter on standard output.")
    boolean announce;

    @Override
    void setUpLog() throws PoolException {
        if (!foreground) {
            super.setUpLog();
        }
    }

    @Override
    int run() throws PoolException {
        MountWords words = MountWords.of(options);
        Announcer announcer = new Announcer(announce, System.out);
        try {
            PoolConfig config = config(words.config() != null ? words.config() : globals().pool);
            String shown = source != null ? source : config.name();
            Path at = mountpoint.toAbsolutePath().normalize();
            MountOrder order = new MountOrder(at, shown, words.others(), takeOver, acceptLoss, via);
            if (foreground) {
                keep(config, order, announcer);
                return ExitCodes.OK;
            }
            config.notes().forEach(note -> output().say("note: " + note));
            return joinDraining(config, order) ? ExitCodes.OK : launch(config, order);
        } catch (PoolException e) {
            announcer.failed(ExitCodes.of(e.reason()), String.valueOf(e.getMessage()));
            if (announce) {
                LoggerFactory.getLogger(MountCommand.class).error("{}", e.getMessage());
                return ExitCodes.of(e.reason());
            }
            throw e;
        }
    }

    /** A daemon of this pool that runs already: takes the mount over when it drains, else BUSY. */
    private boolean joinDraining(PoolConfig config, MountOrder order) throws PoolException {
        try (PoolService daemon = Access.daemon(config)) {
            if (daemon == null) {
                return false;
            }
            daemon.mountAgain(order.mountpoint().toString(), List.of(order.options()), order.source());
            output().line(config.name() + " is mounted at " + order.mountpoint());
            return true;
        } catch (PoolException e) {
            if (e.reason() == Reason.CLOSED) {
                return false; // it ended meanwhile
            }
            throw e;
        }
    }

    private int launch(PoolConfig config, MountOrder order) throws PoolException {
        checkMountPoint(order.mountpoint());
        List<String> words = new ArrayList<>(List.of("mount", "--foreground", "--announce"));
        words.addAll(List.of("--pool", config.file().toString(), "--source", order.source()));
        if (!order.options().isEmpty()) {
            words.addAll(List.of("-o", order.options()));
        }
        if (takeOver) {
            words.add("--take-over");
        }
        if (acceptLoss) {
            words.add("--accept-loss");
        }
        for (int i = 0; i < globals().verbosity(); i++) {
            words.add("-v");
        }
        Path logFile = globals().logFile;
        if (logFile != null) {
            words.addAll(List.of("--log-file", logFile.toAbsolutePath().toString()));
        }
        words.add(order.mountpoint().toString());
        Launch.Outcome outcome;
        try (ProgressView view = output().progress()) {
            outcome = Launch.start(words, config.stateDir().resolve("log/start.log"), view, output()::say);
        }
        if (outcome.exitCode() != 0) {
            output().say("poolfs: " + outcome.message());
            return outcome.exitCode();
        }
        output().line(outcome.message());
        return ExitCodes.OK;
    }

    /** What can be seen before anything is opened. What a dead daemon left there is for the daemon to clear. */
    private static void checkMountPoint(Path at) throws PoolException {
        if (Files.notExists(at)) {
            throw new PoolException(
                    Reason.NOT_FOUND, "mount point " + at + " does not exist: make it with mkdir -p " + at);
        }
        if (Files.exists(at) && !Files.isDirectory(at)) {
            throw new PoolException(
                    Reason.NOT_DIRECTORY, "mount point " + at + " is not a directory: name an empty one");
        }
        try (Stream<Path> entries = Files.list(at)) {
            if (entries.findAny().isPresent()) {
                throw new PoolException(
                        Reason.NOT_EMPTY,
                        "mount point " + at + " is not empty: its files would be hidden; name an empty directory");
            }
        } catch (IOException | UncheckedIOException e) {
            LoggerFactory.getLogger(MountCommand.class).debug("looking at {}", at, e);
        }
    }

    private void keep(PoolConfig config, MountOrder order, Announcer announcer) throws PoolException {
        ProgramFiles.keepOpen();
        boolean onTerminal = !announce && Output.isTerminal(2);
        Logs.apply(
                onTerminal
                        ? LogPlan.command(globals().verbosity() + 1, globals().logFile)
                        : LogPlan.daemon(globals().verbosity(), globals().logFile, config.stateDir()));
        Daemon daemon = new Daemon(config, wiring().opener(), wiring().mounter(), announcer);
        Thread hook = new Thread(
                () -> {
                    daemon.stopForSignal();
                    Runtime.getRuntime().halt(ExitCodes.OK); // asked to stop and stopped: no failure
                },
                "signal");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            daemon.run(order);
        } finally {
            removeHook(hook);
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // the signal is what ended us: the hook ends the process
        }
    }
}
