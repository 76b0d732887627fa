package io.poolfs.it.cloud.sim;

import io.poolfs.it.cloud.Limits;
import io.poolfs.it.cloud.Weather;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What can be changed of a cloud, as words: {@code delay_ms=60 up_mb=20}. MB are 1,000,000 bytes; 0 = no limit. */
final class Knobs {
    static final String HELP = """
            delay_ms=60              before each answer
            connect=yes              making a connection costs one delay more (yes, no)
            up_mb=20 down_mb=20      MB/s of the cloud, towards it and from it
            conn_up_mb=0             MB/s of each connection, towards the cloud
            conn_down_mb=0           MB/s of each connection, from the cloud
            requests_per_s=0         more wait
            at_once=8                requests in progress; more wait
            connections=0            more are closed as soon as they are made
            quota_mb=0               what the cloud holds; 507 to more
            mode=ok                  ok, down (nobody listens), hang (no answer)
            status=0                 answer this instead: 401, 429, 503, 507 ...
            methods=                 which requests get the status: PUT,MKCOL ...; empty: all
            bodies=whole             whole, reset, short, truncated, flipped
            share=1                  of the requests that status and bodies befall, 0 to 1
            folder_again=201         what MKCOL gets where there is a folder; rclone connects anew after a 201
            lag_ms=0                 listings show what was there so long ago""";

    /** 60 ms away, 20 MB/s each way, eight requests at once. */
    static final Weather DEFAULT = Weather.FAIR
            .withDelay(Duration.ofMillis(60))
            .withConnecting(true)
            .withFolderAgain(201)
            .with(Limits.NONE.withUp(20_000_000).withDown(20_000_000).withRequestsAtOnce(8));

    private static final double MB = 1e6;

    private Knobs() {}

    /** The weather with these changes; IllegalArgumentException says which word is not known. */
    static Weather changed(Weather weather, Map<String, String> changes) {
        Weather now = weather;
        for (Map.Entry<String, String> change : changes.entrySet()) {
            try {
                now = changed(now, change.getKey(), change.getValue());
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(change + " is no number", e);
            }
        }
        return now;
    }

    private static Weather changed(Weather now, String knob, String value) {
        Limits limits = now.limits();
        return switch (knob) {
            case "delay_ms" -> now.withDelay(millis(value));
            case "connect" -> now.withConnecting(value.equals("yes"));
            case "up_mb" -> now.with(limits.withUp(bytes(value)));
            case "down_mb" -> now.with(limits.withDown(bytes(value)));
            case "conn_up_mb" -> now.with(limits.withConnectionUp(bytes(value)));
            case "conn_down_mb" -> now.with(limits.withConnectionDown(bytes(value)));
            case "requests_per_s" -> now.with(limits.withRequestsPerSecond(Double.parseDouble(value)));
            case "at_once" -> now.with(limits.withRequestsAtOnce(Integer.parseInt(value)));
            case "connections" -> now.with(limits.withConnections(Integer.parseInt(value)));
            case "quota_mb" -> now.withCapacity(bytes(value));
            case "mode" -> mode(now, value);
            case "status" ->
                now.answering(Integer.parseInt(value), now.methods().toArray(new String[0]));
            case "methods" -> now.answering(now.status(), value.isEmpty() ? new String[0] : value.split(","));
            case "bodies" -> now.with(Weather.Bodies.valueOf(value.toUpperCase(Locale.ROOT)));
            case "share" -> now.withShare(Double.parseDouble(value));
            case "folder_again" -> now.withFolderAgain(Integer.parseInt(value));
            case "lag_ms" -> now.withLag(millis(value));
            default -> throw new IllegalArgumentException("nothing is called " + knob + "; there is\n" + HELP);
        };
    }

    /** The same words, for showing. */
    static Map<String, Object> of(Weather weather) {
        Limits limits = weather.limits();
        Map<String, Object> knobs = new LinkedHashMap<>();
        knobs.put("delay_ms", weather.delay().toNanos() / 1e6);
        knobs.put("connect", weather.connecting() ? "yes" : "no");
        knobs.put("up_mb", limits.upPerSecond() / MB);
        knobs.put("down_mb", limits.downPerSecond() / MB);
        knobs.put("conn_up_mb", limits.connectionUpPerSecond() / MB);
        knobs.put("conn_down_mb", limits.connectionDownPerSecond() / MB);
        knobs.put("requests_per_s", limits.requestsPerSecond());
        knobs.put("at_once", limits.requestsAtOnce());
        knobs.put("connections", limits.connections());
        knobs.put("quota_mb", weather.capacityBytes() / MB);
        knobs.put("mode", !weather.accepts() ? "down" : weather.answers() ? "ok" : "hang");
        knobs.put("status", weather.status());
        knobs.put("methods", String.join(",", weather.methods()));
        knobs.put("bodies", weather.bodies().name().toLowerCase(Locale.ROOT));
        knobs.put("share", weather.share());
        knobs.put("folder_again", weather.folderAgain());
        knobs.put("lag_ms", weather.lag().toNanos() / 1e6);
        return knobs;
    }

    private static Weather mode(Weather now, String value) {
        return switch (value) {
            case "ok" -> now.serving();
            case "down" -> now.serving().refusing();
            case "hang" -> now.serving().hanging();
            default -> throw new IllegalArgumentException("mode is ok, down or hang, not " + value);
        };
    }

    private static Duration millis(String value) {
        return Duration.ofNanos((long) (Double.parseDouble(value) * 1e6));
    }

    private static long bytes(String value) {
        return (long) (Double.parseDouble(value) * MB);
    }
}
