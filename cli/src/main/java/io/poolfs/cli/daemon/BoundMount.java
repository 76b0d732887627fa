package io.poolfs.cli.daemon;

import io.poolfs.cli.service.KernelView;
import io.poolfs.core.model.PoolException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A mount that was made in one place and bound to another by root: it ends in that other place. */
final class BoundMount implements Mounter.Mounted {
    private static final Logger LOG = LoggerFactory.getLogger(BoundMount.class);

    private final Mounter.Mounted mounted;
    private final Path boundTo;

    BoundMount(Mounter.Mounted mounted, Path boundTo) {
        this.mounted = mounted;
        this.boundTo = boundTo;
    }

    @Override
    public KernelView kernel() {
        return mounted.kernel();
    }

    @Override
    public void awaitEnd() throws InterruptedException {
        mounted.awaitEnd();
    }

    @Override
    public void unmount() throws PoolException {
        Command.Result result = Command.run("fusermount3", "-u", "-z", "--", boundTo.toString());
        if (result.exitCode() == 0) {
            try {
                mounted.awaitEnd();
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        LOG.debug("{} is not bound: {}", boundTo, result.output().strip());
        mounted.unmount();
    }
}
