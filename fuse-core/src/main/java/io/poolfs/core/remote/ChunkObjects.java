package io.poolfs.core.remote;

import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.PoolException;
import java.util.Optional;

/**
 * Where chunks lie on a remote: {@code <data_prefix>/xx/<chunk id>}, xx being the first two digits of the id.
 *
 * @param dataPrefix folder of the chunks, without a slash at its end
 */
public record ChunkObjects(String dataPrefix) {
    private static final int FOLDER_DIGITS = 2;

    /** The object name of a chunk, wherever it came from. */
    public String nameOf(Chunk chunk) {
        String path = chunk.path();
        return path != null ? path : nameOf(chunk.id());
    }

    /** The object name of a chunk of our own. */
    public String nameOf(ChunkId chunk) {
        String hex = chunk.hex();
        return dataPrefix + "/" + hex.substring(0, FOLDER_DIGITS) + "/" + hex;
    }

    /** Whether an object of our own could have this name. */
    public boolean isName(String object) {
        String hex = object.substring(object.lastIndexOf('/') + 1);
        return ChunkId.isValid(hex) && object.equals(dataPrefix + "/" + hex.substring(0, FOLDER_DIGITS) + "/" + hex);
    }

    /** The chunk that an entry of a folder of ours is; empty for everything that we would not have put there. */
    public Optional<ChunkId> parse(String folder, String name) throws PoolException {
        return ChunkId.isValid(name) && folder.equals(name.substring(0, FOLDER_DIGITS))
                ? Optional.of(ChunkId.parse(name))
                : Optional.empty();
    }
}
