package io.poolfs.cli.socket;

import io.poolfs.cli.output.Json;
import io.poolfs.cli.service.PoolService;
import io.poolfs.cli.service.Progress;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The client's side: a {@link PoolService} whose calls go to a running daemon. */
public final class ServiceClient implements InvocationHandler {
    private final JsonMapper json = Json.mapper();
    private final Wire wire;
    private final Path socket;

    private ServiceClient(Wire wire, Path socket) {
        this.wire = wire;
        this.socket = socket;
    }

    /** Null when no daemon listens there. */
    public static @Nullable PoolService connect(Path socket) throws PoolException {
        if (!Files.exists(socket)) {
            return null;
        }
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (java.net.ConnectException e) {
            closeQuietly(channel);
            return null; // left behind by a daemon that was killed
        } catch (IOException e) {
            closeQuietly(channel);
            if (String.valueOf(e.getMessage()).contains("refused") || !Files.exists(socket)) {
                return null; // it ended between the two looks
            }
            throw new PoolException(
                    Reason.LOCAL_IO, "cannot talk to the daemon at " + socket + ": " + e.getMessage(), e);
        }
        ServiceClient client = new ServiceClient(new Wire(Json.mapper(), channel), socket);
        return (PoolService)
                Proxy.newProxyInstance(PoolService.class.getClassLoader(), new Class<?>[] {PoolService.class}, client);
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return switch (method.getName()) {
                case "toString" -> "daemon at " + socket;
                case "hashCode" -> System.identityHashCode(proxy);
                default -> arguments != null && proxy == arguments[0];
            };
        }
        if (method.getName().equals("close")) {
            wire.close();
            return null;
        }
        try {
            return call(method, arguments == null ? new Object[0] : arguments);
        } catch (IOException e) {
            throw new PoolException(Reason.CLOSED, "the daemon at " + socket + " ended or does not answer", e);
        }
    }

    private @Nullable Object call(Method method, Object[] arguments) throws IOException, PoolException {
        Class<?>[] types = method.getParameterTypes();
        ArrayNode values = json.createArrayNode();
        byte[] payload = null;
        Progress.Listener listener = Progress.Listener.NONE;
        for (int i = 0; i < types.length; i++) {
            if (Calls.isListener(types[i])) {
                listener = (Progress.Listener) arguments[i];
                values.addNull();
            } else if (Calls.isBytes(types[i])) {
                payload = (byte[]) arguments[i];
                values.addNull();
            } else {
                values.add(json.valueToTree(arguments[i]));
            }
        }
        ObjectNode request = json.createObjectNode();
        request.put("call", method.getName());
        request.set("arguments", values);
        wire.send(request, payload);
        return answer(method, listener);
    }

    private @Nullable Object answer(Method method, Progress.Listener listener) throws IOException, PoolException {
        while (true) {
            Wire.Message message = wire.receive();
            if (message == null) {
                throw new IOException("connection closed");
            }
            JsonNode body = message.body();
            if (body.has("progress")) {
                listener.update(json.treeToValue(body.get("progress"), Progress.class));
            } else if (body.has("error")) {
                throw error(body.get("error"));
            } else if (Calls.isBytes(method.getReturnType())) {
                return message.payload();
            } else {
                return json.convertValue(
                        body.get("result"), json.getTypeFactory().constructType(method.getGenericReturnType()));
            }
        }
    }

    private static PoolException error(JsonNode error) {
        Reason reason;
        try {
            reason = Reason.valueOf(error.path("reason").asString());
        } catch (IllegalArgumentException e) {
            reason = Reason.INTERNAL; // a newer daemon's word
        }
        return new PoolException(reason, error.path("message").asString());
    }

    private static void closeQuietly(@Nullable SocketChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            return; // it was never used
        }
    }
}
