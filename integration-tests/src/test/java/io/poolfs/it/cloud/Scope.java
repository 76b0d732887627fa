package io.poolfs.it.cloud;

import java.util.List;

/** Which of the five clouds have a fault. The first three are behind crypt. */
@SuppressWarnings("ImmutableEnumChecker") // lists that cannot be changed
enum Scope {
    ONE("one of five", List.of(1)),
    ONE_PLAIN("one of five, without crypt", List.of(4)),
    ALL("all", List.of(1, 0, 2, 3, 4));

    static final int CLOUDS = 5;
    static final int ENCRYPTED = 3;

    private final String words;
    private final List<Integer> hit;

    Scope(String words, List<Integer> hit) {
        this.words = words;
        this.hit = hit;
    }

    String words() {
        return words;
    }

    /** Numbers of clouds, from 0. */
    List<Integer> hit() {
        return hit;
    }
}
