package io.poolfs.core.journal;

/** Is told how far a recovery is: often, and on the thread that works, so it must be quick. */
@FunctionalInterface
public interface RecoveryProgress {
    RecoveryProgress NONE = (phase, done, total, unit) -> {};

    /**
     * @param phase what is being done, in a few words
     * @param total -1 when that is not known
     * @param unit of {@code done} and {@code total}, such as {@code bytes}
     */
    void at(String phase, long done, long total, String unit);
}
