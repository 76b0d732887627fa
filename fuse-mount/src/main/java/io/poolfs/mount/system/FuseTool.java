package io.poolfs.mount.system;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The setuid program by which users other than root mount and unmount. */
public final class FuseTool {
    private static final List<String> NAMES = List.of("fusermount3", "fusermount");

    private FuseTool() {}

    /** UNSUPPORTED when it is not installed. */
    public static Path find() throws PoolException {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return NAMES.stream()
                .flatMap(name -> Stream.concat(Stream.of(path.split(File.pathSeparator)), Stream.of("/bin", "/usr/bin"))
                        .filter(directory -> !directory.isEmpty())
                        .map(directory -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new PoolException(
                        Reason.UNSUPPORTED,
                        "fusermount is not installed: users other than root need the package fuse3 (or fuse)"));
    }
}
