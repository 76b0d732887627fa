package io.poolfs.core.journal;

import java.nio.file.Path;
import java.util.List;

/** Where what lies in a state directory. */
public record StatePlaces(Path root) {
    Path lock() {
        return root.resolve("lock");
    }

    Path owner() {
        return root.resolve("owner.json");
    }

    Path members() {
        return root.resolve("members.json");
    }

    Path journal() {
        return root.resolve("journal");
    }

    Path segments() {
        return root.resolve("segments");
    }

    Path checkpoints() {
        return root.resolve("checkpoints");
    }

    Path epochs() {
        return root.resolve("epochs");
    }

    /** The directory of the metadata store. */
    public Path store() {
        return root.resolve("meta");
    }

    /** All that is moved away when local history is given up. */
    List<Path> ofHistory() {
        return List.of(journal(), segments(), checkpoints(), epochs(), store());
    }

    Path setAside(String when) {
        return root.resolve("set-aside-" + when);
    }
}
