package io.poolfs.mount;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A test that mounts: skipped only where there is no {@code /dev/fuse}. */
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Tag("fuse")
@ExtendWith(NeedsFuse.Condition.class)
public @interface NeedsFuse {
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return Files.exists(Path.of("/dev/fuse"))
                    ? ConditionEvaluationResult.enabled("/dev/fuse exists")
                    : ConditionEvaluationResult.disabled("no /dev/fuse here: nothing can be mounted");
        }
    }
}
