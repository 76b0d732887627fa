package io.poolfs.mount.kernel;

/** Who takes answers and notifications. */
@FunctionalInterface
interface Kernel {
    /** Returns false when nobody waits for it any more. The memory is the caller's again afterwards. */
    boolean send(long address, int length);
}
