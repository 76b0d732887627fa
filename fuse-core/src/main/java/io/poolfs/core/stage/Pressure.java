package io.poolfs.core.stage;

import io.poolfs.core.cache.Budget;

/**
 * Whether dirty bytes fill so much of the budget that parts must be uploaded before their files are closed. Counters
 * only; usable from any thread.
 */
final class Pressure {
    private final Budget budget;
    private final ChunkRoom room;
    private final long thresholdBytes;

    Pressure(Budget budget, ChunkRoom room, long chunkSizeBytes) {
        this.budget = budget;
        this.room = room;
        // Half of what is left beside one chunk on its way: the other half is filled while that one is uploaded.
        this.thresholdBytes = Math.max(1, (budget.stagedLimitBytes() - chunkSizeBytes) / 2);
    }

    boolean isHigh() {
        return budget.usedBytes(Budget.Use.STAGED) - room.takenBytes() >= thresholdBytes;
    }
}
