package io.poolfs.it.remote;

import java.nio.file.Path;

class RcloneLocalIT extends RcloneContract {
    @Override
    String sections(Path directory) {
        return "[disk]\ntype = alias\nremote = @DIR@/remote\n";
    }

    @Override
    String remote() {
        return "disk:";
    }
}
