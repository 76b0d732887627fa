package io.poolfs.cli.command;

import io.poolfs.cli.daemon.Mounter;
import io.poolfs.cli.output.Output;
import io.poolfs.cli.service.PoolOpener;
import io.poolfs.core.config.Surroundings;

/** What commands are made of: the engine, FUSE, the machine, and where to print. Tests put their own here. */
public record Wiring(PoolOpener opener, Mounter mounter, Surroundings surroundings, Output output) {}
