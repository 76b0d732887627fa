package io.poolfs.cli;

import io.poolfs.cli.command.ManualPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.AutoComplete;
import picocli.CommandLine;

/** Writes what is installed beside the program, made from the commands themselves: completion and manual page. */
final class Share {
    static final String WORD = "write-share";

    private Share() {}

    static void write(CommandLine line, Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("poolfs.bash"), AutoComplete.bash("poolfs", line));
        Files.writeString(directory.resolve("poolfs.1"), new ManualPage(line).text());
    }
}
