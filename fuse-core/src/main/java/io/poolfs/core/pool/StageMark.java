package io.poolfs.core.pool;

import io.poolfs.core.cache.ImageStore;
import io.poolfs.core.journal.LocalState;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Scheduler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Tells whether what lies in {@code cache_dir} is the stage that this state directory left: both hold the same random
 * word. A cleared tmpfs, another machine's folder or a restored state directory do not match, and then nothing in
 * {@code cache_dir} is believed.
 */
final class StageMark {
    private static final int WORD_BYTES = 32;
    private static final List<String> PARTS = List.of("images", "chunks");

    private final LocalFiles files;
    private final Scheduler scheduler;
    private final Path cacheDir;
    private final LocalState state;
    private final Path mark;

    StageMark(LocalFiles files, Scheduler scheduler, Path cacheDir, LocalState state) {
        this.files = files;
        this.scheduler = scheduler;
        this.cacheDir = cacheDir;
        this.state = state;
        this.mark = cacheDir.resolve("stage");
    }

    /** Whether the stage of the last process is there as it left it. */
    boolean matches() throws PoolException {
        boolean trusted =
                switch (state.found()) {
                    case CLEAN, KILLED -> true;
                    // What was not synced may be torn.
                    case FRESH, POWER_LOSS -> false;
                };
        return trusted && !state.stage().isEmpty() && state.stage().equals(read());
    }

    /** Whether another state directory has left content here that is not committed, as far as that can be told. */
    boolean isForeign() throws PoolException {
        String word = read();
        return !word.isEmpty()
                && !word.equals(state.stage())
                && ImageStore.mayHoldUncommitted(scheduler, files, cacheDir.resolve("images"));
    }

    /**
     * Empties the directory of a stage that is not ours to use. One that another state directory left is moved aside.
     *
     * @return what a person should know; empty when nothing was moved
     */
    List<String> clear() throws PoolException {
        files.createPrivateDirectory(cacheDir);
        String word = read();
        if (isForeign()) {
            Path aside = cacheDir.resolve("set-aside-" + word);
            files.createPrivateDirectory(aside);
            for (String part : PARTS) {
                if (files.exists(cacheDir.resolve(part))) {
                    files.rename(cacheDir.resolve(part), aside.resolve(part));
                }
            }
            files.delete(mark);
            return List.of("the stage in " + cacheDir
                    + " was left by another state directory, or by this one before it used another"
                    + " cache_dir; it was moved to " + aside);
        }
        for (String part : PARTS) {
            files.deleteTree(cacheDir.resolve(part));
        }
        return List.of();
    }

    /** Says that from now on this stage and this state belong together: what was lost before has been dealt with. */
    void renew() throws PoolException {
        String word = Long.toHexString(scheduler.random().nextLong());
        files.writeAtomically(mark, word.getBytes(StandardCharsets.US_ASCII));
        state.setStage(word);
    }

    private String read() throws PoolException {
        try {
            return new String(files.readAll(mark, WORD_BYTES), StandardCharsets.US_ASCII);
        } catch (PoolException e) {
            if (e.reason() == Reason.NOT_FOUND || e.reason() == Reason.RESULT_TOO_LARGE) {
                return "";
            }
            throw e;
        }
    }
}
