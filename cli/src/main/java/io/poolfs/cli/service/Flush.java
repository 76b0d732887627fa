package io.poolfs.cli.service;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Task;
import java.time.Duration;
import java.util.List;

/** Brings content and metadata onto the remotes and says how far it is. */
final class Flush {
    private static final Duration REPORT_EVERY = Duration.ofMillis(200);

    private final OpenPool pool;
    private final Paths paths;

    Flush(OpenPool pool, Paths paths) {
        this.pool = pool;
        this.paths = paths;
    }

    Answers.Flushed run(List<PoolPath> files, long timeoutMillis, Progress.Listener listener) throws PoolException {
        long deadline = pool.scheduler().deadlineAfter(Duration.ofMillis(timeoutMillis));
        long[] count = {files.isEmpty() ? pool.stager().status().modifiedFiles() : files.size()};
        Task work = pool.scheduler().start("flush", () -> {
            if (files.isEmpty()) {
                pool.stager().commitAll(deadline);
            } else {
                for (PoolPath file : files) {
                    pool.stager().commit(paths.resolve(file, true).number(), deadline);
                }
            }
            pool.shipped().awaitShipped(pool.metadata().lastTransaction(), deadline);
        });
        long atStart = pool.stager().status().stagedBytes();
        while (!work.isDone()) {
            long staged = pool.stager().status().stagedBytes();
            listener.update(new Progress("uploading", Math.max(0, atStart - staged), atStart, "bytes", null));
            await(work);
        }
        try {
            work.join(Long.MAX_VALUE);
        } catch (PoolException e) {
            throw new NamedInodes(pool.metadata()).in(e);
        }
        return new Answers.Flushed(pool.shipped().shippedTransaction(), count[0]);
    }

    private void await(Task work) throws PoolException {
        try {
            work.join(pool.scheduler().deadlineAfter(REPORT_EVERY));
        } catch (PoolException e) {
            if (e.reason() != Reason.TIMEOUT || work.isDone()) {
                throw new NamedInodes(pool.metadata()).in(e);
            }
        }
    }
}
