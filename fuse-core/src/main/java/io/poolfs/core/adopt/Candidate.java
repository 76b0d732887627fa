package io.poolfs.core.adopt;

import io.poolfs.core.model.Chunk;
import java.util.ArrayList;
import java.util.List;

/** A file that may be taken over: its manifest, and its parts as chunks of this pool once they are found. One thread. */
final class Candidate {
    final OldManifest manifest;
    final List<Chunk> chunks = new ArrayList<>();

    Candidate(OldManifest manifest) {
        this.manifest = manifest;
    }

    String path() {
        return manifest.filePath();
    }
}
