package io.poolfs.it.cloud;

import java.time.Duration;
import java.util.Set;

/**
 * What a cloud does wrong, and how slow it is. Immutable; {@link Cloud#set} changes it.
 *
 * @param delay before each answer, and before the first request of a connection is looked at when {@code connecting}
 * @param connecting making a connection costs a delay of its own
 * @param accepts false: nobody listens
 * @param answers false: requests are taken and never answered
 * @param status what {@code methods} are answered; 0 = as it should be
 * @param methods that get the status; empty: all
 * @param bodies what happens to bodies on their way
 * @param share of the requests that {@code status} and {@code bodies} befall, 0 to 1
 * @param folderAgain the status of MKCOL where there is a folder: 405, or 201 as some servers have it
 * @param lag listings of folders show what was there so long ago
 * @param capacityBytes what the cloud holds at most; a request for more is answered 507; 0 = no limit
 */
public record Weather(
        Duration delay,
        boolean connecting,
        Limits limits,
        boolean accepts,
        boolean answers,
        int status,
        Set<String> methods,
        Bodies bodies,
        double share,
        int folderAgain,
        Duration lag,
        long capacityBytes) {
    /** Everything as it should be. */
    public static final Weather FAIR = new Weather(
            Duration.ZERO, false, Limits.NONE, true, true, 0, Set.of(), Bodies.WHOLE, 1, 405, Duration.ZERO, 0);

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
                value,
                connecting,
                limits,
                accepts,
                answers,
                status,
                methods,
                bodies,
                share,
                folderAgain,
                lag,
                capacityBytes);
    }

    public Weather withConnecting(boolean value) {
        return new Weather(
                delay,
                value,
                limits,
                accepts,
                answers,
                status,
                methods,
                bodies,
                share,
                folderAgain,
                lag,
                capacityBytes);
    }

    public Weather with(Limits value) {
        return new Weather(
                delay,
                connecting,
                value,
                accepts,
                answers,
                status,
                methods,
                bodies,
                share,
                folderAgain,
                lag,
                capacityBytes);
    }

    /** So many bytes a second in each direction. */
    public Weather withRate(long value) {
        return with(limits.withUp(value).withDown(value));
    }

    public Weather withConnections(int value) {
        return with(limits.withConnections(value));
    }

    public Weather refusing() {
        return new Weather(
                delay,
                connecting,
                limits,
                false,
                answers,
                status,
                methods,
                bodies,
                share,
                folderAgain,
                lag,
                capacityBytes);
    }

    public Weather hanging() {
        return new Weather(
                delay,
                connecting,
                limits,
                accepts,
                false,
                status,
                methods,
                bodies,
                share,
                folderAgain,
                lag,
                capacityBytes);
    }

    /** Neither refusing nor hanging. */
    public Weather serving() {
        return new Weather(
                delay, connecting, limits, true, true, status, methods, bodies, share, folderAgain, lag, capacityBytes);
    }

    public Weather answering(int value, String... toMethods) {
        return new Weather(
                delay,
                connecting,
                limits,
                accepts,
                answers,
                value,
                Set.of(toMethods),
                bodies,
                share,
                folderAgain,
                lag,
                capacityBytes);
    }

    public Weather with(Bodies value) {
        return new Weather(
                delay,
                connecting,
                limits,
                accepts,
                answers,
                status,
                methods,
                value,
                share,
                folderAgain,
                lag,
                capacityBytes);
    }

    public Weather withShare(double value) {
        return new Weather(
                delay,
                connecting,
                limits,
                accepts,
                answers,
                status,
                methods,
                bodies,
                value,
                folderAgain,
                lag,
                capacityBytes);
    }

    public Weather withFolderAgain(int value) {
        return new Weather(
                delay, connecting, limits, accepts, answers, status, methods, bodies, share, value, lag, capacityBytes);
    }

    public Weather withLag(Duration value) {
        return new Weather(
                delay,
                connecting,
                limits,
                accepts,
                answers,
                status,
                methods,
                bodies,
                share,
                folderAgain,
                value,
                capacityBytes);
    }

    public Weather withCapacity(long value) {
        return new Weather(
                delay, connecting, limits, accepts, answers, status, methods, bodies, share, folderAgain, lag, value);
    }

    boolean hits(String method) {
        return status != 0 && (methods.isEmpty() || methods.contains(method));
    }

    /** The weather for one request, of which the faults befall a share. */
    Weather forOne(double dice) {
        return share >= 1 || dice < share ? this : answering(0).with(Bodies.WHOLE);
    }
}
