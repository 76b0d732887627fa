package io.poolfs.cli.command;

import picocli.CommandLine.Option;

/** A command that prints data: as JSON when asked. */
abstract class DataCommand extends PoolCommand {
    @Option(names = "--json", description = "Print JSON, for programs.")
    boolean json;
}
