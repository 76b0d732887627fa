package io.poolfs.core.config;

/** What carries requests between the kernel and a mounted pool. */
public enum TransportChoice {
    /** The kernel's own protocol where it can be spoken, else jnr-fuse. */
    AUTO("auto"),
    KERNEL("kernel"),
    JNR("jnr");

    private final String word;

    TransportChoice(String word) {
        this.word = word;
    }

    @Override
    public String toString() {
        return word;
    }
}
