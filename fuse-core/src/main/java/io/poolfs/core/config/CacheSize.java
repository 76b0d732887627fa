package io.poolfs.core.config;

import io.poolfs.core.model.PoolException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The budget of cache and stage: a size, or a share of the file system that holds them. */
public final class CacheSize {
    private static final Pattern PERCENT = Pattern.compile("(\\d{1,2})\\s*%");
    static final long LEAST = 4L << 20;
    private static final long MOST = 16L << 40;
    private static final long DEFAULT_MOST = 4L << 30;
    /** When the file system does not tell its size. */
    private static final long UNKNOWN_VOLUME = 1L << 30;

    /** Chunks that must fit the budget at the same time. */
    private static final int CHUNKS_IN_BUDGET = 4;

    private CacheSize() {}

    /** A quarter of the file system, at most 4 GiB. */
    public static long byDefault(Surroundings.Volume volume) {
        return Math.min(share(volume, 25), DEFAULT_MOST);
    }

    /** The chunk size to start a pool with: the usual one, less where four of it would not fit the budget. */
    public static long fittingChunkSize(long usualBytes, long cacheSizeBytes) {
        long chunk = usualBytes;
        while (chunk * CHUNKS_IN_BUDGET > cacheSizeBytes && chunk > (64 << 10)) {
            chunk = Math.max(64 << 10, Long.highestOneBit(chunk - 1));
        }
        return chunk;
    }

    static long resolve(ConfigProblems problems, Values values, Surroundings.Volume volume) throws PoolException {
        ConfigKey key = ConfigKey.CACHE_SIZE;
        @Nullable String text = values.text(key.word(), key.allowed());
        if (text == null) {
            return byDefault(volume);
        }
        Matcher percent = PERCENT.matcher(text);
        if (percent.matches()) {
            int share = Integer.parseInt(percent.group(1));
            if (share >= 1 && share <= 90) {
                return share(volume, share);
            }
            throw problems.value(values.line(key.word()), key.word(), text, key.allowed());
        }
        return values.size(key.word(), key.allowed(), LEAST, MOST).orElseThrow();
    }

    private static long share(Surroundings.Volume volume, int percent) {
        long total = volume.totalBytes() > 0 ? volume.totalBytes() : UNKNOWN_VOLUME;
        return Math.max(LEAST, ((total >> 20) * percent / 100) << 20); // whole MiB
    }
}
