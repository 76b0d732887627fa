package io.poolfs.it.remote;

import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.remote.rclone.RcloneStore;
import io.poolfs.it.cloud.Cloud;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;

/** The contract by the shortest way to a crypt remote's bytes. */
class RcloneDirectIT extends RcloneContract {
    private Cloud server;

    @Override
    String sections(Path directory) throws Exception {
        server = Cloud.over(directory.resolve("served"));
        return "[dav]\ntype = webdav\nvendor = other\nurl = " + server.url()
                + "\n[secret]\ntype = crypt\nremote = dav:under\npassword = " + RcloneRig.obscured("correct horse")
                + "\npassword2 = " + RcloneRig.obscured("battery staple") + "\n";
    }

    @Override
    String remote() {
        return "secret:inner/folder";
    }

    @Override
    protected RemoteStore store() throws Exception {
        RcloneStore store = (RcloneStore) super.store();
        open(store, directory());
        return store;
    }

    /** Opens the short way, and waits until it is taken. */
    static void open(RcloneStore store, Path directory) throws Exception {
        Path source = Files.write(directory.resolve("opening"), new byte[10]);
        store.put("opening/object", source, 10);
        store.prepareReads();
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
            store.getRange("opening/object", 0, ByteBuffer.allocate(10));
            return store.directReads() > 0;
        });
    }

    @AfterEach
    void stopServer() {
        if (server != null) {
            server.close();
        }
    }
}
