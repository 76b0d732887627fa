package io.poolfs.it.cloud;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** One connection to a cloud: answers its requests one after the other, in whatever weather there is. */
final class Connection implements Runnable {
    private static final int HEAD_BUFFER = 8 << 10;

    /** What passes at a time: so little with limits that a change of them is seen soon. */
    private static final int PIECE = 64 << 10;

    private static final int FREE_PIECE = 512 << 10;
    private static final int SHORT_BY = 7;

    private final Socket socket;
    private final DavFolder folder;
    private final Sky sky;
    private final Counts counts;
    private final Pace up = new Pace();
    private final Pace down = new Pace();

    Connection(Socket socket, DavFolder folder, Sky sky, Counts counts) {
        this.socket = socket;
        this.folder = folder;
        this.sky = sky;
        this.counts = counts;
    }

    /** The connection ends here, by the weather. */
    private static final class CutException extends IOException {
        private static final long serialVersionUID = 1;
        final boolean reset;

        CutException(boolean reset) {
            this.reset = reset;
        }
    }

    @Override
    public void run() {
        try (socket) {
            Weather first = sky.weather();
            if (first.connecting() && !delay(first)) {
                return;
            }
            InputStream in = new BufferedInputStream(socket.getInputStream(), HEAD_BUFFER);
            for (Request request = Request.read(in); request != null; request = Request.read(in)) {
                if (!answer(request, in)) {
                    return;
                }
            }
        } catch (CutException e) {
            cut(e.reset);
        } catch (IOException e) {
            cut(false); // the client went away
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether another request may follow. */
    private boolean answer(Request request, InputStream in) throws IOException, InterruptedException {
        counts.request(request.method());
        if (!sky.weather().answers()) {
            // Who hangs does not come back to life for a request it has swallowed.
            sky.wait(Long.MAX_VALUE, now -> !now.answers());
            return false;
        }
        if (!sky.enter()) {
            return false;
        }
        try {
            return delay(sky.weather()) && work(request, in);
        } finally {
            sky.leave();
        }
    }

    /** False when the cloud is closed. */
    private boolean delay(Weather weather) throws InterruptedException {
        return sky.wait(weather.delay().toNanos(), now -> now.delay().equals(weather.delay()));
    }

    private boolean work(Request request, InputStream in) throws IOException, InterruptedException {
        Weather weather = sky.weather().forOne(ThreadLocalRandom.current().nextDouble());
        InputStream body = new Paced(request.body(in));
        if (request.header("expect").equalsIgnoreCase("100-continue")) {
            write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        if (weather.hits(request.method())) {
            drain(body);
            status(weather.status(), weather);
            return true;
        }
        Path path = folder.at(request.path());
        if (path == null) {
            drain(body);
            status(403, weather);
            return true;
        }
        switch (request.method()) {
            case "OPTIONS" -> {
                drain(body);
                head(200, 0, "DAV: 1\r\nAllow: OPTIONS, GET, HEAD, PUT, DELETE, MKCOL, PROPFIND, MOVE, COPY\r\n");
            }
            case "PROPFIND" -> {
                drain(body);
                propfind(request, path, weather);
            }
            case "GET", "HEAD" -> {
                drain(body);
                get(request, path, weather);
            }
            case "PUT" -> put(request, path, body, weather);
            case "MKCOL" -> {
                drain(body);
                status(folder.makeFolder(path, weather.folderAgain()), weather);
            }
            case "MOVE", "COPY" -> {
                drain(body);
                status(transfer(request, path), weather);
            }
            case "DELETE" -> {
                drain(body);
                status(folder.delete(path), weather);
            }
            default -> {
                drain(body);
                status(405, weather);
            }
        }
        return true;
    }

    private int transfer(Request request, Path from) throws IOException {
        Path to = folder.at(request.destination());
        if (to == null) {
            return 403;
        }
        boolean overwrite = !request.header("overwrite").equalsIgnoreCase("F");
        return request.method().equals("MOVE") ? folder.move(from, to, overwrite) : folder.copy(from, to, overwrite);
    }

    private void propfind(Request request, Path path, Weather weather) throws IOException, InterruptedException {
        String xml = folder.properties(path, !request.header("depth").equals("0"), weather);
        if (xml == null) {
            status(404, weather);
            return;
        }
        byte[] bytes = xml.getBytes(StandardCharsets.UTF_8);
        head(207, bytes.length, "Content-Type: application/xml; charset=utf-8\r\n");
        send(new ByteArrayInputStream(bytes), bytes.length, weather, weather.bodies() == Weather.Bodies.RESET, false);
    }

    private void get(Request request, Path path, Weather weather) throws IOException, InterruptedException {
        if (!Files.isRegularFile(path)) {
            status(404, weather);
            return;
        }
        try (InputStream file = Files.newInputStream(path)) {
            long size = Files.size(path);
            long from = 0;
            long to = size;
            String range = request.header("range");
            if (range.startsWith("bytes=")) {
                String[] ends = range.substring(6).split("-", 2);
                from = ends[0].isEmpty() ? Math.max(0, size - Long.parseLong(ends[1])) : Long.parseLong(ends[0]);
                to = ends[0].isEmpty() || ends[1].isEmpty() ? size : Math.min(size, Long.parseLong(ends[1]) + 1);
                if (from >= to) {
                    head(416, 0, "Content-Range: bytes */" + size + "\r\n");
                    return;
                }
            }
            file.skipNBytes(from);
            long length = to - from;
            if (weather.bodies() == Weather.Bodies.SHORT) {
                length = Math.max(0, length - SHORT_BY);
            }
            String ranged =
                    range.isEmpty() ? "" : "Content-Range: bytes " + from + "-" + (to - 1) + "/" + size + "\r\n";
            head(range.isEmpty() ? 200 : 206, length, ranged + "Accept-Ranges: bytes\r\n");
            if (request.method().equals("GET")) {
                boolean cut = weather.bodies() == Weather.Bodies.RESET || weather.bodies() == Weather.Bodies.TRUNCATED;
                send(file, length, weather, cut, weather.bodies() == Weather.Bodies.FLIPPED);
            }
        } catch (NoSuchFileException e) {
            status(404, weather); // deleted since
        }
    }

    private void put(Request request, Path path, InputStream body, Weather weather)
            throws IOException, InterruptedException {
        if (weather.bodies() == Weather.Bodies.RESET) {
            long half = Math.max(1, contentLength(request) / 2);
            body.skipNBytes(half);
            throw new CutException(true);
        }
        InputStream kept = body;
        if (weather.bodies() == Weather.Bodies.SHORT || weather.bodies() == Weather.Bodies.TRUNCATED) {
            byte[] all = body.readAllBytes();
            int length = weather.bodies() == Weather.Bodies.SHORT ? Math.max(0, all.length - SHORT_BY) : all.length / 2;
            kept = new ByteArrayInputStream(all, 0, length);
        }
        int status = folder.put(path, kept, weather.capacityBytes());
        drain(body);
        status(status, weather);
    }

    private static long contentLength(Request request) {
        String length = request.header("content-length");
        return length.isEmpty() ? 0 : Long.parseLong(length);
    }

    /** Sends a body at the rate of the weather; cut off in its midst, or with one bit changed there. */
    private void send(InputStream from, long length, Weather weather, boolean cut, boolean flip)
            throws IOException, InterruptedException {
        long end = cut ? length / 2 : length;
        byte[] piece = new byte[(int) Math.min(pieceBytes(), Math.max(1, end))];
        for (long at = 0; at < end; ) {
            int count = from.readNBytes(piece, 0, (int) Math.min(piece.length, end - at));
            if (count == 0) {
                throw new CutException(false); // deleted meanwhile
            }
            long middle = length / 2 - at;
            if (flip && middle >= 0 && middle < count) {
                piece[(int) middle] ^= 0x10;
            }
            sky.passDown(count, down);
            write(piece, count);
            counts.down(count);
            at += count;
        }
        if (cut) {
            throw new CutException(weather.bodies() == Weather.Bodies.RESET);
        }
    }

    private int pieceBytes() {
        return sky.weather().limits().equals(Limits.NONE) ? FREE_PIECE : PIECE;
    }

    private void status(int status, Weather weather) throws IOException, InterruptedException {
        byte[] body = ("status " + status + "\n").getBytes(StandardCharsets.US_ASCII);
        boolean without = status == 204;
        head(status, without ? 0 : body.length, "");
        if (!without) {
            send(new ByteArrayInputStream(body), body.length, weather, weather.bodies() == Weather.Bodies.RESET, false);
        }
    }

    private void head(int status, long length, String more) throws IOException {
        write(("HTTP/1.1 " + status + " " + phrase(status) + "\r\nContent-Length: " + length + "\r\n" + more + "\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    }

    private void write(byte[] bytes) throws IOException {
        write(bytes, bytes.length);
    }

    private void write(byte[] bytes, int count) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes, 0, count);
    }

    private static void drain(InputStream body) throws IOException {
        body.transferTo(OutputStream.nullOutputStream());
    }

    void cut(boolean reset) {
        try {
            if (reset) {
                socket.setSoLinger(true, 0);
            }
            socket.close();
        } catch (IOException e) {
            return; // it is closed already
        }
    }

    private static @Nullable String phrase(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 201 -> "Created";
            case 204 -> "No Content";
            case 206 -> "Partial Content";
            case 207 -> "Multi-Status";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 409 -> "Conflict";
            case 412 -> "Precondition Failed";
            case 416 -> "Range Not Satisfiable";
            case 423 -> "Locked";
            case 429 -> "Too Many Requests";
            case 500 -> "Internal Server Error";
            case 503 -> "Service Unavailable";
            case 507 -> "Insufficient Storage";
            default -> "Status";
        };
    }

    /** An upload at the rate of the weather. */
    private final class Paced extends InputStream {
        private final InputStream body;

        Paced(InputStream body) {
            this.body = body;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = body.read(bytes, offset, Math.min(length, pieceBytes()));
            counts.up(Math.max(0, count));
            try {
                sky.passUp(Math.max(0, count), up);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CutException(false);
            }
            return count;
        }
    }
}
