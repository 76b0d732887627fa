package io.poolfs.core.journal;

import java.nio.file.Path;

/**
 * A segment that this state directory has, byte for byte as it is on the members.
 *
 * @param end the point behind it
 * @param previous the point before it
 * @param sizeBytes of the object
 */
record ChainEntry(ChainPosition end, ChainPosition previous, long sizeBytes, Path path) {
    String object(Layout layout) {
        return layout.segment(end.epoch(), end.owner(), end.first());
    }
}
