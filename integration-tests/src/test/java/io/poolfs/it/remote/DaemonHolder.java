package io.poolfs.it.remote;

import io.poolfs.core.remote.rclone.RcloneDaemon;
import io.poolfs.core.remote.rclone.RcloneLaunch;
import io.poolfs.core.time.RealScheduler;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A process that starts a daemon, tells its process, and waits to be killed. */
final class DaemonHolder {
    private DaemonHolder() {}

    /** @param arguments the configuration file, and a PATH for what the daemon starts */
    public static void main(String[] arguments) throws Exception {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("PATH", arguments[1]);
        RcloneLaunch launch = new RcloneLaunch(
                "/usr/bin/rclone", Path.of(arguments[0]), null, List.of(), environment, RcloneRig.TIMEOUT);
        RcloneDaemon daemon = RcloneDaemon.start(RealScheduler.create(), launch);
        System.out.println(daemon.pid().orElseThrow());
        System.in.read();
    }
}
