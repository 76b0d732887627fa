package io.poolfs.core.journal;

import io.poolfs.core.model.PoolException;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which process on which machine this is.
 *
 * @param host name of the machine, for people
 * @param machine what tells machines apart: the machine id, or the host name where there is none
 * @param boot id of this start of the machine
 * @param pid of this process
 */
public record HostIdentity(String host, String machine, String boot, long pid) {
    void writeTo(ObjectNode node) {
        node.put("host", host).put("machine", machine).put("boot", boot).put("pid", pid);
    }

    static HostIdentity read(Fields fields) throws PoolException {
        return new HostIdentity(
                fields.text("host"),
                fields.text("machine"),
                fields.text("boot"),
                fields.number("pid", 0, Long.MAX_VALUE));
    }
}
