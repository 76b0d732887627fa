package io.poolfs.core.pool;

import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import java.util.List;

/**
 * A chunk that is not what the metadata says.
 *
 * @param what one sentence for a person
 * @param ranges the parts of the chunk that cannot be read
 */
record Damage(Chunk chunk, String what, List<ByteRange> ranges) {
    static Damage whole(Chunk chunk, String what) {
        return new Damage(chunk, what, List.of(new ByteRange(0, chunk.sizeBytes())));
    }
}
