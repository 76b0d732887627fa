package io.poolfs.core.config;

/** How the remote for a new chunk is chosen. */
public enum Balance {
    LEAST_USED("least-used"),
    MOST_FREE("most-free"),
    WEIGHTED("weighted"),
    ROUND_ROBIN("round-robin");

    private final String word;

    Balance(String word) {
        this.word = word;
    }

    @Override
    public String toString() {
        return word;
    }
}
