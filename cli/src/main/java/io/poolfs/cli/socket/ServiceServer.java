package io.poolfs.cli.socket;

import io.poolfs.cli.output.Json;
import io.poolfs.cli.service.PoolService;
import io.poolfs.cli.service.Progress;
import io.poolfs.core.local.RealFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolfsVersion;
import io.poolfs.core.model.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The daemon's side: one thread and one {@link PoolService} per connection. */
public final class ServiceServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceServer.class);

    private final JsonMapper json = Json.mapper();
    private final Path socket;
    private final ServerSocketChannel listening;
    private final Supplier<PoolService> services;
    private final Set<Wire> connections = ConcurrentHashMap.newKeySet();

    private ServiceServer(Path socket, ServerSocketChannel listening, Supplier<PoolService> services) {
        this.socket = socket;
        this.listening = listening;
        this.services = services;
    }

    /** Listens at the path, in the place of a socket that a killed daemon left. The caller holds the pool's lock. */
    public static ServiceServer start(Path socket, Supplier<PoolService> services) throws PoolException {
        try {
            Path directory = Objects.requireNonNull(socket.toAbsolutePath().getParent(), "a socket has a directory");
            RealFiles.create().createPrivateDirectory(directory);
            Files.deleteIfExists(socket);
            ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listening.bind(UnixDomainSocketAddress.of(socket));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            ServiceServer server = new ServiceServer(socket, listening, services);
            thread("socket", server::accept);
            return server;
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, "cannot listen at " + socket + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            listening.close();
            Files.deleteIfExists(socket);
            for (Wire wire : connections) {
                wire.close();
            }
        } catch (IOException e) {
            LOG.warn("closing the socket {}: {}", socket, e.getMessage());
        }
    }

    private void accept() {
        while (listening.isOpen()) {
            try {
                SocketChannel channel = listening.accept();
                thread("client", () -> serve(channel));
            } catch (IOException e) {
                if (listening.isOpen()) {
                    LOG.warn("accepting at {}: {}", socket, e.getMessage());
                }
            }
        }
    }

    private void serve(SocketChannel channel) {
        Wire wire = Wire.ofRequests(json, channel);
        connections.add(wire);
        try (wire;
                PoolService service = services.get()) {
            for (Wire.Message message = wire.receive(); message != null; message = wire.receive()) {
                answer(wire, service, message);
            }
        } catch (IOException | JacksonException e) {
            LOG.debug("a client at {} left: {}", socket, e.getMessage());
        } finally {
            connections.remove(wire);
        }
    }

    private void answer(Wire wire, PoolService service, Wire.Message message) throws IOException {
        String name = message.body().path("call").asString("");
        Method method = Calls.BY_NAME.get(name);
        try {
            if (method == null) {
                throw new PoolException(
                        Reason.UNSUPPORTED,
                        "the running daemon (version " + PoolfsVersion.current() + ") does not know \"" + name
                                + "\"; unmount and mount to change to the installed version");
            }
            Object result = method.invoke(service, arguments(wire, method, message));
            ObjectNode answer = json.createObjectNode();
            if (Calls.isBytes(method.getReturnType())) {
                wire.send(answer.putNull("result"), (byte[]) result);
            } else {
                answer.set("result", json.valueToTree(result));
                wire.send(answer, null);
            }
        } catch (PoolException e) {
            sendError(wire, e.reason(), String.valueOf(e.getMessage()));
        } catch (InvocationTargetException e) {
            failed(wire, name, e.getCause() == null ? e : e.getCause());
        } catch (IllegalAccessException | IllegalArgumentException | JacksonException e) {
            failed(wire, name, e);
        }
    }

    private void failed(Wire wire, String name, Throwable cause) throws IOException {
        if (cause instanceof UncheckedIOException gone) {
            throw gone.getCause(); // the client left while its call made progress
        }
        if (cause instanceof PoolException known) {
            sendError(wire, known.reason(), String.valueOf(known.getMessage()));
            return;
        }
        LOG.error("{} failed", name, cause);
        sendError(wire, Reason.INTERNAL, name + " failed in the daemon: " + cause);
    }

    private @Nullable Object[] arguments(Wire wire, Method method, Wire.Message message) throws PoolException {
        Class<?>[] types = method.getParameterTypes();
        JsonNode given = message.body().path("arguments");
        if (given.size() != types.length) {
            throw new PoolException(
                    Reason.INVALID, method.getName() + " takes " + types.length + " arguments, not " + given.size());
        }
        @Nullable Object[] values = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            if (Calls.isListener(types[i])) {
                values[i] = (Progress.Listener) progress -> sendProgress(wire, progress);
            } else if (Calls.isBytes(types[i])) {
                values[i] = message.payload();
            } else {
                values[i] = value(method, i, given.get(i));
            }
            if (values[i] == null && !Calls.mayBeNull(method, i)) {
                throw new PoolException(Reason.INVALID, method.getName() + " needs its argument " + (i + 1));
            }
        }
        return values;
    }

    private @Nullable Object value(Method method, int index, JsonNode given) throws PoolException {
        try {
            return json.convertValue(
                    given, json.getTypeFactory().constructType(method.getGenericParameterTypes()[index]));
        } catch (JacksonException | IllegalArgumentException e) {
            String why = e instanceof JacksonException known ? known.getOriginalMessage() : e.getMessage();
            throw new PoolException(
                    Reason.INVALID, method.getName() + " cannot take its argument " + (index + 1) + ": " + why, e);
        }
    }

    private void sendProgress(Wire wire, Progress progress) {
        try {
            ObjectNode body = json.createObjectNode();
            body.set("progress", json.valueToTree(progress));
            wire.send(body, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void sendError(Wire wire, Reason reason, String message) throws IOException {
        ObjectNode body = json.createObjectNode();
        body.putObject("error").put("reason", reason.name()).put("message", message);
        wire.send(body, null);
    }

    private static void thread(String name, Runnable body) {
        Thread thread = new Thread(body, "poolfs-" + name);
        thread.setDaemon(true);
        thread.start();
    }
}
