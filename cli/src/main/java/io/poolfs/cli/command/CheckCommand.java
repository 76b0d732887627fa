package io.poolfs.cli.command;

import io.poolfs.cli.setup.Checks;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
        name = "check",
        header = "Check everything a mount needs, and say how to mend what is wrong.",
        description = {
            "",
            "FUSE, rclone and its remotes, tmpfs, the configuration, the clock. Each remote is tried by writing, reading"
                    + " and deleting an object. Exit status 7 when something failed.",
        })
final class CheckCommand extends DataCommand {
    @Override
    int run() {
        List<Checks.Finding> findings = new Checks(wiring().surroundings()).run(globals().pool);
        if (json) {
            output().json(findings);
        } else {
            for (Checks.Finding finding : findings) {
                output().line(String.format("%-8s %-18s %s", finding.state(), finding.what(), finding.found()));
                if (finding.fix() != null) {
                    output().line("         -> " + finding.fix());
                }
            }
        }
        boolean failed = findings.stream().anyMatch(finding -> finding.state().equals("failed"));
        return failed ? ExitCodes.DAMAGED : ExitCodes.OK;
    }
}
