package io.poolfs.core.sim.engine;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.fs.PoolFileSystem.Seek;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;

/** Whether what the pool calls a hole of a file is one. */
final class Holes {
    private Holes() {}

    static void check(PoolFileSystem fs, long handle, byte[] content) throws PoolException {
        for (long at = 0; at < content.length; ) {
            long data = nextData(fs, handle, at, content.length);
            for (long i = at; i < data; i++) {
                if (content[(int) i] != 0) {
                    throw new AssertionError("byte " + i + " of " + content.length + " is said to lie in a hole from "
                            + at + " to " + data);
                }
            }
            if (data >= content.length) {
                return;
            }
            at = fs.seek(handle, Seek.HOLE, data);
            if (at <= data) {
                throw new AssertionError("offset " + data + " is both data and hole");
            }
        }
    }

    private static long nextData(PoolFileSystem fs, long handle, long offset, long end) throws PoolException {
        try {
            return fs.seek(handle, Seek.DATA, offset);
        } catch (PoolException e) {
            if (e.reason() != Reason.NO_DATA) {
                throw e;
            }
            return end;
        }
    }
}
