package io.poolfs.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Local folders that stand for remotes. */
final class Folders {
    private Folders() {}

    static List<Path> make(Path root, int count) throws IOException {
        List<Path> folders = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            folders.add(Files.createDirectories(root.resolve("remote" + i)));
        }
        return folders;
    }

    /** Bytes of all files below a folder. */
    static long bytes(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            long sum = 0;
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                sum += Files.size(file);
            }
            return sum;
        }
    }

    static long files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).count();
        }
    }
}
