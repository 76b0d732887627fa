package io.poolfs.it.resources;

import io.poolfs.it.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a process, and the rclone that it started, have of the machine.
 *
 * @param descriptors open files of both
 * @param threads of both
 * @param residentBytes of the process, without what is mapped of files in memory: the local store counts as state
 * @param rcloneBytes resident bytes of its rclone
 * @param cacheBytes allocated in {@code cache_dir}
 * @param stateBytes allocated in {@code state_dir}
 */
record Consumption(
        long descriptors, long threads, long residentBytes, long rcloneBytes, long cacheBytes, long stateBytes) {
    static Consumption of(ProcessHandle process, Path cacheDir, Path stateDir) throws IOException {
        long descriptors = 0;
        long threads = 0;
        long rclone = 0;
        for (ProcessHandle each :
                Stream.concat(Stream.of(process), process.descendants()).toList()) {
            Path proc = Path.of("/proc", "" + each.pid());
            try (Stream<Path> open = Files.list(proc.resolve("fd"))) {
                descriptors += open.count();
            }
            threads += status(proc, "Threads:");
            if (each.pid() != process.pid()) {
                rclone += status(proc, "VmRSS:") << 10;
            }
        }
        return new Consumption(
                descriptors,
                threads,
                resident(Path.of("/proc", "" + process.pid())),
                rclone,
                allocated(cacheDir),
                allocated(stateDir));
    }

    /** Every figure of this and of another that is more than the factor times it, named; a little is always allowed. */
    List<String> above(Consumption before, double factor) {
        return Stream.of(
                        more("descriptors", before.descriptors, descriptors, factor, 3),
                        more("threads", before.threads, threads, factor, 3),
                        more("RSS", before.residentBytes, residentBytes, factor, 4 << 20),
                        more("RSS of rclone", before.rcloneBytes, rcloneBytes, factor, 4 << 20),
                        more("tmpfs", before.cacheBytes, cacheBytes, factor, 1 << 20),
                        more("state", before.stateBytes, stateBytes, factor, 1 << 20))
                .filter(text -> !text.isEmpty())
                .toList();
    }

    private static String more(String what, long before, long now, double factor, long slack) {
        return now <= before * factor || now - before <= slack ? "" : what + " went from " + before + " to " + now;
    }

    /** As cells of a table. */
    String cells() {
        return "%d | %d | %.1f | %.1f | %.1f | %.1f"
                .formatted(
                        descriptors,
                        threads,
                        mebibytes(residentBytes),
                        mebibytes(rcloneBytes),
                        mebibytes(cacheBytes),
                        mebibytes(stateBytes));
    }

    private static double mebibytes(long bytes) {
        return bytes / 1048576.0;
    }

    private static long resident(Path proc) throws IOException {
        return (status(proc, "VmRSS:") - status(proc, "RssShmem:")) << 10;
    }

    private static long status(Path proc, String field) throws IOException {
        return Files.readAllLines(proc.resolve("status")).stream()
                .filter(line -> line.startsWith(field))
                .flatMap(line ->
                        Arrays.stream(line.substring(field.length()).strip().split(" ")))
                .mapToLong(word -> word.chars().allMatch(Character::isDigit) ? Long.parseLong(word) : 0)
                .findFirst()
                .orElse(0);
    }

    /** As {@code du} counts: holes take nothing. Files that are deleted meanwhile do not matter. */
    private static long allocated(Path directory) {
        String told = Shell.run(Map.of(), Path.of("/"), List.of("du", "-s", "-B1", directory.toString()))
                .out();
        return Long.parseLong(told.split("\\s", 2)[0]);
    }
}
