package io.poolfs.core.config;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.file.Path;

/** Makes the messages: file, line, key, value, and what is allowed. */
record ConfigProblems(Path file) {
    String where(int line) {
        return file + ":" + line + ": ";
    }

    PoolException at(int line, String message) {
        return new PoolException(Reason.CONFIG, where(line) + message);
    }

    PoolException value(int line, String key, String value, String allowed) {
        return at(line, key + ": \"" + value + "\" is not possible; allowed: " + allowed);
    }
}
