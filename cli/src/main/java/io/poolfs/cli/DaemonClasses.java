package io.poolfs.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Loads, and does not initialise, the classes that a daemon needs: its own, and those of libraries it lives in. */
final class DaemonClasses {
    private static final String CLASS = ".class";
    private static final List<String> LIBRARIES =
            List.of("fuse-core-", "fuse-mount-", "cli-", "lmdbjava-", "jnr-ffi-", "jffi-1", "caffeine-");
    /** Caffeine makes a class for each combination of its features. */
    private static final List<String> PASSED_OVER = List.of("com/github/benmanes/caffeine/cache/", "module-info");

    private DaemonClasses() {}

    static void load() throws IOException {
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path library = Path.of(entry);
            Path name = library.getFileName();
            if (name != null
                    && Files.isRegularFile(library)
                    && LIBRARIES.stream().anyMatch(name.toString()::startsWith)) {
                load(library);
            }
        }
    }

    private static void load(Path library) throws IOException {
        try (ZipFile zip = new ZipFile(library.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                String name = entry.getName();
                if (name.endsWith(CLASS) && PASSED_OVER.stream().noneMatch(name::startsWith)) {
                    load(name.substring(0, name.length() - CLASS.length()).replace('/', '.'));
                }
            }
        }
    }

    private static void load(String name) {
        try {
            Class.forName(name, false, DaemonClasses.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            // It needs something that is optional: whoever wants it finds out.
            return;
        }
    }
}
