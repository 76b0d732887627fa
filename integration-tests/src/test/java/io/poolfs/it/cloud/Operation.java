package io.poolfs.it.cloud;

/** What is done while clouds are faulty. */
enum Operation {
    READING("reading what lies there"),
    WRITING("writing, with fsync"),
    MOUNTING("listing at mount"),
    SHIPPING("shipping the journal"),
    RECOVERING("recovering"),
    DELETING("deleting");

    private final String words;

    Operation(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }
}
