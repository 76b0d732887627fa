package io.poolfs.mount;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The device that FUSE goes through. It may be there and yet refuse: without its module, or in a container. */
public final class FuseDevice {
    static final Path PATH = Path.of("/dev/fuse");

    private FuseDevice() {}

    /** Why it cannot be opened, naming it; null when it can. */
    public static @Nullable String refusal() {
        return refusal(PATH);
    }

    static @Nullable String refusal(Path device) {
        try (FileChannel opened = FileChannel.open(device, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return opened.isOpen() ? null : device + " cannot be opened";
        } catch (FileSystemException e) {
            return device + " cannot be opened: " + (e.getReason() == null ? e : e.getReason());
        } catch (IOException e) {
            return device + " cannot be opened: " + e.getMessage();
        }
    }
}
