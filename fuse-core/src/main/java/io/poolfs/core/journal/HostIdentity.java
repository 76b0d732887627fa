package io.poolfs.core.journal;

import io.poolfs.core.model.PoolException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which process on which machine this is.
 *
 * @param host name of the machine, for people
 * @param machine what tells machines apart: the machine id, or the host name where there is none
 * @param boot id of this start of the machine
 * @param pid of this process
 * @param pids what tells one numbering of processes from another during one start of the machine (containers have
 *     their own); null when it is not known
 */
public record HostIdentity(
        String host,
        String machine,
        String boot,
        long pid,
        @Nullable String pids) {
    public HostIdentity(String host, String machine, String boot, long pid) {
        this(host, machine, boot, pid, null);
    }

    /** Whether the number of the other's process means the same process here. */
    public boolean numbersAlike(HostIdentity other) {
        return pids != null
                && pids.equals(other.pids)
                && boot.equals(other.boot)
                && machine.equals(other.machine)
                && host.equals(other.host);
    }

    void writeTo(ObjectNode node) {
        node.put("host", host).put("machine", machine).put("boot", boot).put("pid", pid);
        if (pids != null) {
            node.put("pids", pids);
        }
    }

    static HostIdentity read(Fields fields) throws PoolException {
        return new HostIdentity(
                fields.text("host"),
                fields.text("machine"),
                fields.text("boot"),
                fields.number("pid", 0, Long.MAX_VALUE),
                fields.has("pids") ? fields.text("pids") : null);
    }
}
