package io.poolfs.mount.kernel;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The first two numbers of a release of Linux. */
record KernelVersion(int major, int minor) {
    private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+).*");

    static KernelVersion running() {
        return of(System.getProperty("os.version", ""));
    }

    /** What {@code uname -r} tells; 0.0 for what is no release. */
    static KernelVersion of(String release) {
        Matcher matcher = RELEASE.matcher(release);
        return matcher.matches()
                ? new KernelVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)))
                : new KernelVersion(0, 0);
    }

    boolean isAtLeast(KernelVersion other) {
        return major > other.major || (major == other.major && minor >= other.minor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
