package io.poolfs.mount.session;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options of {@code mount -o}: read from text, and written for libfuse. */
final class MountOptions {
    /** libfuse 2 hands these to the kernel. */
    private static final Set<String> FOR_THE_KERNEL =
            Set.of("suid", "nosuid", "dev", "nodev", "exec", "noexec", "sync", "async", "dirsync", "atime", "noatime");
    /** Passed to libfuse: its helper unmounts when the daemon dies. */
    private static final Set<String> FOR_LIBFUSE = Set.of("auto_unmount");
    /** Always the case here, of no effect here, or meant for mount(8) and systemd. */
    private static final Set<String> PASSED_OVER = Set.of(
            "default_permissions",
            "big_writes",
            "relatime",
            "norelatime",
            "strictatime",
            "nostrictatime",
            "lazytime",
            "nolazytime",
            "diratime",
            "nodiratime",
            "defaults",
            "auto",
            "noauto",
            "user",
            "nouser",
            "users",
            "owner",
            "group",
            "_netdev",
            "nofail",
            "");

    private static final String SUBTYPE = "poolfs";

    private boolean readOnly;
    private boolean allowOther;
    private String source;
    private @Nullable Integer shownOwner;
    private @Nullable Integer shownGroup;
    private @Nullable Integer shownUmask;
    private Duration entryTimeout;
    private Duration attributeTimeout;
    private Transport transport;
    private boolean passthrough;
    private final List<String> kernelOptions;

    private MountOptions(MountSettings settings) {
        readOnly = settings.readOnly();
        allowOther = settings.allowOther();
        source = settings.source();
        shownOwner = settings.shownOwner();
        shownGroup = settings.shownGroup();
        shownUmask = settings.shownUmask();
        entryTimeout = settings.entryTimeout();
        attributeTimeout = settings.attributeTimeout();
        transport = settings.transport();
        passthrough = settings.passthrough();
        kernelOptions = new ArrayList<>(settings.kernelOptions());
    }

    static MountSettings apply(MountSettings settings, String options) throws PoolException {
        MountOptions read = new MountOptions(settings);
        for (String option : options.split(",", -1)) {
            read.take(option.strip());
        }
        return new MountSettings(
                settings.mountPoint(),
                read.source,
                read.readOnly,
                read.allowOther,
                read.shownOwner,
                read.shownGroup,
                read.shownUmask,
                read.entryTimeout,
                read.attributeTimeout,
                settings.restingWorkers(),
                settings.maxWorkers(),
                read.transport,
                read.passthrough,
                read.kernelOptions);
    }

    /** What libfuse and fusermount are given behind {@code -o}. */
    static String forFuse(MountSettings settings, int maxReadBytes) {
        List<String> options = new ArrayList<>();
        options.add("fsname=" + escaped(settings.source()));
        options.add("subtype=" + SUBTYPE);
        options.add("default_permissions");
        options.add("max_read=" + maxReadBytes);
        if (settings.readOnly()) {
            options.add("ro");
        }
        if (settings.allowOther()) {
            options.add("allow_other");
        }
        options.addAll(settings.kernelOptions());
        return String.join(",", options);
    }

    private void take(String option) throws PoolException {
        int equals = option.indexOf('=');
        if (equals < 0) {
            takeWord(option);
        } else {
            takeValue(option, option.substring(0, equals), option.substring(equals + 1));
        }
    }

    private void takeWord(String option) throws PoolException {
        if (FOR_THE_KERNEL.contains(option) || FOR_LIBFUSE.contains(option)) {
            kernelOptions.add(option);
            return;
        }
        switch (option) {
            case "ro" -> readOnly = true;
            case "rw" -> readOnly = false;
            case "allow_other" -> allowOther = true;
            case "nonempty" ->
                throw new PoolException(
                        Reason.CONFIG, "mount option nonempty: poolfs mounts only over an empty directory");
            default -> {
                if (!isPassedOver(option)) {
                    throw new PoolException(Reason.CONFIG, "unknown mount option: " + option);
                }
            }
        }
    }

    private void takeValue(String option, String key, String value) throws PoolException {
        switch (key) {
            case "uid" -> shownOwner = number(option, value, 10);
            case "gid" -> shownGroup = number(option, value, 10);
            case "umask" -> {
                int umask = number(option, value, 8);
                if (umask > 0777) {
                    throw new PoolException(Reason.CONFIG, "mount option " + option + ": more than 0777");
                }
                shownUmask = umask;
            }
            case "entry_timeout" -> entryTimeout = seconds(option, value);
            case "attr_timeout" -> attributeTimeout = seconds(option, value);
            case "fsname" -> source = value;
            case "transport" -> transport = Transport.of(value);
            case "passthrough" ->
                passthrough = switch (value) {
                    case "auto" -> true;
                    case "off" -> false;
                    default -> throw new PoolException(Reason.CONFIG, "mount option " + option + ": it is auto or off");
                };
            case "max_read", "max_write" -> number(option, value, 10);
            default -> {
                if (!isPassedOver(key)) {
                    throw new PoolException(Reason.CONFIG, "unknown mount option: " + option);
                }
            }
        }
    }

    private static boolean isPassedOver(String option) {
        return PASSED_OVER.contains(option)
                || option.startsWith("x-")
                || option.startsWith("X-")
                || option.equals("comment");
    }

    private static int number(String option, String value, int radix) throws PoolException {
        try {
            int number = Integer.parseUnsignedInt(value, radix);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, like a number that is too large.
        }
        throw new PoolException(
                Reason.CONFIG, "mount option " + option + ": not a" + (radix == 8 ? "n octal" : "") + " number");
    }

    private static Duration seconds(String option, String value) throws PoolException {
        try {
            double seconds = Double.parseDouble(value);
            if (seconds >= 0 && seconds <= Integer.MAX_VALUE) {
                return Duration.ofNanos((long) (seconds * 1e9));
            }
        } catch (NumberFormatException e) {
            // Told below, like a number out of range.
        }
        throw new PoolException(Reason.CONFIG, "mount option " + option + ": not a number of seconds");
    }

    /** libfuse splits at commas and takes a backslash as an escape. */
    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace(",", "\\,");
    }
}
