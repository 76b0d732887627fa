package io.poolfs.mount.kernel;

import java.util.concurrent.TimeUnit;

/**
 * Listening to the device. A request often follows the answer to the one before within microseconds; then looking for
 * it costs less than being woken by it, above all on a virtual machine. So the listener looks for a moment before it
 * sleeps, as long as that has paid off lately. Used by one thread at a time.
 */
final class Ear {
    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(50);
    private static final int MOST_CREDIT = 8;
    private static final int PRICE_OF_A_MISS = 2;

    private final Device device;
    /** Above 0, looking pays off. */
    private int credit;

    private volatile long heard;

    Ear(Device device) {
        this.device = device;
    }

    /** How many requests have been heard. */
    long heard() {
        return heard;
    }

    /** Waits until the server receives a request. {@link Device#receive} says what is returned. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // One listens at a time.
    int listen(Server server) {
        int length = credit > 0 ? look(server) : Device.NONE;
        while (length == Device.NONE) {
            long from = System.nanoTime();
            device.awaitRequest();
            length = server.receive();
            if (System.nanoTime() - from < LOOK_NANOS) {
                credit = Math.min(MOST_CREDIT, credit + PRICE_OF_A_MISS);
            }
        }
        heard++;
        return length;
    }

    private int look(Server server) {
        long end = System.nanoTime() + LOOK_NANOS;
        do {
            int length = server.receive();
            if (length != Device.NONE) {
                credit = Math.min(MOST_CREDIT, credit + 1);
                return length;
            }
            device.giveWay();
        } while (System.nanoTime() - end < 0);
        credit -= PRICE_OF_A_MISS;
        return Device.NONE;
    }
}
