package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.RemoteOrigin;
import io.poolfs.core.remote.RemoteStore;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import io.poolfs.core.time.Task;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;

/**
 * One rclone remote as a store. Usable from any thread; it has no state but what it learned of the backend, so it may
 * be made and dropped freely.
 *
 * <p>Requests on WebDAV, counted; through crypt the same unless said:
 *
 * <table>
 * <caption>Requests of each call</caption>
 * <tr><td>first use</td><td>PROPFIND of the root</td></tr>
 * <tr><td>put</td><td>MKCOL, PUT, PROPFIND: no look-up before, since names are never used twice; rclone's own look-up
 *     afterwards is the confirmation</td></tr>
 * <tr><td>getRange, once prepared</td><td>GET; for an object that was not read or expected before PROPFIND, GET; and
 *     through crypt, far from its head, at the same time once more for the header</td></tr>
 * <tr><td>getRange else, and of more than 1 MiB through crypt</td><td>PROPFIND, GET; through crypt one more GET, of the
 *     header</td></tr>
 * <tr><td>expect</td><td>PROPFIND, GET</td></tr>
 * <tr><td>delete</td><td>PROPFIND, DELETE</td></tr>
 * <tr><td>list, size, about</td><td>PROPFIND</td></tr>
 * <tr><td>makeFolder</td><td>MKCOL</td></tr>
 * <tr><td>absent, in any of them</td><td>one PROPFIND more: the root must answer before absence is believed; beside the
 *     first when the size of the same name was asked before</td></tr>
 * </table>
 *
 * <p>Time: a call ends within the timeout; put and getRange within the timeout plus the time that their bytes take at
 * {@value #SLOWEST_BYTES_PER_SECOND} bytes a second, and whenever nothing moves for the timeout.
 */
public final class RcloneStore implements RemoteStore, RemoteOrigin {
    static final long SLOWEST_BYTES_PER_SECOND = 64 << 10;

    private static final int MOST_DUPLICATES = 16;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final Map<String, Object> LISTING = Map.of("noModTime", true, "noMimeType", true);
    private static final Map<String, Object> ONE_OBJECT =
            Map.of("noModTime", true, "noMimeType", true, "filesOnly", true);
    /** An eventually consistent remote may not show an object at once. */
    private static final List<Duration> SECOND_LOOKS =
            List.of(Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofSeconds(3));

    private final StoreShare shared;
    private final ReadFailures reads;
    private final long deadlineNanos;
    private final BooleanSupplier wanted;

    private RcloneStore(StoreShare shared, long deadlineNanos, BooleanSupplier wanted) {
        this.shared = shared;
        this.wanted = wanted;
        this.reads = new ReadFailures(shared, this::traits, this::confirmPresence);
        this.deadlineNanos = deadlineNanos;
    }

    /**
     * The store of a remote; nothing is asked yet.
     *
     * @param name as rclone names it: {@code name:}, {@code name:path} or a local path
     * @param timeout of one answer
     */
    public static RcloneStore open(RcloneDaemon daemon, String name, Duration timeout) throws PoolException {
        return open(daemon.scheduler(), daemon, new RcloneConfig(daemon)::section, name, timeout);
    }

    static RcloneStore open(
            Scheduler scheduler, RcEndpoint endpoint, BackendOrigin.Sections sections, String name, Duration timeout)
            throws PoolException {
        RcloneName.parseRemote(name);
        return new RcloneStore(
                new StoreShare(scheduler, endpoint, sections, name, timeout), Long.MAX_VALUE, () -> true);
    }

    @Override
    public String name() {
        return shared.name;
    }

    @Override
    public RcloneStore until(long deadline) {
        return new RcloneStore(shared, Math.min(deadline, deadlineNanos), wanted);
    }

    @Override
    public RcloneStore whileWanted(BooleanSupplier asked) {
        return new RcloneStore(shared, deadlineNanos, asked);
    }

    @Override
    public void put(String object, Path source, long sizeBytes) throws PoolException {
        checkSource(object, source, sizeBytes);
        long deadline = transferDeadline(sizeBytes);
        BackendTraits traits = traits(deadline);
        checkDevice(traits);
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("srcFs", directoryOf(source));
        parameters.put("srcRemote", fileNameOf(source));
        parameters.put("dstFs", shared.name);
        parameters.put("dstRemote", object);
        // Without a look-up before: that saves a round trip. Where it would make a second object of the name, rclone
        // must look, and write even over one that seems the same.
        parameters.put("_config", Map.of("NoCheckDest", !traits.duplicates(), "IgnoreTimes", true));
        String group = shared.groups.take();
        try {
            parameters.put("_group", group);
            UploadWatch watch = new UploadWatch(
                    shared.scheduler.clock(), shared.client(deadline), group, sizeBytes, shared.stallNanos());
            command("operations/copyfile", parameters, object, deadline, watch);
        } catch (PoolException e) {
            checkSource(object, source, sizeBytes);
            throw e.reason() == Reason.OBJECT_NOT_FOUND ? as(Reason.REMOTE_UNAVAILABLE, e) : e;
        } finally {
            shared.groups.give(group);
        }
        checkDevice(traits);
        if (!traits.origin().confirmsUploads()) {
            confirm(object, sizeBytes, traits, deadline);
        }
    }

    @Override
    public void getRange(String object, long offset, ByteBuffer dst) throws PoolException {
        int length = dst.remaining();
        if (length == 0) {
            return;
        }
        long deadline = transferDeadline(length);
        int start = dst.position();
        try {
            DirectReads direct = shared.direct;
            if (direct != null
                    && !shared.closed
                    && direct.read(
                            object, offset, dst, new RangeAnswer.Bounds(deadline, shared.stallNanos(), wanted))) {
                return;
            }
            shared.client(deadline).getRange(shared.name, object, offset, dst, deadline, shared.stallNanos(), wanted);
        } catch (CutBodyException e) {
            dst.position(start);
            throw reads.cutOff(e, object, offset, length, deadline);
        } catch (RcFailure e) {
            throw reads.refused(e, object, offset, length, deadline);
        } catch (PoolException e) {
            dst.position(start);
            throw named(e);
        }
    }

    @Override
    public void prepareReads() {
        DirectReads direct = shared.direct;
        if (direct != null) {
            direct.prepare();
        }
    }

    /** How many reads took the shortest way, which {@link #prepareReads} opens. */
    public long directReads() {
        DirectReads direct = shared.direct;
        return direct == null ? 0 : direct.count();
    }

    @Override
    public void expect(String object) {
        DirectReads direct = shared.direct;
        if (direct != null && !shared.closed) {
            direct.expect(object);
        }
    }

    @Override
    public void delete(String object) throws PoolException {
        long deadline = deadline();
        BackendTraits traits = traits(deadline);
        checkDevice(traits);
        // One call deletes one of several objects of the name.
        for (int i = 0; i < (traits.duplicates() ? MOST_DUPLICATES : 1); i++) {
            try {
                command("operations/deletefile", at(object), object, deadline);
            } catch (PoolException e) {
                if (e.reason() != Reason.OBJECT_NOT_FOUND) {
                    throw e;
                }
                confirmPresence(deadline);
                return;
            }
        }
    }

    @Override
    public List<Entry> list(String folder) throws PoolException {
        long deadline = deadline();
        try {
            return listing(shared.name, folder, deadline);
        } catch (PoolException e) {
            if (e.reason() != Reason.OBJECT_NOT_FOUND) {
                throw e;
            }
            confirmPresence(deadline);
            return List.of();
        }
    }

    @Override
    public OptionalLong size(String object) throws PoolException {
        long deadline = deadline();
        // What was absent before probably still is: then the root is asked at the same time, not afterwards.
        AtomicReference<PoolException> doubt = new AtomicReference<>();
        Task presence = shared.absences.contains(object)
                ? shared.scheduler.start("presence of " + shared.name, () -> lookForRoot(deadline, doubt))
                : null;
        OptionalLong size = look(object, deadline);
        if (size.isPresent()) {
            shared.absences.forget(object);
            return size;
        }
        if (presence == null) {
            confirmPresence(deadline);
        } else {
            presence.join(deadline);
            PoolException e = doubt.get();
            if (e != null) {
                throw e;
            }
        }
        shared.absences.add(object);
        return size;
    }

    @Override
    public void makeFolder(String folder) throws PoolException {
        long deadline = deadline();
        checkDevice(traits(deadline));
        command("operations/mkdir", at(folder), folder, deadline);
    }

    /** Removes a folder that is empty; for taking back what a set-up that failed had made. */
    public void removeEmptyFolder(String folder) throws PoolException {
        long deadline = deadline();
        checkDevice(traits(deadline));
        command("operations/rmdir", at(folder), folder, deadline);
    }

    @Override
    public Room about() throws PoolException {
        long deadline = deadline();
        if (!traits(deadline).tellsRoom()) {
            return Room.UNKNOWN;
        }
        JsonNode room = command("operations/about", Map.of("fs", shared.name), "", deadline);
        OptionalLong total = figure(room, "total");
        OptionalLong used = figure(room, "used");
        OptionalLong free = figure(room, "free");
        if (free.isEmpty() && total.isPresent() && used.isPresent()) {
            free = OptionalLong.of(Math.max(0, total.getAsLong() - used.getAsLong()));
        }
        return new Room(total, used, free);
    }

    /** A local disk: its device number. Else the backend's type and a digest of host, user and the like. */
    @Override
    public String storeKey() throws PoolException {
        BackendTraits traits = traits(deadline());
        LocalDevice device = traits.device();
        if (device != null) {
            return "local:" + device.number();
        }
        return traits.origin().type() + ":" + traits.origin().account();
    }

    @Override
    public void bind() throws PoolException {
        LocalDevice device = traits(deadline()).device();
        if (device != null) {
            device.bind();
        }
    }

    @Override
    public void checkReallyEmpty() throws PoolException {
        long deadline = deadline();
        String under = traits(deadline).origin().cryptUnder();
        if (under == null) {
            return;
        }
        List<Entry> seen = listing(shared.name, "", deadline);
        List<Entry> really = seen.isEmpty() ? listing(under, "", deadline) : List.of();
        if (!really.isEmpty()) {
            throw new PoolException(
                    Reason.CONFIG,
                    shared.name + " looks empty, but nothing in " + under
                            + " can be decrypted: wrong password, or foreign data");
        }
    }

    /** Refuses further calls; the daemon and its connections belong to the pool. */
    @Override
    public void close() {
        shared.closed = true;
    }

    @Override
    public String toString() {
        return "rclone " + shared.name;
    }

    /** Asks for the object until it is seen with the right size. */
    private void confirm(String object, long sizeBytes, BackendTraits traits, long deadline) throws PoolException {
        OptionalLong seen = look(object, deadline);
        for (Duration pause : SECOND_LOOKS) {
            if (seen.isPresent()) {
                break;
            }
            pause(pause);
            seen = look(object, deadline);
        }
        if (seen.isPresent() && seen.getAsLong() == sizeBytes) {
            return;
        }
        if (traits.duplicates() && seen.isPresent()) {
            // Another object of the name was shown. Away with all of them: the upload is repeated.
            until(deadline).delete(object);
        }
        throw new PoolException(
                Reason.REMOTE_UNAVAILABLE,
                shared.label() + " uploaded " + object + " of " + sizeBytes + " bytes, afterwards "
                        + (seen.isPresent() ? "it has " + seen.getAsLong() : "it is not there"));
    }

    private OptionalLong look(String object, long deadline) throws PoolException {
        Map<String, Object> parameters = at(object);
        parameters.put("opt", ONE_OBJECT);
        JsonNode item = command("operations/stat", parameters, object, deadline).path("item");
        if (!item.isObject() || item.path("IsDir").asBoolean(false)) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Math.max(0, item.path("Size").asLong(0)));
    }

    private List<Entry> listing(String fs, String folder, long deadline) throws PoolException {
        Map<String, Object> parameters = new HashMap<>(Map.of("fs", fs, "remote", folder, "opt", LISTING));
        JsonNode list = command("operations/list", parameters, folder, deadline).path("list");
        Map<String, Entry> entries = new HashMap<>();
        for (JsonNode item : list) {
            String name = item.path("Name").asString("");
            boolean isFolder = item.path("IsDir").asBoolean(false);
            long size = isFolder ? -1 : Math.max(0, item.path("Size").asLong(0));
            // Of several objects of one name the whole one is the largest.
            entries.merge(name, new Entry(name, size), (a, b) -> a.sizeBytes() >= b.sizeBytes() ? a : b);
        }
        return List.copyOf(new ArrayList<>(entries.values()));
    }

    /** Something is absent: that is only true when the remote itself is there. */
    private void confirmPresence(long deadline) throws PoolException {
        checkDevice(traits(deadline));
        try {
            listing(shared.name, "", deadline);
        } catch (PoolException e) {
            if (e.reason() == Reason.OBJECT_NOT_FOUND) {
                throw new PoolException(Reason.REMOTE_MISSING, shared.name + " has no folder of its own", e);
            }
            throw e;
        }
    }

    private void lookForRoot(long deadline, AtomicReference<PoolException> doubt) {
        try {
            confirmPresence(deadline);
        } catch (PoolException e) {
            doubt.set(e);
        }
    }

    private BackendTraits traits(long deadline) throws PoolException {
        BackendTraits known = shared.traits;
        if (known != null) {
            return known;
        }
        JsonNode features = command("operations/fsinfo", Map.of("fs", shared.name), "", deadline)
                .path("Features");
        BackendOrigin origin = BackendOrigin.resolve(shared.name, shared.sections);
        String localPath = origin.localPath();
        BackendTraits learned = new BackendTraits(
                features.path("DuplicateFiles").asBoolean(false),
                features.path("About").asBoolean(false),
                origin,
                localPath == null ? null : new LocalDevice(Path.of(localPath)));
        shared.traits = learned;
        return learned;
    }

    private JsonNode command(String command, Map<String, Object> parameters, String path, long deadline)
            throws PoolException {
        try {
            return shared.client(deadline).call(command, parameters, deadline);
        } catch (RcFailure e) {
            throw shared.failed(path, e);
        } catch (PoolException e) {
            throw named(e);
        }
    }

    private void command(String command, Map<String, Object> parameters, String path, long deadline, UploadWatch watch)
            throws PoolException {
        try {
            shared.client(deadline)
                    .call(command, parameters, deadline, shared.stallNanos() / UploadWatch.LOOKS_PER_STALL, watch);
        } catch (RcFailure e) {
            throw shared.failed(path, e);
        } catch (PoolException e) {
            throw named(e);
        }
    }

    private PoolException named(PoolException e) {
        return new PoolException(e.reason(), shared.label() + " " + e.getMessage(), e);
    }

    private static PoolException as(Reason reason, PoolException e) {
        return new PoolException(reason, String.valueOf(e.getMessage()), e);
    }

    private Map<String, Object> at(String path) {
        return new HashMap<>(Map.of("fs", shared.name, "remote", path));
    }

    private static void checkDevice(BackendTraits traits) throws PoolException {
        LocalDevice device = traits.device();
        if (device != null) {
            device.check();
        }
    }

    private void checkSource(String object, Path source, long sizeBytes) throws PoolException {
        try {
            long size = Files.size(source);
            if (size != sizeBytes) {
                throw new PoolException(
                        Reason.LOCAL_IO, source + " for " + object + " has " + size + " bytes, expected " + sizeBytes);
            }
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, source + " for " + object + ": " + e, e);
        }
    }

    private static String directoryOf(Path source) throws PoolException {
        Path directory = source.toAbsolutePath().getParent();
        if (directory == null) {
            throw new PoolException(Reason.LOCAL_IO, source + " is no file");
        }
        return directory.toString();
    }

    private static String fileNameOf(Path source) throws PoolException {
        Path name = source.getFileName();
        if (name == null) {
            throw new PoolException(Reason.LOCAL_IO, source + " is no file");
        }
        return name.toString();
    }

    private static OptionalLong figure(JsonNode room, String field) {
        JsonNode value = room.path(field);
        return value.isNumber() && value.asLong(-1) >= 0 ? OptionalLong.of(value.asLong(0)) : OptionalLong.empty();
    }

    private void pause(Duration pause) throws PoolException {
        Monitor monitor = shared.scheduler.newMonitor("second look");
        try (Monitor.Hold hold = monitor.enter()) {
            monitor.await(() -> false, shared.scheduler.deadlineAfter(pause));
        }
    }

    private long deadline() {
        return Math.min(deadlineNanos, shared.scheduler.deadlineAfter(shared.timeout));
    }

    private long transferDeadline(long bytes) {
        long transferNanos = bytes / SLOWEST_BYTES_PER_SECOND * NANOS_PER_SECOND;
        return Math.min(deadlineNanos, shared.scheduler.deadlineAfter(shared.timeout) + transferNanos);
    }
}
