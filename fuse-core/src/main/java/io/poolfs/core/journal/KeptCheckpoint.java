package io.poolfs.core.journal;

import java.nio.file.Path;

/** A checkpoint in {@code state_dir/checkpoints}, checked, byte for byte as it is on the members. */
record KeptCheckpoint(CheckpointHeader header, Path path, long sizeBytes) {
    /** Its name in its folder, here and on members. */
    String name() {
        return Layout.stem(header.position().last(), header.owner());
    }

    String object(Layout layout) {
        return layout.checkpoint(header.position().last(), header.owner());
    }

    long transaction() {
        return header.position().last();
    }
}
