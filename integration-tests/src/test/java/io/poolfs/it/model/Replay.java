package io.poolfs.it.model;

import io.poolfs.it.model.Step.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Two directories that begin empty, and the same calls on both. */
final class Replay implements AutoCloseable {
    /** The kernel's clock for files is as coarse as its tick. */
    private static final long TICK_NANOS = 50_000_000;

    private static final int SHARED = 1;

    private final ModelRun.Mount mount;
    private final Side reference;
    private final Side pool;
    private final Trees trees;
    private final Set<Long> loose = new HashSet<>();
    private final long[] sharedMaps = new long[Side.MAPS];
    private Map<String, Status> found = new TreeMap<>();
    private Outcome outcome = Outcome.SKIPPED;
    private long longestNanos;

    /** @param beganNanos how long it took to make both directories */
    Replay(Libc libc, ModelRun.Mount mount, Path references, String name, long beganNanos) {
        this.longestNanos = beganNanos;
        this.mount = mount;
        this.reference = new Side(libc, references.resolve(name), true);
        this.pool = new Side(libc, mount.directory().resolve(name), false);
        this.trees = new Trees(reference, pool);
    }

    /** What the last call did on the reference. */
    Outcome outcome() {
        return outcome;
    }

    /** What the last comparison saw. */
    Map<String, Status> found() {
        return found;
    }

    /** Returns in what both sides differ, or null. */
    @Nullable
    String step(Step step) throws IOException {
        if (step.kind().isControl()) {
            outcome = Outcome.SKIPPED;
            return control(step.kind());
        }
        long start = System.nanoTime();
        outcome = reference.apply(step);
        Outcome actual = pool.apply(step);
        longestNanos = Math.max(longestNanos, System.nanoTime() - start);
        noteTimes(step);
        return actual.isSame(outcome) ? null : step + ": " + actual.against(outcome);
    }

    /** When a store into a shared map is seen in the times, and whether a call that changes nothing is, is left open. */
    private void noteTimes(Step step) {
        if (!outcome.isSuccess()) {
            return;
        }
        switch (step.kind()) {
            case MAP ->
                sharedMaps[step.slot() >> 8] = step.flags() == SHARED ? reference.inodeOf(step.slot() & 0xff) : 0;
            case STORE -> loose.add(sharedMaps[step.slot()]);
            case FALLOCATE -> loose.add(reference.inodeOf(step.slot()));
            case TRUNCATE -> loose.add(reference.inodeAt(step.pathBytes()));
            default -> {}
        }
    }

    private @Nullable String control(Kind kind) throws IOException {
        switch (kind) {
            case COMPARE -> {
                found = new TreeMap<>();
                return trees.difference(longestNanos + TICK_NANOS, loose, found);
            }
            case EVICT -> {
                dropPages();
                mount.evict();
            }
            default -> {
                reference.closeAll();
                pool.closeAll();
                mount.remount(kind == Kind.COLD);
            }
        }
        return null;
    }

    private void dropPages() {
        found.forEach((path, status) -> {
            if (status.isRegular()) {
                int fd = pool.open(path.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1), 0);
                if (fd >= 0) {
                    pool.forgetPages(fd);
                    pool.libc().close(fd);
                }
            }
        });
    }

    @Override
    public void close() {
        reference.close();
        pool.close();
    }
}
