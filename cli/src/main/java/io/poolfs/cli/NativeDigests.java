package io.poolfs.cli;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SHA-256 in native code. The JDK's own is fast only where the optimising compiler runs, and a daemon does without it:
 * 0.18 GB/s against 2 GB/s. The launcher says whether the library is there; without it the JDK's serves.
 */
final class NativeDigests {
    private static final Logger LOG = LoggerFactory.getLogger(NativeDigests.class);
    private static final String OFFERED = "com.amazon.corretto.crypto.provider.useExternalLib";

    private NativeDigests() {}

    /** Puts them in place beside whoever starts; loading takes 0.1 s that nobody should wait for. */
    static void installInBackground() {
        if (Boolean.getBoolean(OFFERED)) {
            Thread loader = new Thread(NativeDigests::install, "native digests");
            loader.setDaemon(true);
            loader.start();
        }
    }

    private static void install() {
        AmazonCorrettoCryptoProvider provider = AmazonCorrettoCryptoProvider.INSTANCE;
        Throwable problem = provider.getLoadingError();
        if (problem == null) {
            AmazonCorrettoCryptoProvider.install();
        } else {
            LOG.warn("hashing is slower than it could be: {}", problem.toString());
        }
    }
}
