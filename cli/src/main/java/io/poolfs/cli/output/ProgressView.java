package io.poolfs.cli.output;

import io.poolfs.cli.service.Progress;

/** Shows the progress of one call; closing it ends the display. */
public interface ProgressView extends Progress.Listener, AutoCloseable {
    @Override
    void close();
}
