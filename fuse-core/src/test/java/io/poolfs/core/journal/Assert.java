package io.poolfs.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What failures must say. */
final class Assert {
    private Assert() {}

    static void assertFails(ThrowingCallable call, Reason reason, String... words) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).isInstanceOf(PoolException.class);
        assertThat(((PoolException) thrown).reason()).as("%s", thrown).isEqualTo(reason);
        for (String word : words) {
            assertThat(thrown.getMessage()).contains(word);
        }
    }
}
