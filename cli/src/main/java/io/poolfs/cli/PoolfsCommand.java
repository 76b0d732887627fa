package io.poolfs.cli;

import io.poolfs.core.model.PoolfsVersion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The root command {@code poolfs}; everything it does is in its subcommands. */
@Command(
        name = "poolfs",
        mixinStandardHelpOptions = true,
        versionProvider = PoolfsCommand.Version.class,
        description = "One filesystem over several rclone remotes.")
final class PoolfsCommand implements Runnable {
    public static void main(String[] args) {
        System.exit(new CommandLine(new PoolfsCommand()).execute(args));
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    /** Prints the version that the build wrote. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"poolfs " + PoolfsVersion.current()};
        }
    }
}
