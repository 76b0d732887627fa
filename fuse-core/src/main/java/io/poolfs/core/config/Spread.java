package io.poolfs.core.config;

/** What is kept together on one remote. */
public enum Spread {
    /** Each chunk goes where the balance says. */
    CHUNKS("chunks"),
    /** A file stays on one remote while it fits, so that a lost remote hurts fewer files. */
    FILE("file");

    private final String word;

    Spread(String word) {
        this.word = word;
    }

    @Override
    public String toString() {
        return word;
    }
}
