package io.poolfs.mount.kernel;

import io.poolfs.core.fs.Errnos;
import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.model.PoolException;
import io.poolfs.mount.session.XattrRules;
import java.nio.ByteBuffer;
import java.util.List;

/** Extended attributes, within {@link XattrRules}. */
final class XattrOperations {
    private final PoolFileSystem fs;

    XattrOperations(PoolFileSystem fs) {
        this.fs = fs;
    }

    void get(Request request, Reply reply) throws PoolException {
        request.require(Abi.GetxattrIn.SIZE);
        byte[] name = request.string(Abi.GetxattrIn.SIZE);
        if (XattrRules.isRefused(name)) {
            reply.error(Errnos.EOPNOTSUPP);
            return;
        }
        byte[] value = fs.getXattr(request.node(), name);
        int size = request.getInt(Abi.GetxattrIn.BYTES);
        if (size == 0) {
            reply.length(value.length);
        } else if (Integer.compareUnsigned(value.length, size) > 0) {
            reply.error(Errnos.ERANGE);
        } else {
            reply.bytes(value);
        }
    }

    void set(Request request, Reply reply) throws PoolException {
        request.require(Abi.SetxattrIn.SIZE);
        byte[] name = request.string(Abi.SetxattrIn.SIZE);
        if (XattrRules.isRefused(name)) {
            reply.error(Errnos.EOPNOTSUPP);
            return;
        }
        int valueAt = Abi.SetxattrIn.SIZE + name.length + 1;
        byte[] value = request.bytes(valueAt, request.getInt(Abi.SetxattrIn.BYTES));
        fs.setXattr(null, request.node(), name, value, XattrRules.mode(request.getInt(Abi.SetxattrIn.FLAGS)));
        reply.ok();
    }

    void list(Request request, Reply reply) throws PoolException {
        request.require(Abi.GetxattrIn.SIZE);
        List<byte[]> names = fs.listXattrs(request.node());
        int length = names.stream().mapToInt(name -> name.length + 1).sum();
        int size = request.getInt(Abi.GetxattrIn.BYTES);
        if (size == 0) {
            reply.length(length);
            return;
        }
        ByteBuffer dst = reply.room(size);
        if (length > dst.remaining()) {
            reply.error(Errnos.ERANGE);
            return;
        }
        names.forEach(name -> dst.put(name).put((byte) 0));
        reply.body(length);
    }

    void remove(Request request, Reply reply) throws PoolException {
        byte[] name = request.string(0);
        if (XattrRules.isRefused(name)) {
            reply.error(Errnos.EOPNOTSUPP);
            return;
        }
        fs.removeXattr(null, request.node(), name);
        reply.ok();
    }
}
