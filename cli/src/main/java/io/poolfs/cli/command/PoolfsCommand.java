package io.poolfs.cli.command;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolfsVersion;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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
            WarmCommand.class,
            PinCommand.class,
            UnpinCommand.class,
            EvictCommand.class,
            LimitCommand.class,
            ReloadCommand.class,
            StagedCommand.class,
            RemoteCommand.class,
            CheckCommand.class,
            BenchCommand.class,
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
    private static final int HELP_COLUMNS = 80;

    final Wiring wiring;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

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
        line.setUsageHelpWidth(HELP_COLUMNS);
        line.getSubcommands().values().forEach(PoolfsCommand::space);
        line.setParameterExceptionHandler((failure, words) -> misunderstood(failure));
        return line;
    }

    /** An empty line between the parts of the help. */
    private static void space(CommandLine line) {
        CommandLine.Model.UsageMessageSpec help = line.getCommandSpec().usageMessage();
        if (line.getCommandSpec().positionalParameters().isEmpty()) {
            help.optionListHeading("%n");
        } else {
            help.parameterListHeading("%n");
        }
        help.commandListHeading("%nCommands:%n");
        line.getSubcommands().values().forEach(PoolfsCommand::space);
    }

    /** The line that {@code --version} prints. */
    public static String versionLine() {
        return "poolfs " + PoolfsVersion.current();
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
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
        err.println("poolfs: " + what(failure));
        err.println("`" + where.getCommandSpec().qualifiedName() + " --help` tells what is possible");
        err.flush();
        return ExitCodes.USAGE;
    }

    private static String what(CommandLine.ParameterException failure) {
        if (!(failure instanceof CommandLine.UnmatchedArgumentException unmatched)
                || unmatched.getUnmatched().isEmpty()) {
            return String.valueOf(failure.getMessage());
        }
        String word = unmatched.getUnmatched().get(0);
        String kind = word.startsWith("-")
                ? "there is no option "
                : failure.getCommandLine().getSubcommands().isEmpty()
                        ? "one argument too many: "
                        : "there is no command ";
        // What is proposed is alike in some way; only what begins alike is worth telling.
        List<String> alike = unmatched.getSuggestions().stream()
                .map(text -> text.substring(text.lastIndexOf(' ') + 1))
                .filter(text ->
                        text.startsWith(word.substring(0, Math.min(word.length(), word.startsWith("--") ? 3 : 1))))
                .toList();
        return kind + word + (alike.isEmpty() ? "" : "; did you mean " + String.join(" or ", alike) + "?");
    }

    /** Prints the version that the build wrote. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {versionLine()};
        }
    }
}
