package io.poolfs.core.pool;

import org.jspecify.annotations.Nullable;

/**
 * What a remote could do; null for what was not reached.
 *
 * @param putMillis a small object, from the call to the acknowledgement; the median
 * @param getMillis a small object; the median
 * @param upBytesPerSecond with as many uploads at a time as it is configured for
 * @param downBytesPerSecond with as many downloads at a time as it is configured for
 * @param deletesPerSecond one after the other
 * @param error what went wrong, or null
 */
public record RemoteFigures(
        String name,
        @Nullable Long putMillis,
        @Nullable Long getMillis,
        @Nullable Long upBytesPerSecond,
        @Nullable Long downBytesPerSecond,
        @Nullable Double deletesPerSecond,
        @Nullable String error) {}
