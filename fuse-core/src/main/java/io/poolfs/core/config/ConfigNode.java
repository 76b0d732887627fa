package io.poolfs.core.config;

import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value of the file and the lines it stands in (from 1). Scalars keep the text as written. */
sealed interface ConfigNode {
    int line();

    /** The last line that belongs to it. */
    int lastLine();

    /** {@code text} is null for an explicit or an empty null. */
    record Scalar(@Nullable String text, int line) implements ConfigNode {
        @Override
        public int lastLine() {
            return line;
        }
    }

    record Items(List<ConfigNode> items, int line, int lastLine) implements ConfigNode {}

    record Table(LinkedHashMap<String, Entry> entries, int line, int lastLine) implements ConfigNode {}

    record Entry(ConfigNode value, int line) {}
}
