package io.poolfs.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Things that go wrong around a pool. Each is a fault until it is closed. */
final class Faults {
    /** Taken away by closing it. */
    interface Fault extends AutoCloseable {
        @Override
        void close();
    }

    /** A namespace that keeps a copy of a mount keeps the mount alive. */
    private static final String WITHOUT_OUR_MOUNTS =
            "for m in $(grep ' fuse.poolfs ' /proc/mounts | cut -d' ' -f2); do umount -l $m; done; ";

    private Faults() {}

    static void needRoot() {
        assumeTrue(System.getProperty("user.name").equals("root"), "needs root: it mounts file systems");
    }

    /** The disks are unplugged: nothing is where they were. */
    static Fault unplugged(List<Path> folders) {
        return replaced(folders, Faults::away);
    }

    private static Fault away(Path folder) {
        Path elsewhere = folder.resolveSibling(folder.getFileName() + ".away");
        move(folder, elsewhere);
        return () -> move(elsewhere, folder);
    }

    /** The folders can be read and not be written. */
    static Fault readOnly(List<Path> folders) {
        needRoot();
        return replaced(folders, folder -> {
            Shell.bash(folder.getParent(), "mount --bind '" + folder + "' '" + folder + "'");
            Shell.bash(folder.getParent(), "mount -o remount,bind,ro '" + folder + "'");
            return () -> Shell.bash(folder.getParent(), "umount '" + folder + "'");
        });
    }

    /** Somebody else's file has taken the file systems of the folders, but for so many bytes. */
    static Fault full(List<Path> folders, long freeBytes) {
        return replaced(folders, folder -> {
            Path filler = folder.resolve("somebody-elses-file");
            Shell.run(Map.of(), folder, List.of("dd", "if=/dev/zero", "of=" + filler, "bs=64K", "status=none"));
            Shell.bash(folder, "truncate -s -" + freeBytes + " '" + filler + "'");
            return () -> delete(filler);
        });
    }

    /** A file has other content. */
    static Fault changed(Path file, byte[] content) {
        try {
            byte[] before = Files.readAllBytes(file);
            Files.write(file, content);
            return () -> write(file, before);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A file system in memory of that size. */
    static Fault tmpfs(Path directory, String size) {
        needRoot();
        Shell.bash(
                directory.getParent(),
                "mkdir -p '" + directory + "' && mount -t tmpfs -o size=" + size + ",mode=700 poolfs-it '" + directory
                        + "'");
        return () -> Shell.bash(directory.getParent(), "umount '" + directory + "'");
    }

    /** All at once, or none of them. */
    static Fault all(List<Fault> faults) {
        return () -> faults.forEach(Fault::close);
    }

    /** What runs a command where there is no /dev/fuse. */
    static List<String> withoutFuse() {
        needRoot();
        return namespace(
                "--mount",
                "d=/mnt; mount -t tmpfs poolfs-it $d; for f in null zero random urandom; do touch $d/$f;"
                        + " mount --bind /dev/$f $d/$f; done; mkdir $d/shm; mount --bind /dev/shm $d/shm;"
                        + " mount --rbind $d /dev");
    }

    /** What runs a command on another machine, as far as its identity goes. */
    static List<String> asMachine(String name) {
        needRoot();
        return namespace(
                "--uts",
                "hostname " + name
                        + "; if [ -e /etc/machine-id ]; then f=$(mktemp); hostname | md5sum | cut -c1-32 >$f;"
                        + " mount --bind $f /etc/machine-id; rm $f; fi");
    }

    private static List<String> namespace(String option, String setUp) {
        return List.of(
                "unshare",
                "--mount",
                option,
                "bash",
                "-euc",
                WITHOUT_OUR_MOUNTS + setUp + "; exec \"$@\"",
                "namespace");
    }

    private interface Breaker {
        Fault breakIt(Path folder);
    }

    private static Fault replaced(List<Path> folders, Breaker breaker) {
        List<Fault> faults = new ArrayList<>();
        folders.forEach(folder -> faults.add(breaker.breakIt(folder)));
        return all(faults);
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void write(Path file, byte[] content) {
        try {
            Files.write(file, content);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
