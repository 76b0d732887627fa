package io.poolfs.core.time;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one simulation's tasks. Where the JDK lets them be (21 or newer, with {@code --add-opens
 * java.base/java.lang=ALL-UNNAMED}), they are virtual threads on one carrier: passing the turn is then a call, not a
 * matter of two kernel threads, which is a third of what a simulated operation costs. What happens is the same.
 */
final class SimThreads {
    /** Shared by all simulations: a thread costs more than a task. */
    private static final ExecutorService PLATFORM = Executors.newCachedThreadPool(body -> daemon(body, "sim-idle"));

    private static final @Nullable Method VIRTUAL = virtual();

    private final @Nullable Carrier carrier = VIRTUAL == null ? null : new Carrier(VIRTUAL);

    void run(Runnable body) {
        Carrier on = carrier;
        if (on == null) {
            PLATFORM.execute(body);
        } else {
            on.start(body);
        }
    }

    /** Tasks that have not ended are never seen again. */
    void close() {
        if (carrier != null) {
            carrier.end();
        }
    }

    private static Thread daemon(Runnable body, String name) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }

    /** The JDK has no public way to say what carries a virtual thread. */
    private static @Nullable Method virtual() {
        try {
            Method found = Class.forName("java.lang.ThreadBuilders")
                    .getDeclaredMethod("newVirtualThread", Executor.class, String.class, int.class, Runnable.class);
            found.setAccessible(true);
            return found;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    /** One platform thread that runs whichever virtual thread can go on. */
    private static final class Carrier implements Executor {
        private final LinkedBlockingQueue<Runnable> ready = new LinkedBlockingQueue<>();
        private final Method virtual;
        private volatile boolean ended;

        Carrier(Method virtual) {
            this.virtual = virtual;
            PLATFORM.execute(this::carry);
        }

        void start(Runnable body) {
            try {
                ((Thread) virtual.invoke(null, this, null, 0, body)).start();
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalStateException("a virtual thread could be made before, and cannot now", e);
            }
        }

        void end() {
            execute(() -> ended = true);
        }

        @Override
        public void execute(Runnable next) {
            ready.add(next);
        }

        private void carry() {
            try {
                while (!ended) {
                    ready.take().run();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
