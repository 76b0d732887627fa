package io.poolfs.cli.command;

import io.poolfs.cli.service.Answers;
import io.poolfs.core.config.Quantities;

/** How {@code warm}, {@code pin}, {@code unpin} and {@code evict} end. */
final class KeptText {
    private KeptText() {}

    /** Returns the exit status. */
    static int print(DataCommand command, Answers.Kept kept, String what) {
        if (command.json) {
            command.output().json(kept);
        } else {
            kept.failed().forEach(file -> command.output().say(file.path() + ": " + file.why()));
            command.output()
                    .line(kept.files() + (kept.files() == 1 ? " file, " : " files, ")
                            + Quantities.readableSize(kept.bytes()) + ": " + what);
        }
        return kept.failed().isEmpty() ? ExitCodes.OK : ExitCodes.FAILED;
    }
}
