package io.poolfs.mount.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.EnumMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One log line per failed operation. What every file system answers all day is only told at debug level; a reason that
 * comes in floods, as a missing remote does, is told once a second with the number of those left out.
 */
public final class FailureLog {
    private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);
    private static final long INTERVAL_NANOS = 1_000_000_000L;

    @GuardedBy("this")
    private final Map<Reason, Flood> floods = new EnumMap<>(Reason.class);

    /** When a reason was told last, and how often it has been left out since. */
    private static final class Flood {
        private long toldNanos;
        private int leftOut;
    }

    public void failed(String operation, long inode, PoolException failure) {
        Reason reason = failure.reason();
        if (isOrdinary(reason)) {
            LOG.debug("{} of inode {}: {}: {}", operation, inode, reason, failure.getMessage());
            return;
        }
        int others = tell(reason);
        if (others >= 0) {
            LOG.warn(
                    "{} of inode {} failed: {}: {}{}",
                    operation,
                    inode,
                    reason,
                    failure.getMessage(),
                    others == 0 ? "" : " (and " + others + " more of this kind)");
        }
    }

    /** How many were left out before this one, or -1 to leave this one out as well. */
    private synchronized int tell(Reason reason) {
        long now = System.nanoTime();
        Flood flood = floods.get(reason);
        if (flood == null) {
            flood = new Flood();
            floods.put(reason, flood);
        } else if (now - flood.toldNanos < INTERVAL_NANOS) {
            flood.leftOut++;
            return -1;
        }
        int others = flood.leftOut;
        flood.leftOut = 0;
        flood.toldNanos = now;
        return others;
    }

    /** A defect of ours: always told, with its stack. */
    public void broke(String operation, long inode, Throwable defect) {
        LOG.error("{} of inode {} broke", operation, inode, defect);
    }

    private static boolean isOrdinary(Reason reason) {
        return switch (reason) {
            case NOT_FOUND,
                    EXISTS,
                    NOT_DIRECTORY,
                    IS_DIRECTORY,
                    NOT_EMPTY,
                    NAME_TOO_LONG,
                    INVALID,
                    NOT_PERMITTED,
                    ACCESS_DENIED,
                    READ_ONLY,
                    TOO_LARGE,
                    TOO_MANY_LINKS,
                    NO_ATTRIBUTE,
                    RESULT_TOO_LARGE,
                    NO_DATA,
                    UNSUPPORTED,
                    STALE,
                    INTERRUPTED,
                    CANCELLED -> true;
            default -> false;
        };
    }
}
