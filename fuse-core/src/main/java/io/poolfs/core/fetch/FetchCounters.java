package io.poolfs.core.fetch;

import io.poolfs.core.model.PoolException;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the fetcher did, for those who look. Usable from any thread. */
public final class FetchCounters {
    private static final Logger LOG = LoggerFactory.getLogger(FetchCounters.class);

    private final LongAdder fetchedBytes = new LongAdder();
    private final LongAdder aheadFailures = new LongAdder();
    private final LongAdder aheadDrops = new LongAdder();
    private final LongAdder notKept = new LongAdder();

    FetchCounters() {}

    /** Bytes that came from remotes. */
    public long fetchedBytes() {
        return fetchedBytes.sum();
    }

    /** Fetches ahead of readers that failed; nobody was told. */
    public long aheadFailures() {
        return aheadFailures.sum();
    }

    /** Fetches ahead of readers that were given up because nothing could leave for them. */
    public long aheadDrops() {
        return aheadDrops.sum();
    }

    /** Units that were passed on to readers but could not be kept. */
    public long notKept() {
        return notKept.sum();
    }

    void fetched(long bytes) {
        fetchedBytes.add(bytes);
    }

    void aheadFailed(PoolException e) {
        aheadFailures.increment();
        LOG.debug("fetch ahead failed: {}: {}", e.reason(), e.getMessage());
    }

    void droppedForRoom() {
        aheadDrops.increment();
    }

    void notKept(PoolException e) {
        notKept.increment();
        LOG.debug("fetched bytes could not be kept: {}: {}", e.reason(), e.getMessage());
    }
}
