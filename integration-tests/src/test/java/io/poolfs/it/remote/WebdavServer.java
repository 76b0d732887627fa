package io.poolfs.it.remote;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code rclone serve webdav} on loopback, which remembers the requests that it got. */
final class WebdavServer implements AutoCloseable {
    private static final Pattern URL = Pattern.compile("http://127\\.0\\.0\\.1:\\d+/");
    private static final Pattern REQUEST = Pattern.compile("INFO *: \\S+: ([A-Z]+) from ");

    private final Process process;
    private final String url;
    private final List<String> methods = new ArrayList<>();

    private WebdavServer(Process process, BufferedReader log) throws IOException {
        this.process = process;
        String found = null;
        for (String line = ""; line != null && found == null; ) {
            line = log.readLine();
            Matcher matcher = URL.matcher(String.valueOf(line));
            found = matcher.find() ? matcher.group() : null;
        }
        if (found == null) {
            throw new IOException("rclone serve webdav does not start");
        }
        url = found;
        Thread reader = new Thread(() -> read(log), "webdav-log");
        reader.setDaemon(true);
        reader.start();
    }

    static WebdavServer start(Path root) throws IOException {
        Files.createDirectories(root);
        Process process = new ProcessBuilder(
                        "setpriv",
                        "--pdeathsig",
                        "KILL",
                        "rclone",
                        "serve",
                        "webdav",
                        root.toString(),
                        "--addr",
                        "127.0.0.1:0",
                        "--config",
                        "/dev/null",
                        "-v")
                .redirectErrorStream(true)
                .start();
        return new WebdavServer(
                process, new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)));
    }

    String url() {
        return url;
    }

    /** The methods of the requests since the last time. */
    List<String> takeMethods() {
        synchronized (methods) {
            List<String> taken = List.copyOf(methods);
            methods.clear();
            return taken;
        }
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read(BufferedReader log) {
        try {
            for (String line = log.readLine(); line != null; line = log.readLine()) {
                Matcher request = REQUEST.matcher(line);
                if (request.find()) {
                    synchronized (methods) {
                        methods.add(request.group(1));
                    }
                }
            }
        } catch (IOException e) {
            process.destroy();
        }
    }
}
