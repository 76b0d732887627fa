package io.poolfs.mount.libfuse;

import jnr.ffi.annotations.Delegate;

/**
 * The shapes of the functions that libfuse calls: {@code L} is a pointer or a 64-bit number, {@code I} an {@code int}.
 * Public only because the binding's generated code lives elsewhere.
 */
public final class Callbacks {
    private Callbacks() {}

    public interface LL {
        @Delegate
        void call(long a, long b);
    }

    public interface LLL {
        @Delegate
        void call(long a, long b, long c);
    }

    public interface LLLL {
        @Delegate
        void call(long a, long b, long c, long d);
    }

    public interface LLLLL {
        @Delegate
        void call(long a, long b, long c, long d, long e);
    }

    public interface LLLLLL {
        @Delegate
        void call(long a, long b, long c, long d, long e, long f);
    }

    public interface LLIL {
        @Delegate
        void call(long a, long b, int c, long d);
    }

    public interface LLLI {
        @Delegate
        void call(long a, long b, long c, int d);
    }

    public interface LLLIL {
        @Delegate
        void call(long a, long b, long c, int d, long e);
    }

    public interface LLILLL {
        @Delegate
        void call(long a, long b, int c, long d, long e, long f);
    }

    public interface LLLLLI {
        @Delegate
        void call(long a, long b, long c, long d, long e, int f);
    }
}
