package io.poolfs.it.cloud.sim;

import io.poolfs.it.cloud.Cloud;
import io.poolfs.it.cloud.Weather;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Runs clouds until it is ended: {@code CloudSim ROOT COUNT PORT [knob=value…]}; with one word it prints the knobs. ROOT gets {@code control} (the URL of
 * the control, written when all is up), {@code rclone.conf} (a webdav remote for each cloud) and what the clouds keep.
 * The control listens on PORT and the clouds on the ports behind it; 0: any.
 */
public final class CloudSim {
    private CloudSim() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length == 1) {
            System.out.println(Knobs.HELP);
            return;
        }
        Path root = Path.of(arguments[0]).toAbsolutePath();
        int count = Integer.parseInt(arguments[1]);
        int port = Integer.parseInt(arguments[2]);
        Map<String, String> changes = new LinkedHashMap<>();
        for (int i = 3; i < arguments.length; i++) {
            String[] sides = arguments[i].split("=", 2);
            changes.put(sides[0], sides.length < 2 ? "" : sides[1]);
        }
        Weather weather = Knobs.changed(Knobs.DEFAULT, changes);
        Map<String, Cloud> clouds = new LinkedHashMap<>();
        StringBuilder sections = new StringBuilder();
        for (int i = 1; i <= count; i++) {
            String name = "cloud" + i;
            Cloud cloud = Cloud.over(root.resolve("data").resolve(name), port == 0 ? 0 : port + i);
            cloud.set(weather);
            clouds.put(name, cloud);
            sections.append("[%s]%ntype = webdav%nvendor = other%nurl = %s%n%n".formatted(name, cloud.url()));
        }
        Files.writeString(root.resolve("rclone.conf"), sections);
        Control control = new Control(clouds, port);
        Files.writeString(root.resolve("control.coming"), control.url() + "\n");
        Files.move(root.resolve("control.coming"), root.resolve("control"));
        System.out.println(count + " clouds; rclone.conf and data in " + root + "; control at " + control.url());
        Thread.currentThread().join();
    }
}
