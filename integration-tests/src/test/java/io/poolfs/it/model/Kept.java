package io.poolfs.it.model;

import io.poolfs.it.model.Step.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What once failed, made short, under the name of what was wrong. */
final class Kept {
    private static final Step COMPARE = Step.control(Kind.COMPARE);
    private static final Step COLD = Step.control(Kind.COLD);
    private static final int CREATE = 04100;

    private Kept() {}

    static Map<String, List<Step>> traces() {
        Map<String, List<Step>> traces = new LinkedHashMap<>();
        traces.put(
                "a prefix of attributes without a name was taken",
                List.of(
                        on(Kind.MKDIR, "d", 0755, 0, 0),
                        new Step(Kind.SETXATTR, 0, 0, "d", "user.", 7, 1, 0),
                        COMPARE));
        traces.put(
                "a file made by opening it for reading was not committed at an unmount",
                List.of(on(Kind.OPEN, "f", 0644, 0, CREATE), COLD, COMPARE));
        traces.put(
                "a device kept its set-id bits when its owner changed",
                List.of(
                        on(Kind.MKNOD, "n", 0020755, 0x103, 0),
                        on(Kind.CHMOD, "n", 06755, 0, 0),
                        on(Kind.CHOWN, "n", 1, 1, 0),
                        COMPARE));
        return traces;
    }

    private static Step on(Kind kind, String path, long a, long b, int flags) {
        return new Step(kind, 0, 0, path, "", a, b, flags);
    }
}
