package io.poolfs.core.time;

/** Where ids, nonces and jitter come from: cryptographically strong in reality, seeded in simulation. */
public interface Randomness {
    long nextLong();

    void nextBytes(byte[] dst);

    /** Uniform in [0, bound). */
    default int nextInt(int bound) {
        return (int) Long.remainderUnsigned(nextLong(), bound);
    }
}
