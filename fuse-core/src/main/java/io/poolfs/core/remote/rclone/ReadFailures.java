package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Finds out why a read failed: absent, damaged, or a line that was cut. rclone tells little of that by itself, so what
 * is not clear is asked again.
 */
final class ReadFailures {
    /** What rclone says of a body that ends before its length. */
    private static final String BREAKS_OFF = "unexpected EOF";

    private static final int SECOND_READS = 2;

    private final StoreShare shared;
    private final Traits traits;
    private final Presence presence;

    @FunctionalInterface
    interface Traits {
        BackendTraits learn(long deadline) throws PoolException;
    }

    /** REMOTE_MISSING when the remote's own folder is not there: absence must not be believed then. */
    @FunctionalInterface
    interface Presence {
        void confirm(long deadline) throws PoolException;
    }

    ReadFailures(StoreShare shared, Traits traits, Presence presence) {
        this.shared = shared;
        this.traits = traits;
        this.presence = presence;
    }

    /** Why the body ended before its length. */
    PoolException cutOff(CutBodyException cause, String object, long offset, int wanted, long deadline) {
        try {
            String why = shared.endpoint.cutReason(object);
            if (BREAKS_OFF.equals(why) && breaksOffAlways(object, offset, wanted, deadline)) {
                return damaged(object, cause);
            }
            return cut(object, cause, why);
        } catch (PoolException e) {
            return e;
        }
    }

    /** Why nothing came. */
    PoolException refused(RcFailure failure, String object, long offset, int wanted, long deadline) {
        try {
            if (!failure.isNotOpened()) {
                PoolException told = shared.failed(object, failure);
                if (told.reason() == Reason.OBJECT_NOT_FOUND) {
                    presence.confirm(deadline);
                }
                return told;
            }
            if (offset + wanted > failure.objectBytes()) {
                return new PoolException(
                        Reason.CORRUPT,
                        shared.label() + " " + object + " has " + failure.objectBytes() + " bytes, wanted " + wanted
                                + " at " + offset);
            }
            String why = whyNotOpened(object, offset, deadline);
            if (BREAKS_OFF.equals(why)
                    && isCrypt(deadline)
                    && BREAKS_OFF.equals(whyNotOpened(object, offset, deadline))) {
                return damaged(object, failure);
            }
            return cut(object, failure, why);
        } catch (PoolException e) {
            return e;
        }
    }

    /** rclone tells the cause of a failed opening only in its log at level DEBUG: asks once more with that. */
    private @Nullable String whyNotOpened(String object, long offset, long deadline) throws PoolException {
        RcClient client = shared.client(deadline);
        try {
            JsonNode level =
                    client.call("options/get", Map.of(), deadline).path("main").path("LogLevel");
            client.call("options/set", Map.of("main", Map.of("LogLevel", "DEBUG")), deadline);
            try {
                client.getRange(shared.name, object, offset, ByteBuffer.allocate(1), deadline, shared.stallNanos());
                return "it could be opened the second time";
            } catch (RcFailure | CutBodyException e) {
                return shared.endpoint.cutReason(object);
            } finally {
                client.call("options/set", Map.of("main", Map.of("LogLevel", level)), deadline);
            }
        } catch (RcFailure e) {
            return e.text();
        }
    }

    /**
     * rclone's crypt says of a last block that it cannot authenticate only that it ends early, as it does when the line
     * is cut. A line is not cut at every attempt.
     */
    private boolean breaksOffAlways(String object, long offset, int wanted, long deadline) throws PoolException {
        if (!isCrypt(deadline)) {
            return false;
        }
        for (int i = 0; i < SECOND_READS; i++) {
            try {
                shared.client(deadline)
                        .getRange(
                                shared.name,
                                object,
                                offset,
                                ByteBuffer.allocate(wanted),
                                deadline,
                                shared.stallNanos());
                return false;
            } catch (CutBodyException e) {
                if (!BREAKS_OFF.equals(shared.endpoint.cutReason(object))) {
                    return false;
                }
            } catch (RcFailure e) {
                return false;
            }
        }
        return true;
    }

    private boolean isCrypt(long deadline) throws PoolException {
        return traits.learn(deadline).origin().cryptUnder() != null;
    }

    private PoolException damaged(String object, Exception cause) {
        return new PoolException(
                Reason.CORRUPT,
                shared.label() + " " + object + " cannot be decrypted to its end: it is damaged",
                cause);
    }

    private PoolException cut(String object, Exception cause, @Nullable String why) {
        if (why == null) {
            return new PoolException(
                    Reason.REMOTE_UNAVAILABLE,
                    shared.label() + " reading " + object + ": " + cause.getMessage(),
                    cause);
        }
        return new PoolException(
                RcloneErrors.reason(why, object), shared.label() + " reading " + object + ": " + why, cause);
    }
}
