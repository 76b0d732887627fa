package io.poolfs.it.model;

import io.poolfs.it.Shell;
import io.poolfs.it.model.Step.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Episodes of random calls on a mount and on a reference. Each begins with empty directories and has a seed of its own,
 * so that it can be repeated alone; one that fails is made shorter as long as it goes on failing.
 */
public final class ModelRun {
    private static final int BATCH = 500;
    private static final String WORK = "work";
    private static final int SHOWN = 80;
    private static final Duration SHRINKING = Duration.ofMinutes(3);

    /** The mount, and what can be done to it between calls. */
    public interface Mount {
        Path directory();

        /** Unmounts and mounts again, with nothing cached if {@code cold}. */
        void remount(boolean cold);

        /** Makes the cache take in something else until nothing of before is left. */
        void evict() throws IOException;
    }

    /** What an episode was like. */
    public record Report(int steps, int controls, @Nullable String failure) {}

    private final Mount mount;
    private final Path references;
    private final Libc libc = Libc.load();
    private final AtomicInteger directories = new AtomicInteger();

    /** @param references a directory of the reference file system */
    public ModelRun(Mount mount, Path references) {
        this.mount = mount;
        this.references = references;
    }

    /** One episode of that many calls. The failure, if there is one, says what happened and how to get there. */
    public Report episode(long seed, int steps) throws IOException {
        Generator generator = new Generator(seed);
        Random controls = new Random(~seed);
        List<Step> done = new ArrayList<>();
        int controlled = 0;
        String failure;
        try (Replay replay = begin()) {
            failure = null;
            for (int i = 1; failure == null && i <= steps; i++) {
                Step step = generator.next();
                done.add(step);
                failure = replay.step(step);
                generator.learn(step, replay.outcome());
                if (failure == null && i % BATCH == 0) {
                    for (Step control : controls(controls)) {
                        done.add(control);
                        controlled++;
                        failure = failure == null ? replay.step(control) : failure;
                    }
                    generator.learn(replay.found());
                }
            }
        }
        end();
        return new Report(done.size() - controlled, controlled, failure == null ? null : explain(seed, done, failure));
    }

    /** What once failed. Returns what fails again, or null. */
    public @Nullable String kept() throws IOException {
        for (Map.Entry<String, List<Step>> trace : Kept.traces().entrySet()) {
            String failure = replay(trace.getValue());
            end();
            if (failure != null) {
                return trace.getKey() + ": " + failure;
            }
        }
        return null;
    }

    private static List<Step> controls(Random random) {
        List<Step> steps = new ArrayList<>(List.of(Step.control(Kind.COMPARE)));
        int roll = random.nextInt(40);
        if (roll < 2) {
            steps.add(Step.control(roll == 0 ? Kind.COLD : Kind.REMOUNT));
        } else if (roll < 8) {
            steps.add(Step.control(Kind.EVICT));
        }
        if (steps.size() > 1) {
            steps.add(Step.control(Kind.COMPARE));
        }
        return steps;
    }

    /** A directory within a directory: a symlink may lead one step out. */
    private Replay begin() throws IOException {
        String name = "model" + directories.incrementAndGet();
        long start = System.nanoTime();
        for (Path parent : List.of(references, mount.directory())) {
            for (Path path : List.of(parent.resolve(name), parent.resolve(name).resolve(WORK))) {
                Files.createDirectory(path);
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
            }
        }
        return new Replay(libc, mount, references, name + "/" + WORK, System.nanoTime() - start);
    }

    private void end() {
        for (Path parent : List.of(references, mount.directory())) {
            Shell.bash(parent, "rm -rf model*");
        }
    }

    /** Replays parts of what was done, as long as there is time, and keeps what still fails. */
    private String explain(long seed, List<Step> done, String failure) throws IOException {
        long end = System.nanoTime() + SHRINKING.toNanos();
        List<Step> failing = done;
        String told = failure;
        for (int piece = failing.size() / 2; piece >= 1; piece = piece == 1 ? 0 : Math.max(1, piece / 2)) {
            for (int at = failing.size() - piece; at >= 0 && System.nanoTime() < end; at -= piece) {
                List<Step> fewer = new ArrayList<>(failing.subList(0, at));
                fewer.addAll(failing.subList(Math.min(failing.size(), at + piece), failing.size()));
                String still = replay(fewer);
                end();
                if (still != null && kind(still).equals(kind(failure))) {
                    failing = fewer;
                    told = still;
                }
            }
        }
        StringBuilder text = new StringBuilder("seed " + seed + ", call " + done.size() + ": " + failure);
        text.append("\nshortened to ").append(failing.size()).append(" steps: ").append(told);
        failing.subList(Math.max(0, failing.size() - SHOWN), failing.size())
                .forEach(step -> text.append("\n  ").append(step));
        return text.toString();
    }

    /** So that what is made shorter does not become another failure. */
    private static String kind(String failure) {
        String what = failure.contains("bytes from") ? "content" : failure.contains(": times:") ? "times" : "";
        return what + (failure.startsWith("/") ? "tree" : failure.split("[ :]")[0]);
    }

    private @Nullable String replay(List<Step> steps) throws IOException {
        try (Replay replay = begin()) {
            for (Step step : steps) {
                String failure = replay.step(step);
                if (failure != null) {
                    return failure;
                }
            }
            return null;
        }
    }
}
