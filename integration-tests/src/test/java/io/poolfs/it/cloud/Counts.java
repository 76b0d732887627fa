package io.poolfs.it.cloud;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** What a cloud was asked and what it carried. Usable from any thread. */
public final class Counts {
    private final List<String> methods = new ArrayList<>();
    private final Map<String, Long> requests = new TreeMap<>();
    private final LongAdder upBytes = new LongAdder();
    private final LongAdder downBytes = new LongAdder();
    private final LongAdder connections = new LongAdder();

    /** Methods are kept one by one for as many requests as a test makes. */
    private static final int MOST_METHODS = 100_000;

    void request(String method) {
        synchronized (methods) {
            requests.merge(method, 1L, Long::sum);
            if (methods.size() < MOST_METHODS) {
                methods.add(method);
            }
        }
    }

    void up(long bytes) {
        upBytes.add(bytes);
    }

    void down(long bytes) {
        downBytes.add(bytes);
    }

    void connection() {
        connections.increment();
    }

    /** The methods of the requests since they were last taken. */
    List<String> methods() {
        synchronized (methods) {
            return List.copyOf(methods);
        }
    }

    /** The methods of the requests since the last time. */
    List<String> takeMethods() {
        synchronized (methods) {
            List<String> taken = List.copyOf(methods);
            methods.clear();
            return taken;
        }
    }

    /** How many requests of each method. */
    public Map<String, Long> requests() {
        synchronized (methods) {
            return new TreeMap<>(requests);
        }
    }

    /** Of bodies. */
    public long upBytes() {
        return upBytes.sum();
    }

    /** Of bodies. */
    public long downBytes() {
        return downBytes.sum();
    }

    public long connections() {
        return connections.sum();
    }

    public void reset() {
        synchronized (methods) {
            requests.clear();
            methods.clear();
        }
        upBytes.reset();
        downBytes.reset();
        connections.reset();
    }
}
