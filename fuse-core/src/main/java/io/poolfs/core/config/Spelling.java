package io.poolfs.core.config;

import java.util.Collection;
import java.util.Optional;

/** Finds what someone meant. */
final class Spelling {
    private static final int MOST_EDITS = 3;

    private Spelling() {}

    /** The word with the fewest edits, if they are few. */
    static Optional<String> nearest(String typed, Collection<String> words) {
        String best = null;
        int fewest = Math.min(MOST_EDITS, typed.length() / 2) + 1;
        for (String word : words) {
            int edits = edits(typed, word);
            if (edits < fewest) {
                fewest = edits;
                best = word;
            }
        }
        return Optional.ofNullable(best);
    }

    private static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int same = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(same, 1 + Math.min(above, row[j - 1]));
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
