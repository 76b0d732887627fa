package io.poolfs.it.cloud;

import io.poolfs.it.cloud.Weather.Bodies;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What clouds do wrong in the tests, and what a pool must make of it. */
@SuppressWarnings("ImmutableEnumChecker") // a record and a list that cannot be changed
enum Fault {
    DELAY("0.1 s delay", Kind.HARMLESS, Weather.FAIR.withDelay(Duration.ofMillis(100))),
    RATE("512 KB/s", Kind.HARMLESS, Weather.FAIR.withRate(512 << 10)),
    CONNECTIONS("at most 2 connections", Kind.HARMLESS, Weather.FAIR.withConnections(2)),
    LAG("listings lag 5 s", Kind.HARMLESS, Weather.FAIR.withLag(Duration.ofSeconds(5))),
    REFUSE("connection refused", Kind.AWAY, Weather.FAIR.refusing(), "refused"),
    HANG("no answer", Kind.AWAY, Weather.FAIR.hanging(), "timeout", "answer", "time"),
    STATUS_401("401", Kind.AWAY, Weather.FAIR.answering(401), "401"),
    STATUS_403("403", Kind.AWAY, Weather.FAIR.answering(403), "403"),
    STATUS_404("404", Kind.AWAY, Weather.FAIR.answering(404), "404", "no folder", "not found", "remote.json"),
    STATUS_429("429", Kind.AWAY, Weather.FAIR.answering(429), "429", "slow down"),
    STATUS_500("500", Kind.AWAY, Weather.FAIR.answering(500), "500"),
    STATUS_503("503", Kind.AWAY, Weather.FAIR.answering(503), "503"),
    RESET("reset in mid-body", Kind.AWAY, Weather.FAIR.with(Bodies.RESET), "reset", "EOF"),
    STATUS_409("409 to changes", Kind.READABLE, Weather.FAIR.answering(409, "PUT", "MKCOL", "DELETE"), "409"),
    STATUS_423("423 to changes", Kind.READABLE, Weather.FAIR.answering(423, "PUT", "MKCOL", "DELETE"), "423"),
    STATUS_507("507 to uploads", Kind.FULL, Weather.FAIR.answering(507, "PUT", "MKCOL"), "507"),
    SHORT(
            "wrong length",
            Kind.BODIES,
            Weather.FAIR.with(Bodies.SHORT),
            "bytes",
            "EOF",
            "size",
            "damaged",
            "remote.json"),
    TRUNCATED("truncated body", Kind.BODIES, Weather.FAIR.with(Bodies.TRUNCATED), "bytes", "EOF", "size", "damaged"),
    FLIPPED("flipped bits", Kind.FLIPPING, Weather.FAIR.with(Bodies.FLIPPED), "decrypt", "damaged", "remote.json");

    /** What a fault leaves possible where all clouds have it. */
    enum Kind {
        /** Everything, slowly. */
        HARMLESS,
        /** Nothing. */
        AWAY,
        /** What changes nothing. */
        READABLE,
        /** All but uploads. */
        FULL,
        /** What moves no bytes of objects. */
        BODIES,
        /** Uploads only. */
        FLIPPING
    }

    private final String words;
    private final Kind kind;
    private final Weather weather;
    private final List<String> reasons;

    Fault(String words, Kind kind, Weather weather, String... reasons) {
        this.words = words;
        this.kind = kind;
        this.weather = weather;
        this.reasons = Arrays.asList(reasons);
    }

    String words() {
        return words;
    }

    Weather weather() {
        return weather;
    }

    /** One of these must be in what the status says of a cloud that has the fault; empty: it need not say anything. */
    List<String> reasons() {
        return reasons;
    }

    /**
     * rclone takes it for passing, or tries another way (409: to make the parent folder first), on its own: the time that
     * an answer may take can be over before it says why.
     */
    boolean isTriedAgain() {
        return switch (this) {
            case REFUSE, HANG, RESET, SHORT, TRUNCATED, STATUS_409, STATUS_423, STATUS_429, STATUS_500, STATUS_503 ->
                true;
            default -> false;
        };
    }

    /** Bodies matter to crypt remotes and to others in different ways. */
    boolean isOfBodies() {
        return weather.bodies() != Bodies.WHOLE;
    }

    /** What the operation may come to; more than one where it depends on who was asked last. */
    Set<Outcome> expected(Operation operation, Scope scope) {
        if (kind == Kind.HARMLESS || operation == Operation.MOUNTING || operation == Operation.DELETING) {
            return EnumSet.of(Outcome.OK);
        }
        boolean all = scope == Scope.ALL;
        return switch (operation) {
            case READING -> EnumSet.of(kind == Kind.READABLE || kind == Kind.FULL ? Outcome.OK : Outcome.EIO);
            case WRITING, SHIPPING -> {
                if (!all) {
                    yield EnumSet.of(Outcome.OK);
                }
                yield switch (kind) {
                    // Until all have said so it is not known to be for lack of room.
                    case FULL -> EnumSet.of(Outcome.ENOSPC, Outcome.EIO);
                    // Who reads its marker wrong does not know it any more.
                    case FLIPPING -> EnumSet.of(Outcome.OK, Outcome.EIO);
                    default -> EnumSet.of(Outcome.EIO);
                };
            }
            case RECOVERING -> {
                boolean readable = kind == Kind.READABLE || kind == Kind.FULL;
                yield EnumSet.of(all && !readable ? Outcome.EIO : Outcome.OK);
            }
            default -> EnumSet.of(Outcome.OK);
        };
    }
}
