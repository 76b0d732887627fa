package io.poolfs.it.cloud;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One account of a provider: a WebDAV server on loopback over a local folder, in whatever {@link Weather} the test
 * wants. It remembers the methods of the requests that it got. Closing it ends its threads.
 */
public final class Cloud implements AutoCloseable {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final DavFolder folder;
    private final Sky sky = new Sky();
    private final int port;
    private final List<String> methods = new ArrayList<>();
    private final Set<Connection> connections = new LinkedHashSet<>();

    /** One of both has the port: the second refuses whoever comes, and keeps others from taking it. */
    private @Nullable ServerSocket listening;

    private @Nullable Thread accepting;

    private @Nullable Socket refusing;

    private Cloud(Path root) throws IOException {
        this.folder = new DavFolder(root);
        ServerSocket first = new ServerSocket(0, 50, LOOPBACK);
        this.port = first.getLocalPort();
        listen(first);
    }

    /** A cloud that keeps what it gets in that folder. */
    public static Cloud over(Path folder) throws IOException {
        return new Cloud(folder);
    }

    public String url() {
        return "http://127.0.0.1:" + port + "/";
    }

    /** The folder of what it keeps. */
    public Path folder() {
        return folder.root();
    }

    public long usedBytes() {
        return folder.usedBytes();
    }

    public Weather weather() {
        return sky.weather();
    }

    /** Changes the weather; connections that it does not allow are reset. */
    public void set(Weather weather) throws IOException {
        sky.set(weather);
        Thread before;
        synchronized (this) {
            before = accepting;
            if (!weather.accepts() && listening != null) {
                listening.close();
                listening = null;
            }
        }
        if (!weather.accepts() && before != null) {
            join(before); // it keeps the port until it has seen the end
        }
        turn(weather);
    }

    private synchronized void turn(Weather weather) throws IOException {
        if (!weather.accepts() && refusing == null) {
            Socket placeholder = new Socket();
            placeholder.setReuseAddress(true);
            placeholder.bind(new InetSocketAddress(LOOPBACK, port));
            refusing = placeholder;
        } else if (weather.accepts() && refusing != null) {
            refusing.close();
            refusing = null;
            ServerSocket again = new ServerSocket();
            again.setReuseAddress(true);
            again.bind(new InetSocketAddress(LOOPBACK, port), 50);
            listen(again);
        }
        int allowed = weather.accepts() ? weather.connections() : 0;
        if (!weather.accepts() || allowed > 0) {
            connections.stream().skip(allowed).toList().forEach(connection -> connection.cut(true));
        }
    }

    /** The methods of the requests since the last time. */
    public List<String> takeMethods() {
        synchronized (methods) {
            List<String> taken = List.copyOf(methods);
            methods.clear();
            return taken;
        }
    }

    @Override
    public synchronized void close() {
        sky.close();
        try {
            if (listening != null) {
                listening.close();
            }
            if (refusing != null) {
                refusing.close();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        connections.forEach(connection -> connection.cut(true));
    }

    private void listen(ServerSocket server) {
        listening = server;
        accepting = thread("cloud " + port, () -> accept(server));
        accepting.start();
    }

    private void accept(ServerSocket server) {
        try {
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                serve(new Connection(socket, folder, sky, this::note));
            }
        } catch (IOException e) {
            return; // closed: nobody is listening any more
        }
    }

    private synchronized void serve(Connection connection) {
        int allowed = sky.weather().connections();
        if (allowed > 0 && connections.size() >= allowed) {
            connection.cut(true);
            return;
        }
        connections.add(connection);
        thread("cloud " + port + " connection", () -> {
                    try {
                        connection.run();
                    } finally {
                        forget(connection);
                    }
                })
                .start();
    }

    private synchronized void forget(Connection connection) {
        connections.remove(connection);
    }

    private void note(String method) {
        synchronized (methods) {
            methods.add(method);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }
}
