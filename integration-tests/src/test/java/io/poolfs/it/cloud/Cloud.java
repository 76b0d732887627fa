package io.poolfs.it.cloud;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One account of a provider: a WebDAV server on loopback over a local folder, in whatever {@link Weather} the test
 * wants. It counts the requests that it got. Closing it ends its threads.
 */
public final class Cloud implements AutoCloseable {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final int BACKLOG = 256;
    private static final int RECEIVE_BUFFER = 256 << 10;

    private final DavFolder folder;
    private final Sky sky = new Sky();
    private final int port;
    private final Counts counts = new Counts();
    private final Set<Connection> connections = new LinkedHashSet<>();

    /** One of both has the port: the second refuses whoever comes, and keeps others from taking it. */
    private @Nullable ServerSocket listening;

    private @Nullable Thread accepting;

    private @Nullable Socket refusing;

    private Cloud(Path root, int wantedPort) throws IOException {
        this.folder = new DavFolder(root);
        ServerSocket first = listener(wantedPort);
        this.port = first.getLocalPort();
        listen(first);
    }

    /** A cloud that keeps what it gets in that folder. */
    public static Cloud over(Path folder) throws IOException {
        return new Cloud(folder, 0);
    }

    /** The same on a port of the caller's choice. */
    public static Cloud over(Path folder, int port) throws IOException {
        return new Cloud(folder, port);
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
            listen(listener(port));
        }
        int allowed = weather.accepts() ? weather.limits().connections() : 0;
        if (!weather.accepts() || allowed > 0) {
            connections.stream().skip(allowed).toList().forEach(connection -> connection.cut(true));
        }
    }

    /** The methods of the requests since they were last taken. */
    public List<String> seenMethods() {
        return counts.methods();
    }

    /** The methods of the requests since the last time. */
    public List<String> takeMethods() {
        return counts.takeMethods();
    }

    public Counts counts() {
        return counts;
    }

    /** The most requests that were in progress at a time. */
    public int mostAtOnce() {
        return sky.mostAtOnce();
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
                counts.connection();
                serve(new Connection(socket, folder, sky, counts));
            }
        } catch (IOException e) {
            return; // closed: nobody is listening any more
        }
    }

    private synchronized void serve(Connection connection) {
        int allowed = sky.weather().limits().connections();
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

    private static ServerSocket listener(int port) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.setReuseAddress(true);
        // Else the kernel lets a client run megabytes ahead of the rate.
        listener.setReceiveBufferSize(RECEIVE_BUFFER);
        listener.bind(new InetSocketAddress(LOOPBACK, port), BACKLOG);
        return listener;
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
