package io.poolfs.it.cloud;

/**
 * What a cloud carries; 0 = no limit.
 *
 * @param upPerSecond bytes of what is uploaded, all connections together
 * @param downPerSecond bytes of what is downloaded, likewise
 * @param connectionUpPerSecond the same for each connection
 * @param connectionDownPerSecond the same for each connection
 * @param requestsPerSecond more wait
 * @param requestsAtOnce requests in progress; more wait
 * @param connections more are closed as soon as they are made
 */
public record Limits(
        long upPerSecond,
        long downPerSecond,
        long connectionUpPerSecond,
        long connectionDownPerSecond,
        double requestsPerSecond,
        int requestsAtOnce,
        int connections) {
    public static final Limits NONE = new Limits(0, 0, 0, 0, 0, 0, 0);

    public Limits withUp(long value) {
        return new Limits(
                value,
                downPerSecond,
                connectionUpPerSecond,
                connectionDownPerSecond,
                requestsPerSecond,
                requestsAtOnce,
                connections);
    }

    public Limits withDown(long value) {
        return new Limits(
                upPerSecond,
                value,
                connectionUpPerSecond,
                connectionDownPerSecond,
                requestsPerSecond,
                requestsAtOnce,
                connections);
    }

    public Limits withConnectionUp(long value) {
        return new Limits(
                upPerSecond,
                downPerSecond,
                value,
                connectionDownPerSecond,
                requestsPerSecond,
                requestsAtOnce,
                connections);
    }

    public Limits withConnectionDown(long value) {
        return new Limits(
                upPerSecond,
                downPerSecond,
                connectionUpPerSecond,
                value,
                requestsPerSecond,
                requestsAtOnce,
                connections);
    }

    public Limits withRequestsPerSecond(double value) {
        return new Limits(
                upPerSecond,
                downPerSecond,
                connectionUpPerSecond,
                connectionDownPerSecond,
                value,
                requestsAtOnce,
                connections);
    }

    public Limits withRequestsAtOnce(int value) {
        return new Limits(
                upPerSecond,
                downPerSecond,
                connectionUpPerSecond,
                connectionDownPerSecond,
                requestsPerSecond,
                value,
                connections);
    }

    public Limits withConnections(int value) {
        return new Limits(
                upPerSecond,
                downPerSecond,
                connectionUpPerSecond,
                connectionDownPerSecond,
                requestsPerSecond,
                requestsAtOnce,
                value);
    }
}
