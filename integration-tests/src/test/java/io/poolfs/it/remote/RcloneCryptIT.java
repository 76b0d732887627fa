package io.poolfs.it.remote;

import java.nio.file.Path;

class RcloneCryptIT extends RcloneContract {
    @Override
    String sections(Path directory) throws Exception {
        return "[secret]\ntype = crypt\nremote = @DIR@/remote\npassword = " + RcloneRig.obscured("correct horse")
                + "\n";
    }

    @Override
    String remote() {
        return "secret:inner/folder";
    }
}
