package io.poolfs.core.journal;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.time.Scheduler;
import java.util.Map;
import java.util.OptionalLong;

/** Asks members whether anyone has claimed an epoch behind ours. Stateless. */
final class Fence {
    /** What the members say. */
    enum Verdict {
        /** So many know no newer epoch that a claim cannot have been complete when they were asked. */
        CLEAR,
        /** At least one knows a newer epoch: ours has ended. */
        NEWER,
        /** Too few answered. */
        UNKNOWN
    }

    private final Scheduler scheduler;
    private final Layout layout;

    Fence(Scheduler scheduler, Layout layout) {
        this.scheduler = scheduler;
        this.layout = layout;
    }

    Verdict ask(long epoch, Voters voters, Map<RemoteId, RemoteStore> members, long deadlineNanos)
            throws PoolException {
        String marker = layout.marker(epoch + 1);
        Poll.Result<OptionalLong> result = Poll.<OptionalLong>start(
                        scheduler, "look for " + marker + " on", members, (id, store) -> store.size(marker))
                .await(
                        answers -> voters.isFenceRead(answers.keySet())
                                || answers.values().stream().anyMatch(OptionalLong::isPresent),
                        deadlineNanos);
        if (result.answers().values().stream().anyMatch(OptionalLong::isPresent)) {
            return Verdict.NEWER;
        }
        return voters.isFenceRead(result.answered()) ? Verdict.CLEAR : Verdict.UNKNOWN;
    }
}
