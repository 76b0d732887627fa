package io.poolfs.mount.session;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.Locale;

/** What carries requests between the kernel and the pool. */
public enum Transport {
    /** {@link #KERNEL} where it can run, else {@link #JNR}. */
    AUTO,
    /** The kernel's own protocol, spoken directly. */
    KERNEL,
    /** libfuse 2, bound through jnr-ffi with the structures of jnr-fuse. */
    JNR;

    /** As configured. CONFIG names a value that is none. */
    public static Transport of(String text) throws PoolException {
        for (Transport transport : values()) {
            if (transport.text().equals(text)) {
                return transport;
            }
        }
        throw new PoolException(Reason.CONFIG, "transport " + text + ": must be auto, kernel or jnr");
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
