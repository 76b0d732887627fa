package io.poolfs.cli.command;

import io.poolfs.cli.service.Access;
import io.poolfs.cli.service.Answers;
import io.poolfs.cli.service.PoolService;
import io.poolfs.core.model.PoolException;
import picocli.CommandLine.Command;

@Command(
        name = "reload",
        header = "Let the running mount read its configuration again.",
        description = {"", "Remotes change at once; it names the keys that wait for the next mount."})
final class ReloadCommand extends DataCommand {
    @Override
    int run() throws PoolException {
        try (PoolService daemon = Access.daemon(config())) {
            if (daemon == null) {
                output().say("not mounted: the next mount reads the configuration");
                return ExitCodes.OK;
            }
            Answers.Reloaded answer = daemon.reload();
            if (json) {
                output().json(answer);
                return ExitCodes.OK;
            }
            boolean nothing = answer.applied().isEmpty() && answer.waiting().isEmpty();
            if (nothing) {
                output().line("nothing has changed");
            }
            if (!answer.applied().isEmpty()) {
                output().line("in effect: " + String.join(", ", answer.applied()));
            }
            if (!answer.waiting().isEmpty()) {
                output().line("at the next mount: " + String.join(", ", answer.waiting()));
            }
            return ExitCodes.OK;
        }
    }
}
