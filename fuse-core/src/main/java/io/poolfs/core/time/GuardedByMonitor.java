package io.poolfs.core.time;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The field, or the method's caller, is guarded by the named {@link Monitor} field. The compiler's own GuardedBy knows
 * only the locks of the JDK.
 */
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.FIELD, ElementType.METHOD})
public @interface GuardedByMonitor {
    /** Name of the monitor field. */
    String value();
}
