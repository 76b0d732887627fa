package io.poolfs.cli.command;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options behind {@code -o}, taken apart.
 *
 * @param config of {@code config=PATH}, or null
 * @param others all the rest, joined by commas, for FUSE to judge
 */
record MountWords(@Nullable String config, String others) {
    static MountWords of(List<String> given) {
        String config = null;
        List<String> others = new ArrayList<>();
        for (String option : String.join(",", given).split(",")) {
            if (option.startsWith("config=")) {
                config = option.substring("config=".length());
            } else if (!option.isBlank()) {
                others.add(option);
            }
        }
        return new MountWords(config, String.join(",", others));
    }

    /** The value of {@code key=}, or null. */
    @Nullable
    String value(String key) {
        String value = null;
        for (String option : others.split(",")) {
            if (option.startsWith(key + "=")) {
                value = option.substring(key.length() + 1);
            }
        }
        return value;
    }
}
