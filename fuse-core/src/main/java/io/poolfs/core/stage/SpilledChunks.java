package io.poolfs.core.stage;

import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The chunks that records in {@code spill_dir} name. After a power loss a record counts again, although the metadata had
 * let go of its chunks for newer content that the power loss took. Usable from any thread.
 */
final class SpilledChunks {
    /** Of each inode, by the number of the record. */
    private final Map<Long, ConcurrentSkipListMap<Long, Collection<ChunkId>>> records = new ConcurrentHashMap<>();

    /** Said before a record exists, at a moment when the metadata still uses the chunks. */
    void add(long inode, long number, Collection<Chunk> chunks) {
        if (!chunks.isEmpty()) {
            records.computeIfAbsent(inode, key -> new ConcurrentSkipListMap<>())
                    .put(number, chunks.stream().map(Chunk::id).toList());
        }
    }

    /** The inode's records up to this number are gone, or never came to be. */
    void removeUpTo(long inode, long number) {
        records.computeIfPresent(inode, (key, numbers) -> {
            numbers.headMap(number, true).clear();
            return numbers.isEmpty() ? null : numbers;
        });
    }

    void remove(long inode, long number) {
        records.computeIfPresent(inode, (key, numbers) -> {
            numbers.remove(number);
            return numbers.isEmpty() ? null : numbers;
        });
    }

    /** Only these inodes have records; what was said of others never came to be one. */
    void retainAll(Set<Long> inodes) {
        records.keySet().retainAll(inodes);
    }

    boolean contains(ChunkId chunk) {
        return records.values().stream()
                .anyMatch(numbers -> numbers.values().stream().anyMatch(ids -> ids.contains(chunk)));
    }
}
