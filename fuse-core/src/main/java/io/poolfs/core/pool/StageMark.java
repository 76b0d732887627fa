package io.poolfs.core.pool;

import io.poolfs.core.journal.LocalState;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Scheduler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Tells whether what lies in {@code cache_dir} is the stage that this state directory left: both hold the same random
 * word. A cleared tmpfs, another machine's folder or a restored state directory do not match, and then nothing in
 * {@code cache_dir} is believed.
 */
final class StageMark {
    private static final int WORD_BYTES = 32;

    private StageMark() {}

    /**
     * Prepares {@code cache_dir} for this process.
     *
     * @return true when the stage of the last process is there as it left it; false when it is lost (or never was) and
     *     the directory starts empty
     */
    static boolean claim(LocalFiles files, Scheduler scheduler, Path cacheDir, LocalState state, boolean trusted)
            throws PoolException {
        files.createPrivateDirectory(cacheDir);
        Path mark = cacheDir.resolve("stage");
        if (trusted && !state.stage().isEmpty() && state.stage().equals(read(files, mark))) {
            return true;
        }
        files.deleteTree(cacheDir.resolve("images"));
        files.deleteTree(cacheDir.resolve("chunks"));
        String word = Long.toHexString(scheduler.random().nextLong());
        files.writeAtomically(mark, word.getBytes(StandardCharsets.US_ASCII));
        state.setStage(word);
        return false;
    }

    private static String read(LocalFiles files, Path mark) throws PoolException {
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
