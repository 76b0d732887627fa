package io.poolfs.cli.socket;

import io.poolfs.cli.service.PoolService;
import io.poolfs.cli.service.Progress;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The methods of {@link PoolService} by name: the vocabulary that both sides of the socket share. */
final class Calls {
    static final Map<String, Method> BY_NAME = byName();

    private Calls() {}

    static boolean isListener(Class<?> parameter) {
        return parameter == Progress.Listener.class;
    }

    static boolean isBytes(Class<?> type) {
        return type == byte[].class;
    }

    static boolean mayBeNull(Method method, int parameter) {
        return method.getAnnotatedParameterTypes()[parameter].isAnnotationPresent(Nullable.class);
    }

    private static Map<String, Method> byName() {
        Map<String, Method> methods = new HashMap<>();
        for (Method method : PoolService.class.getMethods()) {
            boolean call = Modifier.isAbstract(method.getModifiers())
                    && !method.getName().equals("close");
            if (call && methods.put(method.getName(), method) != null) {
                throw new IllegalStateException("two calls of the name " + method.getName());
            }
        }
        return Map.copyOf(methods);
    }
}
