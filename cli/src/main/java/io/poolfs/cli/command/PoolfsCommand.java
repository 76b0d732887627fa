package io.poolfs.cli.command;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolfsVersion;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The root command {@code poolfs}; everything it does is in its subcommands. */
@Command(
        name = "poolfs",
        versionProvider = PoolfsCommand.Version.class,
        subcommands = {
            InitCommand.class,
            AttachCommand.class,
            KitCommand.class,
            MountCommand.class,
            UmountCommand.class,
            MountHelperCommand.class,
            StatusCommand.class,
            ListCommand.class,
            UploadCommand.class,
            DownloadCommand.class,
            CatCommand.class,
            DeleteCommand.class,
            MakeDirectoryCommand.class,
            MoveCommand.class,
            UsageCommand.class,
            SpaceCommand.class,
            ManifestCommand.class,
            FlushCommand.class,
            ReloadCommand.class,
            StagedCommand.class,
            RemoteCommand.class,
            CheckCommand.class,
            RecoverCommand.class,
            GcCommand.class,
            FsckCommand.class,
            ImportCommand.class,
        },
        header = "One filesystem over several rclone remotes.",
        description = {
            "",
            "poolfs cuts files into chunks, spreads them over your remotes, and shows them as one directory.",
            "",
            "A pool in three steps:",
            "  poolfs init media          # choose remotes, make the pool",
            "  poolfs mount /mnt/pool     # use it like any directory",
            "  poolfs umount /mnt/pool    # upload what is left, and stop",
            "",
        },
        footerHeading = "%nPaths in the pool start with /. `poolfs COMMAND --help` tells more about each.%n",
        exitCodeListHeading = "%nExit status:%n")
public final class PoolfsCommand implements Runnable {
    final Wiring wiring;

    @Mixin
    Globals globals = new Globals();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    boolean version;

    private PoolfsCommand(Wiring wiring) {
        this.wiring = wiring;
    }

    /** The command line, ready to execute. */
    public static CommandLine commandLine(Wiring wiring) {
        CommandLine line = new CommandLine(new PoolfsCommand(wiring));
        line.getCommandSpec().usageMessage().exitCodeList(ExitCodes.texts());
        line.setExecutionExceptionHandler((failure, where, parsed) -> failed(where, failure));
        line.setExitCodeExceptionMapper(
                failure -> failure instanceof PoolException known ? ExitCodes.of(known.reason()) : ExitCodes.FAILED);
        line.setUsageHelpWidth(100);
        line.setParameterExceptionHandler((failure, words) -> misunderstood(failure));
        return line;
    }

    /** The line that {@code --version} prints. */
    public static String versionLine() {
        return "poolfs " + PoolfsVersion.current();
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    private static int failed(CommandLine where, Exception failure) {
        PrintWriter err = where.getErr();
        if (failure instanceof PoolException known) {
            err.println("poolfs: " + known.getMessage());
            err.flush();
            return ExitCodes.of(known.reason());
        }
        err.println("poolfs: " + failure + " (this is a bug in poolfs; please report it with these lines)");
        failure.printStackTrace(err);
        err.flush();
        return ExitCodes.FAILED;
    }

    private static int misunderstood(CommandLine.ParameterException failure) {
        CommandLine where = failure.getCommandLine();
        PrintWriter err = where.getErr();
        err.println("poolfs: " + failure.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(failure, err);
        err.println("`" + where.getCommandSpec().qualifiedName() + " --help` tells what is possible");
        err.flush();
        return ExitCodes.USAGE;
    }

    /** Prints the version that the build wrote. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {versionLine()};
        }
    }
}
