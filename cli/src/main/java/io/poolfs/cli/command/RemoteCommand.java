package io.poolfs.cli.command;

import io.poolfs.cli.service.Access;
import io.poolfs.cli.service.Answers;
import io.poolfs.cli.service.PoolService;
import io.poolfs.cli.service.PoolStatus;
import io.poolfs.cli.setup.AddedRemote;
import io.poolfs.cli.setup.Rclone;
import io.poolfs.core.config.ConfigEdit;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.Quantities;
import io.poolfs.core.config.RemoteConfig;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.RemoteLabel;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "remote",
        header = "Show, test and change the remotes of the pool.",
        description = {
            "",
            "A remote that is added is used at once; a disabled one takes no new chunks and is still read. One that is "
                    + "taken out of the configuration while it holds chunks stays known as missing.",
        },
        subcommands = {
            RemoteCommand.ListRemotes.class,
            RemoteCommand.Test.class,
            RemoteCommand.Add.class,
            RemoteCommand.Enable.class,
            RemoteCommand.Disable.class,
            RemoteCommand.Reauthorize.class,
        })
final class RemoteCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do: list, test, add, enable, disable or reauth");
    }

    @Command(name = "list", header = "Show the remotes, their state and their room.")
    static final class ListRemotes extends DataCommand {
        @Override
        int run() throws PoolException {
            try (PoolService pool = reader()) {
                List<PoolStatus.RemoteInfo> remotes = pool.status().remotes();
                if (json) {
                    output().json(remotes);
                } else {
                    output().line(StatusText.remotes(remotes));
                }
                return ExitCodes.OK;
            }
        }
    }

    @Command(name = "test", header = "Write, read and delete an object on remotes.")
    static final class Test extends DataCommand {
        @Parameters(arity = "0..*", paramLabel = "REMOTE", description = "Default: all")
        List<String> names = List.of();

        @Override
        int run() throws PoolException {
            PoolConfig config = config();
            List<String> asked = names.isEmpty()
                    ? config.remotes().stream().map(RemoteConfig::name).toList()
                    : names;
            List<PoolStatus.RemoteInfo> tested = new ArrayList<>();
            int exit = ExitCodes.OK;
            try (PoolService pool = reader()) {
                for (String name : asked) {
                    String known = known(config, name).name();
                    try {
                        tested.add(pool.testRemote(known));
                        output().say(RemoteLabel.of(known) + " writes, reads and deletes");
                    } catch (PoolException e) {
                        output().say(RemoteLabel.before(known, String.valueOf(e.getMessage())));
                        exit = ExitCodes.of(e.reason());
                    }
                }
            }
            if (json) {
                output().json(tested);
            }
            return exit;
        }
    }

    @Command(
            name = "add",
            header = "Add a remote to the pool.",
            description = {
                "",
                "It is encrypted as the others are: where they are crypt remotes, one with the pool's password is made "
                        + "over it. It is tried by writing, reading and deleting, marked, put into the configuration, and "
                        + "used at once, also by a mounted pool; then it is given the metadata and counts for the quorum.",
                "",
                "What was interrupted goes on where it ended when the command is given again. A remote that was taken "
                        + "out of the configuration comes back with what it holds.",
            })
    static final class Add extends PoolCommand {
        @Parameters(paramLabel = "NAME:PATH", description = "As in `rclone listremotes`, or a local directory.")
        String name = "";

        @Option(names = "--priority", description = "Lower ones are filled first. Default: 0")
        int priority;

        @Option(names = "--capacity", paramLabel = "SIZE", description = "Where the backend does not tell it.")
        @Nullable
        String capacity;

        @Override
        int run() throws PoolException {
            OptionalLong bytes = OptionalLong.empty();
            if (capacity != null) {
                bytes = Quantities.size(capacity);
                if (bytes.isEmpty()) {
                    throw new PoolException(
                            Reason.CONFIG, "--capacity: \"" + capacity + "\" is not a size such as 20G");
                }
            }
            PoolConfig config = config();
            String remote;
            try (Rclone rclone = Rclone.of(config)) {
                remote = new AddedRemote(rclone, config, output()::say).prepare(name);
            }
            if (config.remote(remote) == null) {
                new ConfigEdit(wiring().surroundings())
                        .putRemote(config.file(), RemoteConfig.of(remote, priority, bytes));
            }
            join(remote, config.remote(remote) != null);
            return ExitCodes.OK;
        }

        private void join(String remote, boolean configured) throws PoolException {
            try (PoolService pool = writer()) {
                Answers.Joined joined = pool.joinRemote(remote);
                if (configured && !joined.isNew()) {
                    throw new PoolException(Reason.EXISTS, "\"" + remote + "\" is a remote of this pool already");
                }
                output().line("added " + remote);
            } catch (PoolException e) {
                if (e.reason() == Reason.EXISTS) {
                    throw e;
                }
                throw new PoolException(
                        e.reason(),
                        remote + " is in the configuration now, but keeps no metadata yet: " + e.getMessage()
                                + ". When that is mended: poolfs remote add " + remote,
                        e);
            }
        }
    }

    @Command(name = "enable", header = "Let a remote take new chunks again.")
    static final class Enable extends PoolCommand {
        @Parameters(paramLabel = "REMOTE", description = "Its name.")
        String name = "";

        @Override
        int run() throws PoolException {
            PoolConfig config = config();
            return change(this, config, known(config, name).withEnabled(true), "enabled " + name);
        }
    }

    @Command(name = "disable", header = "Put no new chunks on a remote.")
    static final class Disable extends PoolCommand {
        @Parameters(paramLabel = "REMOTE", description = "Its name.")
        String name = "";

        @Override
        int run() throws PoolException {
            PoolConfig config = config();
            return change(this, config, known(config, name).withEnabled(false), "disabled " + name);
        }
    }

    @Command(
            name = "reauth",
            header = "Sign in to a remote again.",
            description = {"", "Runs `rclone config reconnect` on this terminal, then tests the remote."})
    static final class Reauthorize extends PoolCommand {
        @Parameters(paramLabel = "REMOTE", description = "Its name.")
        String name = "";

        @Override
        int run() throws PoolException {
            PoolConfig config = config();
            RemoteConfig remote = known(config, name);
            try (Rclone rclone = Rclone.of(config)) {
                rclone.reconnect(remote.name());
            }
            try (PoolService pool = reader()) {
                pool.testRemote(remote.name());
            }
            output().line(RemoteLabel.of(remote.name()) + " works again");
            return ExitCodes.OK;
        }
    }

    static RemoteConfig known(PoolConfig config, String name) throws PoolException {
        RemoteConfig remote = config.remote(name);
        if (remote == null) {
            throw new PoolException(
                    Reason.NOT_FOUND,
                    "no remote \"" + name + "\" in " + config.file() + "; there are: "
                            + String.join(
                                    ", ",
                                    config.remotes().stream()
                                            .map(RemoteConfig::name)
                                            .toList()));
        }
        return remote;
    }

    private static int change(PoolCommand command, PoolConfig config, RemoteConfig remote, String done)
            throws PoolException {
        new ConfigEdit(command.wiring().surroundings()).putRemote(config.file(), remote);
        try (PoolService daemon = Access.daemon(config)) {
            if (daemon != null) {
                daemon.reload();
            }
        }
        command.output().line(done);
        return ExitCodes.OK;
    }
}
