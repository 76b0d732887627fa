package io.poolfs.core.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The one checked exception of poolfs: a {@link Reason}, and a message that names the thing and its values.
 *
 * <p>Thrown where the fact is known; causes are kept; translated to an errno in one table at the edge.
 */
public final class PoolException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    public PoolException(Reason reason, String message) {
        this(reason, message, null);
    }

    public PoolException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = Objects.requireNonNull(reason);
    }

    private PoolException(Reason reason, String message, boolean withStack) {
        super(message, null, true, withStack);
        this.reason = reason;
    }

    /** Without a stack, which costs more than all else: for what is an answer all day, such as a name that is absent. */
    public static PoolException ordinary(Reason reason, String message) {
        return new PoolException(reason, message, false);
    }

    public Reason reason() {
        return reason;
    }
}
