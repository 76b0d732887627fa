package io.poolfs.it;

import java.util.List;

/**
 * The mount options that choose how the kernel is spoken to. {@code -Dpoolfs.transports} names others, with blanks
 * between.
 */
final class Transports {
    /** All that a mount can have. The first is what a mount has by itself where it can. */
    static final List<String> OPTIONS =
            List.of(System.getProperty("poolfs.transports", "transport=kernel transport=jnr")
                    .split(" "));

    private Transports() {}
}
