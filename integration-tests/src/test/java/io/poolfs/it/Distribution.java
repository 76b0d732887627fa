package io.poolfs.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The program under test: what this build has put into {@code cli/target/dist}. Its libraries are always those of this
 * build; the shared class archive, which Java ignores when they are not the same, is made anew when they changed.
 */
final class Distribution {
    static final Path REPOSITORY = Path.of(System.getProperty("user.dir")).getParent();

    /** The launcher. */
    static final Path POOLFS = complete();

    private Distribution() {}

    private static Path complete() {
        Path home = REPOSITORY.resolve("cli/target/dist");
        try {
            FileTime built = newest(home.resolve("lib"), ".jar");
            if (newest(home, ".jsa").compareTo(built) < 0 || !Files.isDirectory(home.resolve("native"))) {
                Shell.run(
                                Map.of(),
                                REPOSITORY,
                                List.of(REPOSITORY.resolve("scripts/dist").toString(), "--complete"))
                        .orFail();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the program is not built", e);
        }
        return REPOSITORY.resolve("scripts/poolfs");
    }

    private static FileTime newest(Path directory, String suffix) throws IOException {
        FileTime newest = FileTime.fromMillis(0);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(suffix)).toList()) {
                FileTime time = Files.getLastModifiedTime(file);
                newest = time.compareTo(newest) > 0 ? time : newest;
            }
        }
        return newest;
    }
}
