package io.poolfs.cli.daemon;

import io.poolfs.core.model.PoolfsVersion;

/**
 * The libraries of this program, kept open: an upgrade takes their names away under a mounted pool, and the JVM opens a
 * library only when it first looks there.
 */
public final class ProgramFiles {
    private static final String NOWHERE = "io/poolfs/in-no-library";

    private ProgramFiles() {}

    /** From here on every class can be loaded, whatever happens to the files. */
    public static void keepOpen() {
        PoolfsVersion.current(); // a resource is read through its path, so it is read now
        if (ClassLoader.getSystemResource(NOWHERE) != null) { // looked for in each library, which opens it
            throw new IllegalStateException(NOWHERE + " is in a library");
        }
    }
}
