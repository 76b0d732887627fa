package io.poolfs.it.remote;

import io.poolfs.it.cloud.Cloud;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;

class RcloneWebdavIT extends RcloneContract {
    private Cloud server;

    @Override
    String sections(Path directory) throws Exception {
        server = Cloud.over(directory.resolve("served"));
        return "[dav]\ntype = webdav\nvendor = other\nurl = " + server.url() + "\n";
    }

    @Override
    String remote() {
        return "dav:pool";
    }

    @AfterEach
    void stopServer() {
        if (server != null) {
            server.close();
        }
    }
}
