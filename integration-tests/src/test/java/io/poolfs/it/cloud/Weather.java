package io.poolfs.it.cloud;

import java.time.Duration;
import java.util.Set;

/**
 * What a cloud does wrong. Immutable; {@link Cloud#set} changes it.
 *
 * @param delay before each answer
 * @param bytesPerSecond of all bodies of the cloud together; 0 = no limit
 * @param connections more are closed as soon as they are made; 0 = no limit
 * @param accepts false: nobody listens
 * @param answers false: requests are taken and never answered
 * @param status what {@code methods} are answered; 0 = as it should be
 * @param methods that get the status; empty: all
 * @param bodies what happens to bodies on their way
 * @param lag listings of folders show what was there so long ago
 * @param capacityBytes what the cloud holds at most; a request for more is answered 507; 0 = no limit
 */
public record Weather(
        Duration delay,
        long bytesPerSecond,
        int connections,
        boolean accepts,
        boolean answers,
        int status,
        Set<String> methods,
        Bodies bodies,
        Duration lag,
        long capacityBytes) {
    /** Everything as it should be. */
    public static final Weather FAIR =
            new Weather(Duration.ZERO, 0, 0, true, true, 0, Set.of(), Bodies.WHOLE, Duration.ZERO, 0);

    /** What happens to the bodies of GET and PUT, and for the reset to all. */
    public enum Bodies {
        WHOLE,
        /** In their midst the connection is reset. */
        RESET,
        /** They have a length that is right for what comes and wrong for the object. */
        SHORT,
        /** They end before the length that was told; what is uploaded so is kept and acknowledged. */
        TRUNCATED,
        /** One bit of what is downloaded is another. */
        FLIPPED
    }

    public Weather {
        methods = Set.copyOf(methods);
    }

    public Weather withDelay(Duration value) {
        return new Weather(
                value, bytesPerSecond, connections, accepts, answers, status, methods, bodies, lag, capacityBytes);
    }

    public Weather withRate(long value) {
        return new Weather(delay, value, connections, accepts, answers, status, methods, bodies, lag, capacityBytes);
    }

    public Weather withConnections(int value) {
        return new Weather(delay, bytesPerSecond, value, accepts, answers, status, methods, bodies, lag, capacityBytes);
    }

    public Weather refusing() {
        return new Weather(
                delay, bytesPerSecond, connections, false, answers, status, methods, bodies, lag, capacityBytes);
    }

    public Weather hanging() {
        return new Weather(
                delay, bytesPerSecond, connections, accepts, false, status, methods, bodies, lag, capacityBytes);
    }

    public Weather answering(int value, String... toMethods) {
        return new Weather(
                delay,
                bytesPerSecond,
                connections,
                accepts,
                answers,
                value,
                Set.of(toMethods),
                bodies,
                lag,
                capacityBytes);
    }

    public Weather with(Bodies value) {
        return new Weather(
                delay, bytesPerSecond, connections, accepts, answers, status, methods, value, lag, capacityBytes);
    }

    public Weather withLag(Duration value) {
        return new Weather(
                delay, bytesPerSecond, connections, accepts, answers, status, methods, bodies, value, capacityBytes);
    }

    public Weather withCapacity(long value) {
        return new Weather(delay, bytesPerSecond, connections, accepts, answers, status, methods, bodies, lag, value);
    }

    boolean hits(String method) {
        return status != 0 && (methods.isEmpty() || methods.contains(method));
    }
}
