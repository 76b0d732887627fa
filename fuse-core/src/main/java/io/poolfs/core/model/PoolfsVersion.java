package io.poolfs.core.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this build, as the build wrote it into the jar. */
public final class PoolfsVersion {
    private static final String RESOURCE = "version.properties";
    private static final String CURRENT = read();

    private PoolfsVersion() {}

    public static String current() {
        return CURRENT;
    }

    private static String read() {
        Properties properties = new Properties();
        try (InputStream in = PoolfsVersion.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("resource " + RESOURCE + " is missing from this build");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read resource " + RESOURCE, e);
        }
        String version = properties.getProperty("version");
        if (version == null) {
            throw new IllegalStateException("resource " + RESOURCE + " names no version");
        }
        return version;
    }
}
